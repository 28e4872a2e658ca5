"""Fixed point in SQL is fixed point in Python: exact, half-even, within ±10^12, and never an aborted query."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screening_by_hand import AS_OF, programme, value_of

from almoner.engine.screening import AnswersProblem, Case, screen
from almoner.engine.sql_text import BIGINT_LIMIT
from almoner.values.numbers import LIMIT, NumberProblem, divide, from_micros, multiply

FORM = {"x": {"type": "number"}, "y": {"type": "number"}, "n": {"type": "integer"}}
EDGES = [
    0,
    1,
    -1,
    499_999,
    500_000,
    500_001,
    1_000_000,
    -1_500_000,
    2_500_000,
    LIMIT,
    -LIMIT,
    LIMIT - 1,
    10**9 + 1,
    # Around where a product with a million, with 18 and with 333,331 no longer fits into 64 bits.
    *(BIGINT_LIMIT // 4 // factor + one for factor in (10**6, 18, 333_331) for one in (0, 1)),
    *(-(BIGINT_LIMIT // 4 // factor) - one for factor in (10**6, 18, 333_331) for one in (0, 1)),
]
MICROS = st.one_of(
    st.sampled_from(EDGES), st.integers(-LIMIT, LIMIT), st.integers(-(10**9), 10**9), st.integers(-20, 20)
)
WHOLE = st.one_of(st.sampled_from([0, 1, -1, 3, 7]), st.integers(-(10**12), 10**12), st.integers(-20, 20))

OF = programme(
    FORM,
    derive={
        "plus": "x + y",
        "minus": "x - y",
        "times": "x * y",
        "over": "x / y",
        "by_whole": "x * n",
        "over_whole": "x / n",
        "whole_over": "n / x",
        "by_third": "0.333333 * x",
        "by_six_fifths": "x * 1.2",
        "by_half": "x * 0.5",
        "over_three": "x / 3",
        "over_seven_hundredths": "x / -0.07",
        "negative": "-x",
        "of_two": "smaller_of(x, y) * larger_of(x, y)",
        "squares": "(x + y) * (x - y)",
        "by_share": "x * share",
        "by_odd_share": "odd_share * x",
    },
    parameters={
        "share": ("number", {date(2020, 1, 1): 150_000, AS_OF: 180_000}),
        "odd_share": ("number", {date(2020, 1, 1): 100_000, AS_OF: 333_331}),
    },
)


def checked(compute, *arguments):
    try:
        found = compute(*arguments)
    except NumberProblem:
        return None
    return found if -LIMIT <= found <= LIMIT else None


def strict(compute, *arguments):
    return None if None in arguments else checked(compute, *arguments)


def expected(x, y, n):
    whole = n * 1_000_000
    return {
        "plus": checked(lambda: x + y),
        "minus": checked(lambda: x - y),
        "times": checked(multiply, x, y),
        "over": checked(divide, x, y),
        "by_whole": checked(multiply, x, whole),
        "over_whole": checked(divide, x, whole),
        "whole_over": checked(divide, whole, x),
        "by_third": checked(multiply, 333_333, x),
        "by_six_fifths": checked(multiply, x, 1_200_000),
        "by_half": checked(multiply, x, 500_000),
        "over_three": checked(divide, x, 3_000_000),
        "over_seven_hundredths": checked(divide, x, -70_000),
        "negative": -x,
        "of_two": checked(multiply, min(x, y), max(x, y)),
        "squares": strict(multiply, checked(lambda: x + y), checked(lambda: x - y)),
        "by_share": checked(multiply, x, 180_000),
        "by_odd_share": checked(multiply, x, 333_331),
    }


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(MICROS, MICROS, WHOLE), min_size=20, max_size=60))
def test_every_operation_agrees_with_python(triples):
    cases = [Case(AS_OF, {"x": from_micros(x), "y": from_micros(y), "n": n}) for x, y, n in triples]
    for (x, y, n), screening in zip(triples, screen(OF, cases), strict=True):
        wanted = {
            name: None if micros is None else from_micros(micros)
            for name, micros in expected(x, y, n).items()
        }
        assert dict(screening.derived) == wanted, (x, y, n)


@pytest.mark.parametrize(
    ("text", "x", "found"),
    [
        ("x / 8", "0.000004", "0"),  # exactly a half: to the even one
        ("x / 8", "0.000012", "0.000002"),
        ("x / 8", "-0.000004", "0"),
        ("x / 8", "-0.000012", "-0.000002"),
        ("x / 8", "-0.000013", "-0.000002"),
        ("x / 8", "-0.000005", "-0.000001"),
        ("x * 0.5", "-0.000003", "-0.000002"),
        ("x * 0.5", "-0.000001", "0"),
    ],
)
def test_halves_go_to_the_even_millionth_on_both_sides_of_zero(text, x, found):
    assert value_of(text, FORM, x=Decimal(x)) == Decimal(found)


def test_exactly_at_the_limit_is_within_and_a_millionth_more_is_not():
    limit = Decimal(10**12)
    assert value_of("x + y", FORM, x=limit, y=0) == limit
    assert value_of("x + y", FORM, x=limit, y=Decimal("0.000001")) is None
    assert value_of("x - y", FORM, x=-limit, y=Decimal("0.000001")) is None
    assert value_of("x * 1", FORM, x=-limit) == -limit
    assert value_of("x * 1.000001", FORM, x=limit) is None


def test_a_result_beyond_the_limit_stays_unknown_though_a_later_step_comes_back():
    assert value_of("x + y - y", FORM, x=10**12, y=10**12) is None


def test_exactly_at_a_ceiling_is_at_the_ceiling():
    form = {"income": {"type": "money"}, "heads": {"type": "integer"}}
    parameters = {"ceiling": ("money", {date(2025, 1, 1): 600_050_000})}
    of = programme(form, rules={"poor": "income / heads <= ceiling"}, parameters=parameters)
    at, above = (
        screen(of, [Case(AS_OF, {"income": Decimal(income), "heads": 3})])[0]
        for income in ("1800.15", "1800.16")
    )
    assert at.outcome == "eligible"
    assert above.refused_by == ("poor",)


@pytest.mark.parametrize(
    "answer", [10**20, Decimal("1e20"), Decimal("0.1234567"), Decimal("NaN"), Decimal("Infinity"), 10**12 + 1]
)
def test_a_number_beyond_the_limits_is_named_not_computed_with(answer):
    with pytest.raises(AnswersProblem, match="'x'"):
        value_of("x + 1", FORM, x=answer)


@pytest.mark.parametrize("answer", [1.5, True, "1"])
def test_what_is_no_number_is_no_number(answer):
    with pytest.raises(AnswersProblem, match="'x'"):
        value_of("x + 1", FORM, x=answer)


def test_a_broken_number_is_no_whole_one():
    with pytest.raises(AnswersProblem, match="whole"):
        value_of("n + 1", FORM, n=Decimal("1.5"))


def test_a_sum_of_many_large_rows_is_not_computable_and_aborts_nothing():
    form = {"rows": {"type": "rows", "of": {"v": {"type": "money"}}}}
    of = programme(form, derive={"found": "sum_of(rows, v)"}, rules={"some": "found > 0"})
    screening = screen(of, [Case(AS_OF, {"rows": [{"v": 10**12}] * 400})])[0]
    assert [(one.place, one.cause) for one in screening.blocked] == [("derive.found", "out of range")]


def test_a_thousand_times_a_third_is_what_fractions_say():
    found = value_of("x / 3 * 1000", FORM, x=1)
    assert found == Decimal("333.333")
    assert Fraction(found) != Fraction(1000, 3)
