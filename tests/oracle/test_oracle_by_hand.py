"""The oracle itself, sentence by sentence of the page it was written from: cases worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from oracle.parser import NotReadable, read
from oracle.worked import AS_OF, FORM, Answer, household, work_out

MISSING_MAYBE = Answer(None, missing=("maybe",))
MISSING_GAP = Answer(None, missing=("gap",))


def blocked(cause, place="derive.x"):
    return Answer(None, blocked=((place, cause),))


# Three values


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("no AND maybe", False),
        ("maybe AND no", False),
        ("yes AND maybe", None),
        ("yes OR maybe", True),
        ("maybe OR yes", True),
        ("no OR maybe", None),
        ("NOT maybe", None),
        ("NOT no", True),
        ("yes OR no AND no", True),  # AND binds tighter than OR
        ("NOT no AND no", False),  # NOT tighter than AND
        ("NOT 1 = 2", True),  # but looser than a comparison
        ("gap BETWEEN 1 AND 2", None),
        ("5 BETWEEN gap AND 3", False),  # it is two comparisons joined by AND
        ("1 BETWEEN 1 AND 1", True),
        ("5 NOT BETWEEN gap AND 3", True),
        ("gap IN (1, 2)", None),
        ("n IN (1, 2)", True),
        ("n NOT IN (1, 2)", False),
        ("gap = gap", None),
    ],
)
def test_kleene(expression, value):
    answer = work_out(expression, {"n": 2})
    assert answer.value is value
    assert bool(answer.missing) == (value is None)


# The table of places where SQL loses unknowns, row by row


def test_a_band_beside_an_unknown_is_unknown_and_not_the_last_one():
    assert work_out({"gap <= 3": "1", "otherwise": "0"}) == MISSING_GAP


@pytest.mark.parametrize("expression", ["smaller_of(5, gap)", "larger_of(1, gap)", "smaller_of(gap, 5)"])
def test_smaller_of_and_larger_of_do_not_skip_an_unknown(expression):
    assert work_out(expression) == MISSING_GAP


@pytest.mark.parametrize(
    "words", ["COALESCE(gap, 0) + )", "gap IS NULL", "1 < 2 < 3", "1e3", "a == b", "income 12"]
)
def test_what_is_no_word_is_not_read(words):
    with pytest.raises(NotReadable):
        read(words)


def test_summaries_do_not_skip_an_unknown_row():
    members = household((20, 100, None), (30, None, True))
    assert work_out("sum_of(members, income)", members) == Answer(None, missing=("members[2].income",))
    assert work_out("all_of(members, works)", members) == Answer(None, missing=("members[1].works",))
    assert work_out("largest_of(members, income)", members) == Answer(None, missing=("members[2].income",))


def test_division_by_zero_is_unknown_and_not_infinite():
    assert work_out("1 / 0") == blocked("division by zero")
    assert work_out("0 / (n - n)", {"n": 3}) == blocked("division by zero")


def test_a_division_of_a_gap_by_zero_asks_for_the_gap():
    assert work_out("gap / 0") == MISSING_GAP


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 / 3", "0.333333"),
        ("2 / 3", "0.666667"),
        ("0.000001 / 2", "0"),  # a half goes to the even neighbour
        ("0.000003 / 2", "0.000002"),
        ("0.000001 * 0.5", "0"),
        ("0.000003 * 0.5", "0.000002"),
        ("-0.000003 * 0.5", "-0.000002"),
        ("-0.000001 / 2", "0"),
        ("999999999999.999999 + 0.000001", "1000000000000"),
        ("0.1 + 0.2", "0.3"),
        ("1 - 2 - 3", "-4"),  # left to right
        ("8 / 4 / 2", "1"),
        ("2 + 3 * 4", "14"),
        ("-2 * -3", "6"),
    ],
)
def test_fixed_point(expression, value):
    assert work_out(expression) == Answer(value)


@pytest.mark.parametrize(
    "expression",
    ["1000000000000 + 0.000001", "-1000000000000 - 0.000001", "1000000 * 1000001", "1000000000 / 0.000009"],
)
def test_a_result_beyond_the_limit_is_not_computable(expression):
    assert work_out(expression) == blocked("out of range")


def test_every_result_counts_not_only_the_last():
    assert work_out("1000000000000 + 1 - 1") == blocked("out of range")


def test_a_sum_over_rows_is_one_result():
    members = household((1, 10**12, True), (1, 10**12, True), (1, -(10**12), True))
    assert work_out("sum_of(members, income)", members) == Answer("1000000000000")


def test_years_between_counts_whole_years_and_not_boundaries():
    assert work_out("years_between(day, as_of)", {"day": date(2025, 12, 31)}, date(2026, 1, 1)) == Answer("0")


# Dates


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("years_between('2024-02-29', '2025-02-27')", "0"),
        ("years_between('2024-02-29', '2025-02-28')", "1"),  # 29 Feb + 1 year = 28 Feb
        ("years_between('2024-02-29', '2028-02-28')", "3"),
        ("years_between('2010-01-02', '2026-01-01')", "15"),
        ("years_between('2026-01-01', '2010-01-02')", "-15"),
        ("years_between('2026-01-01', '2025-01-02')", "0"),
        ("months_between('2026-01-31', '2026-02-28')", "1"),
        ("months_between('2026-01-31', '2026-02-27')", "0"),
        ("months_between('2026-01-31', '2026-03-30')", "1"),
        ("months_between('2026-03-31', '2026-02-28')", "-1"),
        ("months_between('2024-02-29', '2024-01-30')", "0"),  # steps go from the first date
        ("months_between('2024-01-30', '2024-02-29')", "1"),
        ("days_between('2024-02-28', '2024-03-01')", "2"),
        ("days_between('2024-03-01', '2024-02-28')", "-2"),
        ("add_days('2024-02-28', 2)", date(2024, 3, 1)),
        ("add_months('2026-01-31', 1)", date(2026, 2, 28)),
        ("add_months('2026-03-31', -1)", date(2026, 2, 28)),
        ("add_months('2024-02-29', 12)", date(2025, 2, 28)),
        ("start_of_year('2026-09-10')", date(2026, 1, 1)),
    ],
)
def test_dates(call, value):
    assert work_out(call) == Answer(value)


def test_a_date_outside_the_calendar_is_not_computable():
    assert work_out("add_days(day, 1)", {"day": date(9999, 12, 31)}) == blocked("out of range")
    assert work_out("add_months(as_of, 1000000)") == blocked("out of range")


def test_a_quoted_date_beside_a_date_is_a_date():
    assert work_out("day <= '2010-01-02'", {"day": date(2010, 1, 2)}) == Answer(value=True)
    assert work_out("'2010-01-02' < day", {"day": date(2010, 1, 2)}) == Answer(value=False)


# Text


def test_text_is_compared_exactly():
    assert work_out("name = 'Li'", {"name": "li"}) == Answer(value=False)
    assert work_out("starts_with(name, 'O''B')", {"name": "O'Brien"}) == Answer(value=True)
    assert work_out("starts_with(name, '%')", {"name": "Brien"}) == Answer(value=False)
    assert work_out("district <> 'city'", {"district": "rural"}) == Answer(value=True)


# Rows


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        # Ages 20, 30 and a gap: between one and two are below 25.
        ("count_of(members, age < 25) >= 1", True),
        ("count_of(members, age < 25) > 2", False),
        ("count_of(members, age < 25) < 3", True),
        ("count_of(members, age < 25) >= 2", None),
        ("count_of(members, age < 25) = 3", False),
        ("count_of(members, age < 25) <> 3", True),
        ("count_of(members, age < 25) = 1", None),
        ("2 < count_of(members, age < 25)", False),
        ("count_of(members, age < 25) BETWEEN 1 AND 2", True),
        ("count_of(members, age < 25) BETWEEN 3 AND 4", False),
        ("count_of(members, age < 25) NOT BETWEEN 2 AND 4", None),
        ("count_of(members, age < 25) IN (0, 3)", None),  # a list is no side of a comparison
        ("count_of(members, age < 25) < count_of(members, age >= 0)", None),
        ("count_of(members, age < 25) <= count_of(members, TRUE)", True),
        ("count_of(members, age < 25) + 0 >= 1", None),  # in arithmetic the bounds do not count
        ("-count_of(members, age < 25) <= -1", None),
        ("count_of(members, age < 25) >= gap", None),
    ],
)
def test_a_comparison_with_a_count_is_decided_as_soon_as_its_bounds_agree(condition, value):
    assert work_out(condition, household((20,), (30,), (None,))).value is value


def test_both_bounds_can_be_false_and_the_count_may_still_be_between_them():
    members = household((None,), (None,))
    assert work_out("count_of(members, age < 25) = 1", members).value is None
    assert work_out("count_of(members, age < 25) <> 1", members).value is None


def test_a_count_of_unanswered_rows_lies_between_0_and_no_limit():
    assert work_out("count_of(members, TRUE) >= 0") == Answer(value=True)
    assert work_out("count_of(members, TRUE) < 0") == Answer(value=False)
    assert work_out("count_of(members, TRUE) <= 1000000") == Answer(None, missing=("members",))
    assert work_out("count_of(members, TRUE)") == Answer(None, missing=("members",))


def test_a_derived_name_holds_a_count_when_both_bounds_are_equal_else_unknown():
    derive = {"young": "count_of(members, age < 25)", "x": "young >= 1"}
    known = household((20,), (30,))
    assert work_out("", known, derive=derive) == Answer(value=True)
    open_ = household((20,), (None,))
    assert work_out("", open_, derive=derive) == Answer(None, missing=("members[2].age",))


def test_a_row_whose_value_is_0_does_not_matter_to_a_sum():
    assert work_out("sum_of(members, income, works)", household((1, 0, None), (1, 5, True))) == Answer("5")
    assert work_out("sum_of(members, income, works)", household((1, None, False), (1, 5, True))) == Answer(
        "5"
    )
    assert work_out("sum_of(members, income, works)", household((1, 5, None))) == Answer(
        None, missing=("members[1].works",)
    )
    assert work_out("sum_of(members, income, works)", household((1, None, None))) == Answer(
        None, missing=("members[1].income", "members[1].works")
    )
    assert work_out("sum_of(members, income)", household()) == Answer("0")


def test_an_empty_list_is_known_and_unanswered_rows_are_not():
    none = household()
    assert work_out("any_of(members, works)", none) == Answer(value=False)
    assert work_out("all_of(members, works)", none) == Answer(value=True)
    assert work_out("count_of(members, TRUE)", none) == Answer("0")
    assert work_out("largest_of(members, age)", none) == blocked("nothing to take the largest of")
    assert work_out("smallest_of(members, age, FALSE)", household((3,))) == blocked(
        "nothing to take the smallest of"
    )
    for summary in ("any_of(members, works)", "all_of(members, TRUE)", "sum_of(members, age)"):
        assert work_out(summary) == Answer(None, missing=("members",))


def test_any_of_and_all_of_are_kleene_over_the_rows():
    some = household((1, 1, True), (1, 1, None))
    assert work_out("any_of(members, works)", some) == Answer(value=True)
    assert work_out("all_of(members, works)", some) == Answer(None, missing=("members[2].works",))
    assert work_out("all_of(members, NOT works)", some) == Answer(value=False)


def test_largest_of_needs_every_condition_and_every_value_that_may_count():
    assert work_out("largest_of(members, age, works)", household((70, 0, False), (30, 0, True))) == Answer(
        "30"
    )
    assert work_out("largest_of(members, age, works)", household((None, 0, False), (30, 0, True))) == Answer(
        "30"
    )
    assert work_out("smallest_of(members, age, works)", household((70, 0, None), (30, 0, True))) == Answer(
        None, missing=("members[1].works",)
    )


def test_inside_a_summary_a_bare_name_is_the_rows_field_if_it_has_one():
    rows = {"members": [{"n": 1}, {"n": 5}], "n": 3, "gap": 3}
    assert work_out("count_of(members, n > 2)", rows) == Answer("1")
    assert work_out("count_of(members, gap > 2)", rows) == Answer("2")


def test_a_field_of_the_form_that_a_rows_condition_reads_is_listed_once():
    assert work_out("count_of(members, gap > 2)", household((1,), (2,))) == MISSING_GAP


# Parameters and lookups

CEILING = {
    "ceiling": {"type": "money", "source": "Board", "from": {"2025-01-01": "700", "2026-01-01": "750"}}
}


@pytest.mark.parametrize(
    ("as_of", "value"),
    [("2025-12-31", "700"), ("2026-01-01", "750"), ("2025-01-01", "700"), ("2024-12-31", None)],
)
def test_a_case_is_judged_by_the_figures_in_force_on_its_day(as_of, value):
    expected = Answer(value) if value else blocked("no ceiling in force")
    assert work_out("ceiling", as_of=date.fromisoformat(as_of), parameters=CEILING) == expected


TERMS = {
    "terms": {
        "file": "terms.csv",
        "source": "Scheme",
        "keys": {"drug": "text", "cycle": "integer"},
        "values": {"paid": "integer", "aided": "integer"},
    }
}
TERMS_CSV = (
    "from,drug,cycle,paid,aided\n2025-01-01,A,1,5,5\n2026-01-01,A,1,3,\n2027-01-01,A,1,9,9\n,A,2,1,1\n"
)


@pytest.mark.parametrize(
    ("call", "as_of", "expected"),
    [
        ("lookup(terms.paid, 'A', 1)", "2026-09-10", Answer("3")),
        ("lookup(terms.paid, 'A', 1)", "2025-12-31", Answer("5")),
        ("lookup(terms.aided, 'A', 2)", "1999-01-01", Answer("1")),
        ("lookup(terms.paid, 'A', 1)", "2024-12-31", blocked("no key in terms")),
        ("lookup(terms.paid, 'a', 1)", "2026-09-10", blocked("no key in terms")),
        ("lookup(terms.paid, 'A', 3)", "2026-09-10", blocked("no key in terms")),
        (
            "lookup(terms.aided, 'A', 1)",
            "2026-09-10",
            blocked("no key in terms"),
        ),  # the latest row has an empty cell
        ("lookup(terms.paid, name, 1)", "2026-09-10", Answer(None, missing=("name",))),
    ],
)
def test_a_lookup_takes_the_latest_row_alike_and_a_key_not_there_is_unknown(call, as_of, expected):
    answer = work_out(call, as_of=date.fromisoformat(as_of), files={"terms.csv": TERMS_CSV}, lookups=TERMS)
    assert answer == expected


# Conditional fields


def conditional(**extra):
    return {**FORM, "other": {"type": "number", "when": "maybe", "unasked": "0"}, **extra}


def test_a_conditional_field_is_its_answer_its_unasked_or_unknown():
    form = conditional()
    assert work_out("other", {"maybe": True, "other": 7}, form=form) == Answer("7")
    assert work_out("other", {"maybe": False, "other": 7}, form=form) == Answer("0")  # whatever was stored
    assert work_out("other", {"other": 7}, form=form) == MISSING_MAYBE  # it is not asked yet
    assert work_out("other", {"maybe": True}, form=form) == Answer(None, missing=("other",))


def test_the_descent_goes_through_conditions_of_conditions():
    form = conditional(further={"type": "number", "when": "other > 1", "unasked": "gap"})
    assert work_out("further", {}, form=form) == MISSING_MAYBE
    assert work_out("further", {"maybe": True}, form=form) == Answer(None, missing=("other",))
    assert work_out("further", {"maybe": False}, form=form) == MISSING_GAP
    form = conditional(further={"type": "number", "when": "1 / n > 1", "unasked": "0"})
    assert work_out("further", {"n": 0}, form=form) == blocked("division by zero", "form.further.when")
    form = conditional(further={"type": "number", "when": "yes AND no", "unasked": "1 / n"})
    assert work_out("further", {"n": 0}, form=form) == blocked("division by zero", "form.further.unasked")


def test_a_conditional_field_within_rows_reads_its_own_row():
    of = FORM["members"]["of"] | {"pension": {"type": "money", "when": "age >= 60", "unasked": "0"}}
    form = {**FORM, "members": {"type": "rows", "of": of}}
    rows = {"members": [{"age": 70, "pension": 5}, {"age": 20, "pension": 9}]}
    assert work_out("sum_of(members, pension)", rows, form=form) == Answer("5")
    rows = {"members": [{"age": 70}, {"age": None, "pension": 9}]}
    assert work_out("sum_of(members, pension)", rows, form=form) == Answer(
        None, missing=("members[1].pension", "members[2].age")
    )


# Descent


def test_the_descent_goes_only_to_unknown_operands():
    assert work_out("maybe AND gap > 1 AND yes", {}) == Answer(None, missing=("gap", "maybe"))
    assert work_out("maybe AND (yes OR gap > 1)", {}) == MISSING_MAYBE


def test_only_the_first_undecided_band_is_asked_about():
    bands = {"no": "1", "maybe": "gap", "gap > 1": "2", "otherwise": "3"}
    assert work_out(bands) == MISSING_MAYBE
    assert work_out(bands, {"maybe": True}) == MISSING_GAP


def test_a_cause_and_a_gap_stand_side_by_side():
    answer = work_out("1 / n > 2 AND maybe", {"n": 0})
    assert answer == Answer(None, missing=("maybe",), blocked=(("derive.x", "division by zero"),))


def test_a_cause_is_placed_where_the_node_stands():
    derive = {"share": "1 / n", "x": "share + 1"}
    assert work_out("", {"n": 0}, derive=derive) == blocked("division by zero", "derive.share")


def test_answers_are_as_exact_as_they_were_given():
    assert work_out("n", {"n": Decimal("0.000001")}, AS_OF) == Answer("0.000001")
