"""Dates: whole steps of days, months and years, and working days.

A step of months or years keeps the day of the month and clamps it to the month's end: 31 January and a
month is 28 February, 29 February and a year is 28 February. What is counted between two dates is the number
of whole steps *from the first date* that do not pass the second: negative backwards.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS_A_YEAR = 12
_SATURDAY = 5

DATE_UNITS = ("days", "working days", "weeks", "months", "years")
"""The units of a duration that lead from a date to a date."""

TIME_UNITS = ("minutes", "hours", *DATE_UNITS)
"""The units of a duration that lead from an instant to an instant."""


class DateProblem(ValueError):
    """A date outside the years 1 to 9999, or a unit that does not fit."""


def days_between(first: date, second: date) -> int:
    """Days from the first date to the second; negative backwards."""
    return (second - first).days


def months_between(first: date, second: date) -> int:
    """Whole months from the first date that do not pass the second; negative backwards."""
    months = (second.year - first.year) * MONTHS_A_YEAR + second.month - first.month
    # The step lands in the second date's month, so it is a real date; only its day may pass the second's.
    landed = add_months(first, months)
    if months > 0 and landed > second:
        return months - 1
    if months < 0 and landed < second:
        return months + 1
    return months


def years_between(first: date, second: date) -> int:
    """Whole years from the first date that do not pass the second; negative backwards."""
    # Twelve steps of a month land where one step of a year does, so whole years are whole dozens of months.
    months = months_between(first, second)
    return months // MONTHS_A_YEAR if months >= 0 else -(-months // MONTHS_A_YEAR)


def add_days(day: date, days: int) -> date:
    """The date so many days later.

    Raises:
        DateProblem: it lies outside the years 1 to 9999.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise DateProblem(f"{day} and {days} days is outside the years 1 to 9999.") from None


def add_months(day: date, months: int) -> date:
    """The date so many months later, its day clamped to the month's end.

    Raises:
        DateProblem: it lies outside the years 1 to 9999.
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    if not date.min.year <= year <= date.max.year:
        raise DateProblem(f"{day} and {months} months is outside the years 1 to 9999.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """The date so many years later: 29 February becomes 28 February where there is none.

    Raises:
        DateProblem: it lies outside the years 1 to 9999.
    """
    return add_months(day, years * MONTHS_A_YEAR)


def start_of_year(day: date) -> date:
    """1 January of the date's year."""
    return date(day.year, 1, 1)


def is_working_day(day: date, holidays: Container[date] = (), worked: Container[date] = ()) -> bool:
    """Monday to Friday but for holidays; and the weekend days worked to make up for those."""
    if day in worked:
        return True
    return day.weekday() < _SATURDAY and day not in holidays


def add_working_days(
    day: date, days: int, holidays: Container[date] = (), worked: Container[date] = ()
) -> date:
    """The date so many working days later (earlier where negative); 0 is the day itself.

    Raises:
        DateProblem: it lies outside the years 1 to 9999.
    """
    step = 1 if days > 0 else -1
    for _ in range(abs(days)):
        day = add_days(day, step)
        while not is_working_day(day, holidays, worked):
            day = add_days(day, step)
    return day


def add_duration(
    day: date, count: int, unit: str, holidays: Container[date] = (), worked: Container[date] = ()
) -> date:
    """The date that a duration leads to, as in `45 days` or `20 working days`.

    Raises:
        DateProblem: the unit is none of `DATE_UNITS`, or the date lies outside the years 1 to 9999.
    """
    match unit:
        case "days":
            return add_days(day, count)
        case "working days":
            return add_working_days(day, count, holidays, worked)
        case "weeks":
            return add_days(day, count * 7)
        case "months":
            return add_months(day, count)
        case "years":
            return add_years(day, count)
        case _:
            raise DateProblem(f"{unit!r} does not lead from a date to a date; use {', '.join(DATE_UNITS)}.")


def deadline(  # noqa: PLR0913 -- a calendar is two sets of days
    instant: datetime,
    count: int,
    unit: str,
    *,
    time_zone: str,
    holidays: Container[date] = (),
    worked: Container[date] = (),
) -> datetime:
    """The instant (UTC) that a duration leads to.

    Minutes and hours are elapsed time. Longer units move the local date and keep the local time of day.

    Raises:
        DateProblem: the unit is none of `TIME_UNITS`, or the date lies outside the years 1 to 9999.
    """
    if unit in ("minutes", "hours"):
        return instant.astimezone(UTC) + timedelta(minutes=count * (60 if unit == "hours" else 1))
    local = instant.astimezone(ZoneInfo(time_zone))
    day = add_duration(local.date(), count, unit, holidays, worked)
    return datetime.combine(day, local.time(), tzinfo=local.tzinfo).astimezone(UTC)
