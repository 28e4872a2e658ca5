"""Reads what a benefit's `each_delivery` asks and brings, and says which of it nothing carries out yet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import given
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import SERVICE, Benefit, Derived, EachDelivery, Field
from almoner.definitions.reading import Context, entries, plain, read, read_shape
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.sections.form import Questions, read_questions, scope_of, with_conditions
from almoner.definitions.sections.rules import read_derive
from almoner.definitions.tree import NUMERIC, Origin, Type
from almoner.definitions.typed import Want
from almoner.values.language import _
from almoner.values.numbers import MICRO

DELIVERED: Mapping[str, Type] = {
    "delivered_on": Type.DATE,
    "amount": Type.MONEY,
    "quantity": Type.NUMBER,
    "cost": Type.MONEY,
}
"""What every delivery has, beside the answers of its own form."""

UNIQUE = "unique across programmes"
PRESENT = "present"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY = "every "
_NEEDS = (UNIQUE, PRESENT)
OF_MONEY = ("amount", "deduct", "while_unknown", "pay")
"""What each_delivery may say where something is paid for."""

WHO = frozenset({Type.PARTY, Type.CODE, Type.CHOICE})
"""The types of a question that can say who delivers, or what is used."""

DAY_MINUTES = 24 * 60

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
        scope = replace(scope, names={**signers, **scope.names}, timed=_timed(values, opened.questions))
        derive = values.get("derive")
        opened.derive, opened.own = read_derive(
            derive, replace(here, scope=scope, place=f"{here.place}.derive")
        )


def _timed(values: Mapping[str, Any], questions: Questions | None) -> frozenset[str]:
    """The questions that say who delivers, where a delivery says when it began and how long it took."""
    if questions is None or not (values.get("begins") and values.get("lasts")):
        return frozenset()
    return frozenset(name for name, one in questions.fields.items() if one.type in WHO)


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


BY_SHEET = frozenset({"purchase", "in_kind", "service", "event"})
"""The kinds of benefit of which a delivery may make its own instalment."""


def is_called_off(values: Mapping[str, Any]) -> bool:
    """Whether each delivery of a benefit is a sheet that makes its own instalment, and something carries that out."""
    has_cycle = values.get("kind") == "in_kind" and "cycle" in values
    return has_cycle or (values.get("kind") in BY_SHEET and bool(values.get("call_off")))


def is_paid_for(kind: str, benefit: nodes.Mapping) -> bool:
    """Whether something is paid for each delivery of a benefit: always of a purchase, of a service where it says so."""
    each = benefit.get("each_delivery")
    paid = isinstance(each, nodes.Mapping) and each.get("amount") is not None
    return kind == "purchase" or (kind == SERVICE and paid)


def not_carried_out(opened: OpenBenefit, context: Context) -> dict[str, Any]:
    """What of call-offs and deliveries a benefit says and nothing carries out yet, with a notice for each."""
    values = opened.values
    each = values.get("each_delivery") or {}
    found: dict[str, Any] = {}
    if not is_called_off(values):
        for key in ("call_off", "up_to", "each_delivery"):
            if values.get(key):
                found[key] = plain(opened.node.get(key))
    elif not each.get("quantity") and values.get("up_to") is not None:
        found["up_to"] = _("no 'quantity' in each_delivery says what counts toward it")
    for key in found:
        node = opened.node.key(key) or opened.node.key("each_delivery")
        line = node.line if node is not None else opened.node.line
        what = _("'{key}' of '{owner}'").format(key=key, owner=opened.benefit.name)
        context.report.not_carried_out(line, what)
    return found


def check_repaid(benefits: Mapping[str, Benefit], context: Context) -> None:
    """What is deducted repays an advance, and an advance is repaid by a deduction."""
    for benefit in benefits.values():
        each = benefit.each_delivery
        for name in each.deduct if each else ():
            if name in benefits and benefits[name].repaid_from != benefit.name:
                message = _("'{name}' is deducted from '{owner}'; it must say: repaid_from: {owner}.")
                context.report.problem(benefits[name].line, message.format(name=name, owner=benefit.name))
        source = benefits.get(benefit.repaid_from)
        if source is not None and benefit.name not in (
            source.each_delivery.deduct if source.each_delivery else ()
        ):
            message = _(
                "'{name}' is repaid from '{owner}', whose each_delivery has no 'deduct: {{{name}: …}}'."
            )
            context.report.problem(benefit.line, message.format(name=benefit.name, owner=source.name))


def close_delivery(
    opened: OpenBenefit, benefits: Mapping[str, OpenBenefit], context: Context
) -> EachDelivery | None:
    """What each delivery asks and brings, whole; `context` is what every later place knows, rows included."""
    values = opened.values.get("each_delivery")
    if not isinstance(values, Mapping) or opened.own is None:
        return None
    own = replace(opened.own, rows={**context.scope.rows, **opened.own.rows})
    here = replace(context, place=f"{context.place}.each_delivery", scope=own)
    derive = dict(opened.derive or {})
    read_now = {
        key.name: read(node, key.kind, here, key.name)
        for key in given.EACH_DELIVERY.keys
        if key.deferred and isinstance(node := values.get(key.name), nodes.Node)
    }
    deduct = _expressions(read_now.get("deduct"))
    for name in deduct:
        if name not in benefits:
            message = _("'deduct' of '{owner}' names '{name}', which is no benefit.")
            text = message.format(owner=opened.benefit.name, name=name) + did_you_mean(name, benefits)
            here.report.problem(opened.node.line, text)
    form = {}
    if opened.questions is not None:
        form = with_conditions(opened.questions, replace(here, place=f"{here.place}.form"))
    _check_whole(opened, read_now, here)
    return EachDelivery(
        form=form,
        derive=derive,
        quantity=_quantity(values.get("quantity"), opened, here),
        amount=read_now.get("amount"),
        deduct=deduct,
        needs=_needs(values.get("needs"), form, here),
        signed_by=values.get("signed_by") or (),
        refuse_when=_expressions(read_now.get("refuse_when")),
        while_unknown=_stand_ins(values.get("while_unknown"), derive, here),
        pay=_weekday(values.get("pay"), opened, here),
        **_times(values, form, opened, here),
    )


def _expressions(found: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: one for name, one in (found or {}).items() if one is not None}


def _check_whole(opened: OpenBenefit, read_now: Mapping[str, Any], context: Context) -> None:
    """What each delivery of a called-off benefit must say: what is paid for it, or how much is handed over."""
    each = opened.node.get("each_delivery")
    if not is_called_off(opened.values) or not isinstance(each, nodes.Mapping):
        return
    name, kind = opened.benefit.name, opened.benefit.kind
    if kind == "purchase" and read_now.get("amount") is None and not each.get("amount"):
        message = _("'{name}' does not say what is paid for a delivery. Add 'amount' to its each_delivery.")
        context.report.problem(opened.node.line, message.format(name=name))
    if not is_paid_for(kind, opened.node):
        if not each.get("quantity"):
            message = _("'{name}' does not say how much is handed over. Add 'quantity' to its each_delivery.")
            context.report.problem(opened.node.line, message.format(name=name))
        for key in OF_MONEY:
            if each.get(key) is not None:
                message = _("'{name}' is {kind}: nothing is paid for a delivery. Leave out '{key}'.")
                context.report.problem(opened.node.line, message.format(name=name, kind=kind, key=key))


def _quantity(name: str | None, opened: OpenBenefit, context: Context) -> str:
    """The name of a number that the delivery asks or derives."""
    if name is None:
        return ""
    fields = opened.questions.fields if opened.questions is not None else {}
    known = {
        **{key: field.type for key, field in fields.items()},
        **{key: one.type for key, one in (opened.derive or {}).items()},
    }
    if name not in known or known[name] not in NUMERIC - {Type.MONEY}:
        message = _("'quantity' of '{owner}' names '{name}', which is no number of its form or 'derive'.")
        text = message.format(owner=opened.benefit.name, name=name) + did_you_mean(name, known)
        context.report.problem(opened.node.line, text)
    return name


def _times(
    values: Mapping[str, Any], form: Mapping[str, Field], opened: OpenBenefit, context: Context
) -> dict[str, str]:
    """The questions that say when a delivery began and how many minutes it took: both, or neither."""
    begins, lasts = values.get("begins") or "", values.get("lasts") or ""
    owner, line = opened.benefit.name, opened.node.line
    if bool(begins) != bool(lasts):
        message = _("'{owner}' says when a delivery begins or how long it lasts; it must say both.")
        context.report.problem(line, message.format(owner=owner))
    if begins and (begins not in form or form[begins].type is not Type.TEXT):
        message = _("'begins' of '{owner}' names '{name}', which is no text of its form.")
        text = message.format(owner=owner, name=begins) + did_you_mean(begins, form)
        context.report.problem(line, text)
    minutes = form.get(lasts)
    if lasts and (minutes is None or minutes.type is not Type.INTEGER):
        message = _("'lasts' of '{owner}' names '{name}', which is no whole number of its form.")
        context.report.problem(line, message.format(owner=owner, name=lasts) + did_you_mean(lasts, form))
    elif minutes is not None and not 0 <= (minutes.maximum or -1) <= DAY_MINUTES * MICRO:
        message = _("'{name}' of '{owner}' is in minutes and needs a 'max' of at most {most}, a day.")
        text = message.format(owner=owner, name=lasts, most=DAY_MINUTES)
        context.report.problem(minutes.line, text)
    return {"begins": begins, "lasts": lasts}


def _weekday(text: str | None, opened: OpenBenefit, context: Context) -> str:
    day = (text or "").removeprefix(_EVERY)
    if text is not None and (not text.startswith(_EVERY) or day not in WEEKDAYS):
        message = _("'pay' of '{owner}' is '{text}'. Write a day of the week: every friday.")
        context.report.problem(opened.node.line, message.format(owner=opened.benefit.name, text=text))
    return day


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
        stand_in = inside.of(name).expression(value, Want((derive[name].type,)))
        if stand_in is not None:
            found[name] = stand_in
    return found


def _needs(node: nodes.Node | None, form: Mapping[str, Field], context: Context) -> dict[str, Any]:
    """What must be there, in words: `not older than 30 days`, `unique across programmes`."""
    found = {}
    sheets = {name: rows for name, rows in context.scope.rows.items() if rows.dated}
    for name, key, value in entries(node, context):
        text = plain(value)
        known = text in _NEEDS or (isinstance(text, str) and _NOT_OLDER.fullmatch(text))
        if not known:
            message = _("'needs' of '{owner}' asks of '{name}' what is not known. Write '{one}' or '{two}'.")
            one, two = "not older than 30 days", "unique across programmes"
            context.report.problem(key.line, message.format(owner=context.owner, name=name, one=one, two=two))
        elif name not in form and name not in sheets:
            message = _("'needs' of '{owner}' names '{name}', which is neither in its form nor a record.")
            text_ = message.format(owner=context.owner, name=name) + did_you_mean(name, (*form, *sheets))
            context.report.problem(key.line, text_)
        elif text == UNIQUE and not _has_number(name, sheets):
            message = _(
                "'{name}' must be unique, so it must be a record that asks for a number (type: code)."
            )
            context.report.problem(key.line, message.format(name=name))
        found[name] = text
    return found


def _has_number(name: str, sheets: Mapping[str, Rows]) -> bool:
    return name in sheets and any(one.type is Type.CODE for one in sheets[name].fields.values())
