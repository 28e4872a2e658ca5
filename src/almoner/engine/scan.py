"""One scan over the facts of a source: what each indicator finds in its rows, read in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Indicator, Programme
from almoner.engine.changes import GROUP
from almoner.engine.connection import Connection
from almoner.engine.facts import FactTable, computed
from almoner.engine.figures import GROUPS, Counts, Period
from almoner.engine.openness import Source
from almoner.engine.row_sql import expression_sql, in_micros, quoted
from almoner.values.numbers import MICRO


@dataclass(frozen=True, slots=True)
class Asked:
    """One indicator of a scan: its value as SQL over a row, and whether that is a truth."""

    indicator: Indicator
    sql: str
    parameters: tuple[Any, ...]
    is_condition: bool
    banded: bool
    weight: str = str(MICRO)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one scan."""

    programme: Programme
    table: FactTable
    source: Source
    path: Path

    @property
    def became(self) -> str:
        """What became of a row, as SQL: `answered`, or its group. Only a verified record is answered."""
        if not self.source.sheet:
            return "'answered'"
        record = self.programme.records.get(self.source.sheet)
        only = record is not None and record.verified_by and not self.source.reported
        answered = "'verified'" if only else "'answered', 'reported', 'verified'"
        return (
            f"CASE WHEN state IN ({answered}) THEN 'answered' "
            "WHEN state IN ('refused', 'died', 'lost') THEN state "
            "WHEN state = 'not tried' THEN 'not_tried' ELSE 'unknown' END"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What the scan gave for one indicator."""

    counts: Counts
    total: int | None = None
    lower: int | None = None
    upper: int | None = None
    quarters: Sequence[int] = ()
    people_counted: int = 0


def asked_of(programme: Programme, table: FactTable, indicator: Indicator) -> Asked:
    """An indicator as SQL over the rows of a table, with the values that it binds."""
    is_condition = indicator.kind in ("share", "count", "headcount", "survival")
    own = [entry for entry in computed(programme) if entry.indicator == indicator.name]
    if own:
        sql = quoted(own[0].column) if is_condition else in_micros(own[0].column)
        weight = in_micros(own[1].column) if len(own) > 1 else str(MICRO)
        if len(own) > 1:
            # Who counts for nothing, or for less, is not known: a household of none has no income to tell of.
            sql = f"CASE WHEN {weight} > 0 THEN {sql} END"
        banded = any(entry.banded for entry in own)
        return Asked(indicator, sql, (), is_condition, banded, weight)
    if indicator.expression is None:
        return Asked(indicator, "TRUE", (), is_condition, banded=False)
    sql, parameters = expression_sql(indicator.expression, _columns(table))
    return Asked(indicator, sql, tuple(parameters), is_condition, banded=False)


def _columns(table: FactTable) -> dict[str, str]:
    """SQL for each name that expressions know: truths and texts as they are, numbers as micros."""
    return {
        column.given: quoted(column.name) if column.kind in ("boolean", "text") else in_micros(column.name)
        for column in table.columns
        if column.given and column.kind != "month"
    }


def scan(rows: Rows, group: Sequence[Asked], period: Period, connection: Connection) -> list[Found]:
    """What each indicator of one source finds in its rows, in the order given."""
    read, bound = rows_sql(rows, group, period)
    wanted = [
        "count(*)",
        "count(*) FILTER (inside)",
        "count(DISTINCT party) FILTER (inside)",
        "count(*) FILTER (inside AND party IS NULL)",
        "count(*) FILTER (inside AND elsewhere)",
    ]
    for place, asked in enumerate(group):
        wanted += _aggregates(f"value_{place}", asked)
    sql = f"SELECT {', '.join(wanted)} FROM ({read})"  # noqa: S608 -- see `rows_sql`
    ever, inside, people, unnamed, from_elsewhere, *rest = connection.execute(sql, bound).fetchall()[0]
    whole = Counts(ever, inside, people, unnamed, from_elsewhere)
    return [_found(whole, asked, rest) for asked in group]


def rows_sql(rows: Rows, group: Sequence[Asked], period: Period) -> tuple[str, list[Any]]:
    """SQL for the rows up to the period's end, with what each indicator finds in them, and the values it binds."""
    values = ", ".join(f"{asked.sql} AS value_{place}" for place, asked in enumerate(group))
    bound: list[Any] = [value for asked in group for value in asked.parameters]
    first, last = period.months
    when = when_of(rows.table)
    elsewhere = "decided_elsewhere" if rows.table.has("decided_elsewhere") else "FALSE"
    # Every name in the SQL is a column of the declared schema, quoted; every value is bound.
    read = (
        f"SELECT {when} >= ? AS inside, party, {elsewhere} AS elsewhere, {rows.became} AS became, {values}, "  # noqa: S608 -- see above
        f"{group[0].weight} AS weight FROM read_parquet(?) WHERE {when} <= ?"
    )
    bound = [first, *bound, str(rows.path), last]
    if rows.source.table == "sessions":
        read += " AND kind = ? AND state IN ('held', 'closed')"
        bound.append(rows.source.benefit)
    elif rows.source.table == "register":
        read += " AND kind = ?"
        bound.append(rows.source.benefit)
    elif rows.source.benefit:
        read += " AND benefit = ?"
        bound.append(rows.source.benefit)
    if rows.table.has(GROUP):
        read += f" AND {quoted(GROUP)} IS NULL"
    if rows.source.last:
        key = quoted(rows.table.key[0])
        read += (
            f" AND {when} >= ? QUALIFY row_number() OVER "
            f"(PARTITION BY award ORDER BY {when} DESC, happened DESC NULLS LAST, {key} DESC) = 1"
        )
        bound.append(first)
    return read, bound


def when_of(table: FactTable) -> str:
    """The day by which a row belongs to a period, as SQL."""
    return f"coalesce({', '.join(quoted(column) for column in table.when)})"


def _aggregates(value: str, asked: Asked) -> list[str]:
    """Each group's count, then what the kind of figure needs."""
    here = "inside AND became = 'answered'"
    if asked.is_condition:
        answered = [f"{here} AND {value}", f"{here} AND NOT {value}", "FALSE"]
    else:
        answered = ["FALSE", "FALSE", f"{here} AND {value} IS NOT NULL"]
    unknown = f"inside AND (became = 'unknown' OR (became = 'answered' AND {value} IS NULL))"
    others = [f"inside AND became = '{name}'" for name in GROUPS[4:]]
    counts = [f"count(*) FILTER ({condition})" for condition in (*answered, unknown, *others)]
    known = f"FILTER ({answered[2]})"
    match asked.indicator.kind:
        case "sum":
            return [*counts, f"sum({value}) {known}"]
        case "median":
            shares = (("0.5", "0.5"), ("0.25", "0.75"), ("0.75", "0.25"))
            wanted = shares if asked.indicator.spread else shares[:1]
            return [*counts, *(sql for below, above in wanted for sql in _both(value, below, above, known))]
        case "count" | "share":
            return [*counts, f"count(DISTINCT party) FILTER ({answered[0]})"]
        case _:
            return counts


def _both(value: str, below: str, above: str, known: str) -> tuple[str, str]:
    """The value at a share and, counted from the other end, the next one where the share falls between two.

    Both are exact; the quantile is halfway between them (definition 2 of Hyndman and Fan, 1996, American Statistician
    50(4): the usual median, and quartiles by the same rule).
    """
    return f"quantile_disc({value}, {below}) {known}", f"-quantile_disc(-{value}, {above}) {known}"


def _found(whole: Counts, asked: Asked, rest: list[Any]) -> Found:
    """Take this indicator's columns off the front of what is left of the scan's row."""
    groups = {name: int(rest.pop(0)) for name in GROUPS}
    counts = replace(whole, groups=groups)
    match asked.indicator.kind:
        case "sum":
            return Found(counts, total=rest.pop(0))
        case "median":
            middle = (rest.pop(0), rest.pop(0))
            quarters = [rest.pop(0) for _each in range(4)] if asked.indicator.spread else []
            return Found(counts, lower=middle[0], upper=middle[1], quarters=quarters)
        case "count" | "share":
            return Found(counts, people_counted=int(rest.pop(0)))
        case _:
            return Found(counts)
