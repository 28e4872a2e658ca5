"""Money is a whole count of minor units."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.money import EXPONENTS, Money, MoneyProblem, from_micros, shares
from almoner.values.numbers import LIMIT, MICRO

currencies = st.sampled_from(["CNY", "USD", "EUR", "VND", "JPY", "KWD", "IDR"])


@given(st.integers(-LIMIT, LIMIT), currencies)
def test_micros_become_minor_units_half_even(micros, currency):
    step = Decimal(1).scaleb(-EXPONENTS[currency])
    expected = (Decimal(micros) / MICRO).quantize(step, rounding=ROUND_HALF_EVEN)
    assert from_micros(micros, currency).amount == expected


@given(st.integers(-(10**12), 10**12), currencies)
def test_money_goes_to_micros_and_back_unchanged(minor, currency):
    money = Money(minor, currency)
    assert from_micros(money.micros, currency) == money
    assert Money.of(money.amount, currency) == money


@st.composite
def splits(draw):
    cuts = sorted(draw(st.lists(st.integers(0, MICRO), max_size=6)))
    edges = [0, *cuts, MICRO]
    return [after - before for before, after in pairwise(edges)]


@given(st.integers(0, 10**14), splits(), currencies)
def test_shares_add_up_to_the_whole_and_only_the_last_is_rounded_up(minor, parts, currency):
    split = shares(Money(minor, currency), parts)
    assert sum(share.minor for share in split) == minor
    assert len(split) == len(parts)
    for share, part in list(zip(split, parts, strict=True))[:-1]:
        exact = Fraction(minor * part, MICRO)
        assert exact - 1 < share.minor <= exact
    assert split[-1].minor >= Fraction(minor * parts[-1], MICRO)


def test_a_third_of_ten_yuan_leaves_the_last_fen_to_the_last():
    parts = [333_333, 333_333, 333_334]
    assert [str(share) for share in shares(Money(1000, "CNY"), parts)] == ["3.33", "3.33", "3.34"]


@pytest.mark.parametrize("parts", [[], [500_000], [600_000, 600_000], [-1, MICRO + 1]])
def test_shares_that_are_not_a_whole_are_refused(parts):
    with pytest.raises(MoneyProblem):
        shares(Money(1000, "CNY"), parts)


def test_a_debt_is_not_split():
    with pytest.raises(MoneyProblem):
        shares(Money(-1, "CNY"), [MICRO])


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(500_000, "CNY", "5000.00"), (-5, "EUR", "-0.05"), (1234, "JPY", "1234"), (1, "KWD", "0.001")],
)
def test_money_reads_plain(minor, currency, text):
    assert str(Money(minor, currency)) == text
    assert str(Money(minor, currency).amount) == text


def test_two_currencies_are_never_added_or_compared():
    yuan, euro = Money(1, "CNY"), Money(1, "EUR")
    for wrong in (lambda: yuan + euro, lambda: yuan - euro, lambda: yuan < euro, lambda: yuan >= euro):
        with pytest.raises(MoneyProblem):
            wrong()
    assert yuan != euro


def test_sums_and_order_within_a_currency():
    one, two = Money(1, "CNY"), Money(2, "CNY")
    assert one + two == Money(3, "CNY")
    assert one - two == -one
    assert one < two
    assert one <= Money(1, "CNY")
    assert two > one
    assert one >= Money(1, "CNY")
    assert not one < one - one
    assert not Money.zero("CNY")


def test_an_unknown_currency_is_refused():
    with pytest.raises(MoneyProblem, match="RMB"):
        Money(1, "RMB")


def test_more_decimals_than_the_currency_has_are_refused():
    with pytest.raises(MoneyProblem):
        Money.of(Decimal("0.005"), "CNY")


def test_minor_units_are_whole():
    with pytest.raises(TypeError):
        Money(1.0, "CNY")
