"""From asked to followed up: how many cases reached each stage of a programme in one period.

What does not apply to a programme is None, never 0: a clinic where nobody asks has no asked, and a programme
that has awarded nothing has nothing to deliver.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.changes import GROUP
from almoner.engine.connection import Connection
from almoner.engine.facts import OUTCOMES
from almoner.engine.figures import Period
from almoner.engine.row_sql import quoted


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages of one programme and period.

    `asked` = `eligible` + `needs_information` + `not_eligible` + `not_checked`; `lapsed` are among them.
    `awarded` counts awards, `awarded_to` distinct people, `decided_elsewhere` the awards that others decided.
    `delivered` counts the awards under which something was handed over, `deliveries` each hand-over,
    `delivered_to` people.
    `followed_up` of `due_for_follow_up`: those that answered of those that were due.
    """

    asked: int | None = None
    asked_by: int | None = None
    eligible: int | None = None
    needs_information: int | None = None
    not_eligible: int | None = None
    not_checked: int | None = None
    lapsed: int | None = None
    awarded: int | None = None
    awarded_to: int | None = None
    decided_elsewhere: int | None = None
    delivered: int | None = None
    deliveries: int | None = None
    delivered_to: int | None = None
    followed_up: int | None = None
    due_for_follow_up: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The funnel as JSON values."""
        return asdict(self)


def count_funnel(programme: Programme, facts: Path, period: Period, connection: Connection) -> Funnel:
    """Count every stage from the facts in a folder."""
    counted: dict[str, int | None] = {}
    asked = _scan(
        connection,
        facts / "applications.parquet",
        period,
        "submitted",
        ["count(DISTINCT party)", *(f"count(*) FILTER (outcome = '{outcome}')" for outcome in OUTCOMES)],
        ["count(*) FILTER (outcome IS NULL)", "count(*) FILTER (state = 'lapsed')"],
    )
    if asked:
        counted |= dict(zip(("asked", "asked_by"), asked, strict=False))
        if asked[0]:
            outcomes = ("eligible", "needs_information", "not_eligible", "not_checked", "lapsed")
            counted |= dict(zip(outcomes, asked[2:], strict=True))
    awarded = _scan(
        connection,
        facts / "awards.parquet",
        period,
        "awarded",
        ["count(DISTINCT party)", "count(*) FILTER (decided_elsewhere)"],
    )
    if awarded:
        counted |= dict(zip(("awarded", "awarded_to", "decided_elsewhere"), awarded, strict=True))
    elif counted.get("asked"):
        counted |= {"awarded": 0}
    delivered = _scan(
        connection,
        facts / "deliveries.parquet",
        period,
        "happened",
        ["count(DISTINCT award)", "count(DISTINCT party)"],
    )
    if delivered:
        counted |= {"deliveries": delivered[0], "delivered": delivered[1], "delivered_to": delivered[2]}
    elif awarded and programme.benefits:
        counted |= {"delivered": 0, "deliveries": 0}
    return Funnel(**counted, **_followed(programme, facts, period, connection))


def _followed(
    programme: Programme, facts: Path, period: Period, connection: Connection
) -> dict[str, int | None]:
    due = answered = 0
    for name, follow_up in programme.follow_ups.items():
        helped = f" AND {quoted(GROUP)} IS NULL" if follow_up.compared else ""
        found = _scan(
            connection,
            facts / f"follow_up_{name}.parquet",
            period,
            "coalesce(due, happened)",
            ["count(*) FILTER (state IN ('answered', 'reported', 'verified'))"],
            only=helped,
        )
        if found:
            due, answered = due + found[0], answered + found[1]
    return {"followed_up": answered, "due_for_follow_up": due} if due else {}


def _scan(
    connection: Connection,
    path: Path,
    period: Period,
    when: str,
    *wanted: list[str],
    only: str = "",
) -> list[int]:
    """The count of the period's rows, then what is wanted; nothing where there never was a row.

    `only` is a further condition on the rows, in SQL.
    """
    if not path.exists():
        return []
    inside = ", ".join(["count(*)", *(each for some in wanted for each in some)])
    first, last = period.months
    ever = connection.execute(
        f"SELECT count(*) FROM read_parquet(?) WHERE {when} <= ?{only}",  # noqa: S608 -- the column's name is ours
        [str(path), last],
    ).fetchall()[0][0]
    if not ever:
        return []
    sql = f"SELECT {inside} FROM read_parquet(?) WHERE {when} BETWEEN ? AND ?{only}"  # noqa: S608 -- as above
    return [int(count) for count in connection.execute(sql, [str(path), first, last]).fetchall()[0]]
