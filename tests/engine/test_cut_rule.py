from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from awarded_cases import small, student_grants

from almoner.engine.costs import cost_of
from almoner.engine.cut_rule import rule_of, tie_values
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.values.money import Money

SCORED = """\
scoring:
  all: 1

"""


def test_students_tie_by_their_income_a_head():
    programme = student_grants()
    typical = programme.examples["typical"]
    case = Case(typical.as_of, typical.answers)
    (screening,) = screen(programme, [case])
    assert tie_values(programme, rule_of(programme), case, screening.derived) == (Decimal(300),)
    assert cost_of(programme, screening.benefits) == Money.of(5000, "CNY")


def test_a_laptop_costs_its_value_of_the_budget():
    programme = student_grants()
    typical = programme.examples["typical"]
    (screening,) = screen(programme, [Case(typical.as_of, {**typical.answers, "first_year": True})])
    assert cost_of(programme, screening.benefits) == Money.of(5320, "CNY")


def test_a_tie_may_be_an_answer_and_an_unanswered_one_is_unknown(tmp_path):
    programme = small(tmp_path, "", scoring=SCORED, decision="  cut: {rank: points, ties: [age]}")
    for age in (Decimal(30), None):
        case = Case(date(2026, 1, 10), {"asks": True, "age": age})
        assert tie_values(programme, rule_of(programme), case, {}) == (age,)


def test_a_question_that_was_not_asked_ties_by_its_unasked_whatever_was_stored(tmp_path):
    programme = small(
        tmp_path,
        "",
        form='  others: {type: integer, ask: "How many?", when: NOT asks, unasked: 0}',
        scoring=SCORED,
        decision="  cut: {rank: points, ties: [others]}",
    )
    case = Case(date(2026, 1, 10), {"asks": True, "others": Decimal(7)})
    assert tie_values(programme, rule_of(programme), case, {}) == (Decimal(0),)


def test_a_round_without_a_cut_or_with_a_quota_is_refused_by_name(tmp_path):
    with pytest.raises(NotYetCarriedOut, match=r"decision\.cut"):
        rule_of(small(tmp_path, ""))
    decision = replace(student_grants().decision, other={"quota": {}})
    with pytest.raises(NotYetCarriedOut, match=r"decision\.quota is not yet carried out"):
        rule_of(replace(student_grants(), decision=decision))
