"""Builds the triggers that the registry asks for, and compares the database's catalogue with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.db import NotSupportedError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from almoner.vault import triggers_postgresql, triggers_sqlite
from almoner.vault.guards import EVENTS, Guard, registry


class _Maker(Protocol):
    """What the module of a database offers. Every trigger and function of ours begins with `almoner_`."""

    CATALOGUE: str
    """A query for name and definition of each of our objects."""

    def wanted(
        self, guards: Sequence[Guard], columns: Mapping[str, Sequence[str]], *, events: bool
    ) -> dict[str, str]:
        """Name and definition of each object, as the catalogue shows it."""
        ...

    def statements(self, wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
        """The statements that lead from what is found to what is wanted."""
        ...


def install(connection: BaseDatabaseWrapper) -> None:
    """Bring the database's triggers to what the registry asks for, on the tables that exist."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in _database(connection).statements(_wanted(connection), _found(connection)):
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove every trigger of ours. Only a migration on SQLite does this; `install` follows it."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in _database(connection).statements({}, _found(connection)):
            cursor.execute(statement)


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """How the catalogue differs from the registry, one sentence a trigger or function. Empty: it does not."""
    wanted, found = _wanted(connection), _found(connection)
    problems = []
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            problems.append(f"{name} is missing.")
        elif name not in wanted:
            problems.append(f"{name} is not in the registry.")
        elif wanted[name] != found[name]:
            problems.append(f"{name} is not as the registry makes it.")
    return problems


def _database(connection: BaseDatabaseWrapper) -> _Maker:
    if connection.vendor == "postgresql":
        return triggers_postgresql
    if connection.vendor == "sqlite":
        return triggers_sqlite
    raise NotSupportedError(f"Almoner runs on SQLite and PostgreSQL, not on {connection.vendor}.")


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name and definition of everything that the registry asks for on the tables that exist."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        tables = [guard for guard in registry().values() if guard.table in existing]
        columns = {
            guard.table: [
                column.name for column in connection.introspection.get_table_description(cursor, guard.table)
            ]
            for guard in tables
        }
    if not tables:
        return {}
    return _database(connection).wanted(tables, columns, events=EVENTS in existing)


def _found(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_database(connection).CATALOGUE)
        return dict(cursor.fetchall())
