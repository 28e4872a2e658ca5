"""Numbers and dates as people write them, in a style that is stated and never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import cache

from almoner.definitions.date_styles import date_pattern
from almoner.values.language import _
from almoner.values.numbers import DECIMALS, NumberProblem, OutOfRange, from_micros, to_micros

FIRST_YEAR = 1800
LAST_YEAR = 2199
"""A year outside these is a slip of the pen."""

_FULL_WIDTH_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}  # noqa: RUF001 -- the full-width digit is meant
_NUMBER_SIGNS = {**_FULL_WIDTH_DIGITS, 0xFF0E: ".", 0xFF0C: ",", 0xFF0D: "-", 0xFF0B: "+", 0x2212: "-"}


class Unreadable(ValueError):
    """Text that is not what its place asks for; the message is the reason."""


def clean_text(text: str) -> str:
    """Text as it is stored: NFC, trimmed, full-width digits folded."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).translate(_FULL_WIDTH_DIGITS).strip()


def written_number(
    text: str, *, decimal: str = ".", thousands: str = "", round_to: int | None = None
) -> Decimal:
    """A number from its text, in one style.

    Raises:
        Unreadable: an exponent, NaN, infinity, another style, more than six decimals, beyond ±10^12.
    """
    text = text.translate(_NUMBER_SIGNS).strip()
    match = _number_pattern(decimal, thousands).fullmatch(text)
    if match is None:
        raise Unreadable(_why_no_number(text, decimal))
    whole = match["whole"].replace(thousands, "") if thousands else match["whole"]
    return held(Decimal(f"{match['sign'] or ''}{whole}.{match['part'] or '0'}"), round_to=round_to)


def held(number: Decimal, *, round_to: int | None = None) -> Decimal:
    """The number in plain form, if it can be held: six decimals, ±10^12; first rounded half-even if stated.

    Raises:
        Unreadable: it cannot.
    """
    if round_to is not None and number.is_finite() and number.adjusted() <= DECIMALS * 2:
        with localcontext(Context(prec=len(number.as_tuple().digits) + 2 * DECIMALS + 8)):
            number = number.quantize(Decimal(1).scaleb(-round_to), ROUND_HALF_EVEN)
    try:
        return from_micros(to_micros(number))
    except OutOfRange:
        raise Unreadable(_("The number is beyond ±1,000,000,000,000.")) from None
    except NumberProblem:
        if number.is_finite():
            raise Unreadable(_("The number has more than six decimals.")) from None
        raise Unreadable(_("This is not a number; leave an unknown value empty.")) from None


@cache
def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    return re.compile(rf"(?P<sign>[+-])?(?P<whole>{grouped}[0-9]+)(?:{re.escape(decimal)}(?P<part>[0-9]+))?")


def _why_no_number(text: str, decimal: str) -> str:
    if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", text):
        return _("The number is written with an exponent; write its digits.")
    if text.casefold().lstrip("+-") in {"nan", "inf", "infinity"}:
        return _("This is not a number; leave an unknown value empty.")
    if re.fullmatch(r"[+-]?[0-9][0-9., '\u00a0\u202f]*", text):
        reason = _(
            "This is not a number whose decimal sign is '{decimal}'. If the file writes it so, state it in a "
            'mapping, as in \'{{decimal: ",", thousands: "."}}\'.'
        )
        return reason.format(decimal=decimal)
    return _("This is not a number.")


def written_date(text: str, style: str) -> date:
    """A day from its text in one style, such as `YYYY-MM-DD`, `DD/MM/YYYY` or `YYYY年M月D日`.

    Raises:
        Unreadable: another style, or a day that no calendar has.
    """
    match = date_pattern(style).fullmatch(text.translate(_FULL_WIDTH_DIGITS).strip())
    if match is None:
        raise Unreadable(_("This is not a date written {style}.").format(style=style))
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    try:
        return checked_date(date(year, month, day))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("No calendar has this day.")) from None


def checked_date(day: date) -> date:
    """The same day.

    Raises:
        Unreadable: a year that cannot be meant.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(_("The year {year} cannot be meant.").format(year=day.year))
    return day
