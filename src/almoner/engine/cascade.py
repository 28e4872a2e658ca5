"""Cascades: from a record step by step, each counted among those of the step before.

Every one of them stands in exactly one group: yes, no, unknown, or what became of the follow-up that would have told.
A record that somebody else must verify is unknown until it is verified.
A record about a record counts once, by its latest; where there is none it is *no* once the session is closed, unknown
before. Of a follow-up the latest known answer holds; without one, what became of the last that was due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from almoner.definitions.cascades import CascadeStep, resolve
from almoner.definitions.programme import Indicator, Programme
from almoner.engine.connection import Connection
from almoner.engine.figures import Period
from almoner.engine.row_sql import quoted

GROUPS = ("yes", "no", "unknown", "refused", "died", "lost", "not_tried")
"""In which of these one stands at a step, in the order in which they are printed."""


def steps_of(programme: Programme, indicator: Indicator) -> tuple[CascadeStep, ...]:
    """The steps of a cascade with the sheets in which they stand."""
    return resolve(indicator.steps, programme.records, programme.follow_ups)


def table_of(programme: Programme, sheet: str) -> str:
    """The table of facts of a record or follow-up."""
    return f"record_{sheet}" if sheet in programme.records else f"follow_up_{sheet}"


def column_of(indicator: str, step: CascadeStep) -> str:
    """The column in which a truth of a cascade is written."""
    return f"indicator.{indicator}.{step.name}"


def columns_in(programme: Programme, table: str) -> Iterator[tuple[str, CascadeStep]]:
    """The truths of cascades that stand in a table of facts: the column of each, and its step."""
    for indicator in programme.indicators.values():
        if indicator.kind == "cascade" and not indicator.other:
            for step in steps_of(programme, indicator):
                if not step.is_sheet and table_of(programme, step.sheet) == table:
                    yield column_of(indicator.name, step), step


@dataclass(slots=True)
class _Walk:
    """A cascade while it is counted: the SQL of those who are still in it, and its values."""

    programme: Programme
    indicator: Indicator
    facts: Path
    period: Period
    members: str
    bound: list[Any]

    def path(self, sheet: str) -> str:
        return str(self.facts / f"{table_of(self.programme, sheet)}.parquet")


def compute_cascade(
    programme: Programme, indicator: Indicator, facts: Path, period: Period, connection: Connection
) -> list[dict[str, Any]] | None:
    """Each step of a cascade: its name, `of` how many, and the groups; None where its record never had a row."""
    steps = steps_of(programme, indicator)
    first, last = period.months
    base = facts / f"{table_of(programme, steps[0].sheet)}.parquet"
    if not base.exists():
        return None
    # Every name in the SQL is a column of the declared schema, quoted; every value is bound.
    counts = _counts(programme, steps[0].sheet)
    ever, inside, counted = connection.execute(
        f"SELECT count(*), count(*) FILTER (happened >= ?), count(*) FILTER (happened >= ? AND {counts}) "  # noqa: S608 -- see above
        "FROM read_parquet(?) WHERE happened <= ?",
        [first, first, str(base), last],
    ).fetchall()[0]
    if not ever:
        return None
    closed = "closed" if _is_of_a_session(programme, steps[0].sheet) else "TRUE"
    members = (
        f"SELECT record AS current, {closed} AS closed FROM read_parquet(?) "  # noqa: S608 -- see above
        f"WHERE happened BETWEEN ? AND ? AND {counts}"
    )
    walk = _Walk(programme, indicator, facts, period, members, [str(base), first, last])
    found = [_step(steps[0].name, {"yes": counted, "unknown": inside - counted})]
    for step in steps[1:]:
        sql, bound = _grouped(walk, step)
        groups = dict(
            connection.execute(f"SELECT became, count(*) FROM ({sql}) GROUP BY became", bound).fetchall()  # noqa: S608 -- see above
        )
        found.append(_step(step.name, groups))
        walk.members = f"SELECT following AS current, closed FROM ({sql}) WHERE became = 'yes'"  # noqa: S608 -- see above
        walk.bound = bound
    return found


def _counts(programme: Programme, record: str) -> str:
    """SQL over the rows of a record: whether one counts, which a record that must be verified does once it is."""
    return "state = 'verified'" if programme.records[record].verified_by else "TRUE"


def _is_of_a_session(programme: Programme, record: str) -> bool:
    about = programme.records[record].about
    return about == "session" or about in programme.sessions


def _step(name: str, counted: dict[str, int]) -> dict[str, Any]:
    groups = {group: int(counted.get(group, 0)) for group in GROUPS}
    return {"name": name, "of": sum(groups.values()), **groups}


def _grouped(walk: _Walk, step: CascadeStep) -> tuple[str, list[Any]]:
    """Those still in it, each with what became of it at a step and where the next step looks."""
    column = quoted(column_of(walk.indicator.name, step))
    last = walk.period.months[1]
    if step.is_sheet:
        counts = _counts(walk.programme, step.sheet)
        about = (
            f"SELECT about, max_by(record, (happened, record)) FILTER ({counts}) AS record "  # noqa: S608 -- see above
            "FROM read_parquet(?) WHERE happened <= ? GROUP BY about"
        )
        sql = (
            "SELECT coalesce(o.record, m.current) AS following, m.closed, "  # noqa: S608 -- see above
            "CASE WHEN o.record IS NOT NULL THEN 'yes' WHEN o.about IS NULL AND m.closed THEN 'no' "
            "ELSE 'unknown' END AS became "
            f"FROM ({walk.members}) m LEFT JOIN ({about}) o ON o.about = m.current"
        )
        return sql, [*walk.bound, walk.path(step.sheet), last]
    if step.sheet in walk.programme.records:
        sql = (
            "SELECT m.current AS following, m.closed, "  # noqa: S608 -- see above
            "CASE WHEN o.said THEN 'yes' WHEN NOT o.said THEN 'no' ELSE 'unknown' END AS became "
            f"FROM ({walk.members}) m LEFT JOIN "
            f"(SELECT record, {column} AS said FROM read_parquet(?)) o ON o.record = m.current"
        )
        return sql, [*walk.bound, walk.path(step.sheet)]
    answered = "state IN ('answered', 'reported', 'verified')"
    order = "(due, coalesce(happened, ''), follow_up)"
    asked = (
        f"SELECT about, max_by({column}, {order}) FILTER ({answered} AND {column} IS NOT NULL) AS said, "  # noqa: S608 -- see above
        f"bool_or({answered}) AS answered, bool_or(state = 'died') AS died, "
        f"bool_or(state = 'refused') AS refused, max_by(state, {order}) AS became "
        "FROM read_parquet(?) WHERE due <= ? GROUP BY about"
    )
    sql = (
        "SELECT m.current AS following, m.closed, "  # noqa: S608 -- see above
        "CASE WHEN o.said THEN 'yes' WHEN NOT o.said THEN 'no' WHEN o.answered OR o.about IS NULL THEN 'unknown' "
        "WHEN o.died THEN 'died' WHEN o.refused THEN 'refused' WHEN o.became = 'lost' THEN 'lost' "
        "WHEN o.became = 'not tried' THEN 'not_tried' ELSE 'unknown' END AS became "
        f"FROM ({walk.members}) m LEFT JOIN ({asked}) o ON o.about = m.current"
    )
    return sql, [*walk.bound, walk.path(step.sheet), last]
