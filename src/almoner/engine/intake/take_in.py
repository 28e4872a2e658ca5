"""A table becomes answer sheets: one for each row, with every problem of the file at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import prod
from typing import Any

from almoner.definitions.mapping import PLAIN, Column, ImportMapping, Style, Unit
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.cells import as_text, typed_all, typed_row, unknown_name
from almoner.engine.intake.table import CellProblem, Table, is_empty, shown
from almoner.engine.intake.written import Unreadable, clean_text
from almoner.values.language import _
from almoner.values.numbers import MICRO, NumberProblem, checked, from_micros, half_even_div, to_micros
from almoner.values.packed import Packed
from almoner.values.progress import READING, each

JOINED = " | "
"""What stands between the cells of several columns that are read together."""

TIMES = " \N{MULTIPLICATION SIGN} "
"""What stands between the cells of several columns that are multiplied."""

NAME_LENGTH = 200
"""The longest name that a row is known by."""

ROW = "row"
"""The column of a rows field's own sheet that says which row of the main sheet it belongs to."""


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A row's answers, and what it says beside them: `as_of`, `reference`, `period` …; `party` names whom.

    `identifiers` are by scheme what the row says of a party's identifiers; one that it does not say is not there.
    """

    row: int
    answers: Mapping[str, Any]
    besides: Mapping[str, Any]
    party: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intake:
    """What a file brought. A row with a problem has no sheet.

    `unanswered` are fields that no column answers; `assumed` are constants of the mapping with their reasons.
    """

    sheets: Sequence[AnswerSheet]
    problems: tuple[CellProblem, ...]
    notices: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    assumed: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Desk:
    """What the reading of one table works with, and the row at hand."""

    table: Table
    fields: Mapping[str, Field]
    columns: Mapping[str, Column]
    places: Mapping[str, int]
    rows_of: Mapping[str, Mapping[int, list[dict[str, Any]]]]
    problems: list[CellProblem]
    number: int = 0
    row: Sequence[Any] = ()

    def cell(self, header: str) -> Any:
        """A raw cell of the row at hand."""
        return self.row[self.places[header]]

    def problem(self, column: str, raw: Any, reason: str) -> None:
        """Note what is wrong in a cell of the row at hand."""
        self.problems.append(CellProblem(self.number, column, shown(raw), reason, self.table.sheet))

    def typed(self, asked: Field, label: str, raw: Any, style: Style = PLAIN) -> Any:
        """A cell's value; its problems are noted under the column's label."""
        value, found = typed_all(asked, raw, style, column=label)
        for problem in found:
            self.problems.append(replace(problem, row=self.number, sheet=self.table.sheet))
        return value


def take_in(
    table: Table,
    fields: Mapping[str, Field],
    besides: Mapping[str, Field],
    mapping: ImportMapping | None = None,
) -> Intake:
    """Answers from a table; without a mapping the columns are the fields' own names.

    `fields` are the form's (`mapping.fields_of`), `besides` what its kind holds beside it (`BESIDES`).
    """
    every = {**besides, **fields}
    problems: list[CellProblem] = []
    notices = list(table.notices)
    columns = dict(mapping.columns) if mapping else _by_name(table, every)
    sheets = _rows_sheets(table, fields, mapping, problems)
    problems.extend(_column_problems(table, columns, every, mapping))
    notices.extend(
        _("The mapping ignores '{name}', which the file does not have.").format(name=name)
        for name in (mapping.ignore if mapping else ())
        if name not in table.header
    )
    places = {name: place for place, name in enumerate(table.header)}
    desk = _Desk(table, every, columns, places, sheets, problems)
    read = Packed(() if problems else _answer_sheets(desk, besides, mapping))
    return Intake(
        sheets=read,
        problems=tuple(sorted(problems, key=lambda problem: (problem.row, problem.sheet, problem.column))),
        notices=tuple(notices),
        unanswered=tuple(name for name in fields if name not in columns and name not in sheets),
        assumed=mapping.assumptions() if mapping else {},
    )


def _by_name(table: Table, fields: Mapping[str, Field]) -> dict[str, Column]:
    return {name: Column(name, 0, headers=(name,)) for name in table.header if name in fields}


def _column_problems(
    table: Table, columns: Mapping[str, Column], fields: Mapping[str, Field], mapping: ImportMapping | None
) -> list[CellProblem]:
    """Every column of the file is read or ignored; every column that is read is in the file."""
    used = {header for column in columns.values() for header in column.every_header()}
    if mapping is not None:
        used |= set(mapping.party.every_header() if mapping.party else ())
        elsewhere = mapping.decided_elsewhere.columns() if mapping.decided_elsewhere else ()
        used |= {header for column in elsewhere for header in column.every_header()}
    missing = _("The mapping reads this column, and the file has none of this name.")
    problems = [
        CellProblem(0, name, "", missing + did_you_mean(name, table.header), table.sheet)
        for name in sorted(used - set(table.header))
    ]
    ignored = set(mapping.ignore) if mapping else set()
    unread = _("The mapping neither reads this column nor ignores it: name it under 'columns' or 'ignore'.")
    problems.extend(
        CellProblem(0, name, "", unread if mapping else unknown_name(name, fields), table.sheet)
        for name in table.header
        if name not in used and name not in ignored
    )
    return problems


def _rows_sheets(
    table: Table, fields: Mapping[str, Field], mapping: ImportMapping | None, problems: list[CellProblem]
) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """Rows by field and main row, from sheets named after the fields."""
    found: dict[str, dict[int, list[dict[str, Any]]]] = {}
    rows_fields = {name: asked for name, asked in fields.items() if asked.type is Type.ROWS}
    ignored = mapping.hints.ignore_sheets if mapping else ()
    for name, sheet in table.sheets.items():
        if name in ignored:
            continue
        if name not in rows_fields:
            reason = _("A further sheet is named after a field with rows ({names}), or ignored in a mapping.")
            reason = reason.format(names=one_of(rows_fields)) + did_you_mean(name, rows_fields)
            problems.append(CellProblem(0, "", name, reason, name))
        elif ROW not in sheet.header:
            reason = _("A column 'row' must say which row of the main sheet each row belongs to.")
            problems.append(CellProblem(0, ROW, "", reason, name))
        elif name in table.header:
            reason = _("'{name}' is answered twice: by a column and by a sheet.").format(name=name)
            problems.append(CellProblem(0, name, "", reason, table.sheet))
        else:
            found[name] = _one_rows_sheet(rows_fields[name], sheet, len(table.rows), problems)
    return found


def _one_rows_sheet(
    asked: Field, sheet: Table, main_rows: int, problems: list[CellProblem]
) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = {}
    pointer = Field(ROW, Type.INTEGER, 0, minimum=1_000_000, maximum=main_rows * 1_000_000)
    for number, cells in enumerate(sheet.rows, start=1):
        entry = dict(zip(sheet.header, cells, strict=True))
        at, wrong = typed_all(pointer, entry.pop(ROW))
        if at is None and not wrong:
            wrong = [CellProblem(0, ROW, "", _("Which row of the main sheet this belongs to is not said."))]
        row, found = typed_row(asked, entry, asked.name)
        problems.extend(replace(problem, row=number, sheet=asked.name) for problem in [*wrong, *found])
        if at is not None:
            grouped.setdefault(int(at), []).append(row)
    return grouped


def _answer_sheets(
    desk: _Desk, besides: Mapping[str, Field], mapping: ImportMapping | None
) -> Iterator[AnswerSheet]:
    """The sheet of each row in which nothing is wrong."""
    for number, row in enumerate(each(READING, desk.table.rows), start=1):
        desk.number, desk.row, before = number, row, len(desk.problems)
        sheet = _answer_sheet(desk, number, mapping)
        if len(desk.problems) == before:
            yield _parted(sheet, besides)


def _answer_sheet(desk: _Desk, number: int, mapping: ImportMapping | None) -> AnswerSheet:
    answers = {name: _answer(desk, desk.fields[name], column) for name, column in desk.columns.items()}
    for name, grouped in desk.rows_of.items():
        answers[name] = grouped.get(number)
    party = ""
    identifiers: dict[str, str] = {}
    if mapping is not None:
        identifiers = _identifiers(desk, mapping)
        party = _party(desk, mapping, identifiers)
        names: dict[str, str | None] = {
            JOINED.join(_naming(mapping)): party,
            "reference": answers.get("reference"),
        }
        for label, said in names.items():
            if said and len(said) > NAME_LENGTH:
                reason = _("A name for a row has at most {limit} characters.").format(limit=NAME_LENGTH)
                desk.problem(label, said, reason)
        answers.update(_elsewhere(desk, mapping))
        submitted = mapping.round.submitted if mapping.round is not None else None
        if "as_of" in desk.fields and submitted is not None and answers.get("as_of") is None:
            answers["as_of"] = submitted
    return AnswerSheet(number, answers, {}, party, identifiers)


def _parted(sheet: AnswerSheet, besides: Mapping[str, Field]) -> AnswerSheet:
    """The same sheet with the form's answers and what stands beside them apart."""
    aside = {name: value for name, value in sheet.answers.items() if name in besides}
    return replace(
        sheet,
        answers={name: value for name, value in sheet.answers.items() if name not in besides},
        besides=aside,
    )


def _answer(desk: _Desk, asked: Field, column: Column) -> Any:
    if column.rows:
        return _rows_put_together(desk, asked, column)
    if column.constant is not None:
        return desk.typed(asked, column.field, column.constant)
    if column.multiplied:
        return _product(desk, asked, column)
    raw = _raw(desk, column)
    label = JOINED.join(column.headers)
    if column.style.unit is None:
        return desk.typed(asked, label, raw, column.style)
    # A bound is stated in the programme's unit, so it is looked at after the factor.
    value = desk.typed(replace(asked, minimum=None, maximum=None), label, raw, column.style)
    if value is None:
        return None
    try:
        converted = _converted(desk, value, column.style.unit)
    except Unreadable as reason:
        desk.problem(label, raw, str(reason))
        return None
    return desk.typed(asked, label, converted)


def _raw(desk: _Desk, column: Column) -> Any:
    parts = [desk.cell(header) for header in column.headers]
    if len(parts) == 1:
        return parts[0]
    if all(is_empty(part) for part in parts):
        return None
    return JOINED.join("" if part is None else clean_text(as_text(part)) for part in parts)


def _product(desk: _Desk, asked: Field, column: Column) -> Any:
    """The product of several cells, half-even to a millionth once; unanswered where one of them is.

    Nothing is multiplied by a gap: nought times an empty cell is unanswered too.
    """
    factor = replace(asked, type=Type.NUMBER, minimum=None, maximum=None)
    cells = [(header, desk.cell(header)) for header in column.headers]
    values = [desk.typed(factor, header, raw, replace(column.style, unit=None)) for header, raw in cells]
    if any(value is None for value in values):
        return None
    label, raw = TIMES.join(column.headers), TIMES.join(as_text(raw) for _header, raw in cells)
    try:
        if column.style.unit is not None:
            values.append(_factor(desk, column.style.unit))
        product = _multiplied(values)
    except Unreadable as reason:
        desk.problem(label, raw, str(reason))
        return None
    return desk.typed(asked, label, product)


def _multiplied(values: Sequence[Decimal]) -> Decimal:
    """The product of numbers, half-even to a millionth once.

    Raises:
        Unreadable: a result beyond ±10^12.
    """
    whole = prod(to_micros(value) for value in values)
    try:
        return from_micros(checked(half_even_div(whole, MICRO ** (len(values) - 1))))
    except NumberProblem:
        raise Unreadable(_("The number is beyond ±1,000,000,000,000.")) from None


def _converted(desk: _Desk, value: Decimal, unit: Unit) -> Decimal:
    """The value in the programme's unit, half-even to a millionth.

    Raises:
        Unreadable: no unit, or one without a factor; a result beyond ±10^12.
    """
    return _multiplied([value, _factor(desk, unit)])


def _factor(desk: _Desk, unit: Unit) -> Decimal:
    """The factor into the programme's unit.

    Raises:
        Unreadable: no unit, or one without a factor.
    """
    if not unit.column:
        return unit.factor or Decimal(1)
    raw = desk.cell(unit.column)
    name = "" if is_empty(raw) else clean_text(as_text(raw))
    if not name:
        raise Unreadable(_("A quantity without its unit: '{column}' is empty.").format(column=unit.column))
    factor = unit.factors.get(name)
    if factor is None:
        reason = _("The mapping has no factor for the unit '{unit}'.").format(unit=name)
        raise Unreadable(reason + did_you_mean(name, unit.factors))
    return factor


def _rows_put_together(desk: _Desk, asked: Field, column: Column) -> list[dict[str, Any]] | None:
    """Rows from the columns of a wide sheet; a row whose every cell is empty was not filled in."""
    rows: list[dict[str, Any]] = []
    for template in column.rows:
        raws = [desk.cell(header) for inner in template.values() for header in inner.headers]
        if raws and all(is_empty(raw) for raw in raws):
            continue
        row: dict[str, Any] = dict.fromkeys(asked.of)
        row.update({name: _answer(desk, asked.of[name], inner) for name, inner in template.items()})
        rows.append(row)
    return rows or None


def _naming(mapping: ImportMapping) -> tuple[str, ...]:
    return mapping.party.headers if mapping.party else ()


def _identifiers(desk: _Desk, mapping: ImportMapping) -> dict[str, str]:
    """What the row says of its party's identifiers; an empty cell says nothing."""
    found: dict[str, str] = {}
    for scheme, column in (mapping.party.identifiers if mapping.party else {}).items():
        said = _answer(desk, Field(scheme, Type.TEXT, 0), column)
        if said is None:
            continue
        if any(sign.isalnum() for sign in said) and len(said) <= NAME_LENGTH:
            found[scheme] = said
        else:
            reason = _("This is no identifier: letters and digits, at most {limit} characters.")
            desk.problem(JOINED.join(column.headers), said, reason.format(limit=NAME_LENGTH))
    return found


def _party(desk: _Desk, mapping: ImportMapping, identifiers: Mapping[str, str]) -> str:
    if mapping.party is None:
        return ""
    if mapping.party.row_prefix:
        return f"{mapping.party.row_prefix} {desk.number}"
    parts = [desk.cell(header) for header in mapping.party.headers]
    if not parts:
        if not identifiers:
            headers = JOINED.join(mapping.party.every_header())
            desk.problem(headers, "", _("Who this row is about is not said."))
        return ""
    if any(is_empty(part) for part in parts):
        desk.problem(JOINED.join(mapping.party.headers), "", _("Who this row is about is not said."))
        return ""
    return JOINED.join(clean_text(as_text(part)) for part in parts)


def _elsewhere(desk: _Desk, mapping: ImportMapping) -> dict[str, Any]:
    """By whom, when and on which paper an award was decided; none of them may be unknown."""
    found: dict[str, Any] = {}
    for column in mapping.decided_elsewhere.columns() if mapping.decided_elsewhere else ():
        before = len(desk.problems)
        found[column.field] = _answer(desk, desk.fields[column.field], column)
        if found[column.field] is None and len(desk.problems) == before:
            label = JOINED.join(column.headers) or column.field
            desk.problem(label, "", _("An award decided elsewhere says by whom, when and on which paper."))
    return found
