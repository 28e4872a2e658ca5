"""A number that moves too far is asked about: never refused, never held, whatever the sheets are about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.load import find, load
from almoner.engine.doubts import Told, doubtful, doubts_among

RETURN = load(find("biotech_park")).records["quarterly_return"]


def told(*jobs):
    return [
        Told(str(place), date(2026, place + 1, 1), {"jobs": None if one is None else Decimal(one)})
        for place, one in enumerate(jobs)
    ]


def test_more_than_half_is_asked_about_and_half_is_not():
    assert doubtful(RETURN, {"jobs": 10}, {"jobs": 15}) == ()
    assert doubtful(RETURN, {"jobs": 10}, {"jobs": 16}) == ("jobs",)
    assert doubtful(RETURN, {"jobs": 10}, {"jobs": 5}) == ()
    assert doubtful(RETURN, {"jobs": 10}, {"jobs": 4}) == ("jobs",)


def test_from_nothing_every_number_is_a_leap_and_nothing_is_none():
    assert doubtful(RETURN, {"revenue": 0}, {"revenue": 1}) == ("revenue",)
    assert doubtful(RETURN, {"revenue": 0}, {"revenue": 0}) == ()


def test_a_gap_is_no_leap_and_hides_none():
    assert doubts_among(RETURN, told(6, None, 6)) == {}
    assert doubts_among(RETURN, told(6, None, 14)) == {"2": ("jobs",)}
    assert doubts_among(RETURN, told(None, 14)) == {}


def test_sheets_stand_in_the_order_of_their_days():
    assert doubts_among(RETURN, told(6, 9, 13)[::-1]) == {}


def test_a_year_is_no_leap_from_a_quarter():
    quarter, year, next_year = told(6, 24, 40)
    year, next_year = replace(year, after_exit=True), replace(next_year, after_exit=True)
    assert doubts_among(RETURN, [quarter, year, next_year]) == {"2": ("jobs",)}


@given(st.lists(st.integers(0, 50), max_size=8))
def test_a_first_number_is_never_doubted_and_a_repeated_one_neither(jobs):
    found = doubts_among(RETURN, told(*jobs))
    assert "0" not in found
    same = {str(place) for place in range(1, len(jobs)) if jobs[place] == jobs[place - 1]}
    assert not same & found.keys()
