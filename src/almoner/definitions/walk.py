"""Walks an expression's tree."""

from __future__ import annotations

from collections.abc import Iterator

from almoner.definitions.tree import (
    And,
    Arithmetic,
    Bands,
    Call,
    Compare,
    In,
    Lookup,
    Negative,
    Node,
    Not,
    Or,
    Summary,
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order they are written."""
    if isinstance(node, Not | Negative | In):
        return (node.operand,)
    if isinstance(node, And | Or):
        return node.operands
    if isinstance(node, Compare | Arithmetic):
        return (node.left, node.right)
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Lookup):
        return node.keys
    if isinstance(node, Summary):
        return tuple(part for part in (node.value, node.condition) if part is not None)
    if isinstance(node, Bands):
        return (*(part for band in node.bands for part in band), node.otherwise)
    return ()


def every_node(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))
