"""Reads what limits a hand-over: `caps`, and the `cycle` of a paid-and-aided scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import given
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Cap, Cycle, Duration, Field
from almoner.definitions.reading import Context, day, read_shape
from almoner.definitions.sections.figures import BUILT_IN_CALENDARS
from almoner.definitions.spans import SpanProblem, duration
from almoner.definitions.tree import Type
from almoner.definitions.typed import NUMBER, Want
from almoner.values.dates import DATE_UNITS
from almoner.values.language import _

STOCK, DATE, PEOPLE, AMOUNT = "stock", "date", "people", "amount"
SPANS = ("days", "weeks", "months", "years")
"""Caps that count from the first hand-over."""

WHOLE = Want((Type.INTEGER,))
LATER_PER = ("day", "person", "household")
"""What a cap may count by, and nothing counts yet."""

_PER = re.compile(r"(?P<figure>.+) per (?P<per>[a-z0-9 ]+)")


@dataclass(frozen=True, slots=True)
class Capped:
    """The benefit that caps belong to: its unit, what its deliveries ask, whether each is a sheet of its own.

    `has_amount` and `has_quantity` say whether its deliveries bring an amount that is paid, and a number that counts.
    """

    name: str
    unit: str
    form: Mapping[str, Field]
    by_sheet: bool
    has_amount: bool = False
    has_quantity: bool = False


def read_caps(node: nodes.Node, of: Capped, context: Context) -> tuple[tuple[Cap, ...], dict[str, Any]]:
    """The caps of a benefit; and what of them nothing carries out yet, by name, with a notice for each."""
    if not isinstance(node, nodes.Mapping):
        message = _("'caps' of '{owner}' must be a mapping: {{packs: 24}}.")
        context.report.problem(node.line, message.format(owner=of.name))
        return (), {}
    found: list[Cap] = []
    later: dict[str, Any] = {}
    for key, value in node:
        for part in value.items if isinstance(value, nodes.Sequence) else (value,):
            cap = _cap(key, part, of, context)
            if cap is None:
                continue
            _check_counted(cap, key, of, context)
            if _is_later(cap, of):
                later[cap.name] = key.text
                what = _("the cap '{name}' of '{owner}'").format(name=cap.name, owner=of.name)
                context.report.not_carried_out(key.line, what)
            else:
                found.append(cap)
    if len({cap.name for cap in found}) != len(found):
        message = _("'caps' of '{owner}' has two caps alike.")
        context.report.problem(node.line, message.format(owner=of.name))
    return tuple(found), later


def _is_later(cap: Cap, of: Capped) -> bool:
    uncounted = cap.kind != AMOUNT and not of.has_quantity
    return not of.by_sheet or uncounted or cap.per in LATER_PER


def _check_counted(cap: Cap, key: nodes.Scalar, of: Capped, context: Context) -> None:
    """A cap on money needs an amount of each delivery, else it would never bite."""
    if of.by_sheet and cap.kind == AMOUNT and not of.has_amount:
        message = _("'{owner}' is capped by 'amount', and nothing is paid for a delivery. Cap its quantity.")
        context.report.problem(key.line, message.format(owner=of.name))


def _cap(key: nodes.Scalar, node: nodes.Node, of: Capped, context: Context) -> Cap | None:
    name = key.text
    if name == STOCK:
        return _stock(node, of, context)
    if name == DATE:
        until = _date(node)
        if until is None:
            _no_figure(name, node, context)
            return None
        return Cap(name, DATE, node.line, until=until)
    if not _is_known(name, of):
        known = (*((of.unit,) if of.unit else ()), AMOUNT, PEOPLE, DATE, STOCK, *SPANS)
        message = _("The cap '{name}' of '{owner}' is none of: {known}.")
        text = message.format(name=name, owner=of.name, known=one_of(known)) + did_you_mean(name, known)
        context.report.problem(key.line, text)
        return None
    kind = name if name in {PEOPLE, AMOUNT} else "span" if name in SPANS else "quantity"
    per, figure = _per(node)
    below = isinstance(figure, nodes.Scalar) and figure.text.startswith("-")
    if per is None or below or (per and kind in {"span", PEOPLE}):
        _no_figure(name, node, context)
        return None
    want = Want((Type.MONEY,)) if kind == AMOUNT else WHOLE if kind in {"span", PEOPLE} else NUMBER
    inside = replace(context, place=f"{context.place}.caps")
    expression = inside.expression(figure, want, name)
    if expression is None:
        return None
    return Cap(_named(name, per), kind, node.line, expression, per, unit=name if kind == "span" else "")


def _is_known(name: str, of: Capped) -> bool:
    return name in {PEOPLE, AMOUNT, *SPANS} or not of.unit or name == of.unit


def _named(name: str, per: Duration | str) -> str:
    """What a cap is called where it cancels something: `packs`, `packs_per_84_days`."""
    if isinstance(per, Duration):
        return f"{name}_per_{per.count}_{per.unit.replace(' ', '_')}"
    return f"{name}_per_{per}" if per else name


def _stock(node: nodes.Node, of: Capped, context: Context) -> Cap | None:
    if not isinstance(node, nodes.Scalar) or node.text not in {"true", "false"}:
        _no_figure(STOCK, node, context)
        return None
    if node.text == "false":
        return None
    lots = [name for name, field in of.form.items() if field.type is Type.LOT]
    if of.by_sheet and len(lots) != 1:
        message = _(
            "'{owner}' is capped by its stock, so each delivery must ask for one lot: add {{type: lot}}."
        )
        context.report.problem(node.line, message.format(owner=of.name))
    return Cap(STOCK, STOCK, node.line)


def _date(node: nodes.Node) -> date | None:
    try:
        return day(node.text if isinstance(node, nodes.Scalar) else "")
    except ValueError:
        return None


def _per(node: nodes.Node) -> tuple[Duration | str | None, nodes.Node]:
    """What a cap counts by ('' : altogether, None: nothing that can be), and its figure."""
    if not isinstance(node, nodes.Scalar):
        return "", node
    match = _PER.fullmatch(node.text)
    if match is None:
        return "", node
    figure = nodes.Scalar(node.line, match["figure"])
    if match["per"] in (*BUILT_IN_CALENDARS, *LATER_PER):
        return match["per"], figure
    try:
        span = duration(match["per"])
    except SpanProblem:
        return None, figure
    return (span if span.count and span.unit in DATE_UNITS else None), figure


def _no_figure(name: str, node: nodes.Node, context: Context) -> None:
    message = _("The cap '{key}' of '{owner}' is no figure. Write 24, '3 per 84 days' or a date.")
    context.report.problem(node.line, message.format(key=name, owner=context.owner))


def read_cycle(node: nodes.Node, context: Context) -> Cycle | None:
    """The cycle of a scheme; None where something is wrong, which is then reported."""
    values = read_shape(node, given.CYCLE, context.of("cycle"))
    if any(values.get(name) is None for name in ("bought", "paid", "aided", "every")):
        return None
    for name, span in _spans(values):
        if span.unit not in DATE_UNITS or span.unit == "working days" or (name == "every" and not span.count):
            message = _(
                "'{name}' of the cycle of '{owner}' must be in days, weeks, months or years, and not 0."
            )
            context.report.problem(node.line, message.format(name=name, owner=context.owner))
            return None
    return Cycle(
        bought=values["bought"],
        paid=values["paid"],
        aided=values["aided"],
        issues=values.get("issues"),
        every=values["every"],
        window=values.get("window"),
    )


def _spans(values: dict[str, Any]) -> Iterator[tuple[str, Duration]]:
    for name in ("every", "window"):
        if values.get(name) is not None:
            yield name, values[name]
