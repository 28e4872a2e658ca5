"""What is said of the value of an outcome on a page and in a terminal, in the reader's language.

Everything here is plain text; a page escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from almoner.engine.statement_words import NOTHING, counted, number, title_of
from almoner.values.language import _, ngettext

_FINE = 100
"""Below so many units a value is shown with the smallest ones."""


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A line of a table: what it is, a quiet line below, the value, and quiet lines below that."""

    title: str
    about: str
    value: str
    beside: tuple[str, ...] = ()


def value_line(value: Mapping[str, Any]) -> ValueLine:
    """The value of one outcome: the central one, between what it lies, of how many, in which prices, from where."""
    title = title_of(value["name"])
    proxy = _proxy(value)
    source = _source(proxy["source"])
    one = _("One is worth {worth} a year, for {duration}, in the prices of {year}. {source}").format(
        worth=_worth(proxy, value["currency"]),
        duration=_duration(value["duration"]),
        year=value["price_year"],
        source=source,
    )
    if value["central"] is None:
        return ValueLine(title, one, NOTHING, (_not_valued(value), *_followed(value)))
    mark = "\N{ALMOST EQUAL TO} " if value["banded"] else ""
    said = [
        *_range(value),
        _("{yes} yes, known for {of}; the others are not valued").format(
            yes=counted(value["yes"]), of=counted(value["n"], value["N"])
        ),
    ]
    return ValueLine(title, one, mark + money(value["central"], value["currency"]), tuple(said))


def assumption_lines(value: Mapping[str, Any]) -> list[ValueLine]:
    """Every assumption with its source and what it does to the value alone, the widest swing first."""
    swings = {swing["name"]: swing for swing in value["swings"]}
    order = {name: place for place, name in enumerate(swings)}
    ranked = sorted(value["assumptions"], key=lambda one: order.get(one["name"], len(order)))
    lines = []
    for one in ranked:
        currency = value["currency"] if one["name"] == "proxy" else ""
        beside = []
        if one["low"] != one["high"]:
            low, high = _shown(one["low"], currency), _shown(one["high"], currency)
            beside.append(_("{low} to {high}").format(low=low, high=high))
        if one["name"] in swings:
            swing = swings[one["name"]]
            line = _("alone it moves the value from {low} to {high}")
            beside.append(
                line.format(low=money(swing["at_low"], ""), high=money(swing["at_high"], value["currency"]))
            )
        central = " ".join(part for part in (_shown(one["central"], currency), currency) if part)
        lines.append(ValueLine(assumption_text(one["name"]), _source(one["source"]), central, tuple(beside)))
    return lines


def grid_text(value: Mapping[str, Any]) -> str:
    """A value on one line of a terminal: the value or –, its range, how many of how many, its prices and source."""
    line = value_line(value)
    said = [line.value, *line.beside]
    if value["central"] is not None:
        said += [_("prices of {year}").format(year=value["price_year"]), _source(_proxy(value)["source"])]
    return "; ".join(said)


def assumption_text(name: str) -> str:
    """What an assumption is called."""
    known = {
        "proxy": _("Worth of one in a year"),
        "deadweight": _("Would have happened anyway"),
        "attribution": _("Brought about by others"),
        "displacement": _("Lost elsewhere"),
        "drop_off": _("Less each year"),
        "discount_rate": _("Discount a year"),
    }
    return known[name]


def money(amount: str, currency: str) -> str:
    """A value as the reader's language groups it, from a hundred on in whole units: it is not known more finely."""
    exact = Decimal(amount)
    shown = exact if abs(exact) < _FINE else exact.quantize(Decimal(1))
    return " ".join(part for part in (number(shown), currency) if part)


def _not_valued(value: Mapping[str, Any]) -> str:
    reason = value["not_valued"]
    return _("not valued: {reason}").format(reason=_(reason))


def _followed(value: Mapping[str, Any]) -> list[str]:
    return [_("known for {of}").format(of=counted(value["n"], value["N"]))] if value["N"] else []


def _range(value: Mapping[str, Any]) -> list[str]:
    """Between what a value lies, and where even the worst and the best of the assumptions would bring it."""
    if not value["draws"]:
        return [_("no assumption has a range, so the value has none; it is less certain than it looks")]
    currency = value["currency"]
    said = [
        ngettext(
            "{low} to {high} in nine of ten of {draws} draw",
            "{low} to {high} in nine of ten of {draws} draws",
            value["draws"],
        ).format(
            low=money(value["low"], ""), high=money(value["high"], currency), draws=counted(value["draws"])
        ),
        _("with everything against it {adverse}, with everything for it {favourable}").format(
            adverse=money(value["adverse"], ""), favourable=money(value["favourable"], currency)
        ),
    ]
    if not Decimal(value["low"]) <= Decimal(value["central"]) <= Decimal(value["high"]):
        said.append(_("the likeliest figures lie at one end of what is assumed, outside nine of ten draws"))
    return said


def _proxy(value: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in value["assumptions"] if one["name"] == "proxy")
    return found


def _source(source: str) -> str:
    return _("Source: {source}").format(source=_(source)) if source else _("No source is named.")


def _worth(proxy: Mapping[str, Any], currency: str) -> str:
    """What one is worth, with its range."""
    central = f"{_shown(proxy['central'], currency)} {currency}"
    if proxy["low"] == proxy["high"]:
        return central
    low, high = _shown(proxy["low"], currency), _shown(proxy["high"], currency)
    return _("{central} ({low} to {high})").format(central=central, low=low, high=high)


def _shown(figure: str, currency: str) -> str:
    """An amount, or, where there is no currency, a share as per cent with as many decimals as it has."""
    if currency:
        return number(Decimal(figure))
    return number(Decimal(f"{(Decimal(figure) * 100).normalize():f}")) + "%"


def _duration(duration: Mapping[str, Any]) -> str:
    """How long an outcome lasts."""
    count, unit = duration["count"], duration["unit"]
    said = {
        "years": ngettext("{count} year", "{count} years", count),
        "months": ngettext("{count} month", "{count} months", count),
        "weeks": ngettext("{count} week", "{count} weeks", count),
    }
    return said[unit].format(count=counted(count))
