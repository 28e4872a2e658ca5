"""Reads `benefits`: what is given, in which parts, and what each delivery asks and brings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import carried_out, given
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import IN_MONEY, Benefit, Cap, Cycle, EachDelivery, Instalment
from almoner.definitions.reading import Context, entries, others, plain, read_shape
from almoner.definitions.sections.caps import Capped, read_caps, read_cycle
from almoner.definitions.sections.deliveries import (
    OpenBenefit,
    check_repaid,
    close_delivery,
    is_called_off,
    is_paid_for,
    not_carried_out,
)
from almoner.definitions.sections.dues import note_anchor
from almoner.definitions.sections.figures import BUILT_IN_CALENDARS
from almoner.definitions.sections.spaces import is_let, read_space
from almoner.definitions.spans import SpanProblem, duration
from almoner.values.language import _
from almoner.values.numbers import MICRO, text_of


def open_benefits(node: nodes.Node | None, context: Context) -> dict[str, OpenBenefit]:
    """Kinds, amounts and quantities, in the scope of the form and its derived names."""
    context = context.of("benefits")
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, given.BENEFIT, here)
        if not isinstance(value, nodes.Mapping) or not values.get("kind"):
            continue
        benefit = Benefit(
            name=name,
            kind=values["kind"],
            line=key.line,
            item=values.get("item") or "",
            payee=values.get("payee") or "party",
            when=values.get("when"),
            amount=values.get("amount"),
            quantity=values.get("quantity"),
            unit=values.get("unit") or "",
            unit_value=values.get("unit_value"),
            other={
                key: plain(part) if isinstance(part, nodes.Node) else part
                for key, part in others(values, given.BENEFIT).items()
            },
        )
        benefit = read_space(benefit, values, here)
        if benefit.kind not in carried_out.BENEFIT_KINDS and not is_called_off(values) and not is_let(values):
            what = _("'{name}', which is {kind},").format(name=name, kind=benefit.kind)
            context.report.not_carried_out(key.line, what)
        _check_figure(benefit, value, here)
        found[name] = OpenBenefit(benefit, value, values)
    return found


def _check_figure(benefit: Benefit, node: nodes.Mapping, context: Context) -> None:
    by_amount = benefit.kind in IN_MONEY or is_paid_for(benefit.kind, node)
    wanted, refused = ("amount", "quantity") if by_amount else ("quantity", "amount")
    if node.get(refused) is not None:
        message = _("'{name}' is {kind}; it has '{wanted}', not '{refused}'.")
        if by_amount and benefit.kind not in IN_MONEY:
            message = _("'{name}' is {kind}, paid for by the delivery; it has '{wanted}', not '{refused}'.")
        text = message.format(name=benefit.name, kind=benefit.kind, wanted=wanted, refused=refused)
        context.report.problem(node.line, text)
    elsewhere = ("call_off", "cycle", "each_delivery", "square_metres", "places", "schedule")
    rhythm = node.get("instalments")
    rhythmic = isinstance(rhythm, nodes.Mapping) and isinstance(rhythm.get("every"), nodes.Scalar)
    if node.get(wanted) is None and not rhythmic and all(node.get(key) is None for key in elsewhere):
        message = _("'{name}' does not say how much. Add '{wanted}'.")
        context.report.problem(node.line, message.format(name=benefit.name, wanted=wanted))
    if benefit.unit_value is not None and benefit.unit_value < 0:
        context.report.problem(node.line, _("'{name}' has a unit_value below 0.").format(name=benefit.name))


def close_benefits(
    benefits: Mapping[str, OpenBenefit], calendars: Collection[str], context: Context
) -> dict[str, Benefit]:
    """The benefits whole; `context` is what every later place knows, rows included."""
    found = {}
    for name, opened in benefits.items():
        here = replace(context, place=f"benefits.{name}", owner=name)
        other = {**opened.benefit.other, **not_carried_out(opened, here)}
        instalments: dict[str, Instalment] = {}
        listed = opened.values.get("instalments")
        if isinstance(listed, nodes.Mapping) and isinstance(listed.get("every"), nodes.Scalar):
            other["instalments"] = _rhythm(listed, calendars, here)
        elif listed is not None:
            instalments = _instalments(opened.benefit, listed, here)
        each = close_delivery(opened, benefits, here)
        caps, later = _caps(opened, each, here)
        other.update(later)
        repaid = opened.values.get("repaid_from") or ""
        if repaid and repaid not in benefits:
            message = _("'repaid_from' of '{name}' names '{other}', which is no benefit.")
            text = message.format(name=name, other=repaid) + did_you_mean(repaid, benefits)
            here.report.problem(opened.node.line, text)
        found[name] = replace(
            opened.benefit,
            instalments=instalments,
            call_off=is_called_off(opened.values),
            up_to=opened.values.get("up_to"),
            caps=caps,
            cycle=_cycle(opened, other, here),
            each_delivery=each,
            repaid_from=repaid,
            other=other,
        )
    check_repaid(found, context)
    return found


def _caps(
    opened: OpenBenefit, each: EachDelivery | None, context: Context
) -> tuple[tuple[Cap, ...], dict[str, Any]]:
    node = opened.values.get("caps")
    if node is None:
        return (), {}
    of = Capped(
        opened.benefit.name,
        opened.benefit.unit,
        each.form if each else {},
        by_sheet=is_called_off(opened.values),
        has_amount=is_paid_for(opened.benefit.kind, opened.node),
        has_quantity=bool(each and each.quantity),
    )
    caps, later = read_caps(node, of, context)
    return caps, {"caps": later} if later else {}


def _cycle(opened: OpenBenefit, other: dict[str, Any], context: Context) -> Cycle | None:
    """The cycle of a benefit in kind; of another kind nothing carries it out yet."""
    node = opened.node.get("cycle")
    if node is None:
        return None
    cycle = read_cycle(node, context)
    if not is_called_off(opened.values):
        other["cycle"] = plain(node)
        what = _("'cycle' of '{owner}', which is {kind},").format(
            owner=context.owner, kind=opened.benefit.kind
        )
        context.report.not_carried_out(node.line, what)
        return None
    if opened.node.get("each_delivery") is None:
        message = _("'{name}' has a cycle, so it must say what each hand-over asks. Add 'each_delivery'.")
        context.report.problem(node.line, message.format(name=opened.benefit.name))
    return cycle


def _rhythm(node: nodes.Mapping, calendars: Collection[str], context: Context) -> dict[str, Any]:
    values = read_shape(node, given.RHYTHM, context.of("instalments"))
    context.report.not_carried_out(node.line, _("the rhythm of '{name}'").format(name=context.owner))
    every = values.get("every")
    if every is not None and every not in (*calendars, *BUILT_IN_CALENDARS):
        try:
            duration(every)
        except SpanProblem as problem:
            message = _("'every' of '{name}' is neither a calendar nor a duration: {problem}")
            context.report.problem(node.line, message.format(name=context.owner, problem=problem))
    return values


def _instalments(benefit: Benefit, node: nodes.Node, context: Context) -> dict[str, Instalment]:
    found = {}
    inside = context.of("instalments")
    for name, key, value in entries(node, inside):
        values = read_shape(value, given.INSTALMENT, inside.of(name))
        share, amount = values.get("share"), values.get("amount")
        if (share is None) == (amount is None) and isinstance(value, nodes.Mapping) and _both_or_none(value):
            message = _("'{name}' must have a share or an amount, and not both.")
            context.report.problem(key.line, message.format(name=name))
        if share is not None and share <= 0:
            context.report.problem(key.line, _("'{name}' must have a share above 0.").format(name=name))
        if amount is not None and benefit.kind not in IN_MONEY:
            message = _("'{name}' has an amount, and '{benefit}' is {kind}; write a share.")
            text = message.format(name=name, benefit=benefit.name, kind=benefit.kind)
            context.report.problem(key.line, text)
        if values.get("due") is not None:
            note_anchor(values["due"], key, context)
            found[name] = Instalment(name, values["due"], share, amount, values.get("when"), key.line)
    _check_shares(benefit, node, found, context)
    return found


def _both_or_none(node: nodes.Mapping) -> bool:
    return (node.get("share") is None) == (node.get("amount") is None)


def _check_shares(
    benefit: Benefit, node: nodes.Node, instalments: Mapping[str, Instalment], context: Context
) -> None:
    shares = [instalment.share for instalment in instalments.values() if instalment.share is not None]
    complete = isinstance(node, nodes.Mapping) and len(shares) == len(node.pairs)
    if shares and len(shares) < len(instalments):
        message = _("'{name}' mixes shares and amounts; its instalments are all the one or all the other.")
        context.report.problem(node.line, message.format(name=benefit.name))
    elif complete and sum(shares) != MICRO:
        message = _("the shares of '{name}' sum to {sum}, not to 1.")
        text = message.format(name=benefit.name, sum=text_of(sum(shares)))
        context.report.problem(node.line, text[0].upper() + text[1:])
