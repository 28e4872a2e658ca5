"""Arithmetic in whole millionths, and whole steps between days, as the design's page words them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from fractions import Fraction

from oracle.parser import MICRO

LIMIT = 10**12 * MICRO


def multiply(left: int, right: int) -> int:
    return round(Fraction(left * right, MICRO))  # Python rounds a Fraction half to even


def divide(left: int, right: int) -> int:
    return round(Fraction(left * MICRO, right))


def plain(micros: int) -> str:
    """`0.33`, `-5`, `1000000000000`: no exponent, no trailing zeros."""
    whole, part = divmod(abs(micros), MICRO)
    digits = f"{part:06d}".rstrip("0")
    return ("-" if micros < 0 else "") + str(whole) + ("." + digits if digits else "")


def minor_units(micros: int, places: int) -> str:
    """Money where an amount is fixed: once, half-even, to the currency's smallest unit."""
    units = round(Fraction(micros * 10**places, MICRO))
    whole, part = divmod(abs(units), 10**places)
    text = f"{whole}.{part:0{places}d}" if places else str(whole)
    return "-" + text if units < 0 else text


def add_months(day: date, months: int) -> date | None:
    """The same day of another month, clamped to its end; None outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_days(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def steps_between(first: date, second: date, months: int) -> int:
    """How many whole steps of so many months lead from the first day towards the second, never past it.

    Each step is counted from the first day (31 Jan, 28 Feb, 31 Mar …), backwards too.
    """
    towards = 1 if second >= first else -1
    distance = abs((second.year - first.year) * 12 + second.month - first.month)
    count = max(0, distance // months - 2)  # surely not too far; only saves time
    while True:
        reached = add_months(first, towards * (count + 1) * months)
        if reached is None or (reached - second).days * towards > 0:
            return towards * count
        count += 1
