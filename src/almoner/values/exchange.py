"""Money of one currency in another, by a rate that was published for a day."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from almoner.values.money import Money, exponent_of

_DIGITS = 60
"""Enough for every whole count of minor units times every published rate: nothing is rounded but the result."""


def converted(money: Money, rate: Decimal, into: str) -> Money:
    """An amount in another currency: what one unit is worth times how many, half-even to the minor unit, once.

    Args:
        money: the amount.
        rate: what one unit of its currency is worth in the other; above 0.
        into: the other currency.

    Raises:
        ValueError: the rate is not above 0; an amount in its own currency has the rate 1.
    """
    if rate <= 0 or (money.currency == into and rate != 1):
        raise ValueError(f"{rate} is no rate from {money.currency} to {into}.")
    with localcontext() as context:
        context.prec = _DIGITS
        exact = Decimal(money.minor).scaleb(-exponent_of(money.currency)) * rate
        minor = exact.scaleb(exponent_of(into)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return Money(int(minor), into)
