"""The order to take over a file that somebody keeps, or to count what that would do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from almoner.cli.import_file import Brought, RefusedRowsError
from almoner.cli.main import Exit, refuse
from almoner.definitions.continuing import continues, restated_in
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.problems import DefinitionError
from almoner.definitions.programme import Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.intake.table import CellProblem
from almoner.engine.intake.take_in import AnswerSheet
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.language import _
from almoner.values.packed import Packed

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.matching import Unclear
    from almoner.flow.steps.receiving import Sheet, Source
    from almoner.flow.steps.recipe import Request


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
            RefusedRowsError: nobody can say whom some rows are about; nothing was changed.
            typer.Exit: the state of things or the person's roles do not allow it; nothing was changed.
        """
        from almoner.flow.steps.matching import AmbiguousError

        kinds = {
            "applications": self._applications,
            "awards": self._awards,
            "deliveries": self._deliveries,
        }
        try:
            with _refusing():
                return kinds.get(self.brought.mapping.kind, self._sheets)()
        except AmbiguousError as error:
            raise RefusedRowsError(self.brought.file, _ambiguous(error.unclear)) from error

    def rehearse(self) -> dict[str, Any]:
        """Count what the import would do. `ambiguous` and `refused` rows are told by name.

        Raises:
            typer.Exit: the person's roles do not allow it, or the file cannot be taken over at all.
        """
        from almoner.flow.steps.recipe import rehearsed
        from almoner.people.access import require

        with _refusing():
            require(self.request.by, self._may(), self.brought.programme.key)
            if self.brought.mapping.kind == "applications":
                counts, unclear = self._count_applications()
            elif self.brought.mapping.kind == "awards":
                counts, unclear = self._count_awards()
            else:
                with rehearsed():
                    # Under a key of its own: what the same file came to before is no answer.
                    again = replace(self, request=replace(self.request, key=secrets.token_hex(16)))
                    counts, unclear = again.carry_out(), ()
        rows = len({(problem.sheet, problem.row) for problem in self.brought.refused})
        counts["refused"] = counts.get("refused", 0) + rows
        if unclear:
            counts["ambiguous_rows"] = [
                {"row": one.row, "name": one.name, "reason": one.reason} for one in unclear
            ]
        return counts

    def _may(self) -> str:
        """What somebody must be allowed to do in order to take this file over, or to see what it would do."""
        kind = self.brought.mapping.kind
        if kind == "records" and self.brought.mapping.about in of_sessions(self.brought.programme):
            return "hold sessions"
        return MAY[kind]

    def _count_applications(self) -> tuple[dict[str, Any], Sequence[Unclear]]:
        from almoner.flow.steps.receiving import sort_out

        found = sort_out(self._found(), self.brought.programme, self._asked())
        return dict(found.counts()), found.ambiguous

    def _count_awards(self) -> tuple[dict[str, Any], Sequence[Unclear]]:
        from almoner.flow.applications.queries import programme_of
        from almoner.flow.steps.deciding import free_of
        from almoner.flow.steps.taking_over import cost_of_rests, sort_out_awards

        round_ = self._opened()
        found = sort_out_awards(round_, self.brought.awards)
        created = [award for award, _party in found.created]
        cost = cost_of_rests(programme_of(round_.edition), created, self.request)
        counts = {**found.counts(), "cost_minor": cost, "free_minor": free_of(round_)}
        return counts, found.ambiguous

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
        from almoner.flow.steps.renewing import receive_renewals

        kind = self.brought.mapping.kind
        if kind == "records" and self.brought.mapping.about in of_sessions(self.brought.programme):
            return self._session_sheets()
        source = self._source()
        if self.brought.mapping.comparison:
            return self._compared(source)
        if kind == "records" and self._is_renewal():
            return receive_renewals(self._opened(), self._arrived(), source=source, request=self.request)
        take = receive_records if kind == "records" else receive_follow_ups
        return take(self._opened(), self._arrived(), source=source, request=self.request)

    def _is_renewal(self) -> bool:
        """Whether the file holds the answers to renewals, and not a record that the programme names so."""
        return self.brought.programme.renewal is not None and self.brought.mapping.about == RENEWAL

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
        from almoner.flow.steps.collecting import BroughtRow, receive_deliveries

        brought = self.brought
        round_ = self._opened()
        rows = [
            BroughtRow(
                row_key=key,
                delivered_on=one.besides.get("delivered_on") or self.request.happened_on,
                paper=one.besides.get("paper") or "",
                answers=dict(one.answers),
            )
            for one, key in zip(brought.taken.sheets, self._references(), strict=True)
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

    def _asked(self) -> Packed[Sheet]:
        from almoner.flow.steps.receiving import Sheet

        return Packed(
            Sheet(_row_key(one), self._as_of(one), dict(one.answers), one.row, one.identifiers)
            for one in self.brought.taken.sheets
        )

    def _as_of(self, sheet: AnswerSheet) -> date:
        stated = self.brought.mapping.round
        on: date | None = sheet.besides.get("as_of") or (stated.submitted if stated else None)
        return on or self.request.happened_on

    def _arrived(self) -> list[Any]:
        from almoner.flow.steps.following import Arrived

        return [
            Arrived(
                row_key=key,
                name=self.brought.mapping.about,
                period=one.besides.get("period") or one.besides.get("delivery") or "",
                happened_on=one.besides.get("happened_on") or self.request.happened_on,
                answers=dict(one.answers),
                result=one.besides.get("result") or "answered",
                paper=one.besides.get("paper") or "",
                corrects=one.besides.get("corrects") or "",
            )
            for one, key in zip(self.brought.taken.sheets, self._references(), strict=True)
        ]

    def _references(self) -> list[str]:
        """The reference of each row; where the mapping names identifiers, that of the party's application.

        Raises:
            NotPermitted: the person may not take over such a file, nor learn who is known.
            AmbiguousError: nobody can say whom a row is about.
            StepRefusedError: a row is about nobody of the round.
        """
        from almoner.flow.steps.matching import Named, references_of
        from almoner.people.access import require

        sheets = self.brought.taken.sheets
        party = self.brought.mapping.party
        if party is None or not party.identifiers:
            return [_row_key(one) for one in sheets]
        require(self.request.by, self._may(), self.brought.programme.key)
        named = [Named(one.row, _row_key(one), one.identifiers) for one in sheets]
        return references_of(self._opened(), self.brought.programme.serves, named)


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
    """The giver's own name for a row; '' where identifiers alone name its party."""
    named: str = sheet.party or sheet.besides.get("reference") or ""
    return named if named or sheet.identifiers else str(sheet.row)


def _ambiguous(unclear: Sequence[Unclear]) -> tuple[CellProblem, ...]:
    return tuple(CellProblem(one.row, "", one.name, one.reason) for one in unclear)


@contextmanager
def _refusing() -> Iterator[None]:
    """What a step refuses ends the command with its reason; ambiguous rows are told apart, each by name."""
    from almoner.flow.steps.matching import AmbiguousError
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.rounds import BudgetExceededError
    from almoner.people.access import NotPermitted
    from almoner.vault.idempotency import KeyReused
    from almoner.vault.models import NotAllowed

    try:
        yield
    except AmbiguousError:
        raise
    except (
        NotPermitted,
        NotAllowed,
        StepRefusedError,
        BudgetExceededError,
        NotYetCarriedOut,
        KeyReused,
    ) as error:
        raise refuse(str(error)) from None
