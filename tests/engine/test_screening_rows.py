"""Summaries of rows: unanswered is unknown, an empty list means none, and each word says which unknown matters."""

from datetime import date

import pytest
from screening_by_hand import named, programme, screened, value_of

FORM = {
    "members": {
        "type": "rows",
        "of": {
            "age": {"type": "integer"},
            "income": {"type": "money"},
            "works": {"type": "boolean"},
            "born": {"type": "date"},
        },
    },
    "limit": {"type": "integer"},
    "cap": {"type": "money"},
}
THREE = [{"age": 20, "income": 5}, {"age": None, "income": 7}, {"age": 40, "income": 0}]


@pytest.mark.parametrize(
    ("text", "of_none"),
    [
        ("count_of(members, TRUE)", 0),
        ("count_of(members, age < 18)", 0),
        ("sum_of(members, income)", 0),
        ("any_of(members, works)", False),
        ("all_of(members, works)", True),
        ("largest_of(members, income)", None),
        ("smallest_of(members, born)", None),
    ],
)
def test_an_empty_list_is_known_and_unanswered_rows_are_not(text, of_none):
    assert value_of(text, FORM, members=[]) == of_none
    assert value_of(text, FORM, members=None) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("count_of(members, age < 18)", None),
        ("count_of(members, income > 0)", 2),
        ("count_of(members, age < 18) <= 1", True),
        ("count_of(members, age < 18) > 1", False),
        ("count_of(members, age < 18) = 2", False),
        ("count_of(members, age < 18) <> 2", True),
        ("count_of(members, age < 18) = 1", None),
        ("1 >= count_of(members, age < 18)", True),
        ("count_of(members, age >= 18) BETWEEN 2 AND 3", True),
        ("count_of(members, age >= 18) >= 3", None),
        ("count_of(members, age < 18) < count_of(members, age >= 18)", True),
        ("count_of(members, age < 30) = count_of(members, age >= 30)", None),
        ("count_of(members, age < 18) + 0 <= 1", None),
        ("count_of(members, age < 18) IN (5, 6)", None),
        ("count_of(members, age > limit) >= 0", True),
        ("any_of(members, age > 30)", True),
        ("any_of(members, age > 90)", None),
        ("all_of(members, age > 30)", False),
        ("all_of(members, age > 10)", None),
    ],
)
def test_a_count_is_decided_as_soon_as_its_bounds_agree(text, found):
    assert value_of(text, FORM, members=THREE) == found


def test_an_exact_count_between_the_bounds_is_not_refused():
    # Both ends say FALSE, but the count in the middle would say TRUE.
    members = [{"age": None}, {"age": None}]
    assert value_of("count_of(members, age < 18) = 1", FORM, members=members) is None


@pytest.mark.parametrize(
    ("text", "found"), [("count_of(members, TRUE) >= 0", True), ("count_of(members, TRUE) > 0", None)]
)
def test_unanswered_rows_are_between_none_and_no_limit(text, found):
    assert value_of(text, FORM) == found


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ([{"age": 1, "income": 5}, {"age": 70, "income": None}], 5),
        ([{"age": 1, "income": 5}, {"age": None, "income": 0}], 5),
        ([{"age": 1, "income": 5}, {"age": None, "income": 1}], None),
        ([{"age": 1, "income": None}], None),
        ([{"age": None, "income": None}], None),
    ],
)
def test_a_row_that_does_not_matter_leaves_a_sum_known(members, found):
    assert value_of("sum_of(members, income, age < 18)", FORM, members=members) == found


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ([{"age": 1, "income": 5}, {"age": 70, "income": None}], 5),
        ([{"age": 1, "income": 5}, {"age": None, "income": 1}], None),
        ([{"age": 1, "income": None}, {"age": 2, "income": 9}], None),
        ([{"age": 70, "income": 9}], None),
    ],
)
def test_the_largest_is_unknown_where_a_row_that_may_count_is(members, found):
    assert value_of("largest_of(members, income, age < 18)", FORM, members=members) == found


def test_the_smallest_of_none_is_blocked_and_of_an_unknown_is_asked():
    of = programme(FORM, rules={"poor": "smallest_of(members, income, age < 18) < 5"})
    none = screened(of, members=[{"age": 70}])
    assert [(one.place, one.cause) for one in none.blocked] == [
        ("eligibility.poor", "nothing to take the smallest of")
    ]
    assert none.missing == ()
    assert named(screened(of, members=[{"age": 1}, {"income": 4}, {"age": 70}])) == [
        "members[1].income",
        "members[2].age",
    ]


def test_dates_have_a_smallest_too():
    members = [{"born": date(2001, 1, 1)}, {"born": date(2000, 1, 1)}]
    assert value_of("smallest_of(members, born)", FORM, members=members) == date(2000, 1, 1)


def test_a_bare_name_is_the_rows_own_field_first():
    form = {"income": {"type": "money"}, **FORM}
    assert value_of("sum_of(members, income)", form, income=100, members=[{"income": 1}, {"income": 2}]) == 3
    assert value_of("count_of(members, income < cap)", form, income=9, cap=2, members=[{"income": 1}]) == 1


def test_calculations_inside_a_row_are_range_checked():
    text = "count_of(members, income / age > 1)"
    assert value_of(text, FORM, members=[{"income": 3, "age": 2}, {"income": 1, "age": 2}]) == 1
    assert value_of(text, FORM, members=[{"income": 3, "age": 0}]) is None
    assert value_of("sum_of(members, income * 1000000)", FORM, members=[{"income": 10**9}]) is None


def test_what_is_missing_in_rows_is_named_from_one_in_order():
    of = programme(FORM, rules={"a": "all_of(members, income > 0 AND age > 0)"})
    assert named(screened(of, members=[{"age": 1}, {"income": 1}, {}])) == [
        "members[1].income",
        "members[2].age",
        "members[3].age",
        "members[3].income",
    ]
    assert named(screened(of)) == ["members"]


def test_an_outer_name_missing_inside_a_summary_is_named_once():
    of = programme(FORM, rules={"a": "all_of(members, age > limit)"})
    assert named(screened(of, members=[{"age": 1}, {"age": 2}])) == ["limit"]


def test_only_rows_that_matter_are_asked_for():
    of = programme(FORM, rules={"a": "sum_of(members, income, age < 18) > 3"})
    members = [{"age": 70}, {"income": 0}, {"age": 1}, {"income": 2}]
    assert named(screened(of, members=members)) == ["members[3].income", "members[4].age"]


CONDITIONAL = {
    "people": {
        "type": "rows",
        "of": {
            "works": {"type": "boolean"},
            "pay": {"type": "money", "when": "works", "unasked": "0"},
        },
    }
}


def test_a_conditional_field_in_a_row_is_worth_what_its_when_says():
    text = "sum_of(people, pay)"
    assert value_of(text, CONDITIONAL, people=[{"works": True, "pay": 5}, {"works": False, "pay": 99}]) == 5
    assert value_of(text, CONDITIONAL, people=[{"works": None, "pay": 5}]) is None
    of = programme(CONDITIONAL, rules={"a": f"{text} > 0"})
    assert named(screened(of, people=[{"pay": 5}, {"works": True}])) == ["people[1].works", "people[2].pay"]


def test_a_summary_inside_a_condition_of_the_same_rows_is_computed_once_for_all():
    of = programme(
        FORM,
        derive={"mean": "sum_of(members, income) / count_of(members, TRUE)"},
        rules={"a": "count_of(members, income > mean) = 1"},
    )
    assert screened(of, members=[{"income": 1}, {"income": 2}, {"income": 9}]).outcome == "eligible"
    assert named(screened(of, members=[{"income": 1}, {}])) == ["members[2].income"]
