"""Paid-and-aided schemes: which issue comes next, when it falls due, and whether its cycle is open.

Cycle n opens on the first day on which what is bought reaches the sum of what is paid for 1 … n, and is still reached
today: each pack counts once, and one that was counted wrongly counts no more. The units of a cycle are split into
whole parts, larger first. An issue falls due so long after the later of the due date and the hand-over of the one
before. One may be handed over in several parts; what a cap cancelled of it is not owed any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from almoner.definitions.programme import Cycle, Programme
from almoner.engine.casefile import CaseFile, Delivered, instalment_name
from almoner.engine.conditions import Answer, ask_many
from almoner.engine.evaluation import KNOWN_ON
from almoner.engine.results import Blocked
from almoner.engine.schedule import held_back
from almoner.engine.sheets import counts
from almoner.values.dates import add_duration
from almoner.values.language import _
from almoner.values.numbers import text_of, to_micros

ISSUE = "issue"
"""The cap under which what goes over an issue is cancelled: it never was part of it."""

STOCK = "stock"
"""The cap under which what a lot lacked is cancelled."""


@dataclass(frozen=True, slots=True)
class Issue:
    """The issue that comes next: what of it is still to be handed over, due on a day, collected from an earlier one."""

    cycle_no: int
    issue_no: int
    part: Decimal
    due_on: date
    collected_from: date

    @property
    def name(self) -> str:
        """How it is named among what is due: `cycle_2_issue_1`."""
        return f"cycle_{self.cycle_no}_issue_{self.issue_no}"


@dataclass(frozen=True, slots=True)
class NoIssue:
    """Why no issue can come yet: the reason, or what is missing or could not be computed."""

    reason: str = ""
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a cycle asks and gives; each is unknown where the file cannot tell."""

    paid: Answer
    aided: Answer
    issues: Answer


class _Unknown(Exception):
    """An answer that is needed is unknown."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.why = NoIssue(missing=answer.missing, blocked=answer.blocked)


class _Wrong(Exception):
    """A figure of the scheme that cannot be."""


def split(aided: int, issues: int) -> tuple[int, ...]:
    """Whole parts, the larger first: 5 in 2 are 3 and 2.

    Raises:
        ValueError: less than nothing in parts, or no part.
    """
    if aided < 0 or issues < 1:
        raise ValueError(f"{aided} cannot be split into {issues}.")
    each, more = divmod(aided, issues)
    return tuple(each + (place < more) for place in range(issues))


def next_issue(case: CaseFile, name: str, day: date) -> Issue | NoIssue:
    """The issue of a benefit that comes next for a case, as things are known on a day."""
    return next_issues(case.programme, name, [(case, day)])[0]


def issues_due(cases: Sequence[CaseFile], day: date) -> list[list[tuple[str, Issue]]]:
    """Of each of a programme's cases the issues that are due for collection on a day, each with its benefit.

    Nothing is due of an award at rest, nor before the first questions are answered.
    """
    found: list[list[tuple[str, Issue]]] = [[] for _case in cases]
    open_ones = [place for place, case in enumerate(cases) if held_back(case, day) is None]
    for name, benefit in cases[0].programme.benefits.items() if cases else ():
        mine = [place for place in open_ones if benefit.cycle and cases[place].is_granted(name)]
        asked = [(cases[place], day) for place in mine]
        for place, one in zip(
            mine, next_issues(cases[0].programme, name, asked) if asked else [], strict=True
        ):
            if isinstance(one, Issue) and one.due_on <= day:
                found[place].append((name, one))
    return found


def next_issues(
    programme: Programme, name: str, asked: Sequence[tuple[CaseFile, date]]
) -> list[Issue | NoIssue]:
    """The issue that comes next for each of several cases on its day: two questions in all.

    Raises:
        ValueError: the benefit has no cycle.
    """
    cycle = programme.benefits[name].cycle
    if cycle is None:
        raise ValueError(f"{name} has no cycle.")
    progresses = [_Progress(case, name, day) for case, day in asked]
    terms = _ask_terms(cycle, progresses)
    bought = _ask_bought(cycle, progresses)
    return [
        _next(cycle, one, its, so_far) for one, its, so_far in zip(progresses, terms, bought, strict=True)
    ]


class _Progress:
    """How far a case has come in a scheme: what was handed over of each issue, and the last hand-over."""

    def __init__(self, case: CaseFile, name: str, day: date) -> None:
        self.case = case
        self.day = day
        self.handed = [one for one in case.delivered if one.benefit == name and one.cycle_no is not None]
        self.due = {one.name: one.due_on for one in case.instalments if one.benefit == name}
        self.cycle_no = max((one.cycle_no or 1 for one in self.handed), default=1)

    def done(self, cycle_no: int, issue_no: int) -> Decimal:
        """What of an issue was handed over, or cancelled by a cap."""
        mine = [one for one in self.handed if (one.cycle_no, one.issue_no) == (cycle_no, issue_no)]
        return sum((one.quantity + _cancelled(one) for one in mine), start=Decimal(0))

    def first_day(self, cycle_no: int) -> date:
        """The day whose tables a cycle goes by: its first hand-over, or the day that is asked about."""
        return min((one.delivered_on for one in self.handed if one.cycle_no == cycle_no), default=self.day)

    def days(self) -> list[date]:
        """The days on which more can have become known, up to the one that is asked about."""
        case = self.case
        known = [one.verified_on or one.reported_on for one in case.sheets if counts(case, one, self.day)]
        known += [attempt.on for one in case.follow_ups for attempt in one.attempts]
        return sorted({day for day in (case.awarded_on, *known, self.day) if day <= self.day})

    def last(self) -> Delivered | None:
        """The hand-over that came last in the order of the scheme."""
        return max(
            self.handed,
            key=lambda one: (one.cycle_no, one.issue_no, one.delivered_on, one.number),
            default=None,
        )

    def due_of(self, cycle_no: int, issue_no: int) -> date:
        """The day an issue that was handed over fell due, and no earlier than its last hand-over."""
        mine = [one for one in self.handed if (one.cycle_no, one.issue_no) == (cycle_no, issue_no)]
        due = [self.due.get(instalment_name(one.number), one.delivered_on) for one in mine]
        return max(*due, *(one.delivered_on for one in mine))


def _cancelled(delivery: Delivered) -> Decimal:
    """What is not owed any more. What went over the issue never was; what a lot lacked may come from another."""
    mine = (part for cap, part in delivery.cancelled.items() if cap not in {ISSUE, STOCK})
    return sum(mine, start=Decimal(0))


def _ask_terms(cycle: Cycle, progresses: Sequence[_Progress]) -> list[list[_Terms]]:
    """What each cycle up to the next one asks and gives."""
    expressions = [one for one in (cycle.paid, cycle.aided, cycle.issues) if one is not None]
    questions = [
        (one.case, one.first_day(number), _names(one.first_day(number), number))
        for one in progresses
        for number in range(1, one.cycle_no + 2)
    ]
    found = iter(ask_many(questions, expressions))
    once = Answer(value=Decimal(1))
    return [[_Terms(*(*next(found), once)[:3]) for _number in range(one.cycle_no + 1)] for one in progresses]


def _ask_bought(cycle: Cycle, progresses: Sequence[_Progress]) -> list[list[tuple[date, Answer]]]:
    """What is bought so far on each day on which more can have become known."""
    days = [one.days() for one in progresses]
    questions = [
        (one.case, day, _names(day, None)) for one, its in zip(progresses, days, strict=True) for day in its
    ]
    found = iter(ask_many(questions, [cycle.bought]))
    return [[(day, next(found)[0]) for day in its] for its in days]


def _names(day: date, cycle_no: int | None) -> dict[str, object]:
    return {"delivered_on": day, KNOWN_ON: day, "cycle_no": cycle_no}


def _next(
    cycle: Cycle, progress: _Progress, terms: Sequence[_Terms], bought: Sequence[tuple[date, Answer]]
) -> Issue | NoIssue:
    try:
        found = _open_issue(progress, terms)
        if found is None:
            return NoIssue(_("The scheme gives nothing in cycle {number}.").format(number=len(terms)))
        cycle_no, issue_no, left = found
        needed = sum(
            (_figure(one.paid, "paid", number) for number, one in _up_to(terms, cycle_no)), Decimal(0)
        )
        opened = _opened_on(bought, needed)
    except _Unknown as unknown:
        return unknown.why
    except _Wrong as wrong:
        return NoIssue(str(wrong))
    if opened is None:
        so_far = text_of(to_micros(bought[-1][1].value))
        message = _("{bought} of the {needed} that open cycle {number} are bought and verified.")
        return NoIssue(message.format(bought=so_far, needed=text_of(to_micros(needed)), number=cycle_no))
    due_on = _due_on(cycle, progress, (cycle_no, issue_no), opened)
    window = cycle.window
    early = due_on if window is None else add_duration(due_on, -window.count, window.unit)
    return Issue(cycle_no, issue_no, left, due_on, max(early, opened))


def _up_to(terms: Sequence[_Terms], cycle_no: int) -> list[tuple[int, _Terms]]:
    return list(enumerate(terms[:cycle_no], start=1))


def _open_issue(progress: _Progress, terms: Sequence[_Terms]) -> tuple[int, int, Decimal] | None:
    """The first issue from the current cycle on of which something is left: an earlier cycle is closed for good."""
    for number, one in enumerate(terms, start=1):
        if number < progress.cycle_no:
            continue
        aided, issues = _whole(one.aided, "aided", number, 0), _whole(one.issues, "issues", number, 1)
        for place, part in enumerate(split(aided, issues), start=1):
            left = part - progress.done(number, place)
            if left > 0:
                return number, place, left
    return None


def _figure(answer: Answer, name: str, cycle_no: int) -> Decimal:
    if answer.value is None:
        raise _Unknown(answer)
    if answer.value < 0:
        message = _("'{name}' of cycle {number} is {value}, which is below 0.")
        raise _Wrong(message.format(name=name, number=cycle_no, value=answer.value))
    return Decimal(answer.value)


def _whole(answer: Answer, name: str, cycle_no: int, least: int) -> int:
    value = _figure(answer, name, cycle_no)
    if value != value.to_integral_value() or value < least:
        message = _("'{name}' of cycle {number} is {value}, and must be a whole number of at least {least}.")
        raise _Wrong(message.format(name=name, number=cycle_no, value=value, least=least))
    return int(value)


def _opened_on(bought: Sequence[tuple[date, Answer]], needed: Decimal) -> date | None:
    """The first day from which on as much was bought as is needed; None where it is not today."""
    today = bought[-1][1]
    if today.value is None:
        raise _Unknown(today)
    opened = None
    for day, answer in reversed(bought):
        if answer.value is None or answer.value < needed:
            break
        opened = day
    return opened


def _due_on(cycle: Cycle, progress: _Progress, at: tuple[int, int], opened: date) -> date:
    last = progress.last()
    if last is None:
        return opened
    before = (last.cycle_no or 1, last.issue_no or 1)
    if before == at:  # the rest of an issue that was begun
        return progress.due.get(instalment_name(last.number), last.delivered_on)
    after = add_duration(progress.due_of(*before), cycle.every.count, cycle.every.unit)
    return max(opened, after)
