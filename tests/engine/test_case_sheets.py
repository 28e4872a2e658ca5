from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from awarded_cases import AWARDED_ON, reporting, student, student_grants, term
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.programme import Calendar, Period
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.sheets import (
    calendars_run_out,
    happened_on,
    next_owed,
    not_reported,
    obligations,
    periods_ending,
    reported_rows,
)

AUTUMN_ENDS = date(2027, 1, 20)
SPRING_ENDS = date(2027, 6, 30)


def labels(case, day):
    return [(row.label, row.answers is not None) for row in reported_rows(case, "term_result", day)]


def test_before_a_period_is_due_there_is_no_row():
    assert labels(student(), AUTUMN_ENDS - timedelta(days=1)) == []


def test_a_period_that_is_due_and_not_reported_is_a_row_of_unknowns():
    assert labels(student(), AUTUMN_ENDS) == [("term_result[2026-autumn]", False)]


def test_a_report_that_nobody_verified_is_a_row_of_unknowns_and_no_longer_unreported():
    case = reporting(student(), "2026-autumn", date(2027, 2, 1), enrolled=True, credits=15, gpa=3)
    assert labels(case, date(2027, 2, 2)) == [("term_result[2026-autumn]", False)]
    assert not_reported(case, "term_result", date(2027, 2, 2)) == ()


def test_a_verified_report_counts_from_the_day_it_was_verified():
    case = reporting(
        student(), "2026-autumn", date(2027, 2, 1), verified_on=date(2027, 2, 5), enrolled=True, credits=15
    )
    assert labels(case, date(2027, 2, 4)) == [("term_result[2026-autumn]", False)]
    assert labels(case, date(2027, 2, 5)) == [("term_result[2026-autumn]", True)]


def test_the_last_row_is_unknown_while_a_later_period_is_due():
    case = term(student(), "2026-autumn", date(2027, 2, 1))
    assert labels(case, SPRING_ENDS) == [
        ("term_result[2026-autumn]", True),
        ("term_result[2027-spring]", False),
    ]


def test_rows_go_by_the_day_they_speak_of_not_by_the_day_they_came():
    case = term(student(), "2027-spring", date(2027, 7, 1))
    case = term(case, "2026-autumn", date(2027, 7, 20))
    assert [label for label, _known in labels(case, date(2027, 8, 1))] == [
        "term_result[2026-autumn]",
        "term_result[2027-spring]",
    ]


def test_a_correction_replaces_what_it_corrects_once_it_counts_itself():
    case = reporting(
        student(), "2026-autumn", date(2027, 2, 1), verified_on=date(2027, 2, 1), key="first", gpa=1
    )
    case = reporting(
        case,
        "2026-autumn",
        date(2027, 3, 1),
        verified_on=date(2027, 3, 9),
        key="second",
        corrects="first",
        gpa=3,
    )
    gpas = [
        [row.answers["gpa"] for row in reported_rows(case, "term_result", day)]
        for day in (date(2027, 3, 8), date(2027, 3, 9))
    ]
    assert gpas == [[1], [3]]


def test_nothing_is_owed_for_a_period_that_ends_after_the_award_did():
    ended = replace(student(), ended_on=date(2027, 3, 1), state="ended")
    assert labels(ended, date(2027, 8, 1)) == [("term_result[2026-autumn]", False)]


def test_the_next_record_owed_is_the_earliest_that_does_not_count():
    case = student()
    assert next_owed(case, "term_result", AWARDED_ON).label == "term_result[2026-autumn]"
    case = term(case, "2026-autumn", date(2027, 2, 1))
    assert next_owed(case, "term_result", date(2027, 2, 2)).label == "term_result[2027-spring]"


def test_a_sheet_speaks_of_its_periods_last_day_or_of_the_day_it_came_early():
    programme = student_grants()
    assert happened_on(programme, "term_result", "2026-autumn", date(2027, 2, 1)) == AUTUMN_ENDS
    assert happened_on(programme, "term_result", "2026-autumn", date(2027, 1, 5)) == date(2027, 1, 5)
    assert happened_on(programme, "term_result", "", date(2027, 1, 5)) == date(2027, 1, 5)
    with pytest.raises(KeyError):
        happened_on(programme, "term_result", "2026-summer", date(2027, 1, 5))


@pytest.mark.parametrize(
    ("calendar", "names"),
    [
        ("month", ["2026-11", "2026-12", "2027-01"]),
        ("quarter", ["2026-Q4"]),
        ("year", ["2026"]),
        ("term", ["2026-autumn"]),
    ],
)
def test_the_periods_that_end_after_one_day_and_by_another(calendar, names):
    found = periods_ending(student_grants(), calendar, date(2026, 10, 31), date(2027, 1, 31))
    assert [period.name for period in found] == names


@given(
    st.sampled_from(["month", "quarter", "year"]),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.integers(0, 900),
)
def test_built_in_periods_follow_each_other_without_a_gap(calendar, after, days):
    until = after + timedelta(days=days)
    found = list(periods_ending(student_grants(), calendar, after, until))
    assert all(after < period.ends <= until for period in found)
    assert all(earlier.ends + timedelta(days=1) == later.starts for earlier, later in pairwise(found))
    if found:
        assert found[0].starts <= after + timedelta(days=1)


@pytest.mark.parametrize("calendar", ["month", "quarter", "year"])
def test_a_record_of_a_built_in_period_speaks_of_that_period(calendar):
    programme = student_grants()
    monthly = replace(programme.records["term_result"], every=calendar)
    programme = replace(programme, records={"term_result": monthly})
    for owed in obligations(programme, date(2026, 1, 31), date(2027, 12, 31)):
        assert happened_on(programme, "term_result", owed.period, date(2030, 1, 1)) == owed.ends


def test_a_rhythm_that_is_no_calendar_is_refused_by_name():
    programme = student_grants()
    odd = replace(programme.records["term_result"], every="28 days")
    with pytest.raises(NotYetCarriedOut, match="28 days"):
        obligations(replace(programme, records={"term_result": odd}), AWARDED_ON, date(2027, 1, 1))


def test_what_a_record_asks_beyond_its_rhythm_is_refused_by_name():
    programme = student_grants()
    odd = replace(programme.records["term_result"], other={"until": "5 years after exit"})
    with pytest.raises(NotYetCarriedOut, match=r"records\.term_result\.until"):
        obligations(replace(programme, records={"term_result": odd}), AWARDED_ON, date(2027, 1, 1))


def test_days_of_grace_move_the_day_a_record_falls_due():
    programme = student_grants()
    patient = replace(programme.records["term_result"], due_days=10)
    case = replace(student(), programme=replace(programme, records={"term_result": patient}))
    assert not_reported(case, "term_result", date(2027, 1, 29)) == ()
    assert not_reported(case, "term_result", date(2027, 1, 30))[0].due_on == date(2027, 1, 30)


def test_a_calendar_whose_last_period_is_over_is_told():
    programme = replace(
        student_grants(),
        calendars={
            "term": Calendar("term", "term.csv", (Period("only", date(2026, 9, 1), AUTUMN_ENDS),), 1),
            "empty": Calendar("empty", "empty.csv", (), 1),
        },
    )
    assert calendars_run_out(programme, AUTUMN_ENDS) == ("empty",)
    assert calendars_run_out(programme, AUTUMN_ENDS + timedelta(days=1)) == ("term", "empty")
