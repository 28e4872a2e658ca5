"""Takes over the answers to renewals: each a record of its own; the application stays as it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from almoner.definitions.programme import Programme, Renewal
from almoner.definitions.sections.leaving import RENEWAL
from almoner.engine.ends import ends_of
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.renewals import LIVING, opened_by
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_by_row
from almoner.flow.deliveries.queries import begun_on, case_files
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.records import actions as records
from almoner.flow.records.actions import Answered
from almoner.flow.records.models import Record
from almoner.flow.records.queries import renewal_sheets
from almoner.flow.steps.following import Arrived
from almoner.flow.steps.keeping import keep_tasks
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp


def receive_renewals(round_: Round, rows: Sequence[Arrived], *, source: Source, request: Request) -> Result:
    """Take over a file of answers to renewals, whole. An answer that is there already changes nothing.

    Each belongs to the renewal that opened last by its day. What it comes to is counted; nothing is ended or resumed,
    and where information is missing the officer has a task.

    Raises:
        StepRefusedError: a row is about nobody's running award, comes before the renewal opens or after the day of the
            import, names another renewal, comes twice, or answers nothing.
        NotYetCarriedOut: the programme renews nothing.
    """
    programme = queries.programme_of(round_.edition)
    renewal = programme.renewal
    if renewal is None:
        raise NotYetCarriedOut(programme, RENEWAL)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        desk = _desk(locked, programme, renewal, rows, stamp.happened_on)
        sheets = desk.sort_out(rows)
        imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts={"created": len(sheets), "unchanged": desk.unchanged},
            stamp=stamp,
        )
        earlier = desk.last
        for sheet in sheets:
            # One after the other: a second sheet of a renewal corrects the one before it.
            found = earlier.get((sheet.subject.pk, sheet.period))
            corrected = Answered(
                sheet.subject,
                RENEWAL,
                sheet.period,
                sheet.row_key,
                sheet.happened_on,
                sheet.answers,
                corrects=found,
            )
            (made,) = records.report([(corrected, programme.renewal_form)], stamp=stamp)
            earlier[sheet.subject.pk, sheet.period] = made
        return {"created": len(sheets), "unchanged": desk.unchanged, **_told(programme, sheets, stamp)}

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out("renew", request, may="record", programme=round_.programme, arguments=arguments, do=do)


def _told(programme: Programme, sheets: Sequence[Answered], stamp: Stamp) -> Result:
    """How the renewals stand that were answered, and the tasks that this brings."""
    answered = list(
        {one.subject.pk: one.subject for one in sheets if isinstance(one.subject, Award)}.values()
    )
    cases = case_files(programme, answered)
    ends = ends_of(cases, stamp.happened_on)
    states = Counter(one.renewal.state for one in ends if one.renewal is not None)
    wanted = [(award, one.tasks) for award, one in zip(answered, ends, strict=True)]
    return {**dict(sorted(states.items())), **keep_tasks(wanted, [RENEWAL], stamp)}


def _desk(round_: Round, programme: Programme, renewal: Renewal, rows: Sequence[Arrived], day: date) -> _Desk:
    awards = awards_by_row(round_, [row.row_key for row in rows])
    there: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for row in renewal_sheets(list(awards.values())):
        if row.award_id is not None:
            there[row.award_id, row.period].append(row)
    last: dict[tuple[int | None, str], Record] = {key: sheets[-1] for key, sheets in there.items()}
    return _Desk(programme, renewal, awards, begun_on(list(awards.values())), day, there, last)


@dataclass(slots=True)
class _Desk:
    """Where the rows of a file find the renewal that they answer."""

    programme: Programme
    renewal: Renewal
    awards: Mapping[str, Award]
    begun: Mapping[int, date]
    day: date
    there: dict[tuple[int, str], list[Record]]
    last: dict[tuple[int | None, str], Record]
    unchanged: int = 0

    def sort_out(self, rows: Sequence[Arrived]) -> list[Answered]:
        """The new sheets in the order of their days.

        Raises:
            StepRefusedError: rows that cannot be taken over; none is.
        """
        wrong: dict[str, list[str]] = defaultdict(list)
        twice = Counter((row.row_key, row.happened_on) for row in rows)
        numbers: Counter[tuple[int, str]] = Counter({key: len(known) for key, known in self.there.items()})
        sheets: list[Answered] = []
        for row in sorted(rows, key=lambda one: one.happened_on):
            award = self.awards.get(row.row_key)
            why, number = self._place(row, award)
            if twice[row.row_key, row.happened_on] > 1:
                why = _("stand for the same person on the same day")
            if why or award is None:
                wrong[why].append(row.row_key)
                continue
            key = (award.pk, number)
            sheet = Answered(award, RENEWAL, number, number, row.happened_on, row.answers)
            mac = records.record_mac(sheet, self.programme.renewal_form)
            if any(one.answers_mac == mac for one in self.there.get(key, ())):
                self.unchanged += 1
                continue
            numbers[key] += 1
            row_key = number if numbers[key] == 1 else f"{number}-{numbers[key]}"
            sheets.append(Answered(award, RENEWAL, number, row_key, row.happened_on, row.answers))
        for why, keys in wrong.items():
            raise StepRefusedError(
                _("{count} rows {why}, the first is '{row}'.").format(count=len(keys), why=why, row=keys[0])
            )
        return sheets

    def _place(self, row: Arrived, award: Award | None) -> tuple[str, str]:
        """Why a row cannot be taken over, or '' and the number of the renewal that it answers."""
        if award is None or award.state not in LIVING or award.pk not in self.begun:
            return _("are about nobody's running award"), ""
        if row.happened_on > self.day:
            return _("came after the day of this import; say it with --on"), ""
        if all(value is None for value in row.answers.values()):
            return _("answer nothing of what the renewal asks; leave them out, silence is no answer"), ""
        opened = opened_by(self.renewal, self.begun[award.pk], row.happened_on)
        if not opened:
            return _("come before the first renewal opens"), ""
        number = str(opened[-1].number)
        if row.period not in {"", number}:
            return _("name another renewal than the one that is open on their day"), ""
        return "", number
