"""Reads fields: those of the form, of records, of follow-ups, of deliveries, and of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import asked
from almoner.definitions.grammar.kinds import Shape
from almoner.definitions.problems import Report
from almoner.definitions.programme import Field
from almoner.definitions.reading import Context, entries, read_shape
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.tree import NUMERIC, Expression, Name, Origin, Summary, Type
from almoner.definitions.typed import CONDITION, Want
from almoner.definitions.walk import every_node
from almoner.values.language import _

CHOICES_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Questions:
    """Fields as first read: without their `when` and `unasked`, which are read when all names are known.

    `broken` are the names whose field has a problem.
    """

    fields: Mapping[str, Field]
    conditions: Mapping[str, tuple[nodes.Node | None, nodes.Node | None]]
    inner: Mapping[str, Questions]
    broken: frozenset[str]

    def known(self, origin: Origin = Origin.FIELD, rows: str = "") -> dict[str, Known]:
        """What an expression may know of these fields."""
        found = {}
        for name, field in self.fields.items():
            when, unasked = self.conditions[name]
            conditional = when is not None and unasked is None
            found[name] = Known(field.type, origin, field.choices, rows, conditional, field.line)
        return found

    def rows(self) -> dict[str, Rows]:
        """The rows fields among them, for summaries."""
        return {
            name: Rows(name, inner.known(Origin.ROW, name), broken=inner.broken)
            for name, inner in self.inner.items()
        }


def read_questions(
    node: nodes.Node | None, context: Context, *, inside_rows: bool = False, shape: Shape = asked.FIELD
) -> Questions:
    """Fields with their types, which all names are needed for before a condition can be read."""
    fields: dict[str, Field] = {}
    conditions: dict[str, tuple[nodes.Node | None, nodes.Node | None]] = {}
    inner: dict[str, Questions] = {}
    broken: set[str] = set()
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, shape, here)
        if values.get("type") is None:
            broken.add(name)
            continue
        field = _field(name, key, values, here)
        conditions[name] = (values.get("when"), values.get("unasked"))
        if field.type is Type.ROWS:
            inner[name] = _inner(key, values, here, inside_rows=inside_rows)
            field = replace(field, of=inner[name].fields)
        _check_unasked(field, *conditions[name], here)
        fields[name] = field
    return Questions(fields, conditions, inner, frozenset(broken))


def _field(name: str, key: nodes.Scalar, values: Mapping[str, Any], context: Context) -> Field:
    kind = Type(values["type"])
    low, high = values.get("min"), values.get("max")
    if kind not in NUMERIC and (low is not None or high is not None):
        message = _("'{name}' has min or max, which only integer, number and money have.")
        context.report.problem(key.line, message.format(name=name))
    if low is not None and high is not None and low > high:
        context.report.problem(key.line, _("'{name}' has a min above its max.").format(name=name))
    of = values.get("of")
    if of is not None and kind not in {Type.CHOICE, Type.ROWS}:
        message = _("'{name}' has 'of', which only choice and rows have.")
        context.report.problem(key.line, message.format(name=name))
    return Field(
        name=name,
        type=kind,
        line=key.line,
        ask=values.get("ask") or "",
        help=values.get("help") or "",
        required=bool(values.get("required")),
        sensitive=values.get("sensitive") or "",
        by=values.get("by") or "applicant",
        minimum=low,
        maximum=high,
        choices=_choices(key, of, context) if kind is Type.CHOICE else (),
    )


def _choices(key: nodes.Scalar, node: nodes.Node | None, context: Context) -> tuple[str, ...]:
    if not isinstance(node, nodes.Sequence) or not node.items:
        message = _("'{name}' is a choice and does not say of what. Write of: [one, another].")
        context.report.problem(key.line, message.format(name=key.text))
        return ()
    choices: list[str] = []
    for item in node.items:
        if not isinstance(item, nodes.Scalar) or not item.text.strip():
            context.report.problem(item.line, _("A value of '{name}' must be text.").format(name=key.text))
        elif item.text in choices:
            message = _("'{name}' has the value '{value}' twice.")
            context.report.problem(item.line, message.format(name=key.text, value=item.text))
        else:
            choices.append(item.text)
    if len(choices) > CHOICES_LIMIT:
        message = _("'{name}' has more than {limit} values; use a code and a lookup.")
        context.report.problem(node.line, message.format(name=key.text, limit=CHOICES_LIMIT))
    return tuple(choices)


def _inner(key: nodes.Scalar, values: Mapping[str, Any], context: Context, *, inside_rows: bool) -> Questions:
    of = values.get("of")
    if inside_rows:
        message = _("'{name}' has rows inside rows; give it a record of its own.")
        context.report.problem(key.line, message.format(name=key.text))
        return Questions({}, {}, {}, frozenset())
    if not isinstance(of, nodes.Mapping):
        message = _("'{name}' is rows and does not say of what. Write of: {{age: {{type: integer}}}}.")
        context.report.problem(key.line, message.format(name=key.text))
        return Questions({}, {}, {}, frozenset())
    return read_questions(of, context, inside_rows=True)


def _check_unasked(
    field: Field, when: nodes.Node | None, unasked: nodes.Node | None, context: Context
) -> None:
    if unasked is None:
        return
    if when is None:
        message = _(
            "'{name}' says what it is when 'unasked', and is always asked. Add 'when', or remove 'unasked'."
        )
        context.report.problem(field.line, message.format(name=field.name))
    if field.type is Type.ROWS:
        message = _("'{name}' is rows, which have no 'unasked'.")
        context.report.problem(field.line, message.format(name=field.name))


def with_conditions(questions: Questions, context: Context) -> dict[str, Field]:
    """The fields whole: `when` and `unasked` read in the context's scope. Conditions in a circle are a problem."""
    scope = context.scope
    finished = _finished(questions, context)
    for name, inner in questions.inner.items():
        rows = scope.rows.get(name) or Rows(name, inner.known(Origin.ROW, name))
        inside = _finished(inner, replace(context.of(name), scope=scope.inside(rows)))
        finished[name] = replace(finished[name], of=inside)
    _refuse_circles(finished, context.report)
    return finished


def _finished(questions: Questions, context: Context) -> dict[str, Field]:
    finished = {}
    for name, field in questions.fields.items():
        when, unasked = questions.conditions[name]
        here = context.of(name)
        condition = here.expression(when, CONDITION, "when")
        other = None
        if unasked is not None and field.type is not Type.ROWS:
            types = (field.type, Type.INTEGER) if field.type is Type.NUMBER else (field.type,)
            other = here.expression(unasked, Want(types, field.choices), "unasked")
        finished[name] = replace(field, when=condition, unasked=other)
    return finished


def _refuse_circles(fields: Mapping[str, Field], report: Report) -> None:
    """A field that is asked depending on itself, however far around, is neither asked nor not."""
    needs = {field.name: set(_needed(field.name, field)) for field in fields.values()}
    for outer in fields.values():
        for inner in outer.of.values():
            needs[f"{outer.name}.{inner.name}"] = set(_needed(outer.name, inner))
    for name in needs:
        circle = _circle(name, needs)
        if circle:
            field = fields[name.split(".")[0]]
            line = field.of[name.split(".")[1]].line if "." in name else field.line
            message = _("'{name}' is asked depending on itself: {circle}. Break the circle.")
            report.problem(line, message.format(name=name, circle=" → ".join([*circle, circle[0]])))


def _needed(rows: str, field: Field) -> Iterator[str]:
    for expression in (field.when, field.unasked):
        if expression is not None:
            yield from _names(expression, rows)


def _names(expression: Expression, rows: str) -> Iterator[str]:
    for node in every_node(expression.node):
        if isinstance(node, Name) and node.origin is Origin.FIELD:
            yield node.name
        elif isinstance(node, Name) and node.origin is Origin.ROW:
            yield f"{node.rows or rows}.{node.name}"
        elif isinstance(node, Summary):
            yield node.rows


def _circle(start: str, needs: Mapping[str, set[str]]) -> list[str] | None:
    """The shortest way from a name back to itself, found level by level."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        longer = []
        for way in ways:
            for name in sorted(needs.get(way[-1], ())):
                if name == start:
                    return way
                if name not in seen:
                    seen.add(name)
                    longer.append([*way, name])
        ways = longer
    return None


def scope_of(questions: Questions, outer: Scope) -> Scope:
    """The outer names with the form's own before them."""
    own = questions.known()
    names = {name: known for name, known in outer.names.items() if name not in questions.broken}
    return replace(
        outer,
        names={**names, **own},
        rows={**outer.rows, **questions.rows()},
        broken=(outer.broken - set(own)) | questions.broken,
    )
