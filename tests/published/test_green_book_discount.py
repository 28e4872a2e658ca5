"""The Green Book's discount factors at its standard rate, as a single year's weight in our own values.

The rate of years 31 and later is lower; a programme's file has one rate, so the factor of year 31 is not ours to give.
A flat rate gives a smaller one: it never claims more.
"""

from decimal import Decimal

import pytest
from studies import case

from almoner.definitions.programme import Duration
from almoner.engine.valuation import weight_of_years
from almoner.values.numbers import to_micros

INPUTS, EXPECTED = case("green_book_discount")
RATE = to_micros(Decimal(str(EXPECTED["stpr"])))


def factor(year, rate=RATE):
    """What a unit in that year is worth: the weight of the years up to it, less that of those before."""
    weights = [weight_of_years(0, rate, Duration(count, "years")) for count in (year, year - 1)]
    return (weights[0] - weights[1]) / 10**18


def test_the_rate_is_the_sum_that_is_printed():
    assert Decimal(str(INPUTS["rho"])) + Decimal(str(INPUTS["mu"])) * Decimal(str(INPUTS["g"])) == Decimal(
        "0.035"
    )


@pytest.mark.parametrize("year", [1, 30])
def test_the_factor_of_a_year_is_as_printed(year):
    assert round(factor(year), 4) == EXPECTED[f"factor_year_{year}"]


def test_a_flat_rate_gives_less_in_year_31_than_the_declining_one():
    assert factor(31) < EXPECTED["factor_year_31"]
