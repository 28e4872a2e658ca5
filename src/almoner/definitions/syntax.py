"""The shape of an expression: sqlglot's tree of it, every node on a list and nothing lost on the way."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from almoner.definitions.tokens import (
    NAME_PREFIX,
    WORD_PREFIX,
    ExpressionProblem,
    Kind,
    Token,
    cut,
    for_sqlglot,
    read,
)
from almoner.values.language import _

DEPTH_LIMIT = 100
"""Levels of a tree. A sum of so many parts wants names for some of them."""

SHOWN = 120
"""Characters of an expression that a message repeats."""

_TWO = frozenset({"this", "expression"})
_PARTS: dict[type[exp.Expression], frozenset[str]] = {
    exp.Column: frozenset({"this", "table"}),
    exp.Identifier: frozenset({"this"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Boolean: frozenset({"this"}),
    exp.Paren: frozenset({"this"}),
    exp.Not: frozenset({"this"}),
    exp.Neg: frozenset({"this"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.In: frozenset({"this", "expressions"}),
    exp.Anonymous: frozenset({"this", "expressions"}),
    **dict.fromkeys(
        (
            exp.And,
            exp.Or,
            exp.EQ,
            exp.NEQ,
            exp.LT,
            exp.LTE,
            exp.GT,
            exp.GTE,
            exp.Add,
            exp.Sub,
            exp.Mul,
            exp.Div,
        ),
        _TWO,
    ),
}
"""The nodes of sqlglot's tree that may be there, each with the parts it may have. There are no others."""


def parsed(text: str) -> exp.Expression:
    """The tree that sqlglot makes of an expression, every node of it on the list and nothing lost on the way.

    Raises:
        ExpressionProblem: it holds what no expression may.
    """
    tokens = read(text)
    rewritten = for_sqlglot(tokens)
    try:
        trees = sqlglot.parse(rewritten)
    except SqlglotError as error:
        raise ExpressionProblem(_unreadable(tokens)) from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Expression):
        raise ExpressionProblem(_unreadable(tokens))
    tree = trees[0]
    _check_nodes(tree, tokens)
    understood = read_back(tree)
    if _without_not(understood) != _without_not([(token.kind, token.text) for token in tokens]):
        raise ExpressionProblem(_unreadable(tokens))
    return tree


def _check_nodes(tree: exp.Expression, tokens: list[Token]) -> None:
    depth = 0
    level = [tree]
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise ExpressionProblem(_("is nested too deeply; give parts of it a name in 'derive'"))
        for node in level:
            parts = _PARTS.get(type(node))
            if isinstance(node, exp.Tuple):
                raise ExpressionProblem(_("has a list in brackets; a list stands only after IN"))
            if isinstance(node, exp.In) and node.args.get("field") is not None:
                raise ExpressionProblem(_("has IN without a list; write IN ('a', 'b')"))
            present = {name for name, part in node.args.items() if part not in (None, False, [])}
            if parts is None or not present <= parts:
                raise ExpressionProblem(_unreadable(tokens))
        level = [child for node in level for child in node.iter_expressions()]


def read_back(tree: exp.Expression) -> list[tuple[Kind, str]]:
    """The tokens of what sqlglot understood, in its order."""
    back = []
    for token in cut(tree.sql(normalize_functions=False)):
        prefix = {Kind.NAME: NAME_PREFIX, Kind.WORD: WORD_PREFIX}.get(token.kind, "")
        back.append((token.kind, token.text.removeprefix(prefix)))
    return back


def _without_not(tokens: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    # sqlglot writes `a NOT IN (1)` as `NOT a IN (1)`: the same, with NOT in another place. How many there are is
    # compared, and everything else in its order.
    nots = [token for token in tokens if token == (Kind.KEYWORD, "NOT")]
    return nots + [token for token in tokens if token != (Kind.KEYWORD, "NOT")]


def _unreadable(tokens: list[Token]) -> str:
    shown = " ".join(token.text for token in tokens)
    message = _("cannot be read: {text}. Look for a missing operator, value or bracket.")
    return message.format(text=shown if len(shown) < SHOWN else shown[:SHOWN] + "…")


def as_written(tree: exp.Expression) -> str:
    """A part of sqlglot's tree in the words of the file, for a message."""
    return (
        " ".join(text for _kind, text in read_back(tree))
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(" ,", ",")
    )
