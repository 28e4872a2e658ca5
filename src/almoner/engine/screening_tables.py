"""Screening of whole tables: Parquet in, Parquet out, by the same SQL that screens one case.

Columns are named as the fields; numbers are whole numbers or decimals, rows are lists of structures. Nothing is read
into Python, so ten million cases take no more memory than a hundred thousand.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from almoner.definitions.programme import Field, Programme
from almoner.definitions.tree import NUMERIC, Type
from almoner.engine.connection import Connection, connect
from almoner.engine.lookups import create_lookups
from almoner.engine.results import AnswersProblem
from almoner.engine.screening_sql import CASE, REFUSED, TOLD, ScreeningSql, compiled
from almoner.engine.sql_text import quoted, rendered, sql_type
from almoner.values.numbers import DECIMALS, LIMIT, MICRO

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_IN_64_BITS = 18
_WHOLE_DIGITS = len(str(LIMIT // MICRO))
_OUTCOME = """CASE WHEN "open" AND len("missing") = 0 AND len("blocked") = 0
  THEN error('A case needs information and nothing says why.') ELSE "outcome" END AS "outcome\""""


def screen_table(  # noqa: PLR0913 -- a run over a table has its options
    programme: Programme,
    source: str | Path,
    target: str | Path,
    *,
    as_of: date | None = None,
    key: str = "",
    memory: str = "700MB",
) -> int:
    """Screen every row of a Parquet file into another; the number of rows.

    The result has the row's number or its key, `outcome`, `rule.NAME` for every rule, `points`, `amount.NAME`, and the
    lists `missing` and `blocked`.

    Args:
        programme: the edition that judges.
        source: a Parquet file whose columns are fields; one that is absent is unanswered.
        target: the file to write.
        as_of: the day that judges a row; a column `as_of` comes first.
        key: a column that identifies the row, carried over.
        memory: how much memory DuckDB may use before it spills.

    Raises:
        AnswersProblem: a column is no field, or is of another type.
    """
    wanted = Path(target).absolute()
    # Written beside and moved at the end: a run that is broken off leaves no half table.
    part = wanted.with_name(wanted.name + ".part")
    try:
        with connect([Path(source).absolute(), part], memory=memory) as connection:
            create_lookups(connection, programme)
            read = f"read_parquet({rendered(str(Path(source).absolute()))}, file_row_number = true)"
            cases = _cases(programme, _types(connection, read), read, as_of, key)
            query = table_query(compiled(programme, table=True), cases, key)
            options = "(FORMAT parquet, USE_TMP_FILE false)"
            copied = connection.execute(f"COPY (\n{query}\n) TO {rendered(str(part))} {options}").fetchall()
        part.replace(wanted)
    finally:
        part.unlink(missing_ok=True)
    return int(copied[0][0])


def table_query(sql: ScreeningSql, cases: str, key: str = "") -> str:
    """The query over a table of cases, whose SQL is `cases`: the screening's steps, then names for numbers."""
    ctes = [f'"cases" AS (\n{cases}\n)', *([sql.steps] if sql.steps else [])]
    names = [quoted(CASE) + " AS " + quoted(key or "row"), _OUTCOME, *_results(sql), *TOLD]
    return "WITH " + ",\n".join(ctes) + f"\nSELECT {', '.join(names)}\nFROM {sql.last}"


def _results(sql: ScreeningSql) -> list[str]:
    found = [
        f"{sql.columns[f'eligibility.{name}']} AS {quoted(f'rule.{name}')}"
        for name in sql.programme.eligibility
    ]
    figures = {"points": "points"} | {f"benefits.{name}": f"amount.{name}" for name in sql.programme.benefits}
    for place, name in figures.items():
        if place in sql.columns:
            # Micros as a decimal: a product of decimals is exact, a quotient would be a binary fraction.
            value = f"CAST({sql.columns[place]} AS DECIMAL(19, 0)) * 0.000001::DECIMAL(7, 6)"
            computed = f'CASE WHEN "outcome" <> {rendered(REFUSED)} THEN CAST({value} AS DECIMAL(19, 6)) END'
            found.append(f"{computed} AS {quoted(name)}")
    return found


# The answers -----------------------------------------------------------------------------------------------------


def _types(connection: Connection, read: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()  # noqa: S608 -- the path is a literal
    return {row[0]: row[1] for row in rows}


def _cases(programme: Programme, types: dict[str, str], read: str, as_of: date | None, key: str) -> str:
    """The SELECT that brings a file's columns into the shape of the cases."""
    strange = types.keys() - programme.form.keys() - {"as_of", "file_row_number", key}
    if strange:
        raise AnswersProblem(f"{', '.join(sorted(strange))}: the form does not ask for it.")
    if "as_of" not in types and as_of is None:
        raise AnswersProblem("No column 'as_of' says which day judges, and no day is given.")
    columns = [f"{quoted(key)} AS {quoted(CASE)}" if key else f"file_row_number + 1 AS {quoted(CASE)}"]
    day = rendered(as_of) if as_of is not None else "error('A row has no as_of.')::DATE"
    columns.append((f'COALESCE("as_of", {day})' if "as_of" in types else day) + ' AS "given.as_of"')
    for name, question in programme.form.items():
        cell = (
            _cell(quoted(name), types[name], question, name)
            if name in types
            else f"NULL::{_full_type(question)}"
        )
        columns.append(f"{cell} AS {quoted(f'form.{name}')}")
    return "  SELECT " + ",\n    ".join(columns) + f"\n  FROM {read}"  # noqa: S608 -- names are quoted


def _full_type(question: Field) -> str:
    if question.type is not Type.ROWS:
        return sql_type(question.type)
    members = ", ".join(f"{quoted(name)} {sql_type(member.type)}" for name, member in question.of.items())
    return f"STRUCT({members})[]"


def _cell(text: str, given: str, question: Field, name: str) -> str:
    if question.type is Type.ROWS:
        return _rows_cell(text, given, question, name)
    if question.type in NUMERIC:
        return _number(text, given, question, name)
    if given != sql_type(question.type):
        raise AnswersProblem(
            f"'{name}' is {given} in the file; {question.type} is {sql_type(question.type)}."
        )
    return text


def _number(text: str, given: str, question: Field, name: str) -> str:
    """A number as micros; one beyond ±10^12, or broken where whole ones are asked, stops the run by name."""
    decimal = _DECIMAL.fullmatch(given)
    digits, scale = (int(decimal[1]), int(decimal[2])) if decimal else (0, 0)
    if not (decimal or given in _WHOLE) or scale > DECIMALS or digits > _IN_64_BITS:
        raise AnswersProblem(
            f"'{name}' is {given} in the file; a number is whole, or DECIMAL with {DECIMALS} decimals and "
            f"{_IN_64_BITS} digits at most."
        )
    tests = []
    if question.type is Type.INTEGER and scale:
        tests.append(f"{text} % 1 <> 0")
    if given in {"BIGINT", "UINTEGER"} or digits - scale >= _WHOLE_DIGITS:
        tests.append(f"{text} NOT BETWEEN {-LIMIT // MICRO} AND {LIMIT // MICRO}")
    # Where a decimal fits into 18 digits its product must too, or the run fails: up to 13 whole ones come this far.
    fits = min(digits - scale, _WHOLE_DIGITS) + 2 * scale <= _IN_64_BITS
    wide = text if fits else f"CAST({text} AS DECIMAL(38, {scale}))"
    micros = (
        f"CAST({wide} * {10**scale} AS BIGINT) * {10 ** (DECIMALS - scale)}"
        if scale
        else f"{text}::BIGINT * {MICRO}"
    )
    if not tests:
        return micros
    message = rendered(f"'{name}' holds a number that is not whole or lies beyond ±10^12.")
    return f"CASE WHEN {' OR '.join(tests)} THEN error({message})::BIGINT ELSE {micros} END"


def _rows_cell(text: str, given: str, question: Field, name: str) -> str:
    if not (given.startswith("STRUCT(") and given.endswith(")[]")):
        raise AnswersProblem(f"'{name}' is {given} in the file; rows are a list of structures.")
    types = _members(given)
    strange = types.keys() - question.of.keys()
    if strange:
        raise AnswersProblem(f"{name}: {', '.join(sorted(strange))}: the form does not ask for it.")
    parts = []
    for inner, member in question.of.items():
        value = f"NULL::{sql_type(member.type)}"
        if inner in types:
            value = _cell(f"r.{quoted(inner)}", types[inner], member, f"{name}.{inner}")
        parts.append(f"{quoted(inner)}: {value}")
    return f"list_transform({text}, lambda r: {{{', '.join(parts)}}})"


def _members(struct: str) -> dict[str, str]:
    """The members of `STRUCT(a INTEGER, b DECIMAL(18,2))[]` with their types."""
    found: dict[str, str] = {}
    depth, start = 0, 0
    inside = struct.removeprefix("STRUCT(").removesuffix(")[]") + ","
    for at, sign in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            name, _space, kind = inside[start:at].strip().partition(" ")
            found[name.strip('"')] = kind
            start = at + 1
    return found
