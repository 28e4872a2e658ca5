"""Writes the facts of a programme's stock: what befell each lot, month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from almoner.flow.stock.queries import movements, quantity


def stock_rows(programme: str) -> Iterator[Mapping[str, Any]]:
    """The rows of the table of stock; none where nothing was ever received."""
    for lot, movement, day, units in movements(programme):
        yield {
            "benefit": lot.benefit,
            "lot": lot.number,
            "unit": lot.unit,
            "movement": movement,
            "month": day,
            "quantity": quantity(units),
        }
