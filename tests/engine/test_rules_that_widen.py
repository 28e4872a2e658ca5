"""Failures of other systems that silently included everybody: PEERS section 2, items 1 to 5, as they apply here."""

from decimal import Decimal

import pytest
from screening_by_hand import AS_OF, named, programme, screened, value_of

from almoner.engine.screening import Case, screen

HOUSEHOLD = {
    "dependants": {"type": "integer"},
    "workers": {"type": "integer"},
    "members": {"type": "rows", "of": {"age": {"type": "integer"}, "disabled": {"type": "boolean"}}},
}


def test_item_1_a_ratio_is_compared_and_matches_not_every_record():
    of = programme(
        HOUSEHOLD,
        derive={"dependency_ratio": "dependants / workers"},
        rules={"needy": "dependency_ratio >= 1.5"},
    )
    households = [(0, 4), (1, 2), (3, 2), (5, 1), (2, 0), (None, 1)]
    screenings = screen(of, [Case(AS_OF, {"dependants": d, "workers": w}) for d, w in households])
    assert [one.outcome for one in screenings] == [
        "not eligible",
        "not eligible",
        "eligible",
        "eligible",
        "needs information",
        "needs information",
    ]


def test_item_1_the_condition_of_a_count_is_not_ignored():
    of = programme(HOUSEHOLD, rules={"needy": "count_of(members, disabled) > 1"})
    nobody = [{"disabled": False}] * 5
    assert screened(of, members=nobody).refused_by == ("needy",)
    assert screened(of, members=[*nobody, {"disabled": True}]).refused_by == ("needy",)
    assert screened(of, members=[{"disabled": True}] * 2).outcome == "eligible"


def test_item_2_the_condition_of_a_benefit_is_neither_thrown_away_nor_inverted():
    form = {"number": {"type": "integer"}}
    of = programme(
        form,
        rules={"all": "number > 0"},
        benefits={"laptop": {"kind": "in_kind", "when": "number <= 2", "quantity": "1"}},
    )
    screenings = screen(of, [Case(AS_OF, {"number": n}) for n in (1, 2, 3, 4, 5)])
    assert [one.benefits["laptop"] for one in screenings] == [1, 1, 0, 0, 0]
    assert [one.granted["laptop"] for one in screenings] == [True, True, False, False, False]


def test_item_3_an_amount_below_its_maximum_is_paid_as_it_is():
    form = {"asked": {"type": "money"}}
    of = programme(form, rules={"all": "asked > 0"}, benefits={"grant": {"amount": "smaller_of(asked, 100)"}})
    screenings = screen(of, [Case(AS_OF, {"asked": Decimal(n)}) for n in ("5", "100", "100.01", "250")])
    assert [one.benefits["grant"] for one in screenings] == [5, 100, 100, 100]


def test_item_4_a_rule_that_nobody_fulfils_admits_nobody():
    of = programme(HOUSEHOLD, rules={"none": "any_of(members, age > 200)"})
    cases = [Case(AS_OF, {"members": [{"age": n}] * (n % 4)}) for n in range(100)]
    assert {one.outcome for one in screen(of, cases)} == {"not eligible"}


@pytest.mark.parametrize("text", ["any_of(members, age > 0)", "count_of(members, age > 0) >= 1"])
def test_item_5_an_empty_list_is_nobody_and_not_everybody(text):
    of = programme(HOUSEHOLD, rules={"some": text})
    assert screened(of, members=[]).outcome == "not eligible"
    assert named(screened(of)) == ["members"]


def test_item_5_an_answer_that_looks_like_sql_is_a_text():
    form = {"id": {"type": "text"}}
    hostile = "x') OR 1=1 --"
    of = programme(form, rules={"known": "id IN ('a', 'x''); DROP TABLE cases; --')"})
    assert screened(of, id=hostile).outcome == "not eligible"
    assert screened(of, id="x'); DROP TABLE cases; --").outcome == "eligible"
    assert value_of("starts_with(id, 'x''')", form, id=hostile) is True
