"""What proposes the end of an award to a person: a rule of `exit`, a renewal, silence, or a programme's wind-down.

Nothing here ends anything. What is unknown proposes nothing and gives the officer a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from almoner.definitions.programme import ExitRule
from almoner.definitions.sections.leaving import RENEWAL, SILENCE, WIND_DOWN
from almoner.engine.call_offs import waiting_for_top_up
from almoner.engine.casefile import AWAITING, Answers, CaseFile, Task
from almoner.engine.conditions import Answer, ask_many
from almoner.engine.renewals import ENDS, LIVING, NEEDS_INFORMATION, RenewalState, renewals_on, silence_ends
from almoner.engine.schedule import END, follow_ups_from
from almoner.engine.standing import OFFICER, looked_at

EXIT = "exit"

CANCELLED_BY_THE_END = AWAITING | {"returned"}
"""The states in which an instalment is cancelled when its award ends."""


@dataclass(frozen=True, slots=True)
class ProposedEnd:
    """An end proposed to a person: by 'renewal', 'silence', 'wind_down' or the name of a rule of `exit`.

    `since` is the day from which it is proposed; `refused_by` are the rules that no longer hold.
    """

    by: str
    since: date
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ends:
    """How the renewal of a case stands on a day, what proposes its end, and what the officer has to find out."""

    renewal: RenewalState | None = None
    proposed: tuple[ProposedEnd, ...] = ()
    tasks: tuple[Task, ...] = ()


def ends_on(case: CaseFile, day: date) -> Ends:
    """What proposes the end of a case on a day, and what is unknown. Of an award that is over, nothing."""
    return ends_of([case], day)[0]


def ends_of(cases: Sequence[CaseFile], day: date) -> list[Ends]:
    """What proposes the ends of some cases of one programme on a day, in their order. See `ends_on`."""
    renewals = renewals_on(cases, day)
    by_rules = _by_rules(cases, day)
    return [
        _ends(case, day, renewal, rules) if case.state in LIVING else Ends()
        for case, renewal, rules in zip(cases, renewals, by_rules, strict=True)
    ]


def _ends(case: CaseFile, day: date, renewal: RenewalState | None, rules: _ByRules) -> Ends:
    proposed = [*_by_renewal(case, renewal, day), *rules.proposed]
    wind_down = case.programme.wind_down
    if wind_down and wind_down.until and case.winding_down and max(case.winding_down, wind_down.until) <= day:
        proposed.append(ProposedEnd(WIND_DOWN, max(case.winding_down, wind_down.until)))
    tasks = rules.tasks
    if renewal is not None and renewal.verdict is not None and renewal.state == NEEDS_INFORMATION:
        blocked = (one.place for one in renewal.verdict.blocked)
        tasks = (_task(RENEWAL, RENEWAL, (*renewal.verdict.missing, *blocked)), *tasks)
    return Ends(renewal, tuple(proposed), tasks)


def still_owed(case: CaseFile) -> tuple[str, ...]:
    """What was brought and is not paid yet: it is paid before an award ends, for it was earned.

    Of what is called off in kind nothing is owed: whoever was not handed it did not bring anything either.
    """
    called_off = {
        name for name, benefit in case.programme.benefits.items() if benefit.call_off and benefit.in_money
    }
    unpaid = [
        one.name
        for one in case.instalments
        if one.benefit in called_off and one.state in CANCELLED_BY_THE_END
    ]
    unsettled = [
        f"{one.benefit} {one.number}" for one in waiting_for_top_up(case) if one.benefit in called_off
    ]
    return (*unpaid, *unsettled)


def ending(case: CaseFile, day: date) -> CaseFile:
    """The case after a person ended it: what was still to come is cancelled, and what is asked after the end is due.

    Raises:
        ValueError: something that was brought is not paid yet.
    """
    owed = still_owed(case)
    if owed:
        raise ValueError(", ".join(owed))
    kept = tuple(
        replace(one, state="cancelled") if one.state in CANCELLED_BY_THE_END else one
        for one in case.instalments
    )
    planned = {(one.name, one.due_on) for one in case.follow_ups}
    after = tuple(
        one for one in follow_ups_from(case.programme, END, day) if (one.name, one.due_on) not in planned
    )
    return replace(case, state="ended", ended_on=day, instalments=kept, follow_ups=(*case.follow_ups, *after))


def _by_renewal(case: CaseFile, renewal: RenewalState | None, day: date) -> tuple[ProposedEnd, ...]:
    if renewal is None:
        return ()
    if renewal.state == ENDS and renewal.verdict is not None:
        came = (one.came_on for one in case.renewals if one.number == renewal.falling.number)
        since = max(one for one in came if one <= day)
        return (ProposedEnd(RENEWAL, since, renewal.verdict.refused_by),)
    if silence_ends(renewal, day) and renewal.falling.ends_on is not None:
        return (ProposedEnd(SILENCE, renewal.falling.ends_on),)
    return ()


@dataclass(frozen=True, slots=True)
class _ByRules:
    """What the rules of `exit` propose of a case, and what of them is unknown."""

    proposed: tuple[ProposedEnd, ...] = ()
    tasks: tuple[Task, ...] = ()


def _by_rules(cases: Sequence[CaseFile], day: date) -> list[_ByRules]:
    """The rules of `exit`, of each case on the last day on which there was something to look at."""
    rules = tuple(cases[0].programme.exit_rules.values()) if cases else ()
    if not rules:
        return [_ByRules() for _each in cases]
    occasions = [looked_at(case, day) for case in cases]
    nothing: Answers = {}
    asked = [(case, on, nothing) for case, on in zip(cases, occasions, strict=True) if on is not None]
    answers = iter(ask_many(asked, [one.when for one in rules]))
    return [
        _ByRules() if on is None else _said(on, tuple(zip(rules, next(answers), strict=True)))
        for on in occasions
    ]


def _said(occasion: date, answers: Sequence[tuple[ExitRule, Answer]]) -> _ByRules:
    return _ByRules(
        tuple(ProposedEnd(rule.name, occasion) for rule, one in answers if one.value is True),
        tuple(
            _task(rule.name, EXIT, (*one.missing, *(blocked.place for blocked in one.blocked)))
            for rule, one in answers
            if one.value is None
        ),
    )


def _task(name: str, raised_by: str, missing: tuple[str, ...]) -> Task:
    return Task(name=name, raised_by=raised_by, to=OFFICER, deadline=None, unclear=True, missing=missing)
