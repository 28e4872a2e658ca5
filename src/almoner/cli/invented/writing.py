"""Writes rows as the file that their mapping reads: its form, its separators, its way of writing dates and numbers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.cli.invented.drawing import plain
from almoner.definitions.mapping import PLAIN, ImportMapping, Style

_SAID = {True: ("yes", "1"), False: ("no", "0")}


def write(folder: Path, name: str, rows: Sequence[Mapping[str, Any]], mapping: ImportMapping) -> Path:
    """Rows as JSON, or as CSV with a byte order mark.

    Raises:
        ValueError: there are no rows; a file without any would be refused.
    """
    if not rows:
        raise ValueError(f"{name} is empty.")
    if mapping.hints.format == "json":
        path = folder / f"{name}.json"
        path.write_text(json.dumps(_plain(rows), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path
    path = folder / f"{name}.csv"
    styles = dict(_styles(mapping))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=mapping.hints.delimiter or ",")
        writer.writerow(rows[0])
        writer.writerows([_cell(value, styles.get(key, PLAIN)) for key, value in row.items()] for row in rows)
    return path


def _styles(mapping: ImportMapping) -> Iterable[tuple[str, Style]]:
    for column in mapping.columns.values():
        yield from ((header, column.style) for header in column.every_header())


def _cell(value: Any, style: Style) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _SAID[value][style.one_zero]
    if isinstance(value, date):
        return _day(value, style.date)
    if isinstance(value, Decimal):
        return plain(value).replace(".", style.decimal)
    return str(value)


def _day(day: date, style: str) -> str:
    written = style.replace("YYYY", f"{day:%Y}")
    written = written.replace("MM", f"{day:%m}") if "MM" in written else written.replace("M", str(day.month))
    return written.replace("DD", f"{day:%d}") if "DD" in written else written.replace("D", str(day.day))


def _plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
