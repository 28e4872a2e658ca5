"""Stretches of time and due days as they are written: `20 working days`, `150 days after award`."""

from __future__ import annotations

import re
from collections.abc import Collection

from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Due, Duration
from almoner.values.language import _

UNITS = ("minutes", "hours", "days", "working days", "weeks", "months", "years")

ANCHORS = ("award", "first delivery", "last delivery", "each delivery", "end", "session")
"""What a due day may be counted from, beside the name of a date in a record or of a calendar."""

COUNT_LIMIT = 100_000

_SPAN = r"(?P<count>\d{1,6}) (?P<unit>(?:working )?[a-z]+)"
_DURATION = re.compile(_SPAN)
_DUE = re.compile(rf"(?:{_SPAN} )?(?P<side>after|before) (?P<anchor>[a-z][a-z0-9_ ]*)")


class SpanProblem(ValueError):
    """Why a text is no duration or no due day."""


def duration(text: str) -> Duration:
    """The duration of `7 days`, `1 month`, `20 working days`.

    Raises:
        SpanProblem: it is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        message = _("'{text}' is no duration. Write a number and a unit: 20 working days.")
        raise SpanProblem(message.format(text=text))
    return Duration(_count(match["count"]), _unit(match["unit"], text))


def due(text: str, anchors: Collection[str]) -> Due:
    """The due day of `on award`, `150 days after award`, `before first delivery`.

    Raises:
        SpanProblem: it is none, or what it counts from is unknown.
    """
    if text == "on award":
        return Due(0, "days", after=True, anchor="award")
    match = _DUE.fullmatch(text)
    if match is None:
        message = _(
            "'{text}' says no day. Write 'on award', '150 days after award' or 'before first delivery'."
        )
        raise SpanProblem(message.format(text=text))
    anchor = match["anchor"]
    if anchor == "delivery":
        raise SpanProblem(_("'{text}' must say which delivery: first, last or each.").format(text=text))
    if anchor not in anchors:
        message = _("'{text}' counts from '{anchor}', which is none of: {anchors}.")
        shown = message.format(text=text, anchor=anchor, anchors=one_of(anchors))
        raise SpanProblem(shown + did_you_mean(anchor, anchors))
    if match["count"] is None:
        if match["side"] == "after":
            message = _("'{text}' does not say how long after. Write '30 days {text}'.")
            raise SpanProblem(message.format(text=text))
        return Due(0, "days", after=False, anchor=anchor)
    return Due(
        _count(match["count"]), _unit(match["unit"], text), after=match["side"] == "after", anchor=anchor
    )


def _count(text: str) -> int:
    count = int(text)
    if count > COUNT_LIMIT:
        raise SpanProblem(_("{count} is too long a time.").format(count=count))
    return count


def _unit(text: str, whole: str) -> str:
    unit = text if text.endswith("s") else text + "s"
    if unit not in UNITS:
        message = _("'{text}' counts in '{unit}'. The units are {units}.").format(
            text=whole, unit=text, units=", ".join(UNITS)
        )
        raise SpanProblem(message + did_you_mean(unit, UNITS))
    return unit
