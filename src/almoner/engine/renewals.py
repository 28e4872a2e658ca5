"""Renewals: questions of the form that are asked again on a rhythm, and the rules that are asked of the answers.

The n-th falls due n times `every` after the day the award became active. The answers stand in for those of the
application, which is never changed, and are judged by the figures in force on the day they came. Silence suspends and
proposes; an answer that leaves something open does neither, and an answer that comes late counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count, takewhile

from almoner.definitions.programme import Duration, Renewal
from almoner.engine.casefile import Answers, CaseFile
from almoner.engine.evaluation import evaluate_many
from almoner.engine.results import Blocked, Evaluated
from almoner.values.dates import DateProblem, add_duration

NOT_YET, OPEN, SILENT = "not yet", "open", "silent"
GOES_ON, ENDS, NEEDS_INFORMATION = "goes on", "ends", "needs information"
_ANSWERED = "answered"  # and not judged yet

LIVING = frozenset({"active", "on probation", "suspended"})
"""The states of an award that is neither over nor still to begin."""

_MAY_BE_SUSPENDED = frozenset({"active", "on probation"})


@dataclass(frozen=True, slots=True)
class Falling:
    """One renewal by its number, with its days. `ends_on` is when silence proposes the end; None: it never does."""

    number: int
    opens_on: date
    due_on: date
    reminders: tuple[date, ...] = ()
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules asked again say of an answer: 'goes on', 'ends' or 'needs information'.

    `rules` are their values; `missing` says what would tell, in the names of the form. `blocked` is for the officer.
    """

    state: str
    rules: dict[str, bool | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    @property
    def refused_by(self) -> tuple[str, ...]:
        """The rules that do not hold, in the order of the file."""
        return tuple(name for name, held in self.rules.items() if held is False)


@dataclass(frozen=True, slots=True)
class RenewalState:
    """Which renewal counts on a day, and how it stands: 'not yet', 'open', 'silent', or what its verdict says."""

    falling: Falling
    state: str
    verdict: Verdict | None = None


def fallings(renewal: Renewal, begun: date) -> Iterator[Falling]:
    """Every renewal of an award that became active on a day, from the first, as far as dates reach."""
    for number in count(1):
        try:
            yield falling(renewal, begun, number)
        except DateProblem:
            return


def falling(renewal: Renewal, begun: date, number: int) -> Falling:
    """The n-th renewal of an award that became active on a day.

    Raises:
        DateProblem: it lies beyond the year 9999.
    """
    due_on = add_duration(begun, number * renewal.every.count, renewal.every.unit)
    silence = renewal.no_answer
    return Falling(
        number=number,
        opens_on=_before(due_on, renewal.opens) if renewal.opens else due_on,
        due_on=due_on,
        reminders=tuple(sorted({_before(due_on, span) for span in silence.remind})),
        ends_on=add_duration(due_on, silence.end.count, silence.end.unit) if silence.end else None,
    )


def _before(day: date, span: Duration) -> date:
    return add_duration(day, -span.count, span.unit)


def opened_by(renewal: Renewal, begun: date, day: date) -> tuple[Falling, ...]:
    """The renewals that are open on a day or were before, in order."""
    return tuple(takewhile(lambda one: one.opens_on <= day, fallings(renewal, begun)))


def renewal_on(case: CaseFile, day: date) -> RenewalState | None:
    """How a case's renewals stand on a day; None where nothing is renewed, or the award is over.

    The renewal that counts is the earliest that is open and unanswered, else the last one answered. Answers to a later
    renewal answer the earlier ones too: what holds now is known.
    """
    return renewals_on([case], day)[0]


def renewals_on(cases: Sequence[CaseFile], day: date) -> list[RenewalState | None]:
    """How the renewals of some cases of one programme stand on a day, in their order. See `renewal_on`."""
    found = [_without_verdict(case, day) for case in cases]
    answered = [(place, one) for place, one in enumerate(found) if one is not None and one.state == _ANSWERED]
    verdicts = _verdicts([(cases[place], one.falling.number, day) for place, one in answered])
    for (place, one), verdict in zip(answered, verdicts, strict=True):
        found[place] = RenewalState(one.falling, verdict.state, verdict)
    return found


def _without_verdict(case: CaseFile, day: date) -> RenewalState | None:
    renewal = case.programme.renewal
    if renewal is None or case.state not in LIVING:
        return None
    waiting = _unanswered(case, renewal, day)
    if waiting:
        return RenewalState(waiting[0], OPEN if day < waiting[0].due_on else SILENT)
    answered = _answered(case, day)
    try:
        current = falling(renewal, case.awarded_on, answered or 1)
    except DateProblem:
        return None
    return RenewalState(current, _ANSWERED if answered else NOT_YET)


def _answered(case: CaseFile, day: date) -> int:
    """The number of the last renewal that was answered by a day; 0 where none was."""
    return max((one.number for one in case.renewals if one.came_on <= day), default=0)


def _unanswered(case: CaseFile, renewal: Renewal, day: date) -> tuple[Falling, ...]:
    """The renewals that had opened by a day and that neither an answer to them nor to a later one answers."""
    answered = _answered(case, day)
    return tuple(one for one in opened_by(renewal, case.awarded_on, day) if one.number > answered)


def verdict_on(case: CaseFile, number: int, day: date) -> Verdict:
    """What the rules asked again say of the answers to a renewal that had come by a day.

    Raises:
        ValueError: none had come, or the programme renews nothing.
    """
    if case.programme.renewal is None or not _came_on(case, number, day):
        raise ValueError(f"Nothing answers renewal {number} by {day}.")
    return _verdicts([(case, number, day)])[0]


def _came_on(case: CaseFile, number: int, day: date) -> tuple[date, ...]:
    return tuple(one.came_on for one in case.renewals if one.number == number and one.came_on <= day)


def _verdicts(asked: Sequence[tuple[CaseFile, int, date]]) -> list[Verdict]:
    """The verdicts on answers of some cases of one programme, in one question."""
    if not asked:
        return []
    programme = asked[0][0].programme
    again = programme.renewal.again if programme.renewal else ()
    rules = [programme.eligibility[name] for name in again]
    names = [
        {**merged(case, number, day), "as_of": max(_came_on(case, number, day))}
        for case, number, day in asked
    ]
    found = evaluate_many(programme, [rule.rule for rule in rules], names)
    return [_verdict(again, answers) for answers in found]


def _verdict(again: Sequence[str], answers: Sequence[Evaluated]) -> Verdict:
    held: dict[str, bool | None] = {name: one.value for name, one in zip(again, answers, strict=True)}
    if False in held.values():
        return Verdict(ENDS, held)
    missing = dict.fromkeys(one.name for answer in answers for one in answer.missing)
    blocked = dict.fromkeys(one for answer in answers for one in answer.blocked)
    state = NEEDS_INFORMATION if None in held.values() else GOES_ON
    return Verdict(state, held, tuple(missing), tuple(blocked))


def merged(case: CaseFile, number: int, day: date) -> Answers:
    """The application's answers with those of a renewal in their place.

    What is asked again and not answered is missing: last year's answer says nothing about this year. Of several sheets
    of one renewal the later answer holds, and a gap in it takes nothing back.
    """
    answers = {**case.answers, **dict.fromkeys(case.programme.renewal_form)}
    for sheet in sorted(case.renewals, key=lambda one: one.came_on):
        if sheet.number == number and sheet.came_on <= day:
            answers |= {name: value for name, value in sheet.answers.items() if value is not None}
    return answers


def suspends(case: CaseFile, day: date) -> bool:
    """Whether silence suspends a case on a day: the file orders it, the due day has come, and nobody answered.

    Whoever was resumed by a person on that day or later is left alone: they were looked at in spite of the silence.
    """
    renewal = case.programme.renewal
    if renewal is None or not renewal.no_answer.suspends or case.state not in _MAY_BE_SUSPENDED:
        return False
    silent = silent_since(case, day)
    return silent is not None and (case.resumed_on is None or case.resumed_on < silent.due_on)


def silent_since(case: CaseFile, day: date) -> Falling | None:
    """The last renewal that had fallen due by a day without an answer; None where none had."""
    renewal = case.programme.renewal
    if renewal is None:
        return None
    silent = [one for one in _unanswered(case, renewal, day) if one.due_on <= day]
    return silent[-1] if silent else None


def reminder_due(found: RenewalState, day: date) -> date | None:
    """The day of the last reminder that is due of an open renewal; None where none is."""
    if found.state != OPEN:
        return None
    return max((one for one in found.falling.reminders if one <= day), default=None)


def silence_ends(found: RenewalState, day: date) -> bool:
    """Whether silence has lasted so long that its end is proposed to a person."""
    ends_on = found.falling.ends_on
    return found.state == SILENT and ends_on is not None and ends_on <= day
