"""One door for every kind of file: `read_table`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from almoner.definitions.mapping import FileHints
from almoner.engine.intake.delimited import read_delimited
from almoner.engine.intake.json_file import read_json
from almoner.engine.intake.parquet_file import read_parquet
from almoner.engine.intake.table import BYTES_LIMIT, CellProblem, IntakeError, Table
from almoner.engine.intake.workbook import read_workbook
from almoner.values.language import _

Reader = Callable[[Path, FileHints], Table]

READERS: Mapping[str, Reader] = {
    "csv": read_delimited,
    "tsv": read_delimited,
    "txt": read_delimited,
    "xlsx": read_workbook,
    "json": read_json,
    "parquet": read_parquet,
}
"""The kinds of files, by the end of their names."""


def read_table(path: Path | str, hints: FileHints | None = None) -> Table:
    """Read a file as a table of raw cells.

    `hints` come from a mapping file: the delimiter, the encoding, the sheet, the format where the name does
    not tell it.

    Raises:
        IntakeError: the file cannot be read as a table; every problem of its shape is in it.
        OSError: the file is not there, or may not be read.
    """
    path = Path(path)
    hints = hints or FileHints()
    kind = hints.format or path.suffix.lstrip(".").lower()
    reader = READERS.get(kind)
    if reader is None:
        reason = _("A file ending in '.{kind}' is not read; save it as CSV, XLSX, JSON or Parquet.")
        raise IntakeError(path.name, [CellProblem(0, "", "", reason.format(kind=kind))])
    size = path.stat().st_size
    if size == 0:
        raise IntakeError(path.name, [CellProblem(0, "", "", _("The file is empty."))])
    if size > BYTES_LIMIT:
        reason = _("The file is larger than {limit} MB; split it.").format(limit=BYTES_LIMIT // 1024 // 1024)
        raise IntakeError(path.name, [CellProblem(0, "", "", reason)])
    return reader(path, hints)
