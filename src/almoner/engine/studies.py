"""Computes a published study again and names every printed figure that does not follow from the others.

The rule is that of our own values. A figure agrees where it is the exact one rounded to the decimals with which it is
printed. What cannot be computed from the table is named too: it is not said to agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from almoner.definitions.programme import A_YEAR, Duration
from almoner.definitions.study import Printed, Study, StudyOutcome, StudyTable
from almoner.engine.valuation import worth_of_one


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A printed figure beside what it comes to; `found` is None where the table does not say enough."""

    table: str
    name: str
    printed: Printed
    found: Fraction | None

    @property
    def agrees(self) -> bool:
        """Whether it is the figure that follows from the others."""
        return self.found is not None and self.printed.agrees(self.found)


def recompute(study: Study) -> list[Recomputed]:
    """Every printed figure of a study, in the order of its tables, beside what it comes to."""
    return [one for table in study.tables for one in _recomputed(table)]


def _recomputed(table: StudyTable) -> Iterator[Recomputed]:
    for outcome in table.outcomes:
        if outcome.printed is not None:
            yield Recomputed(table.name, outcome.name, outcome.printed, _first_year(outcome))
    found = _figures(table)
    for name, printed in table.printed.items():
        yield Recomputed(table.name, name, printed, found.get(name))


def _figures(table: StudyTable) -> dict[str, Fraction]:
    """What a table's figures come to, those that it says enough for."""
    found: dict[str, Fraction] = {}
    value, invested, people = table.value, table.investment, table.people
    if table.outcomes:
        found["first_year"] = sum(map(_first_year, table.outcomes), Fraction(0))
        value = _value(table)
    if value is not None:
        found["value"] = value
    if invested is not None:
        found["investment"] = invested
    if value is not None and invested is not None:
        found["net"] = value - invested
        if invested:
            found |= {"ratio": value / invested, "net_ratio": (value - invested) / invested}
    if people is not None:
        shared = {"each": value, "cost_each": invested}
        found |= {name: whole / people for name, whole in shared.items() if whole is not None}
    return found


def _value(table: StudyTable) -> Fraction:
    """The sum over all outcomes and years; of each year's sum rounded, where the study says that it rounds it."""
    if table.rounded is None:
        return sum((_worth(one, table.discount_rate) for one in table.outcomes), Fraction(0))
    last = max((-(-one.duration.count // A_YEAR[one.duration.unit]) for one in table.outcomes), default=0)
    until = [
        sum((_worth(_cut(one, years), table.discount_rate) for one in table.outcomes), Fraction(0))
        for years in range(last + 1)
    ]
    return sum(
        (Fraction(round(after - before, table.rounded)) for before, after in pairwise(until)), Fraction(0)
    )


def _cut(outcome: StudyOutcome, years: int) -> StudyOutcome:
    """The outcome as it stands after so many years at most."""
    count = min(outcome.duration.count, years * A_YEAR[outcome.duration.unit])
    return replace(outcome, duration=Duration(count, outcome.duration.unit))


def _worth(outcome: StudyOutcome, discount_rate: int) -> Fraction:
    one = worth_of_one({**outcome.assumed, "discount_rate": discount_rate}, outcome.duration)
    return outcome.quantity * one


def _first_year(outcome: StudyOutcome) -> Fraction:
    """What an outcome is worth in its first year, or in the part of it that it lasts, before discounting."""
    return _worth(_cut(outcome, 1), 0)
