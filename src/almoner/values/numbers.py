"""Fixed-point numbers: a whole count of millionths, called micros.

Integers, numbers and money in a programme's expressions are micros in both evaluators. Addition is exact;
a product and a quotient are rounded half-even to a millionth; nothing goes through a binary fraction.
"""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

MICRO = 1_000_000
"""One, in micros."""

THOUSANDTH = MICRO // 1000
"""A thousandth, in micros: the finest part of a unit in which a quantity is kept."""

DECIMALS = 6
"""How many decimals a number may have."""

LIMIT = 10**12 * MICRO
"""The largest magnitude, in micros. A result beyond it is not computable."""

_WIDE = Context(prec=100)


class NumberProblem(ValueError):
    """A number that cannot be held: too many decimals, too large, not a number."""


class OutOfRange(NumberProblem):
    """A result beyond ±10^12."""


class DivisionByZero(NumberProblem, ZeroDivisionError):
    """A quotient whose divisor is zero."""


def to_micros(number: Decimal | int) -> int:
    """The number as micros, exactly.

    Raises:
        NumberProblem: more than six decimals, NaN or infinity.
        OutOfRange: beyond ±10^12.
        TypeError: a float or a boolean, which are never numbers here.
    """
    if isinstance(number, bool) or not isinstance(number, Decimal | int):
        raise TypeError(f"A number is a Decimal or an int, not {type(number).__name__}.")
    if isinstance(number, int):
        return checked(number * MICRO)
    if not number.is_finite():
        raise NumberProblem(f"{number} is not a number.")
    # Compared before it is multiplied: 1e999999 must not become a million digits.
    if number and number.adjusted() > DECIMALS * 2:
        raise OutOfRange(f"{number} is beyond ±10^12.")
    # Trailing zeros are no decimals, and 0E-9 is 0.
    digits = number.as_tuple().digits
    exponent = int(number.as_tuple().exponent)
    if not number:
        return 0
    if exponent < -DECIMALS:
        surplus = -DECIMALS - exponent
        if any(digits[-surplus:]) or surplus >= len(digits):
            raise NumberProblem(f"{number} has more than {DECIMALS} decimals.")
    with localcontext(_WIDE):
        scaled = number.scaleb(DECIMALS)
        return checked(int(scaled) if len(digits) <= _WIDE.prec else _exact(number))


def _exact(number: Decimal) -> int:
    """Micros of a number with more digits than the context holds (all surplus ones are zero)."""
    numerator, denominator = number.as_integer_ratio()
    return numerator * MICRO // denominator


def from_micros(micros: int) -> Decimal:
    """Micros as a plain Decimal without trailing zeros: `Decimal('5000')`, never `5E+3`."""
    return Decimal(text_of(micros))


def text_of(micros: int) -> str:
    """Micros as plain text: no exponent, no trailing zeros, no minus before zero."""
    whole, part = divmod(abs(micros), MICRO)
    sign = "-" if micros < 0 else ""
    if not part:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{part:06d}".rstrip("0")


def checked(micros: int) -> int:
    """The same micros.

    Raises:
        OutOfRange: beyond ±10^12.
    """
    if not -LIMIT <= micros <= LIMIT:
        raise OutOfRange("The number is beyond ±10^12.")
    return micros


def half_even_div(numerator: int, denominator: int) -> int:
    """The whole number nearest to the quotient; halfway, the even one.

    Raises:
        DivisionByZero: the denominator is zero.
    """
    if denominator == 0:
        raise DivisionByZero("Division by zero.")
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def multiply(left: int, right: int) -> int:
    """The product of two numbers in micros, half-even to a millionth.

    Raises:
        OutOfRange: beyond ±10^12.
    """
    return checked(half_even_div(left * right, MICRO))


def divide(left: int, right: int) -> int:
    """The quotient of two numbers in micros, half-even to a millionth.

    Raises:
        DivisionByZero: the divisor is zero.
        OutOfRange: beyond ±10^12.
    """
    return checked(half_even_div(left * MICRO, right))


def thousandths(quantity: Decimal) -> int:
    """A quantity as the whole count of thousandths in which it is stored, half-even."""
    return half_even_div(to_micros(quantity), THOUSANDTH)


def in_thousandths(quantity: Decimal) -> Decimal:
    """A quantity as it is kept: fixed once, half-even, to a thousandth of its unit."""
    return from_micros(thousandths(quantity) * THOUSANDTH)
