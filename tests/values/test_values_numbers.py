"""Numbers are fixed point; an independent computation in fractions must agree."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.numbers import (
    LIMIT,
    MICRO,
    DivisionByZero,
    NumberProblem,
    OutOfRange,
    checked,
    divide,
    from_micros,
    half_even_div,
    multiply,
    text_of,
    thousandths,
    to_micros,
)

micros = st.integers(-LIMIT, LIMIT)
small = st.integers(-(10**9), 10**9)


def nearest(exact: Fraction) -> int:
    """Python's own rounding of a fraction is half-even."""
    return round(exact)


@given(micros)
def test_a_number_goes_to_micros_and_back_unchanged(number):
    assert to_micros(from_micros(number)) == number
    assert Fraction(from_micros(number)) == Fraction(number, MICRO)


@given(micros)
def test_text_is_plain_and_has_no_trailing_zero(number):
    text = text_of(number)
    assert "E" not in text
    assert Fraction(text) == Fraction(number, MICRO)
    if "." in text:
        assert not text.endswith(("0", "."))


@given(small, small)
def test_a_product_is_the_nearest_millionth(left, right):
    assert multiply(left, right) == nearest(Fraction(left * right, MICRO))


@given(small, small.filter(bool))
def test_a_quotient_is_the_nearest_millionth(left, right):
    exact = Fraction(left, right) * MICRO
    if abs(nearest(exact)) <= LIMIT:
        assert divide(left, right) == nearest(exact)
    else:
        with pytest.raises(OutOfRange):
            divide(left, right)


@given(st.integers(), st.integers().filter(bool))
def test_whole_division_rounds_half_to_even(numerator, denominator):
    assert half_even_div(numerator, denominator) == nearest(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"), [(1, 2, 0), (3, 2, 2), (-1, 2, 0), (-3, 2, -2), (5, -2, -2)]
)
def test_half_goes_to_the_even_neighbour(numerator, denominator, expected):
    assert half_even_div(numerator, denominator) == expected


def test_division_by_zero_is_a_problem_of_its_own():
    with pytest.raises(DivisionByZero):
        divide(1, 0)


def test_a_ceiling_on_the_limit_is_inside_and_a_millionth_more_is_not():
    assert to_micros(10**12) == LIMIT
    assert checked(-LIMIT) == -LIMIT
    with pytest.raises(OutOfRange):
        to_micros(Decimal("1000000000000.000001"))
    with pytest.raises(OutOfRange):
        to_micros(-(10**12) - 1)


@pytest.mark.parametrize("text", ["0.0000001", "1.2345678", "-3.00000001", "1E-7"])
def test_more_than_six_decimals_are_a_problem(text):
    with pytest.raises(NumberProblem, match="decimals"):
        to_micros(Decimal(text))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E+13"])
def test_what_is_no_number_or_too_large_is_a_problem(text):
    with pytest.raises(NumberProblem):
        to_micros(Decimal(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.20000000000", 1_200_000),
        ("0E-20", 0),
        ("5E+3", 5_000_000_000),
        ("-0.0", 0),
        ("600.05", 600_050_000),
    ],
)
def test_trailing_zeros_are_no_decimals(text, expected):
    assert to_micros(Decimal(text)) == expected


def test_five_thousand_reads_as_five_thousand():
    assert str(from_micros(5000 * MICRO)) == "5000"
    assert text_of(330_000) == "0.33"
    assert text_of(-500_000) == "-0.5"


def test_a_third_times_three_stays_a_millionth_short():
    third = divide(1 * MICRO, 3 * MICRO)
    assert multiply(third, 3 * MICRO) == 999_999


@pytest.mark.parametrize("value", [1.5, True, "3"])
def test_floats_and_booleans_are_no_numbers(value):
    with pytest.raises(TypeError):
        to_micros(value)


@given(micros)
def test_a_quantity_is_stored_as_the_nearest_thousandth(number):
    assert thousandths(from_micros(number)) == nearest(Fraction(number, 1000))
