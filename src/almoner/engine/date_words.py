"""The words about dates, as SQL.

A step of months or years keeps the day and clamps it to the month's end. `*_between` count the whole steps from the
first date that do not pass the second, negative backwards. A date outside the years 1 to 9999 is NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from almoner.engine.sql_text import Sql, level_of
from almoner.engine.steps import Scope
from almoner.values.numbers import MICRO

_MOST_YEARS = 10_000
_MOST_MONTHS = 12 * _MOST_YEARS
_MOST_DAYS = 366 * _MOST_YEARS
_FIRST_DAY = -719_162
_LAST_DAY = 2_932_896
"""1 January 1 and 31 December 9999, in days from 1 January 1970."""


def _count(text: str, level: int, most: int) -> Sql:
    return Sql(f"(({text}) * {MICRO})", level, low=-most * MICRO, high=most * MICRO, whole=True)


def _months(scope: Scope, first: Sql, second: Sql) -> Sql:
    first, second = scope.once(first), scope.once(second)
    a, b = first.text, second.text
    # DuckDB counts the beginnings of months between the two. Forwards the last of them passes the second date where
    # its day is later and not clamped to the month's end; backwards, where its day is earlier.
    passed = (
        f"CASE WHEN {b} >= {a} AND day({a}) > day({b}) AND {b} <> last_day({b}) THEN -1 "
        f"WHEN {b} < {a} AND day({a}) < day({b}) THEN 1 ELSE 0 END"
    )
    return Sql(f"(date_diff('month', {a}, {b}) + {passed})", level_of(first, second))


def months_between(scope: Scope, first: Sql, second: Sql) -> Sql:
    """Whole months."""
    months = _months(scope, first, second)
    return _count(months.text, months.level, _MOST_MONTHS)


def years_between(scope: Scope, first: Sql, second: Sql) -> Sql:
    """Whole years: whole dozens of months, for a year lands where twelve months do."""
    months = _months(scope, first, second)
    return _count(f"{months.text} // 12", months.level, _MOST_YEARS)


def days_between(_scope: Scope, first: Sql, second: Sql) -> Sql:
    """Days from one date to the other."""
    return _count(f"{second.text} - {first.text}", level_of(first, second), _MOST_DAYS)


def add_days(scope: Scope, day: Sql, days: Sql) -> Sql:
    """The date so many days later."""
    raw = scope.once(Sql(f"(({day.text} - DATE '1970-01-01') + {days.text} // {MICRO})", level_of(day, days)))
    text = (
        f"(CASE WHEN {raw.text} BETWEEN {_FIRST_DAY} AND {_LAST_DAY} "
        f"THEN DATE '1970-01-01' + CAST({raw.text} AS INTEGER) END)"
    )
    return Sql(text, raw.level)


def add_months(scope: Scope, day: Sql, months: Sql) -> Sql:
    """The date so many months later."""
    day = scope.once(day)
    count = scope.once(Sql(f"({months.text} // {MICRO})", months.level))
    landed = f"(year({day.text}) * 12 + month({day.text}) - 1 + {count.text})"
    text = (
        f"(CASE WHEN {landed} BETWEEN 12 AND {_MOST_MONTHS - 1} "
        f"THEN CAST({day.text} + to_months(CAST({count.text} AS INTEGER)) AS DATE) END)"
    )
    return Sql(text, level_of(day, count))


def start_of_year(_scope: Scope, day: Sql) -> Sql:
    """1 January of the date's year."""
    return Sql(f"make_date(year({day.text}), 1, 1)", day.level)


DATE_WORDS: Mapping[str, Callable[..., Sql]] = {
    "years_between": years_between,
    "months_between": months_between,
    "days_between": days_between,
    "add_days": add_days,
    "add_months": add_months,
    "start_of_year": start_of_year,
}
