"""JSON: a list of objects. A number keeps the digits it was written with, so that 0.1 is a tenth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from almoner.definitions.mapping import FileHints
from almoner.engine.intake.table import CellProblem, IntakeError, Table, build
from almoner.values.language import _


class NumberText(str):
    """A JSON number as it was written."""

    __slots__ = ()


class JsonProblem(ValueError):
    """Text that is not JSON as it is read here."""


def read_json(path: Path, _hints: FileHints) -> Table:
    """Read a JSON file that holds a list of objects; an absent key is an empty cell.

    Raises:
        IntakeError: not JSON, not a list of objects, a key that stands twice, NaN or infinity.
    """
    try:
        listed = parse(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = _("Byte {place} is not UTF-8. Save the file as UTF-8.").format(place=error.start)
        raise IntakeError(path.name, [CellProblem(0, "", "", reason)]) from None
    except JsonProblem as error:
        raise IntakeError(path.name, [CellProblem(0, "", "", str(error))]) from None
    if not isinstance(listed, list) or not listed:
        reason = _('The file holds no list of objects, as in [{{"birth_date": "2006-02-11"}}].').format()
        raise IntakeError(path.name, [CellProblem(0, "", "", reason)])
    problems = [
        CellProblem(number, "", "", _("This entry of the list is no object."))
        for number, row in enumerate(listed, start=1)
        if not isinstance(row, dict)
    ]
    if problems:
        raise IntakeError(path.name, problems)
    header = list(dict.fromkeys(name for row in listed for name in row))
    if not header:
        raise IntakeError(path.name, [CellProblem(0, "", "", _("Every object of the list is empty."))])
    return build(path.name, header, ([row.get(name) for name in header] for row in listed), blank_rows=True)


def parse(text: str) -> Any:
    """JSON text as Python values; numbers as `NumberText`.

    Raises:
        JsonProblem: not JSON, a key that stands twice, NaN or infinity, too deep.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=NumberText,
            parse_float=NumberText,
            parse_constant=_no_constant,
        )
    except RecursionError:
        raise JsonProblem(_("The JSON is nested too deep.")) from None
    except json.JSONDecodeError as error:
        reason = _("Not JSON: {what} (line {line}, sign {place}).")
        raise JsonProblem(reason.format(what=error.msg, line=error.lineno, place=error.colno)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise JsonProblem(_("The key '{name}' stands twice in one object; keep one.").format(name=name))
        made[name] = value
    return made


def _no_constant(name: str) -> Any:
    raise JsonProblem(
        _("{name} is not a number; leave an unknown value out, or write null.").format(name=name)
    )
