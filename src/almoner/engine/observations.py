"""What an example may expect: of a screening, and of a case after a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.call_offs import TOP_UP, Reckoned
from almoner.engine.case_figures import figure_on
from almoner.engine.casefile import CaseFile, Instalment, Sheet, Task
from almoner.engine.cycles import issues_due
from almoner.engine.ends import Ends
from almoner.engine.expectations import Deadline, Observations, Written, same, shown
from almoner.engine.follow_ups import follow_ups_on
from almoner.engine.renewals import reminder_due
from almoner.engine.results import Screening
from almoner.engine.schedule import DueInstalment, due_on
from almoner.engine.sheets import derived_of, owed_by, reported_rows
from almoner.engine.standing import Standings


@dataclass(frozen=True, slots=True)
class Moment:
    """A case after a step, with what the step itself brought."""

    case: CaseFile
    day: date
    state: str
    amount: Decimal | None = None
    refused: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    at: datetime | None = None
    standings: Standings = field(default_factory=Standings)
    ends: Ends = field(default_factory=Ends)
    delivery: Reckoned | None = None
    before: CaseFile | None = None
    sheet: Sheet | None = None
    """The record that the step filled in."""


def screening_observations(programme: Programme, screening: Screening) -> Observations:
    """What the answer about an application may be expected to say."""
    found: dict[str, Callable[[], Any]] = {
        "outcome": lambda: screening.outcome,
        "points": lambda: screening.points,
        "refused_by": lambda: screening.refused_by,
        "missing": lambda: [one.name for one in screening.missing],
        "blocked": lambda: [one.place for one in screening.blocked],
        "criteria": lambda: screening.criteria,
        "rules": lambda: screening.rules,
    }
    for names, values in (
        (programme.eligibility, screening.rules),
        (programme.derive, screening.derived),
        (programme.scoring, screening.criteria),
        (programme.benefits, screening.benefits),
    ):
        found.update({name: partial(values.get, name) for name in names})
    return found


def moment_observations(moment: Moment) -> Observations:
    """What a case may be expected to be after a step."""
    case, day = moment.case, moment.day
    found: dict[str, Callable[[], Any]] = {
        "due": lambda: _names(case, [one for one in due_on(case, day) if one.is_due]) + _issues(case, day),
        "held": lambda: _names(case, [one for one in due_on(case, day) if not one.is_due]),
        "standing": lambda: Proposed(moment.standings),
        "state": lambda: moment.state,
        "amount": lambda: _amount(moment),
        "paid": lambda: moment.amount,
        "task": lambda: [one.name for one in moment.tasks],
        "tasks": lambda: [one.name for one in moment.tasks],
        "unclear": lambda: [one.name for one in moment.tasks if one.unclear],
        "deadline": lambda: _deadline(moment),
        "refused": lambda: moment.refused,
        "missing": lambda: _missing(moment),
        "owed": lambda: list(_owed(case, day)),
        "topped_up": lambda: _topped_up(moment),
        "advance_left": case.all_advances_left,
        "renewal": lambda: moment.ends.renewal.state if moment.ends.renewal else None,
        "reminder": lambda: reminder_due(moment.ends.renewal, day) if moment.ends.renewal else None,
        "refused_by": lambda: [name for one in moment.ends.proposed for name in one.refused_by],
        "proposed_end": lambda: [one.by for one in moment.ends.proposed],
    }
    for name in case.programme.indicators:
        found[name] = partial(figure_on, case, name, day)
    for name in case.programme.follow_ups:
        found[name] = partial(_follow_up_states, case, name, day)
    for name in case.programme.standing:
        found[name] = partial(_proposed_amount, moment, name)
    for one in case.instalments:
        found[_label(case, one)] = partial(_state, case, one, day)
    if moment.sheet is not None:
        for name in case.programme.records[moment.sheet.record].derive:
            found[name] = partial(_derived, case, moment.sheet, name)
    if moment.delivery is not None:
        # An advance is named after its benefit: of a delivery it is what was kept back for it.
        found.update(_delivered(moment.delivery))
    return found


def _delivered(delivery: Reckoned) -> Observations:
    """What a delivery of what is called off came to."""
    return {
        **{name: partial(delivery.derived.get, name) for name in delivery.derived},
        **{name: partial(delivery.deducted.get, name) for name in delivery.deducted},
        "quantity": lambda: delivery.quantity,
        "cancelled": lambda: delivery.cancelled,
        "stand_ins": lambda: delivery.stand_ins,
        "cycle_no": lambda: delivery.issue.cycle_no if delivery.issue else None,
        "issue_no": lambda: delivery.issue.issue_no if delivery.issue else None,
    }


def _topped_up(moment: Moment) -> Decimal:
    """What the day of the step brought on top of earlier deliveries, to be paid."""
    before = {(one.benefit, one.name) for one in moment.before.instalments} if moment.before else set()
    new = [one for one in moment.case.instalments if (one.benefit, one.name) not in before]
    return sum((one.money.amount for one in new if one.name.endswith(TOP_UP) and one.money), start=Decimal(0))


def _derived(case: CaseFile, sheet: Sheet, name: str) -> Any:
    return derived_of(case, sheet)[name]


class Proposed(Written):
    """The standings proposed. A list names them all.

    One word names the only one of its kind: a state (`probation`) may stand beside what is to be recovered.
    """

    def __init__(self, standings: Standings) -> None:
        self._names = standings.names
        self._amounts = {one.name: one.has_amount for one in standings.proposed}

    def is_(self, wanted: Any) -> bool:
        """Whether this is what the file writes."""
        if not isinstance(wanted, str):
            return same(wanted, self._names)
        alike = [name for name, has in self._amounts.items() if has == self._amounts.get(wanted)]
        return alike == [wanted]

    def __str__(self) -> str:
        return shown(self._names)


def _label(case: CaseFile, instalment: Instalment) -> str:
    """An instalment's name; with its benefit's where two benefits have one of that name."""
    names = Counter(one.name for one in case.instalments)
    return instalment.name if names[instalment.name] == 1 else f"{instalment.benefit}.{instalment.name}"


def _names(case: CaseFile, due: list[DueInstalment]) -> list[str]:
    return [_label(case, one.instalment) for one in due]


def _issues(case: CaseFile, day: date) -> list[str]:
    return [issue.name for _benefit, issue in issues_due([case], day)[0]]


def _state(case: CaseFile, instalment: Instalment, day: date) -> str:
    """The state of an instalment as it stands on the day."""
    for one in due_on(case, day):
        if one.instalment is instalment:
            return "due" if one.is_due else "held"
    return instalment.state


def _amount(moment: Moment) -> Decimal | None:
    """What the step paid or handed over; else what a standing proposes to recover."""
    if moment.amount is not None:
        return moment.amount
    amounts = [one.amount for one in moment.standings.proposed if one.has_amount]
    return amounts[0] if len(amounts) == 1 else None


def _proposed_amount(moment: Moment, name: str) -> Decimal | bool | None:
    """Whether a standing is proposed; where it has an amount, the amount."""
    for one in moment.standings.proposed:
        if one.name == name:
            return one.amount if one.has_amount else True
    return None if any(one.name == name for one in moment.standings.tasks) else False


def _deadline(moment: Moment) -> Any:
    found = {
        one.name: Deadline(one.deadline, one.occasion, moment.at, moment.case.programme.time_zone)
        for one in moment.tasks
        if moment.at is not None and (one.deadline or one.occasion)
    }
    return next(iter(found.values())) if len(found) == 1 else found


def _missing(moment: Moment) -> list[str]:
    """What is missing for held instalments, undecided standings, renewals, exits and unclear tasks, each once."""
    case, day = moment.case, moment.day
    held = [name for one in due_on(case, day) for name in one.missing]
    standing = [name for one in (*moment.standings.tasks, *moment.ends.tasks) for name in one.missing]
    unclear = [name for one in moment.tasks for name in one.missing]
    delivery = moment.delivery.missing if moment.delivery else ()
    return list(dict.fromkeys([*delivery, *held, *standing, *unclear]))


def _owed(case: CaseFile, day: date) -> Iterator[str]:
    """The records that are due and do not count yet."""
    for name in dict.fromkeys(one.record for one in owed_by(case, day)):
        yield from (row.label for row in reported_rows(case, name, day) if row.answers is None)


def _follow_up_states(case: CaseFile, name: str, day: date) -> Any:
    """The state of each follow-up of a name, by the day it falls due."""
    states = [one.state for one in follow_ups_on(case, day) if one.follow_up.name == name]
    return states[0] if len(states) == 1 else states
