"""Sums, products and quotients in fixed point, as SQL that never fails.

Numbers are micros in 64 bits. A result beyond ±10^12 is NULL. Where the bounds of the operands prove that a result
lies within, no check is written; where they prove that a product fits into 64 bits, 128 are not used; and in a table
only the amounts that are too large for 64 are computed in 128.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from almoner.engine.sql_text import BIGINT_LIMIT, Sql, level_of
from almoner.engine.steps import Scope
from almoner.values.numbers import LIMIT, MICRO

_WORTH_ASKING = 10**6 * MICRO
"""It is asked whether an amount is small where a million still is."""


def in_range(scope: Scope, raw: Sql, *, wide: bool = False) -> Sql:
    """The number, or NULL where it is beyond ±10^12. `wide` says that it is held in 128 bits."""
    low, high = max(raw.low, -LIMIT), min(raw.high, LIMIT)
    inside = (raw.low, raw.high) == (low, high)
    if inside and not wide:
        return replace(raw, total=True)
    if inside:
        return replace(raw, text=f"CAST({raw.text} AS BIGINT)", simple=False, total=True)
    raw = scope.once(raw)
    value = f"CAST({raw.text} AS BIGINT)" if wide else raw.text
    text = f"(CASE WHEN {raw.text} BETWEEN {-LIMIT} AND {LIMIT} THEN {value} END)"
    return replace(raw, text=text, simple=False, low=low, high=high)


def negative(operand: Sql) -> Sql:
    """Unary minus, which never leaves the range."""
    return Sql(f"(-{operand.text})", operand.level, low=-operand.high, high=-operand.low, whole=operand.whole)


def plus(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The sum of two numbers."""
    raw = Sql(
        f"({left.text} + {right.text})",
        level_of(left, right),
        low=left.low + right.low,
        high=left.high + right.high,
        whole=left.whole and right.whole,
    )
    return in_range(scope, raw)


def minus(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The difference of two numbers."""
    raw = Sql(
        f"({left.text} - {right.text})",
        level_of(left, right),
        low=left.low - right.high,
        high=left.high - right.low,
        whole=left.whole and right.whole,
    )
    return in_range(scope, raw)


def times(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The product, half-even to a millionth."""
    if left.constant is not None or (right.constant is None and _coarser(left, right)):
        left, right = right, left
    factor = _factor(right)
    return _by_size(scope, left, factor.bounds, lambda part: _times(scope, part, right, factor))


def _coarser(left: Sql, right: Sql) -> bool:
    """Whether the left one makes the smaller factor."""
    return (left.whole, left.grain) > (right.whole, right.grain)


def _by_size(scope: Scope, left: Sql, bounds: tuple[int, int], compute: Callable[[Sql], Sql]) -> Sql:
    """A result that is computed from `left` times something within `bounds`: in 64 bits where that fits, else in 128.

    Where the bounds of `left` do not say which it is, of many cases each does: an amount above a million is rare.
    """
    most = BIGINT_LIMIT // 4 // max(1, *map(abs, bounds))
    if (
        scope.rows
        or not scope.steps.many
        or most < _WORTH_ASKING
        or max(abs(left.low), abs(left.high)) <= most
    ):
        return compute(left)
    left = scope.once(left)
    fits = f"{left.text} BETWEEN {-most} AND {most}"
    small = replace(left, text=f"CASE WHEN {fits} THEN {left.text} END", simple=False)
    large = replace(left, text=f"CASE WHEN NOT {fits} THEN {left.text} END", simple=False)
    narrow = compute(replace(small, low=max(left.low, -most), high=min(left.high, most)))
    wide = compute(large)
    return Sql(
        f"COALESCE({narrow.text}, {wide.text})",
        level_of(narrow, wide),
        low=min(narrow.low, wide.low),
        high=max(narrow.high, wide.high),
        whole=narrow.whole,
        total=narrow.total and wide.total,
    )


def _times(scope: Scope, left: Sql, right: Sql, factor: _Factor) -> Sql:
    bounds, multiplier, under = factor.bounds, factor.text, factor.under
    corners = [a * b for a in (left.low, left.high) for b in bounds]
    product = _product(left, multiplier, (min(corners), max(corners)), level_of(left, right))
    whole = left.whole and right.whole
    if under == 1:
        return in_range(scope, replace(product, whole=whole), wide=_is_wide(product))
    divisor = Sql(str(under), simple=True, low=under, high=under)
    # Rounding moves a bound by one micro at most.
    low, high = product.low // under - 1, product.high // under + 1
    raw, wide = _half_even(scope, product, divisor, low, high)
    return in_range(scope, replace(raw, whole=whole), wide=wide)


@dataclass(frozen=True, slots=True)
class _Factor:
    """A factor as a whole number within bounds over another: 1.2 is 6 over 5."""

    bounds: tuple[int, int]
    text: str
    under: int


def _factor(right: Sql) -> _Factor:
    """A whole number is itself over 1, a parameter of 0.15 or 0.18 so many hundredths over 100."""
    if right.constant is not None:
        exact = Fraction(right.constant, MICRO)
        return _Factor((exact.numerator, exact.numerator), f"({exact.numerator})", exact.denominator)
    grain = gcd(MICRO if right.whole else right.grain, MICRO)
    text = right.text if grain == 1 else f"({right.text} // {grain})"
    return _Factor((right.low // grain, right.high // grain), text, MICRO // grain)


def _product(left: Sql, multiplier: str, bounds: tuple[int, int], level: int) -> Sql:
    low, high = bounds
    fits = max(abs(low), abs(high)) <= BIGINT_LIMIT // 4
    text = f"({left.text} * {multiplier})" if fits else f"({left.text}::HUGEINT * {multiplier})"
    return Sql(text, level, low=low, high=high)


def _is_wide(product: Sql) -> bool:
    return max(abs(product.low), abs(product.high)) > BIGINT_LIMIT // 4


def _half_even(scope: Scope, number: Sql, divisor: Sql, low: int, high: int) -> tuple[Sql, bool]:
    """`number / divisor` to the nearest whole micro, halfway to the even one; and whether it is held in 128 bits.

    DuckDB's // cuts towards zero. With the remainder r and the quotient q it is one further from zero where
    2|r| > |divisor|, or where they are equal and q is odd: that is, where 2|r| + (q odd) > |divisor|.
    """
    number, divisor = scope.once(number), scope.once(divisor)
    n, d = number.text, divisor.text
    quotient = scope.once(Sql(f"({n} // {d})", level_of(number, divisor), low=low, high=high))
    q = quotient.text
    away = (
        f"CASE WHEN ({n} < 0) <> ({d} < 0) THEN -1 ELSE 1 END"
        if divisor.low <= 0
        else (f"CASE WHEN {n} < 0 THEN -1 ELSE 1 END")
    )
    rounds = f"2 * abs({n} - {q} * {d}) + abs({q} % 2) > abs({d})"
    text = f"({q} + CASE WHEN {rounds} THEN {away} ELSE 0 END)"
    return Sql(text, quotient.level, low=low, high=high), _is_wide(number)


def over(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The quotient, half-even to a millionth; NULL where the divisor is zero."""
    if right.constant == 0:
        return Sql("NULL::BIGINT", level_of(left, right), low=0, high=0)
    if right.whole:
        # A whole number of micros over a whole number of ones: no widening.
        divisor = replace(
            right,
            text=f"NULLIF({right.text} // {MICRO}, 0)",
            simple=False,
            low=right.low // MICRO,
            high=right.high // MICRO,
        )
        largest = max(abs(left.low), abs(left.high)) + 1
        raw, wide = _half_even(scope, left, divisor, -largest, largest)
        return in_range(scope, raw, wide=wide)
    divisor = replace(right, text=f"NULLIF({right.text}, 0)", simple=False)
    return _by_size(scope, left, (MICRO, MICRO), lambda part: _over(scope, part, right, divisor))


def _over(scope: Scope, left: Sql, right: Sql, divisor: Sql) -> Sql:
    number = _product(left, str(MICRO), (left.low * MICRO, left.high * MICRO), left.level)
    smallest = 1 if right.low <= 1 and right.high >= -1 else min(abs(right.low), abs(right.high))
    largest = max(abs(number.low), abs(number.high)) // smallest + 1
    raw, wide = _half_even(scope, number, divisor, -largest, largest)
    return in_range(scope, raw, wide=wide)


def smaller(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The smaller of two values; NULL where one is."""
    return _either(scope, left, right, "<=", (min(left.low, right.low), min(left.high, right.high)))


def larger(scope: Scope, left: Sql, right: Sql) -> Sql:
    """The larger of two values; NULL where one is."""
    return _either(scope, left, right, ">=", (max(left.low, right.low), max(left.high, right.high)))


def _either(scope: Scope, left: Sql, right: Sql, op: str, bounds: tuple[int, int]) -> Sql:
    left, right = scope.once(left), scope.once(right)
    a, b = left.text, right.text
    text = f"(CASE WHEN {a} {op} {b} THEN {a} WHEN {b} {op} {a} THEN {b} END)"
    whole = left.whole and right.whole
    return Sql(text, level_of(left, right), low=bounds[0], high=bounds[1], whole=whole)


def rounded_to(scope: Scope, amount: Sql, unit: int) -> Sql:
    """The amount, half-even to a multiple of `unit` micros: a currency's minor unit."""
    if unit == 1:
        return amount
    divisor = Sql(str(unit), simple=True, low=unit, high=unit)
    largest = max(abs(amount.low), abs(amount.high)) // unit + 1
    raw, _wide = _half_even(scope, amount, divisor, -largest, largest)
    return Sql(f"({raw.text} * {unit})", raw.level, low=-LIMIT, high=LIMIT)
