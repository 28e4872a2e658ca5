"""The stock of a programme by lot in a statement: what was there, what came, what went, what is left."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.engine.connection import Connection
from almoner.engine.figures import Period

MOVEMENTS = ("received", "issued", "written off", "recalled")
"""What may befall a lot. *Recalled* moves nothing: its rows have the quantity 0."""


@dataclass(frozen=True, slots=True)
class LotFigures:
    """A lot over a period, in its unit: at_first + received = issued + written_off + left.

    `recalled` says whether it was recalled by the period's end.
    """

    benefit: str
    name: str
    unit: str
    at_first: str
    received: str
    issued: str
    written_off: str
    left: str
    recalled: bool

    def as_json(self) -> dict[str, Any]:
        """The lot as JSON values."""
        return asdict(self)


def stock_by_lot(facts: Path, period: Period, connection: Connection) -> tuple[LotFigures, ...]:
    """Every lot that was there when the period began or moved in it, by benefit and number."""
    path = facts / "stock.parquet"
    if not path.exists():
        return ()
    first, last = period.months
    sql = """
        SELECT benefit, lot, unit,
            coalesce(sum(CASE movement WHEN 'received' THEN quantity ELSE -quantity END)
                FILTER (month < $first), 0),
            coalesce(sum(quantity) FILTER (month >= $first AND movement = 'received'), 0),
            coalesce(sum(quantity) FILTER (month >= $first AND movement = 'issued'), 0),
            coalesce(sum(quantity) FILTER (month >= $first AND movement = 'written off'), 0),
            bool_or(movement = 'recalled'),
            bool_or(month >= $first)
        FROM read_parquet($path) WHERE month <= $last
        GROUP BY benefit, lot, unit ORDER BY benefit, lot, unit
    """
    rows = connection.execute(sql, {"first": first, "last": last, "path": str(path)}).fetchall()
    return tuple(
        LotFigures(
            benefit,
            lot,
            unit,
            _text(there),
            _text(received),
            _text(issued),
            _text(gone),
            _text(there + received - issued - gone),
            bool(recalled),
        )
        for benefit, lot, unit, there, received, issued, gone, recalled, moved in rows
        if there or moved
    )


def _text(quantity: Decimal | int) -> str:
    """A quantity in thousandths as plain text without trailing zeros."""
    text = f"{Decimal(quantity):.3f}"
    return text.rstrip("0").rstrip(".")
