"""Answers as an Arrow table with a declared schema: numbers as micros, rows as lists of structures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from almoner.definitions.programme import Field, Programme
from almoner.definitions.tree import NUMERIC, Type
from almoner.engine.results import AnswersProblem, Case
from almoner.values.numbers import MICRO, NumberProblem, from_micros, to_micros

GIVEN: Mapping[str, Type] = {
    "as_of": Type.DATE,
    "today": Type.DATE,
    "delivered_on": Type.DATE,
    "cycle_no": Type.INTEGER,
    "issue_no": Type.INTEGER,
    "last_instalment": Type.MONEY,
    "advance_left": Type.MONEY,
}
"""What an occasion brings, with its type."""

ARROW: Mapping[Type, pa.DataType] = {
    Type.BOOLEAN: pa.bool_(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.int64(),
    Type.MONEY: pa.int64(),
    Type.DATE: pa.date32(),
}


def arrow_type(question: Field) -> pa.DataType:
    """The Arrow type of a field: numbers are 64-bit micros, rows a list of structures."""
    if question.type is Type.ROWS:
        members = [pa.field(name, arrow_type(member)) for name, member in question.of.items()]
        return pa.list_(pa.struct(members or [pa.field("#none", pa.bool_())]))
    return ARROW.get(question.type, pa.string())


def schema(programme: Programme) -> pa.Schema:
    """The columns of the table of cases: their number, the as-of date, and each field as `form.NAME`."""
    columns = [pa.field("#case", pa.int64()), pa.field("given.as_of", pa.date32())]
    columns += [pa.field(f"form.{name}", arrow_type(question)) for name, question in programme.form.items()]
    return pa.schema(columns)


def cases_table(programme: Programme, cases: Sequence[Case]) -> pa.Table:
    """The cases as a table.

    Raises:
        AnswersProblem: a name is no field of the form, or a value is not of its type.
    """
    known = programme.form.keys() | GIVEN.keys()
    for number, case in enumerate(cases, start=1):
        if not case.answers.keys() <= known:
            strange = ", ".join(sorted(map(str, case.answers.keys() - known)))
            raise AnswersProblem(f"Case {number} answers {strange}, which the form does not ask.")
    columns: list[Any] = [range(len(cases)), [_date("as_of", case.as_of) for case in cases]]
    for name, question in programme.form.items():
        taken = reader(question)
        columns.append([taken(name, case.answers.get(name)) for case in cases])
    declared = schema(programme)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, declared, strict=True)]
    return pa.Table.from_arrays(arrays, schema=declared)


def reader(question: Field) -> Callable[[str, Any], Any]:
    """What turns a Python value into a cell of a field's column."""
    if question.type is Type.ROWS:
        members = {name: reader(member) for name, member in question.of.items()}
        return lambda name, value: _rows(name, value, members)
    return reader_of(question.type)


def reader_of(type_: Type) -> Callable[[str, Any], Any]:
    """What turns a Python value into a cell of a column of this type."""
    if type_ is Type.BOOLEAN:
        return _boolean
    if type_ is Type.INTEGER:
        return _integer
    if type_ in NUMERIC:
        return _number
    return _date if type_ is Type.DATE else _text


def _wrong(name: str, value: Any, wanted: str) -> AnswersProblem:
    return AnswersProblem(f"'{name}' is {wanted}, not a {type(value).__name__}.")


def _boolean(name: str, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise _wrong(name, value, "true or false")


def _number(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _wrong(name, value, "a number")
    try:
        return to_micros(value)
    except NumberProblem as problem:
        raise AnswersProblem(f"'{name}': {problem}") from problem


def _integer(name: str, value: Any) -> int | None:
    micros = _number(name, value)
    if micros is not None and micros % MICRO:
        raise AnswersProblem(f"'{name}' is a whole number, not {value}.")
    return micros


def _date(name: str, value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise _wrong(name, value, "a date")


def _text(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _wrong(name, value, "a text")


def _rows(
    name: str, value: Any, members: Mapping[str, Callable[[str, Any], Any]]
) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence):
        raise _wrong(name, value, "a list of rows")
    found = []
    for number, row in enumerate(value, start=1):
        if not isinstance(row, Mapping):
            raise _wrong(f"{name}[{number}]", row, "a row")
        strange = row.keys() - members.keys()
        if strange:
            raise AnswersProblem(
                f"{name}[{number}] has {', '.join(sorted(map(str, strange)))}, which it does not ask."
            )
        cells = {key: taken(f"{name}[{number}].{key}", row.get(key)) for key, taken in members.items()}
        found.append(cells or {"#none": None})
    return found


def as_value(type_: Type, cell: Any) -> Any:
    """A cell of a result as a Python value: numbers as plain Decimal."""
    return from_micros(int(cell)) if cell is not None and type_ in NUMERIC else cell
