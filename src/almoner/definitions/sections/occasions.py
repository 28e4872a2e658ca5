"""Reads up to which follow-up a change goes, and the change whose share is told beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.programme import Due, FollowUp, Indicator
from almoner.definitions.reading import Context
from almoner.definitions.spans import SpanProblem, duration
from almoner.values.language import _

MINIMAL = "minimal_important_change"
_EACH_DELIVERY = "each delivery"


def scored(kind: str, node: Any, follow_ups: Mapping[str, FollowUp]) -> FollowUp | None:
    """The follow-up whose instrument's score a change is of, where it names one."""
    named = node.text if kind == "change" and isinstance(node, nodes.Scalar) else ""
    found = follow_ups.get(named)
    return found if found is not None and found.instrument is not None and found.instrument.score else None


def read_occasion(
    indicator: Indicator, values: Mapping[str, Any], follow_up: FollowUp | None, context: Context
) -> Indicator:
    """An indicator with its `at` and `share_with`; of what is no change in a follow-up nothing carries them out."""
    at, share = values.get("at"), values.get("share_with") or ""
    if follow_up is None:
        later = {key: key for key in ("at", "share_with") if values.get(key) is not None}
        for key in later:
            what = _("'{key}' of '{name}'").format(key=key, name=indicator.name)
            context.report.not_carried_out(indicator.line, what)
        return replace(indicator, other={**indicator.other, **later})
    if at is not None:
        indicator = replace(indicator, at=_due_at(indicator, at, follow_up, context))
    if share:
        _check_share(indicator, share, follow_up, context)
        indicator = replace(indicator, share_with=share)
    return indicator


def _check_share(indicator: Indicator, share: str, follow_up: FollowUp, context: Context) -> None:
    instrument = follow_up.instrument
    if share != MINIMAL or instrument is None or not instrument.knows_change:
        message = _("'share_with' of '{name}' must say: {known}, of an instrument that has one.")
        context.report.problem(indicator.line, message.format(name=indicator.name, known=MINIMAL))
    elif indicator.expression is None or indicator.expression.text != instrument.score:
        message = _("'share_with' of '{name}' is about the score of an instrument: change: {source}.")
        text = message.format(name=indicator.name, source=follow_up.name)
        context.report.problem(indicator.line, text)


def _due_at(indicator: Indicator, node: Any, follow_up: FollowUp, context: Context) -> Due | None:
    """The one follow-up that is due so long after what it is counted from."""
    try:
        span = duration(node.text if isinstance(node, nodes.Scalar) else "")
    except SpanProblem:
        span = None
    later = [one for one in follow_up.due if one.after]
    found = [one for one in later if span is not None and (one.count, one.unit) == (span.count, span.unit)]
    alike = len({one.anchor for one in later}) == 1 and all(one.anchor != _EACH_DELIVERY for one in later)
    if len(found) == 1 and alike:
        return found[0]
    message = _("'at' of '{name}' must be the time of one follow-up of '{source}', all counted from one day.")
    context.report.problem(indicator.line, message.format(name=indicator.name, source=follow_up.name))
    return None
