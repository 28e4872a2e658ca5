"""Evaluates expressions of the later places: schedules, standing, tasks, forms of a hand-over.

It is the same compiler as the screening's. Names are given as Python values; records, follow-ups and deliveries are
lists of rows, in the order of their days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import pyarrow as pa

from almoner.definitions.programme import EachDelivery, Field, FollowUp, Programme, Record
from almoner.definitions.tree import Expression, Name, Node, Origin, Summary, Type
from almoner.engine.answers_table import ARROW, GIVEN, arrow_type, as_value, reader, reader_of
from almoner.engine.cause_sql import Signs
from almoner.engine.causes import explained
from almoner.engine.connection import ask_shared, shared
from almoner.engine.lookups import with_lookups
from almoner.engine.missing import Descent
from almoner.engine.results import Evaluated, UnexplainedUnknown
from almoner.engine.sql_text import literal, quoted
from almoner.engine.strict_sql import Compiler, World

_SOURCE = '"cases"'
_SHEETS = ("records", "follow_ups")

_OF_A_HAND_OVER = ("each_delivery", "caps", "cycle")

NUMBER = "number"
"""The column that keeps the order of the sheets."""

_NUMBER = quoted(NUMBER)

KNOWN_ON = "#day"
"""The day by which a delivery's lookups are read: its own, or a later one on which more is known."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked of the compiler: the key under which its answer is kept."""

    digest: str
    expressions: tuple[Expression, ...]
    names: tuple[str, ...]
    types: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The query for some expressions, and the fields and plain names that its source must have."""

    query: str
    fields: Mapping[str, Field]
    plain: Mapping[str, Type]
    signs: Signs
    values: int
    why: tuple[int | None, ...]


_programmes: dict[str, Programme] = {}


def evaluate(
    programme: Programme,
    expressions: Sequence[Expression],
    names: Mapping[str, Any],
    *,
    types: Mapping[str, Any] | None = None,
) -> list[Evaluated]:
    """The values of expressions, each with what is missing and blocked where it is unknown.

    Args:
        programme: its parameters, lookups, fields and derived names are known to the expressions.
        expressions: of any place in the programme.
        names: values by name: answers, `as_of`, `today` …, a sheet's own answers, and rows as lists of mappings. An
            absent name is unanswered. A derived name that is given is taken as it is, and computed otherwise.
        types: types of names that the expressions do not settle by themselves; a mapping for rows.

    Raises:
        AnswersProblem: a value is not of its name's type.
    """
    return evaluate_many(programme, expressions, [names], types=types)[0]


def evaluate_many(
    programme: Programme,
    expressions: Sequence[Expression],
    sheets: Sequence[Mapping[str, Any]],
    *,
    types: Mapping[str, Any] | None = None,
) -> list[list[Evaluated]]:
    """The values of expressions over many sheets of names in one query, in the order of the sheets.

    The sheets name the same derived names, if they name any. See `evaluate`.
    """
    if not expressions or not sheets:
        return [[] for _each in sheets]
    asked = _asked(programme, tuple(expressions), sheets[0], types or {})
    prepared = _prepared(_Key(programme, asked))
    with_lookups(shared(), programme)
    rows = ask_shared(prepared.query, _table(prepared, sheets))
    return [
        [_evaluated(one, row, index, prepared) for index, one in enumerate(expressions)]
        for row in sorted(rows, key=lambda row: row[-1])
    ]


def _evaluated(expression: Expression, row: Sequence[Any], index: int, prepared: _Prepared) -> Evaluated:
    cell = row[index]
    if cell is not None:
        return Evaluated(as_value(expression.type, cell))
    at = prepared.why[index]
    signs = row[prepared.values + at] if at is not None else ()
    missing, blocked = explained([(expression.place, signs)], prepared.signs, prepared.fields)
    if not missing and not blocked:
        raise UnexplainedUnknown(f"{expression.place} is unknown, and nothing says why.")
    return Evaluated(None, missing, blocked)


@dataclass(frozen=True, slots=True)
class _Key:
    """A question with its programme; two are equal where the questions are."""

    programme: Programme
    question: _Question

    def __hash__(self) -> int:
        return hash(self.question)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.question == self.question


def _asked(
    programme: Programme,
    expressions: tuple[Expression, ...],
    names: Mapping[str, Any],
    types: Mapping[str, Any],
) -> _Question:
    # Only whether a derived name is given changes the query; everything else is a column.
    given = tuple(sorted(name for name in names if name in programme.derive))
    kinds = tuple(
        (name, tuple(kind.items()) if isinstance(kind, Mapping) else kind)
        for name, kind in sorted(types.items())
    )
    return _Question(programme.digest, expressions, given, kinds)


@lru_cache(maxsize=512)
def _prepared(key: _Key) -> _Prepared:
    programme, question = key.programme, key.question
    types = {name: dict(kind) if isinstance(kind, tuple) else kind for name, kind in question.types}
    world = _world(programme, question.expressions, frozenset(question.names), types)
    compiler = Compiler(world)
    values = [
        compiler.column(f"value {number}", expression).text
        for number, expression in enumerate(question.expressions, start=1)
    ]
    descent = Descent(compiler, literal(value=True))
    why: list[int | None] = []
    columns: list[str] = []
    for number, expression in enumerate(question.expressions, start=1):
        causes = descent.column(f"why {number}", descent.of(expression))
        why.append(None if causes is None else len(columns))
        columns += [causes.text] if causes is not None else []
    row_fields = {name: tuple(question) for name, question in world.rows.items()}
    inputs = [
        NUMBER,
        *(f"form.{name}" for name in world.fields),
        *(f"given.{name}" for name in world.plain),
    ]
    steps, last = compiler.steps.written(_SOURCE, inputs, row_fields, [*values, *columns, _NUMBER])
    query = f"WITH {steps}\nSELECT {', '.join([*values, *columns, _NUMBER])}\nFROM {last}"
    return _Prepared(query, world.fields, world.plain, descent.signs, len(values), tuple(why))


# What the names mean --------------------------------------------------------------------------------------------


def _world(
    programme: Programme,
    expressions: Sequence[Expression],
    given: frozenset[str],
    types: Mapping[str, Any],
) -> World:
    sheet = _sheet(programme, expressions)
    questions = {**programme.form, **(sheet.form if sheet else {})}
    programme = _with_derived(programme, sheet)
    used = list(_names_used(programme, [one.node for one in expressions], given, questions))
    wanted: dict[str, Field] = {}
    plain: dict[str, Type] = {"as_of": Type.DATE}
    rows: dict[str, dict[str, Field]] = {}
    for node in used:
        if isinstance(node, Summary):
            rows.setdefault(node.rows, {})
        elif node.origin is Origin.ROW:
            members = rows.setdefault(node.rows, {})
            members.setdefault(node.name, Field(node.name, node.type, 0))
        elif node.origin is Origin.FIELD and node.name in questions:
            wanted[node.name] = questions[node.name]
        elif node.origin is Origin.GIVEN:
            plain[node.name] = GIVEN.get(node.name, node.type)
        elif node.origin is Origin.FIELD or (node.origin is Origin.DERIVED and node.name in given):
            plain[node.name] = types.get(node.name, node.type)
        elif node.origin is Origin.DERIVED and node.name not in programme.derive:
            plain[node.name] = node.type
    for name, members in rows.items():
        known = questions[name].of if name in questions else {}
        rows[name] = {**members, **known}
        by = questions[name] if name in questions else Field(name, Type.ROWS, 0, by="officer")
        wanted[name] = Field(
            name, Type.ROWS, by.line, by=by.by, when=by.when, unasked=by.unasked, of=rows[name]
        )
    day = "delivered_on" if plain.get("delivered_on") else "as_of"
    if any(_goes_by_its_day(programme, one) for one in expressions):
        day = KNOWN_ON
        plain[KNOWN_ON] = Type.DATE
    return World(programme, wanted, rows, plain, day)


def _sheet(
    programme: Programme, expressions: Sequence[Expression]
) -> Record | FollowUp | EachDelivery | None:
    """The record, follow-up or delivery in whose part of the file the expressions stand."""
    for expression in expressions:
        section, _, rest = expression.place.partition(".")
        name = rest.partition(".")[0]
        if section in _SHEETS:
            sheets: Mapping[str, Record | FollowUp] = getattr(programme, section)
            if name in sheets:
                return sheets[name]
        delivery = _delivery_of(programme, expression)
        if delivery is not None:
            return delivery
    return None


def _delivery_of(programme: Programme, expression: Expression) -> EachDelivery | None:
    """What is asked at each hand-over, where the expression stands in that part of the file."""
    section, name, *rest = [*expression.place.split("."), "", ""]
    if section != "benefits" or name not in programme.benefits or rest[0] != "each_delivery":
        return None
    return programme.benefits[name].each_delivery


def _goes_by_its_day(programme: Programme, expression: Expression) -> bool:
    """Whether an expression reads tables by the day of a hand-over: its form, its caps, its cycle."""
    section, name, *rest = [*expression.place.split("."), "", ""]
    return section == "benefits" and name in programme.benefits and rest[0] in _OF_A_HAND_OVER


def _with_derived(programme: Programme, sheet: Record | FollowUp | EachDelivery | None) -> Programme:
    """What a sheet derives is known to its own expressions, and explained like the form's derived names."""
    if not isinstance(sheet, Record | FollowUp):
        return programme
    return replace(programme, derive={**programme.derive, **sheet.derive})


def _names_used(
    programme: Programme, nodes: Sequence[Node], given: frozenset[str], questions: Mapping[str, Field]
) -> Iterator[Name | Summary]:
    """Every name and every rows that the expressions rest on, through derived names and conditions."""
    seen: set[Name | Summary] = set()
    waiting = list(nodes)
    while waiting:
        for node in _nodes(waiting.pop()):
            if node in seen:
                continue
            seen.add(node)
            yield node
            name = node.rows if isinstance(node, Summary) else node.name
            if isinstance(node, Name) and node.origin is Origin.DERIVED:
                if name not in given and name in programme.derive:
                    waiting.append(programme.derive[name].expression.node)
            elif name in questions and (isinstance(node, Summary) or node.origin is Origin.FIELD):
                waiting += _conditions(questions[name])


def _conditions(question: Field) -> list[Node]:
    every = [question, *question.of.values()]
    return [part.node for field in every for part in (field.when, field.unasked) if part is not None]


def _nodes(node: Any) -> Iterator[Name | Summary]:
    if isinstance(node, Name | Summary):
        yield node
    if isinstance(node, tuple):
        for part in node:
            yield from _nodes(part)
    elif is_dataclass(node):
        for one in fields(node):
            yield from _nodes(getattr(node, one.name))


def _table(prepared: _Prepared, sheets: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns: dict[str, pa.Array] = {NUMBER: pa.array(range(len(sheets)), pa.int64())}
    for name, question in prepared.fields.items():
        read = reader(question)
        cells = [read(name, _members(question, sheet.get(name))) for sheet in sheets]
        columns[f"form.{name}"] = pa.array(cells, arrow_type(question))
    for name, kind in prepared.plain.items():
        read = reader_of(kind)
        cells = [read(name, sheet.get(name)) for sheet in sheets]
        columns[f"given.{name}"] = pa.array(cells, ARROW.get(kind, pa.string()))
    return pa.table(columns)


def _members(question: Field, value: Any) -> Any:
    """Rows of records carry more than an expression reads."""
    if question.type is not Type.ROWS or value is None:
        return value
    return [{key: row.get(key) for key in question.of} for row in value]


__all__ = ["Evaluated", "evaluate", "evaluate_many", "quoted"]
