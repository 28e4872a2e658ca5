"""Reads what a benefit's `each_delivery` asks and brings. Nothing carries it out yet; all of it is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import given
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import Benefit, Derived
from almoner.definitions.reading import Context, entries, plain, read, read_shape
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.sections.form import Questions, read_questions, scope_of, with_conditions
from almoner.definitions.sections.rules import read_derive
from almoner.definitions.tree import Origin, Type
from almoner.definitions.typed import Want
from almoner.values.language import _

DELIVERED: Mapping[str, Type] = {
    "delivered_on": Type.DATE,
    "amount": Type.MONEY,
    "quantity": Type.NUMBER,
    "cost": Type.MONEY,
}
"""What every delivery has, beside the answers of its own form."""

_NEEDS = ("unique across programmes", "present")
_NOT_OLDER = re.compile(r"not older than \d{1,5} (?:days?|weeks?|months?|years?)")


@dataclass(slots=True)
class OpenBenefit:
    """A benefit as first read; its schedule waits for records and deliveries."""

    benefit: Benefit
    node: nodes.Mapping
    values: Mapping[str, Any]
    questions: Questions | None = None
    derive: Mapping[str, Derived] | None = None
    own: Scope | None = None


def open_deliveries(benefits: Mapping[str, OpenBenefit], context: Context) -> None:
    """The forms of deliveries and what follows from them; `context` is what every later place knows, without rows."""
    for name, opened in benefits.items():
        each = opened.values.get("each_delivery")
        if each is None:
            continue
        here = replace(context, place=f"benefits.{name}.each_delivery", owner=name)
        values = read_shape(each, given.EACH_DELIVERY, here)
        opened.values = {**opened.values, "each_delivery": values}
        opened.questions = read_questions(values.get("form"), here.of("form")) if "form" in values else None
        scope = scope_of(opened.questions, here.scope) if opened.questions else here.scope
        signers = {who: Known(Type.PARTY, Origin.GIVEN) for who in values.get("signed_by", ())}
        scope = replace(scope, names={**signers, **scope.names})
        derive = values.get("derive")
        opened.derive, opened.own = read_derive(
            derive, replace(here, scope=scope, place=f"{here.place}.derive")
        )


def delivery_rows(opened: OpenBenefit) -> Rows:
    """A benefit's deliveries as rows."""
    fields = {name: Known(kind, Origin.ROW, rows=opened.benefit.name) for name, kind in DELIVERED.items()}
    broken: frozenset[str] = frozenset()
    if opened.questions is not None:
        fields.update(opened.questions.known(Origin.ROW, opened.benefit.name))
        broken = opened.questions.broken
    for name, derived in (opened.derive or {}).items():
        fields[name] = Known(derived.type, Origin.ROW, rows=opened.benefit.name)
    return Rows(opened.benefit.name, fields, dated=True, broken=broken)


def close_delivery(
    opened: OpenBenefit, benefits: Mapping[str, OpenBenefit], context: Context
) -> dict[str, Any]:
    """What each delivery asks and brings, whole; `context` is what every later place knows, rows included."""
    values = opened.values.get("each_delivery")
    if not isinstance(values, Mapping) or opened.own is None:
        return {}
    own = replace(opened.own, rows={**context.scope.rows, **opened.own.rows})
    here = replace(context, place=f"{context.place}.each_delivery", scope=own)
    closed: dict[str, Any] = {**values, "derive": dict(opened.derive or {})}
    if opened.questions is not None:
        closed["form"] = with_conditions(opened.questions, replace(here, place=f"{here.place}.form"))
    for key in given.EACH_DELIVERY.keys:
        node = values.get(key.name)
        if key.deferred and isinstance(node, nodes.Node):
            closed[key.name] = read(node, key.kind, here, key.name)
    for name in closed.get("deduct") or {}:
        if name not in benefits:
            message = _("'deduct' of '{owner}' names '{name}', which is no benefit.")
            text = message.format(owner=opened.benefit.name, name=name) + did_you_mean(name, benefits)
            here.report.problem(opened.node.line, text)
    closed["while_unknown"] = _stand_ins(values.get("while_unknown"), opened.derive or {}, here)
    closed["needs"] = _needs(values.get("needs"), here)
    return closed


def _stand_ins(node: nodes.Node | None, derive: Mapping[str, Derived], context: Context) -> dict[str, Any]:
    """What stands in for a derived value while it is unknown: an expression of the same type."""
    found = {}
    inside = replace(context, place=f"{context.place}.while_unknown")
    for name, key, value in entries(node, inside):
        if name not in derive:
            message = _("'while_unknown' names '{name}', which 'derive' of '{owner}' does not.")
            text = message.format(name=name, owner=context.owner) + did_you_mean(name, derive)
            context.report.problem(key.line, text)
            continue
        found[name] = inside.of(name).expression(value, Want((derive[name].type,)))
    return found


def _needs(node: nodes.Node | None, context: Context) -> dict[str, Any]:
    """What must be there, in words: `not older than 30 days`, `unique across programmes`."""
    found = {}
    for name, key, value in entries(node, context):
        text = plain(value)
        known = text in _NEEDS or (isinstance(text, str) and _NOT_OLDER.fullmatch(text))
        if not known:
            message = _("'needs' of '{owner}' asks of '{name}' what is not known. Write '{one}' or '{two}'.")
            one, two = "not older than 30 days", "unique across programmes"
            context.report.problem(key.line, message.format(owner=context.owner, name=name, one=one, two=two))
        found[name] = text
    return found
