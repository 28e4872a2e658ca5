"""Screening: the engine's answer about applications, one or a million, on one code path.

`screen` says *eligible*, *not eligible* or *needs information*, with the result of every rule, points, amounts, and
what is missing or cannot be computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.answers_table import as_value, cases_table
from almoner.engine.causes import explained
from almoner.engine.connection import ask_shared, shared
from almoner.engine.evaluation import evaluate
from almoner.engine.lookups import with_lookups
from almoner.engine.results import (
    AnswersProblem,
    Blocked,
    Case,
    Evaluated,
    Missing,
    Screening,
    UnexplainedUnknown,
)
from almoner.engine.screening_sql import OPEN, REFUSED, ScreeningSql, compiled
from almoner.engine.screening_tables import screen_table
from almoner.values.numbers import from_micros

__all__ = [
    "AnswersProblem",
    "Blocked",
    "Case",
    "Evaluated",
    "Missing",
    "Screening",
    "UnexplainedUnknown",
    "evaluate",
    "screen",
    "screen_table",
]


def screen(programme: Programme, cases: Sequence[Case]) -> list[Screening]:
    """Screen cases by one edition of a programme; the answers come in the order of the cases.

    Raises:
        AnswersProblem: a case answers what the form does not ask, or a value is not of its field's type.
    """
    if not cases:
        return []
    sql = compiled(programme)
    table = cases_table(programme, cases)
    with_lookups(shared(), programme)
    rows = ask_shared(sql.query, table)
    reader = _Reader(sql)
    found = {row[0]: reader.screening(row) for row in rows}
    return [found[number] for number in range(len(cases))]


class _Reader:
    """Reads a row of the query's result."""

    def __init__(self, sql: ScreeningSql) -> None:
        self.sql = sql
        self.programme = sql.programme
        self.at = {place: index for index, place in enumerate(sql.columns, start=2)}
        self.first_why = 2 + len(sql.columns)

    def screening(self, row: Sequence[Any]) -> Screening:
        """The screening of one case."""
        outcome = row[1]
        rules = {name: row[self.at[f"eligibility.{name}"]] for name in self.programme.eligibility}
        derived = {
            name: as_value(one.type, row[self.at[f"derive.{name}"]])
            for name, one in self.programme.derive.items()
        }
        if outcome == REFUSED:
            refused_by = tuple(name for name, held in rules.items() if held is False)
            return Screening(outcome, rules, refused_by, derived=derived)
        waiting = zip((place for place, _ in self.sql.why), row[self.first_why :], strict=True)
        missing, blocked = explained(waiting, self.sql.signs, self.programme.form)
        if (outcome == OPEN) != bool(missing or blocked):
            raise UnexplainedUnknown(
                f"{self.programme.key}: a case is '{outcome}' with {len(missing)} missing and {len(blocked)} blocked."
            )
        benefits = {name: f"benefits.{name}" for name in self.programme.benefits}
        return Screening(
            outcome,
            rules,
            missing=missing,
            blocked=blocked,
            criteria={name: self._number(row, f"scoring.{name}") for name in self.programme.scoring},
            points=self._number(row, "points") if self.programme.scoring else None,
            benefits={name: self._number(row, place) for name, place in benefits.items() if place in self.at},
            granted={name: row[self.at[f"{place}.when"]] for name, place in benefits.items()},
            derived=derived,
        )

    def _number(self, row: Sequence[Any], place: str) -> Decimal | None:
        cell = row[self.at[place]]
        return None if cell is None else from_micros(int(cell))
