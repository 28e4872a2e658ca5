"""The compiler: a checked expression becomes SQL that keeps every unknown unknown.

Three-valued by Kleene, in fixed point, and total: whatever the answers are, a value or NULL comes out, never an
aborted query. `missing.py` asks the same compiler for the parts of an expression in order to say why it is NULL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from almoner.definitions.programme import Field, Programme
from almoner.definitions.tree import (
    NUMERIC,
    And,
    Arithmetic,
    Bands,
    Call,
    Compare,
    Expression,
    In,
    Literal,
    Lookup,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Origin,
    Summary,
    Type,
)
from almoner.engine import arithmetic
from almoner.engine.date_words import DATE_WORDS
from almoner.engine.lookups import Lookups, dated_value
from almoner.engine.sql_text import Sql, level_of, literal, quoted
from almoner.engine.steps import ROW, Scope, Steps
from almoner.engine.summaries import Body, Counted, Summaries

_SUMS = {"+": arithmetic.plus, "-": arithmetic.minus, "*": arithmetic.times, "/": arithmetic.over}
_OPPOSITE = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True, slots=True)
class World:
    """What the names mean: the questions, the rows and their questions, and what the occasion brings.

    `plain` names come as they are, without a `when` and without an expression. `day` is the name of the day by which
    lookups are dated.
    """

    programme: Programme
    fields: Mapping[str, Field]
    rows: Mapping[str, Mapping[str, Field]]
    plain: Mapping[str, Type] = field(default_factory=dict)
    day: str = "as_of"


class Compiler:
    """Compiles expressions over one world into shared steps, each name once."""

    def __init__(self, world: World, *, many: bool = False) -> None:
        self.world = world
        self.steps = Steps(many=many)
        self.case = Scope(self.steps)
        self.summaries = Summaries(self.case)
        self.lookups = Lookups(self.steps, world.programme)
        self._values: dict[tuple[str, Node], Sql] = {}
        self._names: dict[tuple[str, str], Sql] = {}
        self._counts: dict[Summary, Counted] = {}
        for rows in world.rows:
            self.steps.rows_start(rows, Sql(quoted(f"form.{rows}"), simple=True))

    def value(self, node: Node, scope: Scope) -> Sql:
        """The SQL of a node where it stands."""
        key = (scope.rows, node)
        if key not in self._values:
            self._values[key] = self._compiled(node, scope)
        return self._values[key]

    def column(self, name: str, expression: Expression) -> Sql:
        """The SQL of a whole expression of the case, in a column of its own under that name."""
        about = f"{expression.place}: {expression.text}"
        column = self.steps.column(name, self.value(expression.node, self.case), about)
        if not isinstance(expression.node, Literal):
            self._values["", expression.node] = column
        return column

    def _compiled(self, node: Node, scope: Scope) -> Sql:
        match node:
            case Literal(value=value):
                return literal(value)
            case Name():
                return self.name(node, scope)
            case Summary():
                return self.summaries.value(node, self.body(node))
            case Bands():
                return self._bands(node, scope)
            case Negative() | Arithmetic() | Call() | Lookup():
                return self._computed(node, scope)
        return self._logical(node, scope)

    def _computed(self, node: Negative | Arithmetic | Call | Lookup, scope: Scope) -> Sql:
        match node:
            case Negative(operand=operand):
                return arithmetic.negative(self.value(operand, scope))
            case Arithmetic(op=op, left=left, right=right):
                return _SUMS[op](scope, self.value(left, scope), self.value(right, scope))
            case Call():
                return self._call(node, scope)
            case Lookup(table=table, column=column, keys=keys):
                parts = [self.value(key, scope) for key in keys]
                return self.lookups.value(table, column, parts, self.given(self.world.day), scope)

    def _logical(self, node: Not | And | Or | Compare | In, scope: Scope) -> Sql:
        match node:
            case Not(operand=operand):
                inner = self.value(operand, scope)
                return inner.as_condition(f"(NOT {inner.text})")
            case And(operands=operands):
                return self._joined(" AND ", operands, scope)
            case Or(operands=operands):
                return self._joined(" OR ", operands, scope)
            case Compare():
                return self._compare(node, scope)
            case In(operand=operand, literals=literals):
                inner = self.value(operand, scope)
                values = ", ".join(literal(one.value).text for one in literals)
                return Sql(f"({inner.text} IN ({values}))", inner.level)

    def _joined(self, word: str, operands: tuple[Node, ...], scope: Scope) -> Sql:
        parts = [self.value(operand, scope) for operand in operands]
        return Sql("(" + word.join(part.text for part in parts) + ")", level_of(*parts))

    def _bands(self, node: Bands, scope: Scope) -> Sql:
        parts: list[Sql] = []
        text = "CASE"
        for condition, value in node.bands:
            # Asked twice: whether it is known, and whether it holds.
            test = self._values[scope.rows, condition] = scope.once(self.value(condition, scope))
            worth = self.value(value, scope)
            text += f" WHEN {test.text} IS NULL THEN NULL WHEN {test.text} THEN {worth.text}"
            parts += [test, worth]
        rest = self.value(node.otherwise, scope)
        values = [*parts[1::2], rest]
        return Sql(
            f"({text} ELSE {rest.text} END)",
            level_of(*parts, rest),
            low=min(value.low for value in values),
            high=max(value.high for value in values),
            whole=all(value.whole for value in values),
        )

    def _call(self, node: Call, scope: Scope) -> Sql:
        parts = [self.value(argument, scope) for argument in node.arguments]
        if node.word in {"smaller_of", "larger_of"}:
            word = arithmetic.smaller if node.word == "smaller_of" else arithmetic.larger
            found = parts[0]
            for part in parts[1:]:
                found = word(scope, found, part)
            return found
        if node.word == "starts_with":
            return Sql(f"starts_with({parts[0].text}, {parts[1].text})", level_of(*parts))
        return DATE_WORDS[node.word](scope, *parts)

    def _compare(self, node: Compare, scope: Scope) -> Sql:
        left, right = self._counted(node.left), self._counted(node.right)
        if left is None and right is None:
            a, b = self.value(node.left, scope), self.value(node.right, scope)
            return Sql(f"({a.text} {node.op} {b.text})", level_of(a, b))
        return self._bounded(node, scope, left, right)

    def _bounded(self, node: Compare, scope: Scope, left: Counted | None, right: Counted | None) -> Sql:
        """A comparison of a count: decided as soon as every count that is still possible agrees."""
        if left is None:
            return self._bounded(Compare(_OPPOSITE[node.op], node.right, node.left), scope, right, None)
        other = scope.once(self.value(node.right, scope)) if right is None else None
        low, high = self.case.once(left.low), self.case.once(left.high)
        least = other or self.case.once(right.low if right else low)
        most = other or self.case.once(right.high if right else high)
        a, b, x, y = low.text, high.text, least.text, most.text
        tests = {
            "<": (f"{b} < {x}", f"{a} >= {y}"),
            "<=": (f"{b} <= {x}", f"{a} > {y}"),
            ">": (f"{a} > {y}", f"{b} <= {x}"),
            ">=": (f"{a} >= {y}", f"{b} < {x}"),
        }
        if node.op in tests:
            yes, no = tests[node.op]
        else:
            yes = f"{a} = {b} AND {x} = {y} AND {a} = {x}"
            no = f"{b} < {x} OR {a} > {y}"
            if other is not None and not other.whole:
                no += f" OR {x} % 1000000 <> 0"  # no count is a broken number
        if node.op == "<>":
            yes, no = no, yes
        text = f"(CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END)"
        return Sql(text, level_of(low, high, least, most))

    def _counted(self, node: Node) -> Counted | None:
        if not isinstance(node, Summary) or node.word != "count_of":
            return None
        if node not in self._counts:
            self._counts[node] = self.summaries.counted(node, self.body(node))
        return self._counts[node]

    def body(self, node: Summary) -> Body:
        """What a summary looks at in each row."""
        inner = Scope(self.steps, node.rows)
        condition = self.value(node.condition, inner) if node.condition is not None else None
        value = self.value(node.value, inner) if node.value is not None else None
        parts = [part for part in (condition, value) if part is not None]
        return Body(condition, value, level_of(*parts, self.steps.rows_base(node.rows)))

    # Names ----------------------------------------------------------------------------------------------------

    def name(self, node: Name, scope: Scope) -> Sql:
        """The SQL of a name."""
        if node.origin is Origin.ROW:
            return self.row_field(node.rows or scope.rows, node.name)
        if node.name in self.world.plain:
            return self.given(node.name)
        match node.origin:
            case Origin.FIELD:
                return self.field(node.name)
            case Origin.DERIVED:
                return self.derived(node.name)
            case Origin.PARAMETER:
                return self.parameter(node.name)
        return self.given(node.name)

    def given(self, name: str) -> Sql:
        """What the occasion brings."""
        return _input(f"given.{name}", self.world.plain.get(name, Type.DATE))

    def field(self, name: str) -> Sql:
        """An answer: of a field that is not always asked, its worth where it is asked and where it is not."""
        key = ("form", name)
        if key not in self._names:
            question = self.world.fields[name]
            sql = _input(f"form.{name}", question.type)
            if question.when is not None:
                test = self.asked(name)
                other = self.value(question.unasked.node, self.case) if question.unasked else None
                text = f"CASE WHEN {test.text} THEN {sql.text}"
                if other is not None:
                    text += f" WHEN NOT {test.text} THEN {other.text}"
                parts = [sql, test] + ([other] if other is not None else [])
                about = f"form.{name} is worth its answer where it is asked, and what it is unasked where not"
                resolved = _of_type(Sql(f"({text} END)", level_of(*parts)), question.type)
                sql = self.steps.column(f"{name} (if asked)", resolved, about)
            self._names[key] = sql
        return self._names[key]

    def asked(self, name: str) -> Sql:
        """Whether a field is asked."""
        when = self.world.fields[name].when
        return self.steps.hoist(self.value(when.node, self.case)) if when else literal(value=True)

    def row_field(self, rows: str, name: str) -> Sql:
        """A field of the row at hand."""
        key = (rows, name)
        if key not in self._names:
            question = self.world.rows[rows].get(name)
            sql = _input(name, question.type if question else Type.TEXT)
            sql = replace(sql, text=f"{ROW}.{quoted(name)}")
            if question is not None and question.when is not None:
                scope = Scope(self.steps, rows)
                test = self.row_asked(rows, name)
                other = self.value(question.unasked.node, scope) if question.unasked else None
                text = f"CASE WHEN {test.text} THEN {sql.text}"
                if other is not None:
                    text += f" WHEN NOT {test.text} THEN {other.text}"
                level = level_of(sql, test, *([other] if other is not None else []))
                resolved = _of_type(Sql(f"({text} END)", level), question.type)
                sql = self.steps.row_hoist(rows, resolved, f"{name} (if asked)")
            self._names[key] = sql
        return self._names[key]

    def row_asked(self, rows: str, name: str) -> Sql:
        """Whether a field of the row at hand is asked."""
        when = self.world.rows[rows][name].when
        scope = Scope(self.steps, rows)
        return scope.once(self.value(when.node, scope)) if when else literal(value=True)

    def derived(self, name: str) -> Sql:
        """A derived name: its expression, computed once."""
        key = ("derive", name)
        if key not in self._names:
            self._names[key] = self.column(f"derive.{name}", self.world.programme.derive[name].expression)
        return self._names[key]

    def parameter(self, name: str) -> Sql:
        """A parameter: the figure in force on the as-of date."""
        key = ("parameters", name)
        if key not in self._names:
            parameter = self.world.programme.parameters[name]
            sql = dated_value(parameter, self.given("as_of"))
            about = f"parameters.{name}: the figure in force on the as-of date ({parameter.source})"
            self._names[key] = self.steps.column(f"parameters.{name}", sql, about)
        return self._names[key]


def _of_type(sql: Sql, type_: Type) -> Sql:
    return replace(sql, whole=type_ is Type.INTEGER) if type_ in NUMERIC else sql


def _input(name: str, type_: Type) -> Sql:
    """An input column. A whole number is held to be whole: what comes in is checked."""
    return _of_type(Sql(quoted(name), simple=True), type_)
