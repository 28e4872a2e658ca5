"""What proposes the end of an award to a person: a rule of `exit`, a renewal, silence, or a programme's wind-down.

Nothing here ends anything. What is unknown proposes nothing and gives the officer a task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from almoner.definitions.sections.leaving import RENEWAL, SILENCE, WIND_DOWN
from almoner.engine.call_offs import waiting_for_top_up
from almoner.engine.casefile import CaseFile, Task
from almoner.engine.conditions import ask
from almoner.engine.renewals import ENDS, LIVING, NEEDS_INFORMATION, RenewalState, renewal_on, silence_ends
from almoner.engine.schedule import END, follow_ups_from
from almoner.engine.standing import OFFICER, looked_at

EXIT = "exit"


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
    if case.state not in LIVING:
        return Ends()
    renewal = renewal_on(case, day)
    by_rule, unclear = _by_rules(case, day)
    proposed = [*_by_renewal(case, renewal, day), *by_rule]
    wind_down = case.programme.wind_down
    if wind_down and wind_down.until and case.winding_down and max(case.winding_down, wind_down.until) <= day:
        proposed.append(ProposedEnd(WIND_DOWN, max(case.winding_down, wind_down.until)))
    tasks = unclear
    if renewal is not None and renewal.verdict is not None and renewal.state == NEEDS_INFORMATION:
        blocked = (one.place for one in renewal.verdict.blocked)
        tasks = (_task(RENEWAL, RENEWAL, (*renewal.verdict.missing, *blocked)), *unclear)
    return Ends(renewal, tuple(proposed), tasks)


def still_owed(case: CaseFile) -> tuple[str, ...]:
    """What was brought and is not paid yet: it is paid before an award ends, for it was earned."""
    called_off = {name for name, benefit in case.programme.benefits.items() if benefit.call_off}
    unpaid = [one.name for one in case.instalments if one.awaits and one.benefit in called_off]
    unsettled = [f"{one.benefit} {one.number}" for one in waiting_for_top_up(case)]
    return (*unpaid, *unsettled)


def ending(case: CaseFile, day: date) -> CaseFile:
    """The case after a person ended it: what was still to come is cancelled, and what is asked after the end is due.

    Raises:
        ValueError: something that was brought is not paid yet.
    """
    owed = still_owed(case)
    if owed:
        raise ValueError(", ".join(owed))
    kept = tuple(replace(one, state="cancelled") if one.awaits else one for one in case.instalments)
    after = follow_ups_from(case.programme, END, day)
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


def _by_rules(case: CaseFile, day: date) -> tuple[tuple[ProposedEnd, ...], tuple[Task, ...]]:
    """The rules of `exit` on the last day on which there was something to look at."""
    rules = tuple(case.programme.exit_rules.values())
    occasion = looked_at(case, day)
    if occasion is None or not rules:
        return (), ()
    answers = tuple(zip(rules, ask(case, [one.when for one in rules], occasion), strict=True))
    proposed = tuple(ProposedEnd(rule.name, occasion) for rule, one in answers if one.value is True)
    tasks = tuple(
        _task(rule.name, EXIT, (*one.missing, *(blocked.place for blocked in one.blocked)))
        for rule, one in answers
        if one.value is None
    )
    return proposed, tasks


def _task(name: str, raised_by: str, missing: tuple[str, ...]) -> Task:
    return Task(name=name, raised_by=raised_by, to=OFFICER, deadline=None, unclear=True, missing=missing)
