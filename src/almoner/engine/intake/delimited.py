"""CSV and its relatives: UTF-8 with a delimiter that is plain from the header, or as a mapping says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from almoner.definitions.mapping import FileHints
from almoner.engine.intake.table import CellProblem, IntakeError, Table, build
from almoner.values.language import _

DELIMITERS = (",", ";", "\t")
"""What may stand between two cells."""


def read_delimited(path: Path, hints: FileHints) -> Table:
    """Read a delimited text file.

    Raises:
        IntakeError: another encoding, a delimiter that is not plain, a quote that never ends, a ragged row …
    """
    text = _decoded(path, hints.encoding or "utf-8")
    delimiter = hints.delimiter or _delimiter(path.name, text)
    records = _records(path.name, text, delimiter)
    header = next(records, [])
    if not header:
        raise _error(path.name, _("The file is empty, or its first line is: a header stands there."))
    return build(path.name, header, records)


def _decoded(path: Path, encoding: str) -> str:
    data = path.read_bytes()
    plain = encoding.lower() in {"utf-8", "utf-8-sig"}
    if plain and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        reason = _(
            "The file is UTF-16. Save it as 'CSV UTF-8', or state 'file: {{encoding: utf-16}}' in a mapping."
        )
        raise _error(path.name, reason.format())
    try:
        return data.decode("utf-8-sig" if plain else encoding)
    except UnicodeDecodeError as error:
        reason = _(
            "Line {line} holds the byte 0x{byte}, which is not {encoding}. Save the file as 'CSV UTF-8', "
            "or state its encoding in a mapping (as in 'file: {{encoding: gb18030}}')."
        )
        line = data[: error.start].count(b"\n") + 1
        byte = f"{data[error.start]:02X}" if error.start < len(data) else "00"
        raise _error(path.name, reason.format(line=line, byte=byte, encoding=encoding.upper())) from None


def _delimiter(file: str, text: str) -> str:
    """The one delimiter that stands in the header outside quotes."""
    quoted = False
    found: set[str] = set()
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n":
            break
        elif not quoted and sign in DELIMITERS:
            found.add(sign)
    if len(found) > 1:
        reason = _(
            "The header holds {signs}: which of them stands between two columns is not plain. State it in a "
            "mapping, as in 'file: {{delimiter: \";\"}}'."
        )
        signs = ", ".join({"\t": _("a tab")}.get(sign, f"'{sign}'") for sign in DELIMITERS if sign in found)
        raise _error(file, reason.format(signs=signs))
    return found.pop() if found else ","


def _records(file: str, text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = _("Near line {line} the quotes do not match, or a cell is too long ({what}).")
            raise _error(file, reason.format(line=reader.line_num, what=error)) from None


def _error(file: str, reason: str) -> IntakeError:
    return IntakeError(file, [CellProblem(0, "", "", reason)])
