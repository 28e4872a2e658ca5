"""Types of expressions: what may stand beside what, and which type a literal takes from its neighbour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.tokens import ExpressionProblem
from almoner.definitions.tree import (
    NUMERIC,
    TEXTUAL,
    Arithmetic,
    Bands,
    Call,
    Literal,
    Negative,
    Node,
    Type,
)
from almoner.definitions.tree_text import type_words, written
from almoner.definitions.words import ORDERED
from almoner.values.language import _
from almoner.values.numbers import MICRO

NUMBERS = frozenset({Type.INTEGER, Type.NUMBER})
"""Whole and other numbers, which mix."""

ISO_DATE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Value:
    """A checked node; `choices` are the values it can have when it is a choice."""

    node: Node
    choices: tuple[str, ...] = ()

    @property
    def type(self) -> Type:
        """The type of the node."""
        return self.node.type


@dataclass(frozen=True, slots=True)
class Want:
    """What a place asks for: one of these types; a literal takes the first."""

    types: tuple[Type, ...]
    choices: tuple[str, ...] = ()


CONDITION = Want((Type.BOOLEAN,))
AMOUNT = Want((Type.MONEY,))
NUMBER = Want((Type.NUMBER, Type.INTEGER))


def is_open(node: Node) -> bool:
    """Whether nothing but literals gives the node its type, so that it takes its neighbour's."""
    if isinstance(node, Literal):
        return node.type in NUMERIC or node.type is Type.TEXT
    if isinstance(node, Negative):
        return is_open(node.operand)
    if isinstance(node, Arithmetic):
        return node.op in "+-" and is_open(node.left) and is_open(node.right)
    if isinstance(node, Call):
        return node.word in {"smaller_of", "larger_of"} and all(
            is_open(argument) for argument in node.arguments
        )
    if isinstance(node, Bands):
        return is_open(node.otherwise) and all(is_open(value) for _condition, value in node.bands)
    return False


def retyped(value: Value, to: Type, choices: tuple[str, ...] = ()) -> Value:
    """An open value with another type.

    Raises:
        ExpressionProblem: the literal cannot be of that type.
    """
    return Value(_retyped(value.node, to, choices), choices)


def _retyped(node: Node, to: Type, choices: tuple[str, ...]) -> Node:
    if isinstance(node, Literal):
        return _literal(node, to, choices)
    if isinstance(node, Negative):
        return replace(node, operand=_retyped(node.operand, to, choices), type=to)
    if isinstance(node, Arithmetic):
        left, right = _retyped(node.left, to, choices), _retyped(node.right, to, choices)
        return replace(node, left=left, right=right, type=to)
    if isinstance(node, Call):
        arguments = tuple(_retyped(argument, to, choices) for argument in node.arguments)
        return replace(node, arguments=arguments, type=to)
    if isinstance(node, Bands):
        bands = tuple((condition, _retyped(value, to, choices)) for condition, value in node.bands)
        return Bands(bands, _retyped(node.otherwise, to, choices), to)
    raise TypeError(node)


def _literal(node: Literal, to: Type, choices: tuple[str, ...]) -> Literal:
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool) and to in NUMERIC:
        if to is Type.INTEGER and value % MICRO:
            message = _("has {value} where a whole number must stand")
            raise ExpressionProblem(message.format(value=written(node)))
        return Literal(to, value)
    if isinstance(value, str):
        if to is Type.DATE:
            return Literal(to, day(value))
        if to is Type.CHOICE:
            if value not in choices:
                message = _("compares with '{value}', which is none of the choices: {choices}.")
                text = message.format(value=value, choices=one_of(choices)) + did_you_mean(value, choices)
                raise ExpressionProblem(text)
            return Literal(to, value)
        if to in TEXTUAL:
            return Literal(to, value)
    message = _("has {value} where {wanted} must stand")
    raise ExpressionProblem(message.format(value=written(node), wanted=type_words(to)))


def day(text: str) -> date:
    """An ISO date.

    Raises:
        ExpressionProblem: it is none.
    """
    try:
        if len(text) == ISO_DATE_LENGTH:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ExpressionProblem(_("has '{text}', which is no date; write it as 2026-09-01").format(text=text))


def together(left: Value, right: Value) -> tuple[Value, Value] | None:
    """Both values in one type, literals taking the other's; None where they have none in common."""
    if is_open(left.node) and not is_open(right.node):
        left = _taken(left, right)
    elif is_open(right.node) and not is_open(left.node):
        right = _taken(right, left)
    if left.type == right.type:
        same = left.type is not Type.CHOICE or set(left.choices) == set(right.choices)
        return (left, right) if same else None
    return (left, right) if {left.type, right.type} <= NUMBERS else None


def _taken(literal: Value, neighbour: Value) -> Value:
    kinds = (NUMERIC, TEXTUAL | {Type.DATE, Type.CHOICE})
    if any(literal.type in kind and neighbour.type in kind for kind in kinds):
        to = neighbour.type
        if to is Type.INTEGER and not _is_whole(literal.node):
            to = Type.NUMBER
        return retyped(literal, to, neighbour.choices)
    return literal


def _is_whole(node: Node) -> bool:
    try:
        _retyped(node, Type.INTEGER, ())
    except ExpressionProblem:
        return False
    return True


def common_type(left: Value, right: Value) -> Type:
    """The type of two values that fit together: a whole number beside a number is a number."""
    return left.type if left.type == right.type else Type.NUMBER


def compared(op: str, left: Value, right: Value) -> tuple[Value, Value]:
    """The two sides of a comparison in one type.

    Raises:
        ExpressionProblem: they have no type in common, or the type has no order.
    """
    pair = together(left, right)
    if pair is None:
        message = _(
            "compares {left} ({left_type}) with {right} ({right_type}); a comparison stays in one type"
        )
        raise ExpressionProblem(_of_two(message, left, right))
    if op not in {"=", "<>"} and pair[0].type not in ORDERED:
        message = _("asks whether {left} {op} {right}; {type} has no order, only =, <> and IN")
        what = type_words(pair[0].type)
        raise ExpressionProblem(
            message.format(left=written(left.node), op=op, right=written(right.node), type=what)
        )
    return pair


def calculated(op: str, left: Value, right: Value) -> Value:
    """`left op right` with its type.

    Raises:
        ExpressionProblem: money times money, money plus a number, dates, texts …
    """
    for side in (left, right):
        if side.type is Type.DATE:
            raise ExpressionProblem(_("calculates with a date; write add_days, add_months or days_between"))
        if side.type not in NUMERIC:
            message = _("calculates with {value}, which is {type}")
            raise ExpressionProblem(message.format(value=written(side.node), type=type_words(side.type)))
    if op in "+-":
        pair = together(left, right)
        if pair is None:
            message = _("has {left} ({left_type}) {op} {right} ({right_type}); only like is added to like")
            raise ExpressionProblem(_of_two(message, left, right, op=op))
        return Value(Arithmetic(op, pair[0].node, pair[1].node, common_type(*pair)))
    left, right = _as_number(left, right), _as_number(right, left)
    return Value(Arithmetic(op, left.node, right.node, _product_type(op, left, right)))


def _as_number(value: Value, neighbour: Value) -> Value:
    # Beside * and / a literal is a number, never money; a whole one beside a whole number stays whole.
    if not is_open(value.node):
        return value
    whole = neighbour.type is Type.INTEGER and _is_whole(value.node)
    return retyped(value, Type.INTEGER if whole else Type.NUMBER)


def _product_type(op: str, left: Value, right: Value) -> Type:
    money = (left.type is Type.MONEY, right.type is Type.MONEY)
    if op == "*":
        if all(money):
            raise ExpressionProblem(_of_two(_("multiplies money by money: {left} * {right}"), left, right))
        if any(money):
            return Type.MONEY
        return Type.INTEGER if left.type == right.type == Type.INTEGER else Type.NUMBER
    if money == (False, True):
        raise ExpressionProblem(_of_two(_("divides a number by money: {left} / {right}"), left, right))
    return Type.MONEY if money == (True, False) else Type.NUMBER


def _of_two(message: str, left: Value, right: Value, *, op: str = "") -> str:
    return message.format(
        left=written(left.node),
        right=written(right.node),
        left_type=type_words(left.type),
        right_type=type_words(right.type),
        op=op,
    )


def fitted(value: Value, want: Want | None) -> Value:
    """The value as its place wants it.

    Raises:
        ExpressionProblem: it is of another type.
    """
    if want is None:
        return value
    if is_open(value.node):
        kinds = (NUMERIC, TEXTUAL | {Type.DATE, Type.CHOICE})
        if any(value.type in kind and want.types[0] in kind for kind in kinds):
            return retyped(value, want.types[0], want.choices)
    if value.type is Type.CHOICE and value.type in want.types and not set(value.choices) <= set(want.choices):
        message = _("is {text}, which can be what is no choice here; the choices: {choices}")
        raise ExpressionProblem(message.format(text=written(value.node), choices=one_of(want.choices)))
    if value.type not in want.types:
        message = _("is {given}: {text}; here {wanted} must stand")
        given, wanted = type_words(value.type), type_words(want.types[0])
        raise ExpressionProblem(message.format(given=given, text=written(value.node), wanted=wanted))
    return value
