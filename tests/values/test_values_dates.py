"""Whole steps between dates, counted here one by one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.dates import (
    DateProblem,
    add_days,
    add_duration,
    add_months,
    add_working_days,
    add_years,
    days_between,
    deadline,
    months_between,
    start_of_year,
    years_between,
)

days = st.dates(date(1890, 1, 1), date(2110, 12, 31))


def clamped(year: int, month: int, day: int) -> date:
    """The day of the month, or the last there is: found by trying."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


@given(days, st.integers(-2000, 2000))
def test_months_are_added_with_the_day_clamped(day, months):
    count = day.year * 12 + day.month - 1 + months
    assert add_months(day, months) == clamped(count // 12, count % 12 + 1, day.day)


@given(days, days)
def test_months_between_are_the_whole_steps_from_the_first(first, second):
    counted = months_between(first, second)
    if second >= first:
        assert counted >= 0
        assert add_months(first, counted) <= second < add_months(first, counted + 1)
    else:
        assert counted <= 0
        assert add_months(first, counted) >= second > add_months(first, counted - 1)


@given(days, days)
def test_years_between_are_the_whole_steps_from_the_first(first, second):
    counted = years_between(first, second)
    if second >= first:
        assert add_years(first, counted) <= second < add_years(first, counted + 1)
    else:
        assert add_years(first, counted) >= second > add_years(first, counted - 1)


@given(days, st.integers(-40_000, 40_000))
def test_days_between_undoes_add_days(day, count):
    assert days_between(day, add_days(day, count)) == count


@pytest.mark.parametrize(
    ("first", "second", "years"),
    [
        (date(2004, 2, 29), date(2005, 2, 28), 1),
        (date(2004, 2, 29), date(2005, 2, 27), 0),
        (date(2000, 12, 31), date(2026, 1, 1), 25),
        (date(2026, 9, 10), date(2026, 9, 10), 0),
        (date(2026, 1, 1), date(2024, 1, 2), -1),
        (date(2026, 1, 1), date(2024, 1, 1), -2),
    ],
)
def test_years_of_well_known_cases(first, second, years):
    assert years_between(first, second) == years


def test_the_start_of_the_year():
    assert start_of_year(date(2026, 9, 10)) == date(2026, 1, 1)


@pytest.mark.parametrize("step", [lambda: add_days(date.max, 1), lambda: add_months(date.min, -1)])
def test_outside_the_calendar_is_a_problem(step):
    with pytest.raises(DateProblem):
        step()


@given(days, st.integers(-60, 60), st.sets(days, max_size=5), st.sets(days, max_size=5))
def test_working_days_are_counted_one_by_one(day, count, holidays, worked):
    landed = add_working_days(day, count, holidays, worked)
    low, high = min(day, landed), max(day, landed)
    between = [low + timedelta(n) for n in range((high - low).days + 1)]
    passed = [d for d in between if d != day and (d in worked or (d.weekday() < 5 and d not in holidays))]
    assert len(passed) == abs(count)
    if count:
        assert landed in passed


def test_a_friday_and_one_working_day_is_monday_unless_the_saturday_is_worked():
    friday = date(2026, 9, 18)
    assert add_working_days(friday, 1) == date(2026, 9, 21)
    assert add_working_days(friday, 1, worked={date(2026, 9, 19)}) == date(2026, 9, 19)
    assert add_working_days(friday, 1, holidays={date(2026, 9, 21)}) == date(2026, 9, 22)


@pytest.mark.parametrize(
    ("count", "unit", "expected"),
    [
        (45, "days", date(2026, 3, 17)),
        (2, "weeks", date(2026, 2, 14)),
        (1, "months", date(2026, 2, 28)),
        (5, "years", date(2031, 1, 31)),
        (20, "working days", date(2026, 2, 27)),
    ],
)
def test_durations_lead_to_a_date(count, unit, expected):
    assert add_duration(date(2026, 1, 31), count, unit) == expected


def test_hours_do_not_lead_from_a_date_to_a_date():
    with pytest.raises(DateProblem, match="hours"):
        add_duration(date(2026, 1, 31), 12, "hours")


def test_twelve_hours_are_elapsed_time_and_a_day_keeps_the_local_time():
    # On 29 March 2026 clocks in Paris go forward at 01:00 UTC.
    evening = datetime(2026, 3, 28, 17, 0, tzinfo=UTC)
    assert deadline(evening, 12, "hours", time_zone="Europe/Paris") == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert deadline(evening, 90, "minutes", time_zone="Europe/Paris") == datetime(
        2026, 3, 28, 18, 30, tzinfo=UTC
    )
    assert deadline(evening, 1, "days", time_zone="Europe/Paris") == datetime(2026, 3, 29, 16, tzinfo=UTC)
