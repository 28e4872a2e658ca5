"""An expression's text becomes a checked tree, or problems.

Three sieves, each of which lets through only what is listed: the tokens (`tokens.py`), the nodes that sqlglot makes of
them (`syntax.py`), and the names, words and types at the place where the expression stands. What comes out holds
nothing of SQL, and everything that was written: the tokens of what was understood are compared with those that
were read, so that no comparison and no condition can be lost on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from almoner.definitions import nodes
from almoner.definitions.calls import Calls
from almoner.definitions.problems import Report, did_you_mean
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.syntax import as_written, parsed
from almoner.definitions.tokens import NAME_PREFIX, WORD_PREFIX, ExpressionProblem
from almoner.definitions.tree import (
    NUMERIC,
    And,
    Bands,
    Compare,
    Expression,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Type,
)
from almoner.definitions.tree_text import written
from almoner.definitions.typed import (
    CONDITION,
    Value,
    Want,
    calculated,
    compared,
    fitted,
    is_open,
    together,
)
from almoner.values.language import _
from almoner.values.numbers import NumberProblem, to_micros

OTHERWISE = "otherwise"

_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_SUMS: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_LOOSE = (*_COMPARISONS, exp.And, exp.Or, exp.Not, exp.Between, exp.In)
"""What must stand in brackets to be a side of a comparison or a sum: without them it is a chain."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the name that a message begins with, and `section.name` for what is blocked."""

    owner: str
    place: str


def parse(
    node: nodes.Node | None, *, scope: Scope, place: Place, want: Want | None, report: Report
) -> Expression | None:
    """The checked expression of a scalar, or of bands. None where there is a problem, which is then reported."""
    value = parse_value(node, scope=scope, place=place, want=want, report=report)
    if value is None or node is None:
        return None
    return Expression(place.place, node.line, _source(node), value.node)


def parse_value(
    node: nodes.Node | None, *, scope: Scope, place: Place, want: Want | None, report: Report
) -> Value | None:
    """As `parse`, and with the values that a choice can have."""
    if node is None:
        return None
    reader = _Reader(scope, place, report)
    value = reader.value(node)
    if value is None:
        return None
    try:
        return fitted(value, want)
    except ExpressionProblem as problem:
        reader.tell(node.line, str(problem))
        return None


def _source(node: nodes.Node) -> str:
    if isinstance(node, nodes.Scalar):
        return node.text
    if isinstance(node, nodes.Mapping):
        return "; ".join(f"{key.text}: {_source(value)}" for key, value in node)
    return ""


class _Reader:
    """Reads one expression, bands included. None stands for what is wrong and has been told."""

    def __init__(self, scope: Scope, place: Place, report: Report) -> None:
        self.scope = scope
        self.place = place
        self.report = report
        self.line = 0

    def tell(self, line: int, problem: str) -> None:
        """Report a problem, with the name of what holds the expression in front."""
        end = "" if problem.endswith((".", "?")) else "."
        self.report.problem(line, f"'{self.place.owner}' {problem}{end}")

    def not_carried_out(self, what: str) -> None:
        """Say that a word is read and checked, and that nothing carries it out yet."""
        self.report.not_carried_out(self.line, what)

    def value(self, node: nodes.Node) -> Value | None:
        """The value of a scalar or of bands."""
        if isinstance(node, nodes.Mapping):
            return self._bands(node)
        if isinstance(node, nodes.Sequence):
            self.tell(node.line, _("is a list where an expression must stand"))
            return None
        if node.null:
            self.tell(
                node.line,
                _("is null; an expression has a value, and an answer that is not there is unknown by itself"),
            )
            return None
        return self.text(node.text, node.line)

    def text(self, text: str, line: int) -> Value | None:
        """The value of one expression's text."""
        self.line = line
        try:
            tree = parsed(text)
            return self.node(tree)
        except ExpressionProblem as problem:
            self.tell(line, str(problem))
        except RecursionError:
            self.tell(line, _("is nested too deeply; give parts of it a name in 'derive'"))
        return None

    def inside(self, rows: Rows) -> _Reader:
        """A reader of what stands inside a summary of these rows."""
        inner = _Reader(self.scope.inside(rows), self.place, self.report)
        inner.line = self.line
        return inner

    def _bands(self, node: nodes.Mapping) -> Value | None:
        keys = node.names()
        if OTHERWISE not in keys:
            self.tell(
                node.line, _("has bands without 'otherwise'; say last what it is when no condition holds")
            )
            return None
        if keys[-1] != OTHERWISE:
            key = node.key(OTHERWISE)
            line = key.line if key else node.line
            self.tell(line, _("has bands after 'otherwise', which nothing can reach; put 'otherwise' last"))
            return None
        if len(keys) == 1:
            self.tell(node.line, _("has bands without a condition; write the value alone"))
            return None
        conditions = [self._condition(key) for key, _value in node.pairs[:-1]]
        values = [self.value(value) for _key, value in node.pairs]
        known = [value for value in values if value is not None]
        if len(known) < len(values) or any(condition is None for condition in conditions):
            return None
        return self._one_type(node, [condition for condition in conditions if condition], known)

    def _condition(self, key: nodes.Scalar) -> Node | None:
        value = self.text(key.text, key.line)
        if value is None:
            return None
        try:
            return fitted(value, CONDITION).node
        except ExpressionProblem as problem:
            self.tell(key.line, str(problem))
            return None

    def _one_type(self, node: nodes.Mapping, conditions: list[Node], values: list[Value]) -> Value | None:
        model = next((value for value in values if not is_open(value.node)), values[0])
        of_type: list[Value] = []
        try:
            for value, (_key, written_node) in zip(values, node.pairs, strict=True):
                pair = together(value, model)
                if pair is None:
                    self.tell(written_node.line, _("has bands of different types; all values have one type"))
                    return None
                of_type.append(pair[0])
        except ExpressionProblem as problem:
            self.tell(node.line, str(problem))
            return None
        types = {value.type for value in of_type}
        kind = types.pop() if len(types) == 1 else Type.NUMBER
        bands = tuple(zip(conditions, (value.node for value in of_type[:-1]), strict=True))
        choices = tuple(dict.fromkeys(choice for value in of_type for choice in value.choices))
        return Value(Bands(bands, of_type[-1].node, kind), choices)

    def node(self, node: exp.Expression) -> Value | None:
        """The checked node of one of sqlglot's."""
        if isinstance(node, exp.Paren):
            return self.node(node.this)
        if isinstance(node, exp.Column):
            return self._name(node)
        if isinstance(node, exp.Literal | exp.Boolean):
            return Value(_constant(node))
        if isinstance(node, exp.Anonymous):
            return Calls(self).call(node.name.removeprefix(WORD_PREFIX), node.expressions)
        return self._operation(node)

    def _operation(self, node: exp.Expression) -> Value | None:
        if isinstance(node, exp.Neg):
            return self._negative(node)
        if isinstance(node, exp.And | exp.Or | exp.Not):
            return self._logical(node)
        if isinstance(node, exp.Between):
            return self._between(node)
        if isinstance(node, exp.In):
            return self._in(node)
        left, right = self._side(node.this), self._side(node.expression)
        if left is None or right is None:
            return None
        if type(node) in _SUMS:
            return calculated(_SUMS[type(node)], left, right)
        return Value(_compare(_COMPARISONS[type(node)], left, right))

    def _side(self, node: exp.Expression) -> Value | None:
        if isinstance(node, _LOOSE):
            message = _("chains '{text}' into a comparison; write a < b AND b < c, or put it in brackets")
            raise ExpressionProblem(message.format(text=as_written(node)))
        return self.node(node)

    def _name(self, node: exp.Column) -> Value | None:
        name = node.name.removeprefix(NAME_PREFIX)
        if node.table:
            message = _("uses '{table}.{name}'; a point stands only in lookup(table.value, …)")
            raise ExpressionProblem(message.format(table=node.table.removeprefix(NAME_PREFIX), name=name))
        known = self.scope.find(name)
        if known is None:
            if not self.scope.is_broken(name):
                self._unknown_name(name)
            return None
        if known.type is Type.ROWS:
            message = _("uses the rows '{name}' as a value; summarise them, as in count_of({name}, TRUE)")
            raise ExpressionProblem(message.format(name=name))
        self.refuse_conditional(name, known)
        return Value(Name(known.type, name, known.origin, known.rows), known.choices)

    def refuse_conditional(self, name: str, known: Known) -> None:
        """A field that is not always asked must say what it is otherwise, once an expression uses it."""
        if not known.conditional:
            return
        if known.type is Type.ROWS:
            message = _("'{name}' is not always asked, and rows have no 'unasked'; ask for it always.")
        else:
            message = _("'{name}' is not always asked; say what it is when 'unasked'.")
        self.report.problem(known.line, message.format(name=name))

    def _unknown_name(self, name: str) -> None:
        if name in self.scope.elsewhere:
            self.tell(self.line, self.scope.elsewhere[name])
            return
        if name in self.scope.rows:
            message = _("uses the rows '{name}' as a value; summarise them, as in count_of({name}, TRUE)")
            self.tell(self.line, message.format(name=name))
            return
        hint = did_you_mean(name, self.scope.spellings())
        if any(name in known.choices for known in self.scope.names.values()):
            hint = " " + _("A choice's value stands in single quotes: '{name}'.").format(name=name)
        self.tell(self.line, _("uses '{name}', which no section defines.").format(name=name) + hint)

    def _negative(self, node: exp.Neg) -> Value | None:
        inner = self._side(node.this)
        if inner is None:
            return None
        if inner.type not in NUMERIC:
            message = _("puts a minus before {value}, which is no number")
            raise ExpressionProblem(message.format(value=written(inner.node)))
        literal = inner.node
        if isinstance(literal, Literal) and isinstance(literal.value, int):
            return Value(Literal(literal.type, -literal.value))
        return Value(Negative(literal, inner.type))

    def _logical(self, node: exp.Expression) -> Value | None:
        if isinstance(node, exp.Not):
            inner = self._boolean(node.this)
            return None if inner is None else Value(Not(inner))
        # Long chains lean to the left; they are taken apart in a loop, not by recursion.
        kind = type(node)
        parts: list[exp.Expression] = []
        rest: exp.Expression = node
        while type(rest) is kind:
            parts.append(rest.expression)
            rest = rest.this
        parts.append(rest)
        operands = [self._boolean(part) for part in reversed(parts)]
        if any(operand is None for operand in operands):
            return None
        checked = tuple(operand for operand in operands if operand is not None)
        return Value(And(checked) if kind is exp.And else Or(checked))

    def _boolean(self, node: exp.Expression) -> Node | None:
        value = self.node(node)
        if value is None:
            return None
        if value.type is not Type.BOOLEAN:
            message = _("has {value} where a condition must stand; compare it with something")
            raise ExpressionProblem(message.format(value=written(value.node)))
        return value.node

    def _between(self, node: exp.Between) -> Value | None:
        middle, low, high = self._side(node.this), self._side(node.args["low"]), self._side(node.args["high"])
        if middle is None or low is None or high is None:
            return None
        return Value(And((_compare(">=", middle, low), _compare("<=", middle, high))))

    def _in(self, node: exp.In) -> Value | None:
        operand = self._side(node.this)
        if not node.expressions:
            raise ExpressionProblem(_("has an empty list after IN, which nothing fulfils; name the values"))
        literals = []
        for item in node.expressions:
            value = self.node(item)
            if value is None:
                return None
            if not isinstance(value.node, Literal):
                message = _("has {value} in the list after IN; only numbers and texts stand there")
                raise ExpressionProblem(message.format(value=written(value.node)))
            literals.append(value)
        if operand is None:
            return None
        if is_open(operand.node):
            raise ExpressionProblem(_("asks whether a literal is IN a list; put a name before IN"))
        fitting = [compared("=", operand, literal)[1].node for literal in literals]
        return Value(In(operand.node, tuple(literal for literal in fitting if isinstance(literal, Literal))))


def _compare(op: str, left: Value, right: Value) -> Compare:
    left, right = compared(op, left, right)
    return Compare(op, left.node, right.node)


def _constant(node: exp.Literal | exp.Boolean) -> Literal:
    if isinstance(node, exp.Boolean):
        return Literal(Type.BOOLEAN, bool(node.this))
    text = str(node.this)
    if node.is_string:
        if not text:
            raise ExpressionProblem(_("compares with an empty text; an empty answer is unknown, never ''"))
        return Literal(Type.TEXT, text)
    try:
        micros = to_micros(Decimal(text))
    except NumberProblem as problem:
        message = _("has {text}: a number has six decimals at most and lies within ±10^12")
        raise ExpressionProblem(message.format(text=text[:60])) from problem
    return Literal(Type.INTEGER if "." not in text else Type.NUMBER, micros)
