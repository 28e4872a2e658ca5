"""Money in another currency: by the published rate, rounded once, and never more than half a unit off."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.values.exchange import converted
from almoner.values.money import Money, exponent_of

RATES = st.decimals(min_value="0.000001", max_value="100000", places=8)


def test_shillings_are_told_in_yuan_by_the_rate_of_the_day():
    assert converted(Money.of(Decimal(1520900), "KES"), Decimal("0.0553"), "CNY") == Money.of(
        Decimal("84105.77"), "CNY"
    )


def test_currencies_without_decimals_and_with_three_are_converted_by_their_own_units():
    assert converted(Money(1000, "JPY"), Decimal("0.0478"), "CNY") == Money(4780, "CNY")
    assert converted(Money(4780, "CNY"), Decimal("20.9205"), "JPY") == Money(1000, "JPY")
    assert converted(Money(100, "USD"), Decimal("0.376"), "OMR") == Money(376, "OMR")


@pytest.mark.parametrize(("rate", "into"), [("0", "CNY"), ("-1", "CNY"), ("2", "KES")])
def test_what_is_no_rate_converts_nothing(rate: str, into: str):
    with pytest.raises(ValueError, match="is no rate"):
        converted(Money(100, "KES"), Decimal(rate), into)


@given(st.integers(-(10**15), 10**15), RATES, st.sampled_from(["CNY", "JPY", "OMR"]))
def test_it_is_off_by_half_a_minor_unit_at_most(minor: int, rate: Decimal, into: str):
    exact = Decimal(minor) / 100 * rate * 10 ** exponent_of(into)
    assert abs(converted(Money(minor, "KES"), rate, into).minor - exact) <= Decimal("0.5")


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6), RATES)
def test_parts_that_are_converted_each_are_off_together_by_half_a_unit_each_at_most(
    parts: list[int], rate: Decimal
):
    whole = converted(Money(sum(parts), "KES"), rate, "CNY").minor
    together = sum(converted(Money(one, "KES"), rate, "CNY").minor for one in parts)
    assert abs(whole - together) <= (len(parts) + 1) / 2
