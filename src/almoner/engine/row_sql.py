"""An indicator's expression as SQL over one row of facts.

Only comparisons, AND, OR, NOT and IN over columns are turned into SQL here. Whatever computes or calls a word
is evaluated by the engine that screens, when the facts are written, and stands in a column of its own: there
is one place that computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from almoner.definitions.tree import (
    And,
    Compare,
    Expression,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
)

_PLAIN = (Literal, Name, Not, And, Or, Compare, In, Negative)


def is_plain(part: object) -> bool:
    """Whether a node can be SQL here; its operands are asked by themselves."""
    return isinstance(part, _PLAIN)


def quoted(column: str) -> str:
    """A column's name as SQL."""
    return '"' + column.replace('"', '""') + '"'


def in_micros(column: str) -> str:
    """A column of decimals as SQL for whole micros, exactly; beyond 64 bits it is an error."""
    return f"CAST(CAST({quoted(column)} AS DECIMAL(25, 6)) * CAST(1000000 AS DECIMAL(7, 0)) AS BIGINT)"


def expression_sql(expression: Expression, columns: Mapping[str, str]) -> tuple[str, list[Any]]:
    """SQL and its bound values, in order. Numbers are micros.

    Args:
        expression: one in which every node is plain.
        columns: SQL for each name.
    """
    bound: list[Any] = []
    return _sql(expression.node, columns, bound), bound


def _sql(node: Node, columns: Mapping[str, str], bound: list[Any]) -> str:
    match node:
        case Literal():
            return _literal(node.value, bound)
        case Name():
            return columns[node.name]
        case Not():
            return f"(NOT {_sql(node.operand, columns, bound)})"
        case And():
            return "(" + " AND ".join(_sql(part, columns, bound) for part in node.operands) + ")"
        case Or():
            return "(" + " OR ".join(_sql(part, columns, bound) for part in node.operands) + ")"
        case Compare():
            left = _sql(node.left, columns, bound)
            return f"({left} {node.op} {_sql(node.right, columns, bound)})"
        case In():
            operand = _sql(node.operand, columns, bound)
            return f"({operand} IN ({', '.join(_literal(one.value, bound) for one in node.literals)}))"
        case Negative():
            return f"(-{_sql(node.operand, columns, bound)})"
        case _:
            raise TypeError(f"{type(node).__name__} is not plain.")


def _literal(value: bool | int | str | date, bound: list[Any]) -> str:  # noqa: FBT001 -- a literal may be a truth
    bound.append(value)
    if isinstance(value, bool):
        return "CAST(? AS BOOLEAN)"
    if isinstance(value, int):
        return "CAST(? AS BIGINT)"
    return "CAST(? AS VARCHAR)" if isinstance(value, str) else "CAST(? AS DATE)"
