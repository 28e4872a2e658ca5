"""What the company put in, and why, in the parts of B4SI: cash, time, in kind at cost, management cost.

Gift, investment and commercial initiative are kept apart; leverage (what others gave) never enters. A
contribution of deliveries is summed from the deliveries: money as paid, everything else at what it cost. One
of the ledger is summed from its months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Contribution, Programme
from almoner.engine.connection import Connection
from almoner.engine.figures import Period
from almoner.values.money import exponent_of

_DELIVERIES = "deliveries of "


@dataclass(frozen=True, slots=True)
class Contributed:
    """One contribution. `amount` is None where there never was any; `unknown` rows have no amount."""

    name: str
    input: str
    motive: str
    source: str
    currency: str
    amount: str | None
    rows: int | None
    unknown: int | None
    codes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The contribution as JSON values."""
        return asdict(self)


def sum_contributions(
    programme: Programme, facts: Path, period: Period, connection: Connection
) -> tuple[Contributed, ...]:
    """Every contribution of a programme in a period, in the file's order."""
    return tuple(
        _sum(programme, contribution, facts, period, connection)
        for contribution in programme.contributions.values()
    )


def add_up(contributions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Contributions by currency, input and motive; two currencies are never added."""
    sums: dict[tuple[str, str, str], list[Decimal | int]] = {}
    for entry in contributions:
        if entry["amount"] is None:
            continue
        place = (entry["currency"], entry["input"], entry["motive"])
        total, unknown = sums.get(place, [Decimal(0), 0])
        sums[place] = [total + Decimal(entry["amount"]), unknown + entry["unknown"]]
    return [
        {
            "currency": currency,
            "input": kind,
            "motive": motive,
            "amount": f"{total:.{exponent_of(currency)}f}",
            "unknown": int(unknown),
        }
        for (currency, kind, motive), (total, unknown) in sorted(sums.items())
    ]


def _sum(
    programme: Programme, contribution: Contribution, facts: Path, period: Period, connection: Connection
) -> Contributed:
    if contribution.source.startswith(_DELIVERIES):
        benefit = contribution.source.removeprefix(_DELIVERIES).strip()
        column = "amount" if contribution.input == "cash" else "cost"
        path, when, which = facts / "deliveries.parquet", "happened", ("benefit", benefit)
    else:
        column = "amount"
        path, when, which = facts / "contributions.parquet", "month", ("contribution", contribution.name)
    first, last = period.months
    ever = rows = unknown = 0
    total: Decimal | None = None
    if path.exists():
        inside = f"{when} >= ?"
        sql = (
            f"SELECT count(*), count(*) FILTER ({inside}), count(*) FILTER ({inside} AND {column} IS NULL), "  # noqa: S608 -- the columns' names are ours
            f"sum({column}) FILTER ({inside}) FROM read_parquet(?) WHERE {which[0]} = ? AND {when} <= ?"
        )
        arguments = [first, first, first, str(path), which[1], last]
        ever, rows, unknown, total = connection.execute(sql, arguments).fetchall()[0]
    amount = f"{total or Decimal(0):.{exponent_of(programme.currency)}f}" if ever else None
    if rows and rows == unknown:
        amount = None
    return Contributed(
        contribution.name,
        contribution.input,
        contribution.motive,
        contribution.source,
        programme.currency,
        amount,
        int(rows) if ever else None,
        int(unknown) if ever else None,
        list(contribution.codes),
    )
