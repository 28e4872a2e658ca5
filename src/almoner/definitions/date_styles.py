"""Styles of dates that a mapping may state: `YYYY-MM-DD`, `DD/MM/YYYY`, `YYYY年M月D日`."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

ISO = "YYYY-MM-DD"

_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "DD": r"(?P<day>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "D": r"(?P<day>\d{1,2})",
}


@cache
def date_pattern(style: str) -> re.Pattern[str]:
    """The pattern of a style: year, month and day once each, and what stands between them.

    `MM` and `DD` are two digits; `M` and `D` one or two. A year has four: two could be either century.

    Raises:
        ValueError: the style lacks one of them, has one twice, or runs one- and two-digit parts together.
    """
    parts = [part for part in re.split(r"(YYYY|MM|DD|M|D)", style) if part]
    tokens = [part for part in parts if part in _TOKENS]
    if sorted(token[0] for token in tokens) != ["D", "M", "Y"]:
        raise ValueError(style)
    if {"M", "D"} & set(tokens) and any(
        left in _TOKENS and right in _TOKENS for left, right in pairwise(parts)
    ):
        raise ValueError(style)
    return re.compile("".join(_TOKENS.get(part) or re.escape(part) for part in parts), re.ASCII)
