"""Means, poverty and inequality, each row with its weight: exact sums of whole numbers, rounded once.

Poverty is measured as Foster, Greer and Thorbecke do (Econometrica 52, 1984; Haughton and Khandker, Handbook on
Poverty and Inequality, World Bank 2009, chapter 4): P(a) = sum of w * ((z - y) / z)^a over those whose y is below the
line z, divided by the sum of w over all. The power a is 0 for the headcount, 1 for the gap, 2 for the squared gap.

The rows hold what is left of a shortfall, not the income: whether y is below z, or (z - y) / z, which is 0 for who is
not below. Where incomes are confidential it is this value that is cut to two digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from almoner.definitions.parts.shown import POVERTY
from almoner.definitions.programme import Indicator
from almoner.definitions.tree import Arithmetic, Call, Compare, Expression, Literal, Node, Type
from almoner.values.numbers import MICRO, half_even_div, text_of

Weighed = Sequence[tuple[int, int]]
"""Values in micros, each with the sum of the weights (in micros, above 0) of the rows that have it."""

_NONE = Literal(Type.MONEY, 0)


def row_expression(indicator: Indicator) -> Expression | None:
    """What of an indicator is computed for each row: the money itself, or how it lies to the line.

    A line of 0 or less leaves a gap unknown: nothing is divided by it.
    """
    own, line = indicator.expression, indicator.line_expression
    if own is None or line is None:
        return own
    if indicator.kind == "headcount":
        node: Node = Compare("<", own.node, line.node)
    else:
        short = Arithmetic("-", line.node, own.node, Type.MONEY)
        some = Call("larger_of", (short, _NONE), Type.MONEY)
        node = Arithmetic("/", some, Call("larger_of", (line.node, _NONE), Type.MONEY), Type.NUMBER)
    return Expression(own.place, own.line, f"{own.text} against {line.text}", node)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure as a fraction of whole numbers; `below_zero` counts the values below 0. No denominator: no figure."""

    numerator: int
    denominator: int
    weights: int
    below_zero: bool = False

    @property
    def value(self) -> Fraction | None:
        """The measure, exactly."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def text(self) -> str | None:
        """The measure half-even to a millionth."""
        micros = self.micros
        return None if micros is None else text_of(micros)

    @property
    def micros(self) -> int | None:
        """The measure in micros, half-even."""
        return half_even_div(self.numerator * MICRO, self.denominator) if self.denominator else None


def measure(kind: str, weighed: Weighed) -> Measured:
    """One of the kinds of `MEASURES`. In the headcount a value is 1 (in micros) for who is below the line, else 0."""
    if kind == "gini":
        return gini(weighed)
    return power_mean(weighed, 2 if kind == "squared_gap" else 1)


def power_mean(weighed: Weighed, power: int) -> Measured:
    """The weighted mean of the values raised to a power."""
    weights = sum(weight for _value, weight in weighed)
    total = sum(weight * value**power for value, weight in weighed)
    return Measured(total, weights * MICRO**power, weights)


def gini(weighed: Weighed) -> Measured:
    """The Gini coefficient: the sum of w * y * (2 S - w - W) over W times the sum of w * y, in the order of y.

    S is the weight up to and with the row, W the weight of all; for equal weights this is
    sum (2 i - n - 1) y / (n sum y). Where a value is below 0, or all are 0, there is none.
    """
    whole = sum(weight for _value, weight in weighed)
    below = any(value < 0 for value, _weight in weighed)
    total = sum(weight * value for value, weight in weighed)
    if below or not total:
        return Measured(0, 0, whole, below)
    before = found = 0
    for value, weight in sorted(weighed):
        found += weight * value * (2 * before + weight - whole)
        before += weight
    return Measured(found, whole * total, whole)


def reached(kind: str, found: Measured, target: int | None) -> bool | None:
    """Whether a target is met: a mean reaches it, poverty and inequality do not exceed it."""
    if target is None or not found.denominator:
        return None
    value, wanted = found.numerator * MICRO, target * found.denominator
    return value >= wanted if kind == "mean" else value <= wanted


def described(indicator: Indicator, found: Measured) -> Mapping[str, Any]:
    """What stands beside the value: the line, by what is weighed and how much that is, and amounts below 0."""
    return {
        "line": indicator.line_expression.text if indicator.line_expression else None,
        "weight": indicator.weight.text if indicator.weight else None,
        "weights": text_of(found.weights),
        "below_zero": found.below_zero,
        "poverty": indicator.kind in POVERTY,
    }
