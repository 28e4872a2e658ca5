"""Doubt: a number that moved so far since the last one that somebody is asked whether it is right.

It refuses nothing and holds nothing back: the sheet counts as every other does, and whoever looks at the paper says
that the number is right, or corrects it. What the sheets are about does not matter here: they are compared in the order
of the days of which they speak, whatever they tell of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Record
from almoner.definitions.sections.returns import DOUBT
from almoner.engine.casefile import Answers, CaseFile, Sheet, Task
from almoner.engine.sheets import is_after_exit

__all__ = ["DOUBT", "Told", "doubtful", "doubts_about", "doubts_among", "task_of_doubt"]

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A sheet among others about the same thing: what it says, and the day of which it speaks.

    `key` tells it from the others; of one day they stand in the order given. `after_exit`: it is of the calendar that
    holds after the exit: a year's revenue is no leap from a quarter's.
    """

    key: str
    on: date
    answers: Answers
    after_exit: bool = False


def doubtful(record: Record, before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers that moved by more than the record's file takes unasked, in the file's order.

    A number moves by its distance from the one before, in percent of that one's size: from 10 to 16 by 60. From 0 every
    other number moves by more than any percentage. What is unknown on either side has not moved.
    """
    return tuple(
        name
        for name, percent in record.doubt.items()
        if before.get(name) is not None
        and now.get(name) is not None
        and _moves(Decimal(before[name]), Decimal(now[name]), percent)
    )


def _moves(before: Decimal, now: Decimal, percent: int) -> bool:
    return abs(now - before) * _PERCENT > percent * abs(before)


def doubts_among(record: Record, sheets: Sequence[Told]) -> dict[str, tuple[str, ...]]:
    """The doubtful numbers of each sheet about one thing, by the sheet's key; of one without doubt there is none.

    Each number is held against the last one before it that is known: a sheet that leaves it open hides no leap. A sheet
    of another calendar is not held against it.
    """
    found: dict[str, tuple[str, ...]] = {}
    known_of: dict[bool, dict[str, Any]] = {False: {}, True: {}}
    for sheet in sorted(sheets, key=lambda one: one.on):
        known = known_of[sheet.after_exit]
        names = doubtful(record, known, sheet.answers)
        if names:
            found[sheet.key] = names
        known |= {name: sheet.answers[name] for name in record.doubt if sheet.answers.get(name) is not None}
    return found


def task_of_doubt(record: Record, names: tuple[str, ...]) -> Task:
    """The question whether these numbers are right, to whoever verifies the record, else to the officer."""
    return Task(
        name=DOUBT,
        raised_by=record.name,
        to=record.verified_by or "officer",
        deadline=None,
        unclear=True,
        missing=names,
    )


def doubts_about(case: CaseFile, record: Record, sheet: Sheet) -> tuple[Task, ...]:
    """The question whether the numbers of a case's sheet are right, where they moved far since the last one."""
    if not record.doubt:
        return ()
    corrected = {one.corrects for one in case.sheets}
    told = [
        Told(one.key, one.happened_on, one.answers, is_after_exit(case.programme, record, one.period))
        for one in case.sheets
        if one.record == record.name and one.key not in corrected
    ]
    names = doubts_among(record, told).get(sheet.key)
    return (task_of_doubt(record, names),) if names else ()
