"""Pieces of SQL: quoted names, rendered literals, and what is known about each piece before it runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from almoner.definitions.tree import Type
from almoner.values.numbers import LIMIT, MICRO

BIGINT_LIMIT = 2**63 - 1
"""What fits into 64 bits, either sign."""

TYPES = {
    Type.BOOLEAN: "BOOLEAN",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "BIGINT",
    Type.MONEY: "BIGINT",
    Type.DATE: "DATE",
}
"""DuckDB's type of each of ours; all others are VARCHAR. Numbers are micros."""

Constant = bool | int | str | date
"""What a literal may be; a number is micros."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def sql_type(type_: Type) -> str:
    """DuckDB's type for one of ours."""
    return TYPES.get(type_, "VARCHAR")


def quoted(name: str) -> str:
    """A name in double quotes."""
    if _CONTROL.search(name):
        raise ValueError("A name holds no control character.")
    return '"' + name.replace('"', '""') + '"'


def rendered(value: Constant) -> str:
    """A literal as SQL. Micros are BIGINT; a text is quoted, so nothing in it is ever read as SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return f"{value}::BIGINT" if value >= 0 else f"({value})::BIGINT"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if "\x00" in value:
        raise ValueError("A text holds no NUL character.")
    return "'" + value.replace("'", "''") + "'"


def comment(text: str) -> str:
    """A comment of one line, whatever the text holds."""
    return "-- " + _CONTROL.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression in SQL.

    `level` is the first step whose columns are all it needs. `simple` means that it may be written twice without
    being computed twice. `low` and `high` bound a number in micros. `whole` means a whole number, a multiple of a
    million; `grain`, that it is a multiple of so many micros. `constant` is the number of a literal, which is never
    NULL. `total` means that it is known wherever its operands are.
    """

    text: str
    level: int = 0
    simple: bool = False
    low: int = -LIMIT
    high: int = LIMIT
    whole: bool = False
    constant: int | None = None
    total: bool = False
    grain: int = 1

    def as_condition(self, text: str) -> Sql:
        """Another expression over the same columns."""
        return replace(self, text=text, simple=False)


def literal(value: Constant) -> Sql:
    """A literal with what is known about it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Sql(
            rendered(value), simple=True, low=value, high=value, whole=value % MICRO == 0, constant=value
        )
    return Sql(rendered(value), simple=True)


def level_of(*parts: Sql) -> int:
    """The level that an expression over these parts has."""
    return max((part.level for part in parts), default=0)
