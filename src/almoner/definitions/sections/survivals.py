"""Reads survival, the last rows of each award, and figures that are reported and verified side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.parts.given import AWARD
from almoner.definitions.programme import Duration, Indicator, Record
from almoner.definitions.reading import Context
from almoner.definitions.spans import SpanProblem, duration
from almoner.values.language import _

_BOTH = ("sum", "share", "count")
_LAST = ("sum", "share", "count", "median", "mean")


def told_by(node: Any, records: Mapping[str, Record]) -> str:
    """The one record of an award that asks what survival is of, where the file names none; '' where there is none."""
    asked = node.text if isinstance(node, nodes.Scalar) else ""
    found = [one.name for one in records.values() if one.about == AWARD and asked in one.form]
    return found[0] if len(found) == 1 else ""


def read_of_records(
    indicator: Indicator, values: Mapping[str, Any], records: Mapping[str, Record], context: Context
) -> Indicator:
    """An indicator with what it says of records: `survival` with its times, `rows: last`, both figures."""
    record = records.get(indicator.source)
    if indicator.kind == "survival":
        indicator = _survival(indicator, values, record, context)
    else:
        for key in ("since", "censored"):
            if values.get(key) is not None:
                message = _("'{key}' of '{name}' stands beside {kind}; only survival has it.")
                text = message.format(key=key, name=indicator.name, kind=indicator.kind)
                context.report.problem(indicator.line, text)
    if values.get("rows"):
        indicator = _last_rows(indicator, record, context)
    if values.get("reported_and_verified"):
        indicator = _both(indicator, record, context)
    return indicator


def _survival(
    indicator: Indicator, values: Mapping[str, Any], record: Record | None, context: Context
) -> Indicator:
    if record is None or record.about != AWARD:
        message = _("'{name}' is from '{source}'. Survival is of a record about the award.")
        context.report.problem(indicator.line, message.format(name=indicator.name, source=indicator.source))
    if values.get("censored") is None:
        message = _("'{name}' must say who is not watched to the end. Add 'censored: lost'.")
        context.report.problem(indicator.line, message.format(name=indicator.name))
    times = _times(values.get("at"))
    if not times:
        message = _(
            "'at' of '{name}' must say after how long, in months or years, in order: [1 year, 3 years]."
        )
        context.report.problem(indicator.line, message.format(name=indicator.name))
    return replace(indicator, times=times, since=values.get("since") or "award")


def _times(node: Any) -> tuple[Duration, ...]:
    """The times of `at`, in order; none where one of them is wrong."""
    items = node.items if isinstance(node, nodes.Sequence) else (node,)
    found = []
    for item in items:
        try:
            span = duration(item.text if isinstance(item, nodes.Scalar) else "")
        except SpanProblem:
            return ()
        if span.unit not in {"months", "years"} or not span.count:
            return ()
        found.append(span)
    lengths = [span.count * (12 if span.unit == "years" else 1) for span in found]
    return tuple(found) if lengths == sorted(set(lengths)) else ()


def _last_rows(indicator: Indicator, record: Record | None, context: Context) -> Indicator:
    if record is None or record.about != AWARD or indicator.kind not in _LAST:
        message = _(
            "'rows' of '{name}' is of a sum, a share, a count, a median or a mean of a record of an award."
        )
        context.report.problem(indicator.line, message.format(name=indicator.name))
        return indicator
    return replace(indicator, last_rows=True)


def _both(indicator: Indicator, record: Record | None, context: Context) -> Indicator:
    if record is not None and not record.verified_by:
        message = _("'{name}' is reported and verified, and nobody verifies '{record}'. Add 'verified_by'.")
        context.report.problem(indicator.line, message.format(name=indicator.name, record=record.name))
    if record is None or indicator.kind not in _BOTH:
        what = _("'reported_and_verified' of '{name}'").format(name=indicator.name)
        context.report.not_carried_out(indicator.line, what)
        return replace(indicator, other={**indicator.other, "reported_and_verified": True})
    return replace(indicator, both=True)
