"""Writes the derived names of a delivery out into the expressions that use them.

One question then asks for everything that a delivery brings. A stand-in takes the place of a derived name, and the
part that fits under a cap takes the place of the quantity, wherever they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from almoner.definitions.programme import Benefit, EachDelivery
from almoner.definitions.tree import Call, Expression, Name, Node, Origin, Type
from almoner.definitions.words import OVERLAPS
from almoner.engine.overlaps import given_name


@dataclass(frozen=True, slots=True)
class Inlined:
    """The names of a delivery with what stands for each: derived names in full, and what replaces a field."""

    each: EachDelivery
    nodes: Mapping[str, Node]

    def of(self, expression: Expression) -> Expression:
        """An expression with every such name written out."""
        return replace(expression, node=written_out(expression.node, self.nodes))

    def derived(self, name: str) -> Expression:
        """A derived name in full."""
        return replace(self.each.derive[name].expression, node=self.nodes[name])

    def named(self, benefit: Benefit, name: str) -> Expression:
        """A name of the form or of `derive` as an expression."""
        place = f"benefits.{benefit.name}.each_delivery.quantity"
        if name in self.nodes:
            return Expression(place, benefit.line, name, self.nodes[name])
        field = self.each.form[name]
        return Expression(place, benefit.line, name, Name(field.type, name, Origin.FIELD))


def inlined(each: EachDelivery, stood_in: tuple[str, ...], fits: str) -> Inlined:
    """The names of a delivery, with stand-ins for some and, where `fits` names it, the part that fits."""
    nodes: dict[str, Node] = {}
    if fits and each.quantity in each.form:
        nodes[each.quantity] = Name(Type.NUMBER, fits, Origin.GIVEN)
    for name, derived in each.derive.items():
        if fits and name == each.quantity:
            nodes[name] = Name(Type.NUMBER, fits, Origin.GIVEN)
        else:
            source = each.while_unknown[name] if name in stood_in else derived.expression
            nodes[name] = written_out(source.node, nodes)
    return Inlined(each, nodes)


def written_out(node: Any, nodes: Mapping[str, Node]) -> Any:
    """A tree in which each of these names is replaced by its own tree; a row's own field is left alone.

    Whether somebody is elsewhere at that time is no question of the tree: a name that is given takes its place.
    """
    if isinstance(node, Call) and node.word == OVERLAPS and isinstance(node.arguments[0], Name):
        return given_name(node.arguments[0].name)
    if isinstance(node, Name):
        mine = node.origin in {Origin.DERIVED, Origin.FIELD} and node.name in nodes
        return nodes[node.name] if mine else node
    if isinstance(node, tuple):
        return tuple(written_out(part, nodes) for part in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {one.name: written_out(getattr(node, one.name), nodes) for one in fields(node)}
        return replace(node, **changed)
    return node
