"""Dates in SQL are dates in Python."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screening_by_hand import AS_OF, named, programme, screened, value_of

from almoner.engine.screening import Case, screen
from almoner.values import dates

FORM = {"a": {"type": "date"}, "b": {"type": "date"}, "n": {"type": "integer"}}
OF = programme(
    FORM,
    derive={
        "years": "years_between(a, b)",
        "months": "months_between(a, b)",
        "days": "days_between(a, b)",
        "later": "add_days(a, n)",
        "months_later": "add_months(a, n)",
        "january": "start_of_year(a)",
        "earlier": "smaller_of(a, b)",
    },
)
ENDS = [date(2020, 2, 29), date(2021, 2, 28), date(2024, 2, 29), date(2025, 1, 31), date(2025, 4, 30)]
DATES = st.one_of(
    st.sampled_from([*ENDS, date.min, date.max]), st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.dates()
)
STEPS = st.one_of(st.integers(-50, 50), st.integers(-(10**12), 10**12), st.integers(-4_000_000, 4_000_000))


def or_none(compute, *arguments):
    try:
        return compute(*arguments)
    except (dates.DateProblem, OverflowError):
        return None


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(DATES, DATES, STEPS), min_size=20, max_size=60))
def test_every_word_about_dates_agrees_with_python(triples):
    cases = [Case(AS_OF, {"a": a, "b": b, "n": n}) for a, b, n in triples]
    for (a, b, n), screening in zip(triples, screen(OF, cases), strict=True):
        assert dict(screening.derived) == {
            "years": dates.years_between(a, b),
            "months": dates.months_between(a, b),
            "days": dates.days_between(a, b),
            "later": or_none(dates.add_days, a, n),
            "months_later": or_none(dates.add_months, a, n),
            "january": dates.start_of_year(a),
            "earlier": min(a, b),
        }, (a, b, n)


@pytest.mark.parametrize(
    ("a", "b", "years"),
    [
        (date(2020, 2, 29), date(2021, 2, 28), 1),
        (date(2020, 2, 29), date(2021, 2, 27), 0),
        (date(2021, 2, 28), date(2020, 2, 29), 0),
        (date(2010, 1, 2), date(2026, 1, 1), 15),
        (date(2026, 1, 1), date(2010, 1, 2), -15),
    ],
)
def test_whole_years_clamp_the_day_and_are_negative_backwards(a, b, years):
    assert value_of("years_between(a, b)", FORM, a=a, b=b) == years


def test_a_date_beyond_the_calendar_is_not_computable():
    of = programme(FORM, rules={"late": "add_days(a, n) > b"})
    screening = screened(of, a=date(9999, 12, 31), b=AS_OF, n=1)
    assert [(one.place, one.cause) for one in screening.blocked] == [("eligibility.late", "out of range")]


def test_an_unknown_date_is_asked_for():
    assert named(screened(programme(FORM, rules={"late": "add_months(a, n) > b"}), a=AS_OF)) == ["b", "n"]
