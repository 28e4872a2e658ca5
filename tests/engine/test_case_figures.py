from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from awarded_cases import reporting, student, term

from almoner.engine.case_figures import figure_on
from almoner.engine.not_yet import NotYetCarriedOut

FEBRUARY = date(2027, 2, 1)


def test_a_share_over_records_counts_who_was_due_and_never_guesses():
    case = student()
    nobody = {"yes": 0, "no": 0, "unknown": 0, "lost": 0, "refused": 0, "died": 0, "n": 0, "of": 0}
    assert figure_on(case, "retention", date(2027, 1, 19)) == nobody
    assert figure_on(case, "retention", date(2027, 1, 20)) == {**nobody, "unknown": 1, "of": 1}
    stayed = term(case, "2026-autumn", FEBRUARY)
    assert figure_on(stayed, "retention", FEBRUARY) == {**nobody, "yes": 1, "n": 1, "of": 1}
    left = term(case, "2026-autumn", FEBRUARY, enrolled=False)
    assert figure_on(left, "retention", date(2027, 6, 30)) == {
        **nobody,
        "no": 1,
        "unknown": 1,
        "n": 1,
        "of": 2,
    }


def test_an_unanswered_question_of_a_known_record_is_unknown():
    case = reporting(student(), "2026-autumn", FEBRUARY, verified_on=FEBRUARY, credits=15, gpa=3)
    found = figure_on(case, "retention", FEBRUARY)
    assert (found["unknown"], found["of"]) == (1, 1)


def test_what_is_paid_is_summed_and_the_student_is_counted_once():
    case = student()
    assert figure_on(case, "grants_disbursed", FEBRUARY) == {"value": 0}
    paid = case.paying("grant", "first", date(2026, 10, 2)).paying("grant", "second", date(2027, 3, 1))
    assert figure_on(paid, "grants_disbursed", FEBRUARY) == {"value": Decimal(2500)}
    assert figure_on(paid, "grants_disbursed", date(2027, 3, 1)) == {"value": Decimal(5000)}
    assert figure_on(paid, "students_supported", FEBRUARY) == {"value": 1}


def test_a_share_over_awards_reads_the_answers_of_the_form():
    found = figure_on(student(), "from_rural_homes", FEBRUARY)
    assert (found["yes"], found["of"]) == (1, 1)


def test_another_kind_of_indicator_is_refused_by_name():
    case = student()
    odd = replace(case.programme.indicators["retention"], kind="median")
    programme = replace(case.programme, indicators={"retention": odd})
    with pytest.raises(NotYetCarriedOut, match=r"indicators\.retention"):
        figure_on(replace(case, programme=programme), "retention", FEBRUARY)
