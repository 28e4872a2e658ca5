"""Amounts of one month in the prices of another, by an index of the programme's.

A row of an index holds from its month until the month before the next row. The last row holds for its own month alone:
an index that nobody continued must not look like prices that stood still. An empty cell is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from almoner.definitions.programme import LookupTable
from almoner.values.numbers import text_of


@dataclass(frozen=True, slots=True)
class Stretch:
    """The months, both included and written as rows have them, in which an index stands at so many micros."""

    first: str
    last: str
    micros: int


@dataclass(frozen=True, slots=True)
class PriceIndex:
    """An index, and the month in whose prices amounts are told."""

    name: str
    source: str
    month: str
    stretches: tuple[Stretch, ...]

    @property
    def base(self) -> int | None:
        """The index of that month in micros; None where it is not known."""
        found = (one.micros for one in self.stretches if one.first <= self.month <= one.last)
        return next(found, None)

    @property
    def base_text(self) -> str | None:
        """The index of that month as text."""
        return None if self.base is None else text_of(self.base)


def price_index(table: LookupTable, month: str) -> PriceIndex:
    """The index that stands in a lookup without keys, for amounts in the prices of a month such as `2025-12`."""
    known = sorted((row.starts, row.values[0]) for row in table.rows if row.starts is not None)
    ends = [f"{after - timedelta(days=1):%Y-%m}" for (_day, _value), (after, _next) in pairwise(known)]
    ends += [f"{starts:%Y-%m}" for starts, _value in known[-1:]]
    stretches = tuple(
        Stretch(_month(starts), end, value)
        for (starts, value), end in zip(known, ends, strict=True)
        if isinstance(value, int)
    )
    return PriceIndex(table.name, str(table.source), month, stretches)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
