from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from awarded_cases import small, student_grants

from almoner.engine.candidates import candidate, rule_of
from almoner.engine.cut import Candidate, Standing, cut
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.values.money import Money


def seen(*, left_out: Standing | None = None, **changes) -> Candidate:
    programme = student_grants()
    typical = programme.examples["typical"]
    assert typical.as_of is not None
    case = Case(typical.as_of, {**typical.answers, **changes})
    (screening,) = screen(programme, [case])
    return candidate(programme, "SG-1", case, screening, left_out=left_out)


def test_an_eligible_student_brings_points_tie_and_cost():
    assert seen() == Candidate("SG-1", Standing.ELIGIBLE, Decimal(75), (Decimal(300),), Money.of(5000, "CNY"))


def test_a_laptop_costs_its_value_of_the_budget():
    assert seen(first_year=True, average=None).cost == Money.of(5320, "CNY")


def test_who_may_still_answer_stops_the_cut_until_the_case_lapsed():
    assert seen(home_district=None).standing is Standing.NEEDS_INFORMATION
    assert seen(home_district=None, left_out=Standing.LAPSED).standing is Standing.LAPSED


def test_what_the_officer_answers_and_what_cannot_be_computed_wait_for_the_office():
    assert seen(accredited=None).standing is Standing.WAITS_FOR_OFFICE
    assert seen(members=[]).standing is Standing.WAITS_FOR_OFFICE
    assert seen(accredited=None, home_district=None).standing is Standing.NEEDS_INFORMATION
    assert seen(members=[], left_out=Standing.SET_ASIDE).standing is Standing.SET_ASIDE


def test_who_is_not_eligible_is_not_eligible_whatever_the_records_say():
    assert seen(full_time=False, left_out=Standing.LAPSED).standing is Standing.NOT_ELIGIBLE


def test_who_answered_after_all_is_ranked_though_the_case_had_lapsed():
    assert seen(left_out=Standing.LAPSED).standing is Standing.ELIGIBLE


def test_a_round_of_students_is_cut():
    programme = student_grants()
    round_ = [replace(seen(), key="A"), replace(seen(first_generation=False), key="B")]
    result = cut(round_, rule=rule_of(programme), budget=Money.of(5000, "CNY"), seed=1)
    assert (result.awarded, result.waiting_list) == (("A",), ("B",))


def test_a_tie_may_be_an_answer_and_an_unknown_one_asks_for_it(tmp_path):
    programme = small(
        tmp_path, "", scoring="scoring:\n  all: 1\n", decision="  cut: {rank: points, ties: [age]}"
    )
    for age, standing in ((Decimal(30), Standing.ELIGIBLE), (None, Standing.NEEDS_INFORMATION)):
        case = Case(date(2026, 1, 10), {"asks": True, "age": age})
        found = candidate(programme, "A", case, screen(programme, [case])[0])
        assert found.standing is standing
    assert found.points is None


def test_a_round_without_a_cut_or_with_a_quota_is_refused_by_name(tmp_path):
    with pytest.raises(NotYetCarriedOut, match=r"decision\.cut"):
        rule_of(small(tmp_path, ""))
    decision = replace(student_grants().decision, other={"quota": {}})
    with pytest.raises(NotYetCarriedOut, match=r"decision\.quota is not yet carried out"):
        rule_of(replace(student_grants(), decision=decision))
