"""The steps of a query: named CTEs, each adding columns that the later ones use.

What is needed more than once becomes a column of its own (`hoist`), so nothing is computed twice and no expression
grows beyond its parts. Rows are lists of structures; what is needed twice inside a row becomes a member of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from almoner.engine.sql_text import Sql, comment, level_of, quoted

ROW = '"#row"'
"""The row at hand inside a summary. No name of a programme begins with #."""

PLACE = '"#place"'
"""Its number, counted from 1."""

_QUOTED = re.compile("""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")
"""Texts and quoted names: a quotation mark in a text begins no name."""

_ROWS_AT = re.compile("\x00([a-z0-9_]+)@([0-9]+)\x00")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class _Join:
    alias: str
    table: str
    conditions: tuple[str, ...]


class Steps:
    """Collects columns, each at the earliest step at which it can be computed.

    `many` says that the query is for many cases: what costs a little more to plan and less a case is worth writing.
    """

    def __init__(self, *, many: bool = False) -> None:
        self.many = many
        self._columns: dict[int, list[_Column]] = defaultdict(list)
        self._joins: dict[int, list[_Join]] = defaultdict(list)
        self._known: dict[str, Sql] = {}
        self._members: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        self._bases: dict[str, tuple[int, str]] = {}
        self._number = 0

    def _next(self) -> str:
        self._number += 1
        return f"#{self._number}"

    def column(self, name: str, sql: Sql, about: str = "") -> Sql:
        """Give an expression a column of its own, under a name."""
        self._columns[sql.level + 1].append(_Column(name, sql.text, about))
        return replace(sql, text=quoted(name), level=sql.level + 1, simple=True)

    def hoist(self, sql: Sql) -> Sql:
        """The expression as something that may be written twice: a column, unless it is one or a literal."""
        if sql.simple:
            return sql
        if sql.text not in self._known:
            self._known[sql.text] = self.column(self._next(), sql)
        return replace(self._known[sql.text], low=sql.low, high=sql.high, whole=sql.whole)

    def join(self, table: str, column: str, conditions: Iterable[Sql], key_names: Iterable[str]) -> Sql:
        """The column of the row of a table whose keys are equal to the expressions; NULL where there is none."""
        parts = list(conditions)
        level = level_of(*parts) + 1
        pairs = tuple(
            f"{{alias}}.{quoted(key)} = {part.text}" for key, part in zip(key_names, parts, strict=True)
        )
        return self._joined(table, column, level, pairs)

    def dated_join(
        self, table: str, column: str, conditions: list[Sql], key_names: Iterable[str], day: Sql
    ) -> Sql:
        """As `join`, of rows alike the one in force on the day."""
        level = max(level_of(*conditions), day.level) + 1
        pairs = tuple(
            f"{{alias}}.{quoted(key)} = {part.text}" for key, part in zip(key_names, conditions, strict=True)
        )
        in_force = (f'{{alias}}."#starts" <= {day.text}', f'{{alias}}."#ends" > {day.text}')
        return self._joined(table, column, level, pairs + in_force)

    def _joined(self, table: str, column: str, level: int, pairs: tuple[str, ...]) -> Sql:
        known = "\n".join((table, column, *pairs))
        if known not in self._known:
            alias = self._next()
            self._joins[level].append(
                _Join(alias, table, tuple(pair.replace("{alias}", quoted(alias), 1) for pair in pairs))
            )
            name = self._next()
            self._columns[level].append(_Column(name, f"{quoted(alias)}.{quoted(column)}", ""))
            self._known[known] = Sql(quoted(name), level=level, simple=True)
        return self._known[known]

    # Rows -----------------------------------------------------------------------------------------------------

    def rows_start(self, rows: str, list_column: Sql) -> None:
        """Say which list column holds the rows."""
        self._bases[rows] = (list_column.level, list_column.text)

    def rows_at(self, rows: str, level: int) -> str:
        """The rows as they are known at a level; which column that is, is settled when the SQL is written."""
        return f"\x00{rows}@{level}\x00"

    def rows_base(self, rows: str) -> Sql:
        """The list column as it came."""
        level, text = self._bases[rows]
        return Sql(text, level=level, simple=True)

    def row_hoist(self, rows: str, sql: Sql, name: str = "") -> Sql:
        """Make an expression over a row a member of the row."""
        if sql.simple and not name:
            return sql
        known = f"{rows}\n{sql.text}"
        if known not in self._known or name:
            member = name or self._next()
            level = max(sql.level, self._bases[rows][0]) + 1
            self._members[rows][level][member] = sql.text
            self._known[known] = replace(sql, text=f"{ROW}.{quoted(member)}", level=level, simple=True)
        return replace(self._known[known], low=sql.low, high=sql.high, whole=sql.whole)

    # Writing --------------------------------------------------------------------------------------------------

    def written(
        self,
        source: str,
        inputs: Iterable[str],
        row_fields: Mapping[str, Iterable[str]],
        wanted: Iterable[str],
    ) -> tuple[str, str]:
        """The CTEs, and the name of the last.

        Args:
            source: the name of the table or CTE that holds the input columns.
            inputs: the input columns.
            row_fields: the members each rows column has from the beginning.
            wanted: the columns that are needed at the end; a step carries on what later ones need, and no more.
        """
        top = max((*self._columns, *self._joins, *(k for m in self._members.values() for k in m), 0))
        rows = {name: [base] for name, base in self._bases.items()}
        members = {name: [quoted(f) for f in row_fields[name]] for name in self._bases}
        fresh: list[dict[str, _Column]] = [{quoted(name): _Column(name, "", "") for name in inputs}]
        joins: list[list[_Join]] = [[]]
        for level in range(1, top + 1):
            lines = {}
            for name in self._bases:
                added = self._members[name].get(level)
                if added:
                    column, text = self._extended(name, level, members[name], added)
                    lines[quoted(column)] = _Column(column, self._settled(text, rows, level - 1), "")
                    rows[name].append((level, quoted(column)))
                    members[name] += [quoted(member) for member in added]
            for new in self._columns.get(level, []):
                lines[quoted(new.name)] = replace(new, text=self._settled(new.text, rows, level - 1))
            fresh.append(lines)
            joins.append(self._joins.get(level, []))
        return _chain(source, fresh, joins, set(wanted))

    def _extended(self, name: str, level: int, members: list[str], added: dict[str, str]) -> tuple[str, str]:
        kept = [f"{member}: {ROW}.{member}" for member in members]
        more = [f"{quoted(member)}: {text}" for member, text in added.items()]
        struct = ", ".join(kept + more)
        return (
            f"#{name}@{level}",
            f"list_transform({self.rows_at(name, level - 1)}, lambda {ROW}: {{{struct}}})",
        )

    def _settled(self, text: str, rows: dict[str, list[tuple[int, str]]], level: int) -> str:
        def column(match: re.Match[str]) -> str:
            name, at = match[1], min(int(match[2]), level)
            return [text for reached, text in rows[name] if reached <= at][-1]

        return _ROWS_AT.sub(column, text)


def _chain(
    source: str, fresh: list[dict[str, _Column]], joins: list[list[_Join]], wanted: set[str]
) -> tuple[str, str]:
    """The steps one after the other, each carrying on what a later one needs."""
    needed = [wanted]
    for level in range(len(fresh) - 1, 0, -1):
        later = needed[0]
        texts = [column.text for name, column in fresh[level].items() if name in later]
        texts += [condition for join in joins[level] for condition in join.conditions]
        used = {name for text in texts for name in _QUOTED.findall(text) if name[0] == '"'}
        needed.insert(0, (later - fresh[level].keys()) | used)
    ctes = []
    there = [name for name in fresh[0] if name in needed[0]]
    previous = source
    for level in range(1, len(fresh)):
        new = {name: column for name, column in fresh[level].items() if name in needed[level]}
        if not new:
            continue
        there = [name for name in there if name in needed[level]]
        current = f'"step {level}"'
        ctes.append(f"{current} AS (\n{_select(previous, there, new, joins[level])}\n)")
        there += new
        previous = current
    return ",\n".join(ctes), previous


def _select(source: str, carried: list[str], new: dict[str, _Column], joins: list[_Join]) -> str:
    """One step: what it carries on, then each new column behind its comment."""
    lines = [("  " + ", ".join(carried), "")] if carried else []
    lines += [(f"  {column.text} AS {name}", column.about) for name, column in new.items()]
    out = ["  SELECT"]
    for index, (line, about) in enumerate(lines):
        if about:
            out.append(f"  {comment(about)}")
        out.append(line + ("," if index < len(lines) - 1 else ""))
    out.append(f"  FROM {source}")
    out += [f"  LEFT JOIN {j.table} AS {quoted(j.alias)} ON {' AND '.join(j.conditions)}" for j in joins]
    return "\n".join(out)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: at the case (`rows` is empty) or at a row of some rows."""

    steps: Steps
    rows: str = ""

    def once(self, sql: Sql) -> Sql:
        """The expression as something that may be written twice."""
        return self.steps.row_hoist(self.rows, sql) if self.rows else self.steps.hoist(sql)
