"""Lookup tables and calendars: CSV beside the programme, every cell typed when the definition is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.problems import Report, did_you_mean
from almoner.definitions.programme import LookupRow, Period
from almoner.definitions.reading import day, number
from almoner.definitions.tree import Type
from almoner.values.language import _
from almoner.values.numbers import MICRO

ROW_LIMIT = 100_000
CALENDAR_COLUMNS = ("name", "starts", "ends")
FROM = "from"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with its line and its cells by column."""

    line: int
    cells: Mapping[str, str]


def lookup_rows(
    file: str, text: str, keys: Mapping[str, Type], values: Mapping[str, Type], report: Report
) -> tuple[LookupRow, ...]:
    """The rows of a lookup; every bad cell is a problem with file, line and column."""
    needed = [*keys, *values]
    rows: list[LookupRow] = []
    seen: dict[tuple[Any, ...], int] = {}
    for row in _rows(file, text, needed, (FROM, *needed), report):
        starts = _cell(file, row, FROM, Type.DATE, report) if FROM in row.cells else None
        found_keys = [_cell(file, row, column, kind, report) for column, kind in keys.items()]
        found = [
            _cell(file, row, column, kind, report) if row.cells[column] else None
            for column, kind in values.items()
        ]
        if (starts is None and FROM in row.cells) or any(key is None for key in found_keys):
            continue
        place = (starts, *found_keys)
        if place in seen:
            message = _("has the same from and keys as line {line}. Keep one.")
            report.problem(row.line, message.format(line=seen[place]), file=file)
            continue
        seen[place] = row.line
        day_of = starts if isinstance(starts, date) else None
        rows.append(LookupRow(day_of, tuple(key for key in found_keys if key is not None), tuple(found)))
    return tuple(rows)


def calendar_periods(file: str, text: str, report: Report) -> tuple[Period, ...]:
    """The periods of a calendar, by the day they start."""
    periods: dict[str, Period] = {}
    for row in _rows(file, text, list(CALENDAR_COLUMNS), CALENDAR_COLUMNS, report):
        name = row.cells["name"]
        starts = _cell(file, row, "starts", Type.DATE, report)
        ends = _cell(file, row, "ends", Type.DATE, report)
        if not name:
            report.problem(row.line, _("column 'name' is empty. Give the period a name."), file=file)
        elif name in periods:
            message = _("has the name '{name}' of an earlier line. A period has a name of its own.")
            report.problem(row.line, message.format(name=name), file=file)
        elif isinstance(starts, date) and isinstance(ends, date):
            if ends < starts:
                report.problem(row.line, _("ends before it starts."), file=file)
            periods[name] = Period(name, starts, ends)
    return tuple(sorted(periods.values(), key=lambda period: (period.starts, period.ends, period.name)))


def _rows(file: str, text: str, needed: list[str], known: tuple[str, ...], report: Report) -> list[_Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    rows: list[_Row] = []
    header: list[str] = []
    try:
        for cells in reader:
            line = reader.line_num
            if not header:
                header = [cell.strip() for cell in cells]
                if not _header_is_good(file, header, needed, known, report):
                    return []
            elif not cells:
                continue
            elif len(cells) != len(header):
                message = _("has {count} cells; the header has {columns}.")
                report.problem(line, message.format(count=len(cells), columns=len(header)), file=file)
            else:
                rows.append(_Row(line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
            if len(rows) > ROW_LIMIT:
                report.problem(line, _("has more than {limit} rows.").format(limit=ROW_LIMIT), file=file)
                return []
    except csv.Error as error:
        message = _("is not CSV: {what}. Look for a quote that is not closed.")
        report.problem(reader.line_num, message.format(what=error), file=file)
        return []
    if not rows and not any(problem.file == file for problem in report.in_order()):
        report.problem(1, _("has no rows. A table without rows answers nothing."), file=file)
    return rows


def _header_is_good(
    file: str, header: list[str], needed: list[str], known: tuple[str, ...], report: Report
) -> bool:
    good = True
    for column in header:
        if column not in known:
            message = _("column '{column}' is not declared.").format(column=column)
            report.problem(1, message + did_you_mean(column, known), file=file)
            good = False
        elif header.count(column) > 1:
            report.problem(1, _("column '{column}' stands twice.").format(column=column), file=file)
            good = False
    for column in needed:
        if column not in header:
            report.problem(1, _("column '{column}' is missing.").format(column=column), file=file)
            good = False
    return good


def _cell(file: str, row: _Row, column: str, kind: Type, report: Report) -> bool | int | str | date | None:
    text = row.cells[column]
    if not text:
        message = _("column '{column}' is empty; only a value may be.")
        report.problem(row.line, message.format(column=column), file=file)
        return None
    try:
        return typed_figure(text, kind)
    except ValueError as problem:
        report.problem(row.line, f"{_('column')} '{column}' {problem}", file=file)
        return None


def typed_figure(text: str, kind: Type) -> bool | int | str | date:
    """A figure of a parameter or a lookup; numbers are micros.

    Raises:
        ValueError: it is not of that type; the message follows the name of what holds it.
    """
    if kind is Type.BOOLEAN:
        if text not in {"true", "false"}:
            raise ValueError(_("must be true or false, not '{text}'.").format(text=text))
        return text == "true"
    if kind is Type.DATE:
        return day(text)
    if kind in {Type.INTEGER, Type.NUMBER, Type.MONEY}:
        micros = number(text)
        if kind is Type.INTEGER and micros % MICRO:
            raise ValueError(_("must be a whole number, not '{text}'.").format(text=text))
        return micros
    return text
