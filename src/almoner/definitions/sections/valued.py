"""Reads `valuation`: what outcomes are worth in money, or why nothing is valued."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import shown
from almoner.definitions.grammar.kinds import TEXT
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import (
    A_YEAR,
    MOST_YEARS,
    Assumption,
    Duration,
    FollowUp,
    Indicator,
    OutcomeValue,
    Record,
    can_last,
)
from almoner.definitions.reading import Context, entries, read, read_shape
from almoner.values.language import _
from almoner.values.numbers import MICRO

SHARES = ("deadweight", "attribution", "displacement", "drop_off", "discount_rate")
"""The assumptions that lie between 0 and 1."""

ASSUMPTIONS = ("proxy", *SHARES)
"""Every assumption, in the order in which they are listed and drawn."""

_THREE = ("low", "central", "high")


@dataclass(frozen=True, slots=True)
class Measured:
    """What values are of: the indicators, and the sheets that say how often somebody is asked.

    `named` are the indicators of the file, those with a problem among them. `currency` is the file's.
    """

    indicators: Mapping[str, Indicator]
    records: Mapping[str, Record]
    follow_ups: Mapping[str, FollowUp]
    named: Collection[str]
    currency: str


@dataclass(frozen=True, slots=True)
class Valued:
    """What a programme says of its worth, or why nothing is valued; `other` nothing computes yet."""

    values: Mapping[str, OutcomeValue] = field(default_factory=dict)
    none: str = ""
    for_the_group: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)


def read_valuation(node: nodes.Node | None, measured: Measured, context: Context) -> Valued:
    """Outcome values by indicator; or the reason why there are none; and why there is none for the group."""
    context = context.of("valuation")
    reasons = {"none": "", "for_the_group": ""}
    values: dict[str, OutcomeValue] = {}
    other: dict[str, Any] = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        if name == "none":
            reasons[name] = read(value, TEXT, here) or ""
        elif name == "for_the_group":
            reasons[name] = read_shape(value, shown.NOT_VALUED, here).get("none") or ""
        elif name not in measured.named:
            message = _("'valuation' values '{name}', which is no indicator.")
            hint = did_you_mean(name, measured.named)
            context.report.problem(key.line, message.format(name=name) + hint)
        else:
            found = _value(key, read_shape(value, shown.VALUATION, here), measured, here)
            if found is not None and name in measured.indicators:
                _keep(found, measured, values, other, here)
    if reasons["none"] and (values or other):
        message = _("'valuation' says 'none' and values something; keep the one or the other.")
        context.report.problem(node.line if node else 0, message)
    return Valued(values, reasons["none"], reasons["for_the_group"], other)


def _keep(
    found: OutcomeValue,
    measured: Measured,
    values: dict[str, OutcomeValue],
    other: dict[str, Any],
    context: Context,
) -> None:
    """Put a value where it belongs: among those that are computed, or those that nothing computes yet."""
    indicator = measured.indicators[found.indicator]
    for said in _misplaced(found, indicator, measured):
        context.report.problem(found.line, said)
    if indicator.kind == "share" and indicator.level == "outcome" and not indicator.other:
        values[found.indicator] = found
        return
    other[found.indicator] = found
    what = _("the value of '{name}', which is no share of level outcome,").format(name=found.indicator)
    context.report.not_carried_out(found.line, what)


def _misplaced(found: OutcomeValue, indicator: Indicator, measured: Measured) -> Iterator[str]:
    """Why a value cannot be of this indicator: nothing is measured by it, or the same is valued twice."""
    if indicator.level in {"process", "output"}:
        message = _(
            "'{name}' is of level {level}: what was done is no outcome, and only an outcome is valued."
        )
        yield message.format(name=found.indicator, level=indicator.level)
    years = A_YEAR.get(found.duration.unit, 1)
    if found.duration.count > years and not _asks_once(indicator.source, measured):
        message = _(
            "'{name}' is asked again and again, and its value lasts longer than a year: the years to come would be "
            "valued each time. Value what is asked once, or let it last 1 year."
        )
        yield message.format(name=found.indicator)


def _asks_once(source: str, measured: Measured) -> bool:
    """Whether one award stands in the rows of a source once; of a record about somebody there may be many."""
    if source in measured.follow_ups:
        asked = measured.follow_ups[source]
        return asked.about == "award" and len(asked.due) == 1 and asked.due[0].anchor != "each delivery"
    return source not in measured.records and source in {"awards", "applications"}


def _value(
    key: nodes.Scalar, values: Mapping[str, Any], measured: Measured, context: Context
) -> OutcomeValue | None:
    """The value of one outcome, or None where it has a problem, which is then reported."""
    assumptions = {name: _assumption(name, key, values.get(name), context) for name in ASSUMPTIONS}
    duration = values.get("duration")
    whole = {name: assumption for name, assumption in assumptions.items() if assumption is not None}
    if duration is None or not _lasts(key, duration, context) or len(whole) < len(ASSUMPTIONS):
        return None
    price_year = (values.get("proxy") or {}).get("price_year") or 0
    return OutcomeValue(key.text, whole, price_year, duration, measured.currency, key.line)


def _lasts(key: nodes.Scalar, duration: Duration, context: Context) -> bool:
    """Whether a duration is one that years can be counted in."""
    if can_last(duration):
        return True
    message = _("'duration' of '{owner}' must be years, months or weeks, and at most {most} years.")
    context.report.problem(key.line, message.format(owner=key.text, most=MOST_YEARS))
    return False


def _assumption(name: str, key: nodes.Scalar, value: Any, context: Context) -> Assumption | None:
    """One assumption, or None where it is missing or has a problem."""
    if value is None:
        return None
    said = value if isinstance(value, Mapping) else {"value": value}
    three: list[int] = [said[part] for part in _THREE if said.get(part) is not None]
    one: int | None = said.get("value")
    if one is not None and not three:
        three = [one] * len(_THREE)
    elif one is not None or len(three) != len(_THREE):
        message = _("'{name}' of '{owner}' must have a value, or low, central and high.")
        context.report.problem(key.line, message.format(name=name, owner=key.text))
        return None
    low, central, high = three
    if not low <= central <= high:
        message = _("'{name}' of '{owner}' must rise from low over central to high.")
        context.report.problem(key.line, message.format(name=name, owner=key.text))
        return None
    if name in SHARES and not 0 <= low <= high <= MICRO:
        message = _("'{name}' of '{owner}' must lie between 0 and 1.")
        context.report.problem(key.line, message.format(name=name, owner=key.text))
        return None
    return Assumption(low, central, high, said.get("source") or "")
