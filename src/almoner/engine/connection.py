"""The one place that opens DuckDB: no network, no extensions, no files but those that are named.

A connection can reach nothing outside itself. External access is off, extensions are neither loaded nor
fetched, Python variables are not tables, and the configuration is locked, so no statement can undo that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

Connection = duckdb.DuckDBPyConnection
"""An open connection. `execute(sql)` and then `fetchall()`; a relation's own fetch is not used."""

DatabaseError = duckdb.Error
"""What a statement that DuckDB refuses raises."""

THREADS = 2
MEMORY = "900MB"
"""A statement that needs more memory spills into the private folder, where there is one, or fails."""


def _open(allowed: Iterable[str], spill: str, memory: str) -> Connection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
            "threads": str(THREADS),
            "memory_limit": memory,
            "temp_directory": spill,
            "preserve_insertion_order": "false",
        },
    )
    # Allowed paths can only be named while external access is still on.
    paths = ", ".join("'" + path.replace("'", "''") + "'" for path in allowed)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def connect(allowed_paths: Iterable[str | Path] = (), *, memory: str = MEMORY) -> Iterator[Connection]:
    """A connection that may read and write the named files and nothing else; closed at the end.

    What does not fit into memory spills into a private folder, removed at the end.

    Args:
        allowed_paths: the files, each by its full path.
        memory: how much memory a statement may use before it spills.
    """
    with TemporaryDirectory(prefix="almoner-") as spill:
        # DuckDB spills into its own folder even with external access off.
        connection = _open([str(Path(path).absolute()) for path in allowed_paths], spill, memory)
        try:
            yield connection
        finally:
            connection.close()


class _Shared(threading.local):
    """One cursor a thread on the one long-lived connection in memory."""

    cursor: Connection | None = None


_lock = threading.Lock()
_base: list[Connection] = []
_shared = _Shared()


def shared() -> Connection:
    """This thread's cursor on the long-lived connection in memory, which reaches no file at all.

    Opening DuckDB takes longer than screening a case, so single cases share one.
    """
    if _shared.cursor is None:
        with _lock:
            if not _base:
                _base.append(_open((), "", MEMORY))
            _shared.cursor = _base[0].cursor()
    return _shared.cursor
