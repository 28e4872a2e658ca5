"""A file as it was read: a header, rows of raw cells, and what is wrong with it, cell by cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from almoner.values.language import _, ngettext
from almoner.values.packed import Packed

BYTES_LIMIT = 256 * 1024 * 1024
"""The largest file, and the largest size an XLSX file may have once it is unpacked."""

ROWS_LIMIT = 1_000_000
"""The most rows of one file."""

COLUMNS_LIMIT = 2_000
"""The most columns of one file."""

SHOWN = 60
"""A raw value longer than this is cut in messages."""

_UNSEEN = frozenset("\u200b\ufeff\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = frozenset("\t\n\r")


@dataclass(frozen=True, slots=True, order=True)
class CellProblem:
    """Why a cell (or, with no column, a row; with row 0, the file or its header) cannot be taken.

    `row` counts from 1 without the header. `raw` is the cell as it was written.
    """

    row: int
    column: str
    raw: str
    reason: str
    sheet: str = ""

    def __str__(self) -> str:
        places = [
            _("sheet '{sheet}'").format(sheet=self.sheet) if self.sheet else "",
            _("row {row}").format(row=self.row) if self.row else "",
            _("column '{column}'").format(column=self.column) if self.column else "",
        ]
        place = ", ".join(part for part in places if part)
        return f"{place}: {self.reason}" if place else self.reason


class IntakeError(ValueError):
    """A file cannot be read as a table. `problems` says why, all at once."""

    def __init__(self, file: str, problems: Iterable[CellProblem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of raw cells: text, numbers, booleans, dates, lists of rows, None.

    `sheets` holds an XLSX file's other sheets by name. `notices` says what was mended in reading, such as a
    trimmed header.
    """

    file: str
    header: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    sheet: str = ""
    sheets: Mapping[str, Table] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def shown(raw: Any) -> str:
    """A raw value for a message, cut where it is long."""
    text = str(raw)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def unseen_character(text: str) -> str:
    """The first character that nobody can see and that is no layout, as `U+202E`; '' where there is none."""
    if text.isascii() and text.isprintable():
        return ""
    for sign in text:
        if sign in _LAYOUT:
            continue
        if sign in _UNSEEN or unicodedata.category(sign) in {"Cc", "Cs", "Cn"}:
            return f"U+{ord(sign):04X}"
    return ""


def is_empty(raw: Any) -> bool:
    """Whether a raw cell holds nothing: an empty cell is unanswered."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def build(
    file: str,
    header: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "",
    blank_rows: bool = False,
) -> Table:
    """A table from a header and rows, with every problem of their shape at once.

    A text file or a sheet may end in empty rows: they are left out and told. An empty row between others is a
    problem, because rows are counted. Where `blank_rows` is true (JSON, Parquet) a row in which nothing is
    answered was meant, and stays.

    Raises:
        IntakeError: no header, a name missing or standing twice, a ragged or empty row, no rows, too many.
    """
    problems: list[CellProblem] = []

    def problem(row: int, column: str, raw: str, reason: str) -> None:
        problems.append(CellProblem(row, column, raw, reason, sheet))

    names, notices = _names(header, problem)
    kept, left_out = (Packed(islice(map(tuple, rows), ROWS_LIMIT + 1)), 0) if blank_rows else _filled(rows)
    if left_out:
        message = ngettext(
            "{count} empty row at the end was left out.",
            "{count} empty rows at the end were left out.",
            left_out,
        )
        notices.append(message.format(count=left_out))
    if not kept:
        problem(0, "", "", _("There is a header and no row below it."))
    if len(kept) > ROWS_LIMIT:
        problem(0, "", "", _("More than {limit} rows; split the file.").format(limit=f"{ROWS_LIMIT:,}"))
        kept = Packed(())
    for number, row in enumerate(kept, start=1):
        if not blank_rows and not row:
            problem(number, "", "", _("The row is empty; remove it, because rows are counted."))
        elif len(row) != len(names):
            reason = _("{cells} cells, but the header has {columns}.")
            problem(number, "", "", reason.format(cells=len(row), columns=len(names)))
    if problems:
        raise IntakeError(file, problems)
    return Table(file, tuple(names), kept, sheet, notices=tuple(notices))


def _filled(rows: Iterable[Sequence[Any]]) -> tuple[Packed[tuple[Any, ...]], int]:
    """The rows without the empty ones at the end, and how many of those have cells; one between others is ()."""
    waiting: list[bool] = []

    def kept() -> Iterator[tuple[Any, ...]]:
        for row in rows:
            if all(is_empty(cell) for cell in row):
                waiting.append(bool(row))
                continue
            yield from ((),) * len(waiting)
            waiting.clear()
            yield tuple(row)

    return Packed(islice(kept(), ROWS_LIMIT + 1)), sum(waiting)


def _names(header: Sequence[Any], problem: Any) -> tuple[list[str], list[str]]:
    """The names of the columns, trimmed, and a notice for each that had to be."""
    names: list[str] = []
    notices: list[str] = []
    if len(header) > COLUMNS_LIMIT:
        problem(0, "", "", _("More than {limit} columns.").format(limit=f"{COLUMNS_LIMIT:,}"))
        return [], []
    for number, cell in enumerate(header, start=1):
        written = "" if cell is None else str(cell)
        name = unicodedata.normalize("NFC", written).strip()
        if not name:
            problem(0, "", "", _("Column {number} has no name in the header.").format(number=number))
        elif unseen := unseen_character(name):
            reason = _("The header holds the invisible character {code}; remove it.")
            problem(0, shown(name), written, reason.format(code=unseen))
        elif name in names:
            reason = _("The header has this name twice, as columns {first} and {second}; rename one.")
            problem(0, name, written, reason.format(first=names.index(name) + 1, second=number))
        elif name != written:
            message = _("The name of column '{name}' was read without the blanks around it.")
            notices.append(message.format(name=name))
        names.append(name)
    return names, notices
