from dataclasses import replace
from datetime import date
from decimal import Decimal

from awarded_cases import reporting, student, term

from almoner.engine.standing import looked_at, standing_on

AUTUMN, SPRING = "2026-autumn", "2027-spring"
FEBRUARY, JULY = date(2027, 2, 1), date(2027, 7, 1)


def test_before_any_record_falls_due_nothing_is_looked_at():
    found = standing_on(student(), date(2027, 1, 19))
    assert (found.looked_at, found.proposed, found.tasks) == (None, (), ())


def test_one_bad_term_proposes_probation():
    found = standing_on(term(student(), AUTUMN, FEBRUARY, gpa="1.8"), FEBRUARY)
    assert found.names == ("probation",)
    assert found.proposed[0].looked_at == FEBRUARY


def test_a_second_bad_term_proposes_the_end_with_its_days_to_appeal():
    case = term(student(), AUTUMN, FEBRUARY, gpa="1.8")
    found = standing_on(term(case, SPRING, JULY, gpa="1.9"), JULY)
    assert found.names == ("ended",)
    assert found.proposed[0].appeal_days == 30


def test_an_average_exactly_at_the_mark_is_no_bad_term():
    assert standing_on(term(student(), AUTUMN, FEBRUARY, gpa="2.0"), FEBRUARY).names == ()


def test_below_twelve_credits_the_last_instalment_is_to_be_recovered():
    case = student().paying("grant", "first", date(2026, 10, 2))
    found = standing_on(term(case, AUTUMN, FEBRUARY, credits=11), FEBRUARY)
    assert [(one.name, one.amount) for one in found.proposed] == [("recover", Decimal(2500))]


def test_twelve_credits_are_enough():
    case = student().paying("grant", "first", date(2026, 10, 2))
    assert standing_on(term(case, AUTUMN, FEBRUARY, credits=12), FEBRUARY).names == ()


def test_where_nothing_was_paid_the_amount_to_recover_is_unknown_and_not_zero():
    found = standing_on(term(student(), AUTUMN, FEBRUARY, credits=11), FEBRUARY)
    assert [(one.name, one.amount, one.has_amount) for one in found.proposed] == [("recover", None, True)]


def test_what_is_to_be_recovered_is_what_was_last_paid_when_it_was_looked_at():
    case = student().paying("grant", "first", date(2026, 10, 2))
    second = replace(case.instalments[1], money=case.instalments[1].money + case.instalments[1].money)
    case = replace(case, instalments=(case.instalments[0], second))
    case = term(case, AUTUMN, FEBRUARY, credits=11).paying("grant", "second", date(2027, 3, 1))
    assert standing_on(case, date(2027, 3, 2)).proposed[0].amount == Decimal(2500)


def test_two_things_may_be_proposed_at_once_in_the_order_of_the_file():
    found = standing_on(term(student(), AUTUMN, FEBRUARY, gpa=1, credits=3), FEBRUARY)
    assert found.names == ("probation", "recover")


def test_a_report_that_nobody_verified_changes_nothing_and_is_looked_at_only_because_it_is_due():
    case = reporting(student(), AUTUMN, date(2027, 1, 10), enrolled=True, credits=3, gpa=1)
    assert looked_at(case, FEBRUARY) is None
    late = reporting(student(), AUTUMN, FEBRUARY, enrolled=True, credits=3, gpa=1)
    assert looked_at(late, FEBRUARY) == date(2027, 1, 20)
    assert standing_on(late, FEBRUARY).names == ()


def test_a_term_that_falls_due_unreported_changes_nothing_and_gives_the_officer_a_task():
    found = standing_on(student(), date(2027, 1, 20))
    assert found.looked_at == date(2027, 1, 20)
    assert found.proposed == ()
    assert [(one.name, one.to, one.unclear, one.missing) for one in found.tasks] == [
        ("probation", "officer", True, ("term_result[2026-autumn]",)),
        ("recover", "officer", True, ("term_result[2026-autumn]",)),
    ]


def test_one_unknown_term_after_a_bad_one_leaves_probation_and_end_open():
    case = term(student(), AUTUMN, FEBRUARY, gpa="1.8")
    before, after = standing_on(case, date(2027, 6, 29)), standing_on(case, date(2027, 6, 30))
    assert before.names == ("probation",)
    assert after.names == ()
    assert {one.name for one in after.tasks} == {"probation", "ended", "recover"}


def test_two_bad_terms_end_it_whatever_a_third_will_be():
    case = term(term(student(), AUTUMN, FEBRUARY, gpa=1), SPRING, JULY, gpa=1)
    found = standing_on(case, date(2028, 1, 20))
    assert "ended" in found.names
    assert "probation" not in {one.name for one in found.tasks}


def test_an_unanswered_question_of_a_reported_term_is_named():
    case = reporting(student(), AUTUMN, FEBRUARY, verified_on=FEBRUARY, enrolled=True, credits=15)
    found = standing_on(case, FEBRUARY)
    assert [one.missing for one in found.tasks] == [("term_result[2026-autumn].gpa",)]
