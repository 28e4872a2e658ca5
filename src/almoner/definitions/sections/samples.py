"""Reads `sample`: on how many, at random, a follow-up is asked; and what a follow-up about a delivery counts from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from almoner.definitions import nodes
from almoner.definitions.parts.given import Sample
from almoner.definitions.programme import Due
from almoner.definitions.reading import Context
from almoner.values.language import _
from almoner.values.numbers import MICRO

DELIVERY = "delivery"

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ?%")
_COUNT = re.compile(r"([1-9]\d{0,8}) at random")
_WHOLE = 100 * MICRO


def read_sample(text: str, key: nodes.Scalar, context: Context) -> Sample | None:
    """`10 %` or `400 at random`; None with a problem where it is neither, or more than all or less than any."""
    share, count = _SHARE.fullmatch(text), _COUNT.fullmatch(text)
    if count is not None:
        return Sample(text, count=int(count[1]))
    if share is not None:
        whole, _point, part = share[1].partition(".")
        percent = int(whole) * MICRO + int(part.ljust(6, "0"))
        if 0 < percent <= _WHOLE:
            return Sample(text, percent=percent)
    message = _("'sample' of '{name}' is '{text}'. Write '10 %' or '400 at random'.")
    context.report.problem(key.line, message.format(name=key.text, text=text))
    return None


def check_due(
    about: str, dues: Sequence[Due], sampled: Sample | None, key: nodes.Scalar, context: Context
) -> None:
    """What is about a delivery counts from deliveries, and nobody's help waits for a sample."""
    for due in dues:
        after_delivery = due.anchor in {"first delivery", "each delivery"} and due.after
        if about == DELIVERY and not after_delivery:
            message = _(
                "'{name}' is about a delivery and must fall due after 'each delivery' or 'first delivery'."
            )
            context.report.problem(key.line, message.format(name=key.text))
        if sampled is not None and due.anchor == "first delivery" and not due.after:
            message = _(
                "'{name}' is asked before the first delivery, and help waits for it: it cannot be asked of a sample."
            )
            context.report.problem(key.line, message.format(name=key.text))
