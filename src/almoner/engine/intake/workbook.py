"""XLSX. Cells keep their type. A formula is refused: what it shows was computed elsewhere and may be old."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from almoner.definitions.mapping import FileHints
from almoner.definitions.problems import did_you_mean, one_of
from almoner.engine.intake.table import BYTES_LIMIT, CellProblem, IntakeError, Table, build, is_empty
from almoner.values.language import _
from almoner.values.packed import Packed

PARTS_LIMIT = 5_000
"""The most parts an XLSX file may be packed from."""

PROLOGUE = 65_536
"""How much of each part is searched for a document type, through which entities could multiply."""

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, TypeError, AttributeError,
    IndexError, EOFError, OSError, SyntaxError, NotImplementedError,
)  # fmt: skip


def read_workbook(path: Path, hints: FileHints) -> Table:
    """Read an XLSX file: the sheet that the hints name, else the first one; the others are in `sheets`.

    Raises:
        IntakeError: not XLSX, too large once unpacked, a formula, an error value, a ragged sheet …
    """
    _refuse_bombs(path)
    try:
        sheets = dict(_sheets(path))
    except IntakeError:
        raise
    except _UNREADABLE as error:
        reason = _("This is not an XLSX file that can be read ({what}). Save it again as XLSX.")
        raise _error(path.name, reason.format(what=type(error).__name__)) from None
    if hints.sheet and hints.sheet not in sheets:
        reason = _("There is no sheet '{sheet}'; there is {sheets}.").format(
            sheet=hints.sheet, sheets=one_of(sheets)
        )
        raise _error(path.name, reason + did_you_mean(hints.sheet, sheets))
    filled = {name: rows for name, rows in sheets.items() if rows}
    main = hints.sheet or next(iter(sheets), "")
    if main not in filled:
        raise _error(path.name, _("The sheet '{sheet}' is empty.").format(sheet=main))
    return _tables(path.name, main, filled)


def _tables(file: str, main: str, sheets: dict[str, Packed[list[Any]]]) -> Table:
    """The main table with the others beside it; every problem of every sheet at once."""
    problems: list[CellProblem] = []
    tables: dict[str, Table] = {}
    for name, rows in sheets.items():
        try:
            tables[name] = _table(file, name, rows)
        except IntakeError as error:
            problems.extend(error.problems)
    if problems:
        raise IntakeError(file, problems)
    first = tables.pop(main)
    return Table(file, first.header, first.rows, main, tables, first.notices)


def _table(file: str, sheet: str, rows: Packed[list[Any]]) -> Table:
    header = rows[0]
    problems = [
        CellProblem(
            number, str(header[place] if place < len(header) else place + 1), cell.text, cell.reason, sheet
        )
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
        if isinstance(cell, _Refused)
    ]
    if problems:
        raise IntakeError(file, problems)
    width = max(
        (place for row in rows for place, cell in enumerate(row, start=1) if not is_empty(cell)), default=0
    )
    # A sheet has no edge of its own: every row is filled up to the last column that holds anything.
    squared = ((row + [None] * width)[:width] for row in rows)
    return build(file, next(squared), squared, sheet=sheet)


class _Refused:
    """A cell that holds something else than a value."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason


def _sheets(path: Path) -> Iterator[tuple[str, Packed[list[Any]]]]:
    with warnings.catch_warnings():
        # openpyxl warns of drawings, validations and styles that it leaves out: none of them is an answer.
        warnings.simplefilter("ignore")
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            for sheet in book.worksheets:
                # The stated dimension may be wrong, and may be a million rows of nothing.
                sheet.reset_dimensions()
                yield sheet.title, Packed(_rows(sheet))
        finally:
            book.close()


def _rows(sheet: Any) -> Iterator[list[Any]]:
    waiting = 0  # empty rows, kept only if a filled one stands before and after them
    begun = False
    for row in sheet.iter_rows():
        cells = [_cell(cell) for cell in row]
        while cells and is_empty(cells[-1]):
            cells.pop()
        if not cells:
            waiting += 1
            continue
        if begun:
            yield from ([] for _number in range(min(waiting, 1_000)))
        waiting = 0
        begun = True
        yield cells


def _cell(cell: Any) -> Any:
    if cell.data_type == "f":
        reason = _("The cell holds a formula. Copy the column and paste it as values.")
        return _Refused(str(cell.value), reason)
    if cell.data_type == "e":
        return _Refused(str(cell.value), _("The cell shows the error {error}.").format(error=cell.value))
    return cell.value


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > BYTES_LIMIT:
                reason = _("Unpacked the file is larger than {limit} MB; it is not opened.")
                raise _error(path.name, reason.format(limit=BYTES_LIMIT // 1024 // 1024))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with packed.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(PROLOGUE).upper():
                            raise _error(path.name, _("The file declares entities; it is not opened."))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        reason = _(
            "This is not an XLSX file. Save an old .xls, or a file with a password, as XLSX without one."
        )
        raise _error(path.name, reason) from None


def _error(file: str, reason: str) -> IntakeError:
    return IntakeError(file, [CellProblem(0, "", "", reason)])
