"""Whether rows are what their schema says, and whether the tables fit together.

A figure that agrees with the rows says nothing if a row may be there twice, or belong to an award that is not
there.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from almoner.engine.connection import Connection, connect
from almoner.engine.facts import REGISTER, FactTable, tables
from almoner.engine.row_sql import quoted
from almoner.engine.statement import Account, fact_files
from almoner.values.language import _

_MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"


def row_problems(account: Account) -> list[str]:
    """What is wrong with the rows of one programme."""
    known = tables(account.programme)
    files = fact_files(account)
    problems = [
        _("{place}: its columns are not those of the definition.").format(place=_place(account, name))
        for name, path in files.items()
        if not pq.read_schema(path).equals(known[name].schema)
    ]
    if problems:
        return problems
    with connect(allowed_paths=files.values()) as connection:
        for name, path in files.items():
            place = _place(account, name)
            problems += [f"{place}: {said}" for said in _own(known[name], path, connection)]
            problems += [f"{place}: {said}" for said in _references(name, known[name], files, connection)]
    return problems


def _place(account: Account, table: str) -> str:
    return f"facts/{account.name}/{table}.parquet"


def _own(table: FactTable, path: Path, connection: Connection) -> list[str]:
    """A key that is missing or twice, a row without its month, a word that is not on its list."""
    found = []
    keys = ", ".join(quoted(column) for column in table.key)
    rows, different = _row(connection, f"count(*), count(DISTINCT ({keys}))", path)
    if rows != different:
        found.append(_("{count} rows have no key of their own.").format(count=rows - different))
    known = " OR ".join(f"{quoted(column)} IS NULL" for column in table.known)
    (without,) = _row(connection, f"count(*) FILTER ({known})", path)
    if without:
        found.append(_("{count} rows have no key or no month.").format(count=without))
    for column in table.columns:
        name = quoted(column.name)
        if column.kind == "month":
            wrong = _row(connection, f"count(*) FILTER (NOT regexp_matches({name}, '{_MONTH}'))", path)[0]
        elif column.among:
            allowed = ", ".join("?" for _each in column.among)
            (wrong,) = _row(connection, f"count(*) FILTER ({name} NOT IN ({allowed}))", path, *column.among)
        else:
            continue
        if wrong:
            found.append(
                _("{count} rows have a '{column}' that cannot be.").format(count=wrong, column=column.name)
            )
    return found


def _references(name: str, table: FactTable, files: dict[str, Path], connection: Connection) -> list[str]:
    """Rows that belong to an award or an application that is not there."""
    found = []
    for column, other in (
        ("award", "awards"),
        ("application", "applications"),
        ("session", "sessions"),
        ("entry", REGISTER),
    ):
        if other == name or not table.has(column):
            continue
        sql = f"SELECT count(*) FROM read_parquet(?) WHERE {column} IS NOT NULL"  # noqa: S608 -- the names are ours
        paths = [str(files[name])]
        if other in files:
            sql += f" AND {column} NOT IN (SELECT {column} FROM read_parquet(?) WHERE {column} IS NOT NULL)"  # noqa: S608 -- as above
            paths.append(str(files[other]))
        ((lost,),) = connection.execute(sql, paths).fetchall()
        if lost:
            found.append(
                _("{count} rows name an '{column}' that is not there.").format(count=lost, column=column)
            )
    return found


def _row(connection: Connection, wanted: str, path: Path, *values: str) -> tuple[int, ...]:
    sql = f"SELECT {wanted} FROM read_parquet(?)"  # noqa: S608 -- the columns' names are ours and quoted
    found: tuple[int, ...] = connection.execute(sql, [*values, str(path)]).fetchall()[0]
    return found
