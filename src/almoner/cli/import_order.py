"""A file that somebody keeps, read under its mapping, and the order to take it over or to count what that would do."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almoner.cli.main import Exit, refuse
from almoner.definitions.continuing import continues, restated_in
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.mapping import BESIDES, ImportMapping, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.definitions.problems import DefinitionError
from almoner.definitions.programme import Programme
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.intake.decided import DecidedAward, decided_awards
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import CellProblem, IntakeError
from almoner.engine.intake.take_in import AnswerSheet, Intake, take_in
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.receiving import Source
    from almoner.flow.steps.recipe import Request


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read whole, under its mapping."""

    programme: Programme
    mapping: ImportMapping
    taken: Intake
    file: Path
    file_digest: str
    mapping_digest: str
    awards: tuple[DecidedAward, ...] = ()
    """What the rows of a file of awards say."""

    @property
    def key(self) -> str:
        """The same file under the same mapping is the same request."""
        return hashlib.sha256(
            f"{self.programme.digest}{self.file_digest}{self.mapping_digest}".encode()
        ).hexdigest()


def bring(name: str, file: Path, kind: str, mapping_file: Path, *, today: date = date.max) -> Brought:
    """Read a file under its mapping: every problem of it at once.

    Args:
        name: the programme's file name without .yaml, or a path.
        file: what somebody keeps.
        kind: what it holds, as its mapping says too.
        mapping_file: which column is which field.
        today: the day on which it is taken over; nothing was decided after it.

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
    awards, wrong = decided_awards(taken, programme, mapping, today) if kind == "awards" else ([], [])
    if taken.problems or wrong:
        raise RefusedRowsError(file, tuple(sorted([*taken.problems, *wrong])))
    return Brought(programme, mapping, taken, file, _digest(file), _digest(mapping_file), tuple(awards))


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


MAY = {
    "applications": "import",
    "awards": "propose awards",
    "deliveries": "deliver",
    "records": "record",
    "follow-ups": "follow up",
}
"""What somebody must be allowed to do in order to take over a file of a kind, or to see what it would do."""


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
            kinds = {
                "applications": self._applications,
                "awards": self._awards,
                "deliveries": self._deliveries,
            }
            return kinds.get(self.brought.mapping.kind, self._sheets)()
        except (NotPermitted, NotAllowed, StepRefusedError, BudgetExceededError, NotYetCarriedOut) as error:
            raise refuse(str(error)) from None

    def rehearse(self) -> dict[str, Any]:
        """Count what the import would do.

        Raises:
            typer.Exit: the person's roles do not allow it, or the file cannot be taken over at all.
        """
        from almoner.flow.steps.receiving import sort_out
        from almoner.flow.steps.recipe import StepRefusedError
        from almoner.flow.steps.taking_over import cost_of_rests, sort_out_awards
        from almoner.people.access import NotPermitted, require

        kind, programme = self.brought.mapping.kind, self.brought.programme
        try:
            require(self.request.by, MAY[kind], programme.key)
            if kind == "applications":
                return sort_out(self._found(), programme, self._asked()).counts()
            if kind == "awards":
                found = sort_out_awards(self._opened(), self.brought.awards)
                cost = cost_of_rests(programme, found.created, self.request)
                return {**found.counts(), "cost_minor": cost}
        except (NotPermitted, StepRefusedError, NotYetCarriedOut) as error:
            raise refuse(str(error)) from None
        return {"rows": len(self.brought.taken.sheets)}

    def _source(self) -> Source:
        from almoner.flow.steps.receiving import Source

        brought = self.brought
        return Source(brought.mapping.kind, brought.file.name, brought.file_digest, brought.mapping_digest)

    def _applications(self) -> dict[str, Any]:
        from almoner.flow.steps.receiving import receive_applications

        return receive_applications(
            self._opened(), self._asked(), source=self._source(), request=self.request
        )

    def _awards(self) -> dict[str, Any]:
        from almoner.flow.steps.taking_over import take_over_awards

        return take_over_awards(
            self._opened(), self.brought.awards, source=self._source(), request=self.request
        )

    def _sheets(self) -> dict[str, Any]:
        from almoner.flow.steps.following import receive_follow_ups, receive_records

        kind = self.brought.mapping.kind
        if kind == "records" and self.brought.mapping.about in of_sessions(self.brought.programme):
            return self._session_sheets()
        source = self._source()
        if self.brought.mapping.comparison:
            return self._compared(source)
        take = receive_records if kind == "records" else receive_follow_ups
        return take(self._opened(), self._arrived(), source=source, request=self.request)

    def _session_sheets(self) -> dict[str, Any]:
        """Sheets of a session: `reference` is its code, and the party columns the sheet's own key."""
        from almoner.flow.steps.attending import Written, receive_session_records

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
        return receive_session_records(self._opened(), rows, source=self._source(), request=self.request)

    def _compared(self, source: Source) -> dict[str, Any]:
        from almoner.flow.steps.comparing import ComparedRow, receive_compared

        rows = [
            ComparedRow(arrived, consented=bool(sheet.besides.get("consented")))
            for arrived, sheet in zip(self._arrived(), self.brought.taken.sheets, strict=True)
        ]
        group = self.brought.mapping.comparison
        return receive_compared(self._opened(), group, rows, source=source, request=self.request)

    def _deliveries(self) -> dict[str, Any]:
        from almoner.flow.steps.collecting import Weighed, receive_deliveries

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
            source=self._source(),
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
