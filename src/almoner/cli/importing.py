"""`almoner import`: a file that somebody keeps becomes applications, records or follow-ups; all rows or none."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import As, AsJson, On, enter, request_of
from almoner.definitions.continuing import continues, restated_in
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.mapping import BESIDES, KINDS, ImportMapping, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.definitions.problems import DefinitionError
from almoner.definitions.programme import Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import CellProblem, IntakeError
from almoner.engine.intake.take_in import AnswerSheet, Intake, take_in
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.recipe import Request

CARRIED_OUT = ("applications", "deliveries", "records", "follow-ups")


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read whole, under its mapping."""

    programme: Programme
    mapping: ImportMapping
    taken: Intake
    file: Path
    file_digest: str
    mapping_digest: str

    @property
    def key(self) -> str:
        """The same file under the same mapping is the same request."""
        return hashlib.sha256(
            f"{self.programme.digest}{self.file_digest}{self.mapping_digest}".encode()
        ).hexdigest()


def bring(name: str, file: Path, kind: str, mapping_file: Path) -> Brought:
    """Read a file under its mapping: every problem of it at once.

    Raises:
        DefinitionError: the programme or the mapping has problems.
        IntakeError: the file cannot be read.
        RefusedRowsError: cells have problems.
    """
    path = find(name)
    mapping = load_mapping(mapping_file, load(path))
    if mapping.kind != kind:
        reason = _("It maps {found}, not {wanted}.").format(found=mapping.kind, wanted=kind)
        raise IntakeError(mapping_file.name, [CellProblem(0, "", "", reason)])
    programme = load(path, round_=mapping.round.restatement()) if mapping.round else load(path)
    table = read_table(file, mapping.hints)
    taken = take_in(table, fields_of(programme, kind, mapping.about), BESIDES[kind], mapping)
    if taken.problems:
        raise RefusedRowsError(file, taken.problems)
    return Brought(programme, mapping, taken, file, _digest(file), _digest(mapping_file))


class RefusedRowsError(Exception):
    """Cells that cannot be taken over, all of them; nothing was."""

    def __init__(self, file: Path, problems: tuple[CellProblem, ...]) -> None:
        super().__init__(f"{file.name}: {len(problems)}")
        self.file = file
        self.problems = problems

    def write(self, path: Path) -> None:
        """A refused-rows file: the row, the column, the cell and the reason of each."""
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["sheet", "row", "column", "cell", "reason"])
            for one in self.problems:
                writer.writerow([one.sheet, one.row, one.column, one.raw, one.reason])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@app.command("import")
def import_command(  # noqa: PLR0913 -- a command has its options
    programme: Annotated[str, typer.Argument(help="A programme's file name without .yaml, or a path.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON or Parquet.")],
    *,
    kind: Annotated[str, typer.Option(help=f"What the file holds: {', '.join(KINDS)}.")],
    mapping: Annotated[Path, typer.Option(help="The file that says which column is which field.")],
    as_user: As,
    round_name: Annotated[
        str, typer.Option("--round", help="The round; the mapping's where it is not said.")
    ] = "",
    on: On = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a file that somebody keeps: all rows, or none with the reason for each."""
    if kind not in KINDS:
        raise refuse(_("'{kind}' is none of: {kinds}.").format(kind=kind, kinds=", ".join(KINDS)), Exit.USAGE)
    if kind not in CARRIED_OUT:
        raise refuse(_("Importing {kind} is not yet carried out.").format(kind=kind))
    try:
        brought = bring(programme, file, kind, mapping)
    except RefusedRowsError as refused:
        _tell_refused(refused)
        raise typer.Exit(Exit.PROBLEMS) from None
    except (DefinitionError, IntakeError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    for notice in brought.taken.notices:
        err.print(notice, markup=False, highlight=False, soft_wrap=True)
    enter()
    order = Order(brought, round_name, request_of(as_user, on, brought.key))
    result = order.rehearse() if dry_run else order.carry_out()
    if as_json:
        out.print_json(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            out.print(f"{name}: {value}", markup=False, highlight=False)


def _tell_refused(refused: RefusedRowsError) -> None:
    path = refused.file.with_name(f"{refused.file.stem}.refused.csv")
    refused.write(path)
    for problem in refused.problems[:MOST_TOLD]:
        err.print(f"{refused.file.name}: {problem}", markup=False, highlight=False, soft_wrap=True)
    err.print(
        _(
            "{count} cells are refused and nothing was taken over; each stands with its reason in {path}."
        ).format(count=len(refused.problems), path=path),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Order:
    """An import as somebody asks for it."""

    brought: Brought
    round_name: str
    request: Request

    def carry_out(self) -> dict[str, Any]:
        """Take the file over.

        Raises:
            typer.Exit: the state of things or the person's roles do not allow it; nothing was changed.
        """
        from almoner.flow.steps.recipe import StepRefusedError
        from almoner.flow.steps.rounds import BudgetExceededError
        from almoner.people.access import NotPermitted
        from almoner.vault.models import NotAllowed

        try:
            kinds = {"applications": self._applications, "deliveries": self._deliveries}
            return kinds.get(self.brought.mapping.kind, self._sheets)()
        except (NotPermitted, NotAllowed, StepRefusedError, BudgetExceededError, NotYetCarriedOut) as error:
            raise refuse(str(error)) from None

    def rehearse(self) -> dict[str, Any]:
        """Count what the import would do."""
        from almoner.flow.steps.receiving import sort_out

        if self.brought.mapping.kind == "applications":
            return sort_out(self._found(), self.brought.programme, self._asked()).counts()
        return {"rows": len(self.brought.taken.sheets)}

    def _applications(self) -> dict[str, Any]:
        from almoner.flow.steps.receiving import (
            Source,
            receive_applications,
        )

        source = Source(
            "applications", self.brought.file.name, self.brought.file_digest, self.brought.mapping_digest
        )
        return receive_applications(self._opened(), self._asked(), source=source, request=self.request)

    def _sheets(self) -> dict[str, Any]:
        from almoner.flow.steps.following import (
            receive_follow_ups,
            receive_records,
        )
        from almoner.flow.steps.receiving import Source
        from almoner.flow.steps.renewing import receive_renewals

        kind = self.brought.mapping.kind
        if kind == "records" and self.brought.mapping.about in of_sessions(self.brought.programme):
            return self._session_sheets()
        source = Source(kind, self.brought.file.name, self.brought.file_digest, self.brought.mapping_digest)
        if self.brought.mapping.comparison:
            return self._compared(source)
        if kind == "records" and self._is_renewal():
            return receive_renewals(self._opened(), self._arrived(), source=source, request=self.request)
        take = receive_records if kind == "records" else receive_follow_ups
        return take(self._opened(), self._arrived(), source=source, request=self.request)

    def _is_renewal(self) -> bool:
        """Whether the file holds the answers to renewals, and not a record that the programme names so."""
        programme = self.brought.programme
        return programme.renewal is not None and self.brought.mapping.about == RENEWAL

    def _session_sheets(self) -> dict[str, Any]:
        """Sheets of a session: `reference` is its code, and the party columns the sheet's own key."""
        from almoner.flow.steps.attending import Written, receive_session_records
        from almoner.flow.steps.receiving import Source

        brought = self.brought
        rows = [
            Written(
                row_key=_row_key(one),
                name=brought.mapping.about,
                happened_on=one.besides.get("happened_on") or self.request.happened_on,
                answers=dict(one.answers),
                session=one.besides.get("reference") or "",
            )
            for one in brought.taken.sheets
        ]
        source = Source("records", brought.file.name, brought.file_digest, brought.mapping_digest)
        return receive_session_records(self._opened(), rows, source=source, request=self.request)

    def _compared(self, source: Any) -> dict[str, Any]:
        from almoner.flow.steps.comparing import ComparedRow, receive_compared

        rows = [
            ComparedRow(arrived, consented=bool(sheet.besides.get("consented")))
            for arrived, sheet in zip(self._arrived(), self.brought.taken.sheets, strict=True)
        ]
        group = self.brought.mapping.comparison
        return receive_compared(self._opened(), group, rows, source=source, request=self.request)

    def _deliveries(self) -> dict[str, Any]:
        from almoner.flow.steps.collecting import Weighed, receive_deliveries
        from almoner.flow.steps.receiving import Source

        brought = self.brought
        round_ = self._opened()
        rows = [
            Weighed(
                row_key=_row_key(one),
                delivered_on=one.besides.get("delivered_on") or self.request.happened_on,
                paper=one.besides.get("paper") or "",
                answers=dict(one.answers),
            )
            for one in brought.taken.sheets
        ]
        return receive_deliveries(
            round_,
            brought.mapping.about,
            rows,
            source=Source("deliveries", brought.file.name, brought.file_digest, brought.mapping_digest),
            request=self.request,
            continuing=continuing(brought.programme.key, round_),
        )

    def _found(self) -> Round | None:
        from almoner.flow.applications.queries import find_round

        return find_round(self.brought.programme.key, self._name())

    def _name(self) -> str:
        stated = self.brought.mapping.round
        name = self.round_name or (stated.name if stated else "")
        if not name:
            raise refuse(_("Say which round, with --round or in the mapping."), Exit.USAGE)
        return name

    def _opened(self) -> Round:
        """The round that the file belongs to.

        Raises:
            typer.Exit: it was not opened.
        """
        found = self._found()
        if found is None:
            raise refuse(
                _("There is no round '{name}'; a manager opens it with 'almoner open-round'.").format(
                    name=self._name()
                )
            )
        return found

    def _asked(self) -> list[Any]:
        from almoner.flow.steps.receiving import Sheet

        return [
            Sheet(_row_key(one), self._as_of(one), dict(one.answers)) for one in self.brought.taken.sheets
        ]

    def _as_of(self, sheet: AnswerSheet) -> date:
        stated = self.brought.mapping.round
        on: date | None = sheet.besides.get("as_of") or (stated.submitted if stated else None)
        return on or self.request.happened_on

    def _arrived(self) -> list[Any]:
        from almoner.flow.steps.following import Arrived

        return [
            Arrived(
                row_key=_row_key(one),
                name=self.brought.mapping.about,
                period=one.besides.get("period") or "",
                happened_on=one.besides.get("happened_on") or self.request.happened_on,
                answers=dict(one.answers),
                result=one.besides.get("result") or "answered",
            )
            for one in self.brought.taken.sheets
        ]


def continuing(name: str, round_: Round) -> Programme | None:
    """Today's file under the round's own figures, where it only adds rows to the tables of the round's edition."""
    from almoner.flow.applications.queries import programme_of

    own = programme_of(round_.edition)
    try:
        today = load(find(name), round_=restated_in(own))
    except (DefinitionError, NotAProgrammeError):
        return None
    return today if continues(today, own) else None


def _row_key(sheet: AnswerSheet) -> str:
    return sheet.party or sheet.besides.get("reference") or str(sheet.row)
