"""Dated tables beside the programme, and dated parameters, as SQL.

A lookup of the case is a join with a table in memory; inside rows, where there is no join, it is written out.
Keys match exactly. Of rows alike the latest `from` not after the day holds.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import gcd
from typing import Any

from almoner.definitions.programme import LookupTable, Parameter, Programme
from almoner.definitions.tree import NUMERIC, Type
from almoner.engine.connection import Connection
from almoner.engine.sql_text import Sql, level_of, quoted, rendered, sql_type
from almoner.engine.steps import Scope, Steps
from almoner.values.numbers import LIMIT, MICRO

_ALWAYS = "DATE '0001-01-01'"
_NEVER = "DATE '10000-01-01'"


@dataclass(frozen=True, slots=True)
class InForce:
    """A row of a lookup and the days on which it holds: from `starts` (None: always), before `ends` (None: no end)."""

    keys: tuple[Any, ...]
    values: tuple[Any, ...]
    starts: date | None
    ends: date | None


def rows_in_force(table: LookupTable) -> list[InForce]:
    """The rows of a lookup, each with the days on which it holds: of rows alike at most one on any day."""
    alike: dict[tuple[Any, ...], dict[date, tuple[Any, ...]]] = defaultdict(dict)
    for row in table.rows:
        alike[row.keys][row.starts or date.min] = row.values
    found = []
    for keys, dated in alike.items():
        starts = sorted(dated)
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            found.append(InForce(keys, dated[start], None if start == date.min else start, end))
    return found


_MOST_PERIODS = 32
_MOST_LINES = 10_000


def periods_of(table: LookupTable) -> list[date]:
    """The first days of the periods in which a lookup says the same throughout; empty where they are too many.

    A join on the period finds its row at once; a join on days from and to meets every row of the key.
    """
    starts = sorted({row.starts or date.min for row in table.rows})
    keys = len({row.keys for row in table.rows})
    dated = starts != [date.min]
    return starts if dated and len(starts) <= _MOST_PERIODS and len(starts) * keys <= _MOST_LINES else []


def table_name(programme: Programme, table: str) -> str:
    """The name in memory of a lookup of an edition."""
    return quoted(f"lookup {programme.digest} {table}")


def create_lookups(connection: Connection, programme: Programme) -> None:
    """Put the lookups of an edition into memory."""
    for table in programme.lookups.values():
        columns = [
            f"{quoted(name)} {sql_type(kind)}" for name, kind in {**table.keys, **table.values}.items()
        ]
        columns += ['"#starts" DATE', '"#ends" DATE', '"#period" DATE']
        name = table_name(programme, table.name)
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(columns)})")
        lines = [_line(row, period) for row in rows_in_force(table) for period in _periods_of_row(table, row)]
        for first in range(0, len(lines), 1000):
            connection.execute(f"INSERT INTO {name} VALUES {', '.join(lines[first : first + 1000])}")  # noqa: S608 -- rendered


_in_memory: set[str] = set()
_lock = threading.Lock()


def with_lookups(connection: Connection, programme: Programme) -> None:
    """See that the lookups of an edition are in memory, on the connection that all threads share."""
    if programme.lookups and programme.digest not in _in_memory:
        with _lock:
            if programme.digest not in _in_memory:
                create_lookups(connection, programme)
                _in_memory.add(programme.digest)


def _periods_of_row(table: LookupTable, row: InForce) -> list[date | None]:
    """The periods in which a row holds; one of no name where the lookup has none."""
    first, end = row.starts or date.min, row.ends or date.max
    return [period for period in periods_of(table) if first <= period < end] or [None]


def _line(row: InForce, period: date | None) -> str:
    cells = [_cell(cell) for cell in (*row.keys, *row.values)]
    starts = rendered(row.starts) if row.starts else _ALWAYS
    ends = rendered(row.ends) if row.ends else _NEVER
    return f"({', '.join([*cells, starts, ends, _cell(period)])})"


def _cell(value: Any) -> str:
    return "NULL" if value is None else rendered(value)


class Lookups:
    """Writes lookups."""

    def __init__(self, steps: Steps, programme: Programme) -> None:
        self.steps = steps
        self.programme = programme

    def value(self, name: str, column: str, keys: Sequence[Sql], day: Sql, scope: Scope) -> Sql:
        """The value in a column of the row with these keys on that day; NULL where there is none."""
        table = self.programme.lookups[name]
        column = column or next(iter(table.values))
        if scope.rows:
            return self._written_out(table, column, keys, day)
        stored = table_name(self.programme, name)
        periods = periods_of(table)
        if periods:
            latest_first = [
                f"WHEN {day.text} >= {rendered(each)} THEN {rendered(each)}" for each in periods[::-1]
            ]
            period = Sql(f"CASE {' '.join(latest_first)} END", day.level)
            found = self.steps.join(stored, column, [*keys, period], [*table.keys, "#period"])
        elif any(row.starts is not None for row in table.rows):
            found = self.steps.dated_join(stored, column, list(keys), table.keys, day)
        else:
            found = self.steps.join(stored, column, list(keys), table.keys)
        return _bounded(found, table, column)

    def _written_out(self, table: LookupTable, column: str, keys: Sequence[Sql], day: Sql) -> Sql:
        at = list(table.values).index(column)
        cases = []
        for row in rows_in_force(table):
            tests = [f"{key.text} = {rendered(cell)}" for key, cell in zip(keys, row.keys, strict=True)]
            if row.starts:
                tests.append(f"{day.text} >= {rendered(row.starts)}")
            if row.ends:
                tests.append(f"{day.text} < {rendered(row.ends)}")
            cases.append(f"WHEN {' AND '.join(tests)} THEN {_cell(row.values[at])}")
        kind = sql_type(table.values[column])
        text = f"(CASE {' '.join(cases)} ELSE NULL END)::{kind}" if cases else f"NULL::{kind}"
        return _bounded(Sql(text, level_of(*keys, day)), table, column)


def _bounded(sql: Sql, table: LookupTable, column: str) -> Sql:
    at = list(table.values).index(column)
    return _with_bounds(sql, table.values[column], [row.values[at] for row in table.rows])


def _with_bounds(sql: Sql, type_: Type, values: Sequence[Any]) -> Sql:
    known = [value for value in values if isinstance(value, int) and value is not None]
    if type_ not in NUMERIC or not known:
        return sql
    whole = all(value % MICRO == 0 for value in known)
    low, high = max(min(known), -LIMIT), min(max(known), LIMIT)
    return replace(sql, low=low, high=high, whole=whole, grain=gcd(*known) or 1)


def dated_value(parameter: Parameter, day: Sql) -> Sql:
    """The figure of a parameter that is in force on the day; NULL before the first."""
    latest_first = sorted(parameter.values, key=lambda dated: dated.starts, reverse=True)
    cases = [f"WHEN {day.text} >= {rendered(d.starts)} THEN {rendered(d.value)}" for d in latest_first]
    kind = sql_type(parameter.type)
    text = f"(CASE {' '.join(cases)} END)" if cases else f"NULL::{kind}"
    return _with_bounds(Sql(text, day.level), parameter.type, [dated.value for dated in parameter.values])
