"""What outcomes are worth in money: whole numbers throughout, so that anybody gets the same to the last digit.

    value = outcomes * proxy * (1 - deadweight) * (1 - attribution) * (1 - displacement) * years
    years = sum over t = 1 … duration of part_t * (1 - drop_off)^(t - 1) / (1 + discount_rate)^t

The rule of a value map: A Guide to Social Return on Investment (SROI Network, 2012). Year 1 is discounted once.
`part_t` is 1, in the last year the part of it that the duration reaches. Attribution is the share that others
brought about.

Assumptions are micros. A year's weight is kept with 18 decimals, each rounded half-even from the one before; a part
of a year likewise. Nothing else is rounded but the total, half-even, to the currency's smallest unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from almoner.definitions.programme import A_YEAR, Assumption, Duration, OutcomeValue
from almoner.values.canonical import canonical
from almoner.values.chance import Chance
from almoner.values.money import Money, exponent_of
from almoner.values.numbers import MICRO, half_even_div

DRAWS = 10_000
"""How often each assumption with a range is drawn."""

LOW, HIGH = 5, 95
"""The percentiles between which a value is said to lie."""

_FINE = 10**18
"""One, in the weight of a year."""

_WHOLE = MICRO**4 * _FINE
"""One, in what one outcome is worth: the proxy, three shares and the weight of the years."""

Assumed = Mapping[str, int]
"""One figure for each assumption, by name, in micros."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What a value comes to with one assumption at its low and its high figure, the others central."""

    name: str
    at_low: Money
    at_high: Money

    @property
    def swing(self) -> Money:
        """How far the two lie apart."""
        apart = self.at_high - self.at_low
        return -apart if apart.minor < 0 else apart


@dataclass(frozen=True, slots=True)
class Worth:
    """What outcomes are worth: the central value, the 5th and 95th percentile, and the two ends of all draws.

    `draws` is 0 where no assumption has a range: nothing is drawn, and all five are one. The central value takes the
    likeliest figures; under crooked triangles it may lie outside the percentiles. `swings` begin with the widest.
    """

    central: Money
    low: Money
    high: Money
    adverse: Money
    favourable: Money
    draws: int
    swings: tuple[Swing, ...]


def weight_of_years(drop_off: int, discount_rate: int, duration: Duration) -> int:
    """The sum over the years, with 18 decimals; `drop_off` and `discount_rate` in micros.

    Raises:
        KeyError: the duration is in another unit than years, months or weeks.
    """
    a_year = A_YEAR[duration.unit]
    years, rest = divmod(duration.count, a_year)
    total, weight = 0, half_even_div(_FINE * MICRO, MICRO + discount_rate)
    for _year in range(years):
        total += weight
        weight = half_even_div(weight * (MICRO - drop_off), MICRO + discount_rate)
    return total + half_even_div(weight * rest, a_year)


def total(outcomes: int, assumed: Assumed, duration: Duration, currency: str) -> Money:
    """What so many outcomes are worth under these figures."""
    return _money(outcomes, _worth(assumed, duration), currency)


def worth_of_one(assumed: Assumed, duration: Duration) -> Fraction:
    """What one outcome is worth under these figures, exactly but for the weight of the years."""
    return Fraction(_worth(assumed, duration), _WHOLE)


def worth(value: OutcomeValue, outcomes: int, seed: int, *, draws: int = DRAWS) -> Worth:
    """What so many outcomes are worth, with its range.

    Each draw takes the assumptions that have a range in the order of `value.assumptions`, one raw 64-bit number each.
    The p-th percentile of n draws is the one at place p * n / 100, rounded up, from the smallest.
    """
    assumptions, duration = value.assumptions, value.duration
    central = {name: one.central for name, one in assumptions.items()}
    ranges = {name: one for name, one in assumptions.items() if one.ranges}
    middle = _worth(central, duration)
    found = sorted(_draw(ranges, central, duration, seed, draws)) if ranges else []
    low, high = (_percentile(found, part) if found else middle for part in (LOW, HIGH))
    adverse, favourable = _ends(assumptions, duration)
    swings = [
        (_worth({**central, name: one.low}, duration), _worth({**central, name: one.high}, duration), name)
        for name, one in ranges.items()
    ]
    swings.sort(key=lambda one: -abs(one[1] - one[0]))

    def money(one: int) -> Money:
        return _money(outcomes, one, value.currency)

    return Worth(
        money(middle),
        money(low),
        money(high),
        money(adverse),
        money(favourable),
        len(found),
        tuple(Swing(name, money(first), money(second)) for first, second, name in swings),
    )


def seed_of(edition: str, indicator: str, starts: str, ends: str) -> int:
    """The seed of a value: 64 bits of SHA-256 over what it is of, so that nobody draws until the range pleases."""
    said: dict[str, Any] = {"edition": edition, "indicator": indicator, "starts": starts, "ends": ends}
    return int.from_bytes(hashlib.sha256(canonical(said)).digest()[:8], "big")


def _draw(
    ranges: Mapping[str, Assumption], central: Assumed, duration: Duration, seed: int, draws: int
) -> list[int]:
    chance = Chance(seed)
    found = []
    for _draw in range(draws):
        drawn = {name: chance.triangular(one.low, one.central, one.high) for name, one in ranges.items()}
        found.append(_worth({**central, **drawn}, duration))
    return found


def _percentile(found: list[int], part: int) -> int:
    return found[-(-part * len(found) // 100) - 1]


def _ends(assumptions: Mapping[str, Assumption], duration: Duration) -> tuple[int, int]:
    """The least and the most that any figures within the ranges give.

    A higher proxy is always worth more. Every other assumption takes a part away: of a benefit, which is then worth
    less, or of a harm (a proxy below 0), which is then worth more.
    """

    def at(proxy: int, end: str) -> int:
        others = {name: getattr(one, end) for name, one in assumptions.items()}
        return _worth({**others, "proxy": proxy}, duration)

    low, high = assumptions["proxy"].low, assumptions["proxy"].high
    return at(low, "high" if low >= 0 else "low"), at(high, "low" if high >= 0 else "high")


def _worth(assumed: Assumed, duration: Duration) -> int:
    """What one outcome is worth, in parts of `_WHOLE`, exactly as far as its factors go."""
    left = (
        (MICRO - assumed["deadweight"]) * (MICRO - assumed["attribution"]) * (MICRO - assumed["displacement"])
    )
    return assumed["proxy"] * left * weight_of_years(assumed["drop_off"], assumed["discount_rate"], duration)


def _money(outcomes: int, one: int, currency: str) -> Money:
    return Money(half_even_div(outcomes * one * 10 ** exponent_of(currency), _WHOLE), currency)
