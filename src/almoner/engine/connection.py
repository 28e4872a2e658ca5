"""The one place that opens DuckDB: no network, no extensions, no files but those that are named.

A connection can reach nothing outside itself. External access is off, extensions are neither loaded nor
fetched, Python variables are not tables, and the configuration is locked, so no statement can undo that.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection
"""An open connection. `execute(sql)` and then `fetchall()`; a relation's own fetch is not used."""

DatabaseError = duckdb.Error
"""What a statement that DuckDB refuses raises."""

THREADS = 2
MEMORY = "900MB"
"""A statement that needs more memory spills into the private folder, where there is one, or fails."""


_PLANNING = "cte_inlining"
"""The one optimiser that a few cases need. The SQL computes each thing once as it is; the others take longer than the
answer for one case."""


def _open(allowed: Iterable[str], spill: str, memory: str, *, few: bool = False) -> Connection:
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
    if few:
        optimisers = connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()
        switched_off = ",".join(name for (name,) in optimisers if name != _PLANNING)
        connection.execute(f"SET disabled_optimizers = '{switched_off}'")
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


_VIEWS = 128
"""How many queries a thread keeps parsed."""


class _Shared(threading.local):
    """One cursor a thread on the one long-lived connection in memory, and the queries it has parsed."""

    def __init__(self) -> None:
        self.cursor: Connection | None = None
        self.views: OrderedDict[str, str] = OrderedDict()
        self.number = 0


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
                _base.append(_open((), "", MEMORY, few=True))
            _shared.cursor = _base[0].cursor()
    return _shared.cursor


def ask_shared(query: str, table: Any) -> list[tuple[Any, ...]]:
    """The rows of a query over one Arrow table, which it calls `cases`, on the shared connection.

    A query is parsed once a thread and kept as a view; parsing takes as long as the rest.
    """
    cursor = shared()
    cursor.register("cases", table)
    try:
        return cursor.execute(f"FROM {_view(cursor, query)}").fetchall()
    finally:
        cursor.unregister("cases")


def _view(cursor: Connection, query: str) -> str:
    if query in _shared.views:
        _shared.views.move_to_end(query)
        return _shared.views[query]
    _shared.number += 1
    name = f"parsed_{_shared.number}"
    cursor.execute(f"CREATE TEMP VIEW {name} AS {query}")
    _shared.views[query] = name
    if len(_shared.views) > _VIEWS:
        cursor.execute(f"DROP VIEW {_shared.views.popitem(last=False)[1]}")
    return name
