"""Standing: what follows from records and is proposed to a person, never done.

It is looked at when a record is verified or falls due unreported, and not before: between two such days
nothing about a case has become known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from almoner.definitions.programme import Standing
from almoner.engine.casefile import CaseFile, Task
from almoner.engine.conditions import Answer, ask, ask_many
from almoner.engine.sheets import counts, owed_by

OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A standing proposed to a person. `amount` is what is to be recovered where the file says so.

    `amount_missing` says what is missing where the amount is unknown.
    """

    name: str
    looked_at: date
    amount: Decimal | None = None
    has_amount: bool = False
    amount_missing: tuple[str, ...] = ()
    appeal_days: int | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """What is proposed, and what the officer has to find out because nobody can tell. All in file order.

    `looked_at` is the last day on which there was something to look at; None where there was none yet.
    """

    looked_at: date | None = None
    proposed: tuple[Proposal, ...] = ()
    tasks: tuple[Task, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What is proposed, by name."""
        return tuple(one.name for one in self.proposed)


def standing_on(case: CaseFile, day: date) -> Standings:
    """What standing a case has on a day.

    TRUE: proposed. FALSE: nothing. Unknown: nothing changes; the officer gets a task with what is missing.
    """
    return standings_on([case], day)[0]


def standings_on(cases: Sequence[CaseFile], day: date) -> list[Standings]:
    """What standing each of some cases of one programme has on a day, in their order. See `standing_on`."""
    occasions = [looked_at(case, day) for case in cases]
    if not cases or not cases[0].programme.standing:
        return [Standings(occasion) for occasion in occasions]
    entries = tuple(cases[0].programme.standing.values())
    looked = [(case, on) for case, on in zip(cases, occasions, strict=True) if on is not None]
    answers = iter(ask_many([(case, on, {}) for case, on in looked], [one.when for one in entries]))
    return [
        Standings() if on is None else _standings(case, on, tuple(zip(entries, next(answers), strict=True)))
        for case, on in zip(cases, occasions, strict=True)
    ]


def _standings(case: CaseFile, occasion: date, decided: Sequence[tuple[Standing, Answer]]) -> Standings:
    return Standings(
        looked_at=occasion,
        proposed=tuple(_proposal(case, one, occasion) for one, answer in decided if answer.value is True),
        tasks=tuple(_task(one, answer) for one, answer in decided if answer.value is None),
    )


def looked_at(case: CaseFile, day: date) -> date | None:
    """The last day up to `day` on which a record became known, or fell due unreported."""
    known = (one.verified_on or one.reported_on for one in case.sheets if counts(case, one, day))
    reported = {(one.record, one.period): one.reported_on for one in case.sheets if one.period}
    fell_due = (
        one.due_on
        for one in owed_by(case, day)
        if reported.get((one.record, one.period), date.max) > one.due_on
    )
    return max((*known, *fell_due), default=None)


def _proposal(case: CaseFile, standing: Standing, occasion: date) -> Proposal:
    amount = Answer(value=None)
    if standing.amount is not None:
        (amount,) = ask(case, [standing.amount], occasion)
    return Proposal(
        name=standing.name,
        looked_at=occasion,
        amount=amount.value,
        has_amount=standing.amount is not None,
        amount_missing=amount.missing,
        appeal_days=standing.appeal_days,
    )


def _task(standing: Standing, answer: Answer) -> Task:
    return Task(
        name=standing.name,
        raised_by="standing",
        to=OFFICER,
        deadline=None,
        unclear=True,
        missing=(*answer.missing, *(blocked.place for blocked in answer.blocked)),
    )
