"""What an expression comes to over the names drawn so far: numbers are decimals, None is unknown.

The expression is checked already; only the words that a play has are carried out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.tree import (
    And,
    Arithmetic,
    Call,
    Compare,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
)
from almoner.values import dates
from almoner.values.numbers import MICRO

_OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}

_CALLS: Mapping[str, Callable[..., Any]] = {
    "smaller_of": min,
    "larger_of": max,
    "add_days": lambda day, days: dates.add_days(day, int(days)),
    "add_months": lambda day, months: dates.add_months(day, int(months)),
    "days_between": lambda first, second: Decimal(dates.days_between(first, second)),
    "months_between": lambda first, second: Decimal(dates.months_between(first, second)),
    "years_between": lambda first, second: Decimal(dates.years_between(first, second)),
    "start_of_year": lambda day: date(day.year, 1, 1),
    "starts_with": lambda text, beginning: str(text).startswith(beginning),
}


def reckon(node: Node, names: Mapping[str, Any]) -> Any:
    """The value of a checked expression: bool, Decimal, str or date; None where it is unknown.

    Raises:
        KeyError: a name was not drawn.
        TypeError: the expression holds a summary, a lookup or bands, which no play has.
    """
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, Name):
        return names[node.name]
    if isinstance(node, Not):
        inner = reckon(node.operand, names)
        return None if inner is None else not inner
    if isinstance(node, And | Or):
        return _joined([reckon(one, names) for one in node.operands], decides=isinstance(node, Or))
    if isinstance(node, Compare | Arithmetic):
        return _known(_OPERATIONS[node.op], reckon(node.left, names), reckon(node.right, names))
    if isinstance(node, In):
        return _known(
            operator.contains, [_literal(one) for one in node.literals], reckon(node.operand, names)
        )
    if isinstance(node, Negative):
        return _known(operator.neg, reckon(node.operand, names))
    if isinstance(node, Call):
        return _known(_CALLS[node.word], *(reckon(one, names) for one in node.arguments))
    raise TypeError(node)


def _literal(node: Literal) -> Any:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return Decimal(node.value) / MICRO
    return node.value


def _known(do: Callable[..., Any], *values: Any) -> Any:
    return None if any(value is None for value in values) else do(*values)


def _joined(values: list[Any], *, decides: bool) -> Any:
    """Kleene AND and OR: one value decides whatever the others are; else an unknown one leaves all unknown."""
    if decides in values:
        return decides
    return None if None in values else not decides
