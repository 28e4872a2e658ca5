"""A tree as text again, for messages: the words of the file, brackets where they are needed."""

from __future__ import annotations

from datetime import date

from almoner.definitions.tree import (
    And,
    Arithmetic,
    Bands,
    Call,
    Compare,
    In,
    Literal,
    Lookup,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Summary,
    Type,
)
from almoner.values.language import _
from almoner.values.numbers import text_of


def written(node: Node) -> str:
    """The expression as a person would write it."""
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Not):
        return f"NOT {_bracketed(node.operand)}"
    if isinstance(node, And | Or):
        word = " AND " if isinstance(node, And) else " OR "
        return word.join(_bracketed(operand) for operand in node.operands)
    if isinstance(node, Compare | Arithmetic):
        return f"{_bracketed(node.left)} {node.op} {_bracketed(node.right)}"
    if isinstance(node, In):
        return f"{_bracketed(node.operand)} IN ({', '.join(_literal(literal) for literal in node.literals)})"
    if isinstance(node, Negative):
        return f"-{_bracketed(node.operand)}"
    return _called(node)


def _called(node: Call | Summary | Lookup | Bands) -> str:
    if isinstance(node, Call):
        return f"{node.word}({', '.join(written(argument) for argument in node.arguments)})"
    if isinstance(node, Lookup):
        table = f"{node.table}.{node.column}" if node.column else node.table
        return f"lookup({', '.join([table, *(written(key) for key in node.keys)])})"
    if isinstance(node, Summary):
        parts = [part for part in (node.value, node.condition) if part is not None]
        return f"{node.word}({', '.join([node.rows, *(written(part) for part in parts)])})"
    bands = [f"{written(condition)}: {written(value)}" for condition, value in node.bands]
    return "{" + "; ".join([*bands, f"otherwise: {written(node.otherwise)}"]) + "}"


def _literal(node: Literal) -> str:
    if isinstance(node.value, bool):
        return "TRUE" if node.value else "FALSE"
    if isinstance(node.value, int):
        return text_of(node.value)
    text = node.value.isoformat() if isinstance(node.value, date) else node.value
    return "'" + text.replace("'", "''") + "'"


def _bracketed(node: Node) -> str:
    plain = isinstance(node, Literal | Name | Call | Summary | Lookup | Bands)
    return written(node) if plain else f"({written(node)})"


def type_words(of: Type) -> str:
    """How a type is called in a message."""
    return {
        Type.BOOLEAN: _("true or false"),
        Type.INTEGER: _("a whole number"),
        Type.NUMBER: _("a number"),
        Type.MONEY: _("money"),
        Type.DATE: _("a date"),
        Type.TEXT: _("a text"),
        Type.CHOICE: _("a choice"),
        Type.CODE: _("a code"),
        Type.FILE: _("a file"),
        Type.PARTY: _("a party"),
        Type.LOT: _("a lot"),
        Type.ROWS: _("rows"),
    }[of]
