"""Money: a whole count of a currency's minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from almoner.values.numbers import DECIMALS, MICRO, checked, half_even_div, to_micros

# ISO 4217: the number of decimals of each currency. What is not here is not a currency: nothing is assumed.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY
COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR
ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR
ZMW ZWG
"""
_THREE = "BHD IQD JOD KWD LYD OMR TND"

EXPONENTS: dict[str, int] = dict(
    chain(
        ((code, 0) for code in _NONE.split()),
        ((code, 2) for code in _TWO.split()),
        ((code, 3) for code in _THREE.split()),
    )
)
"""How many decimals each currency has."""


class MoneyProblem(ValueError):
    """Money that cannot be: an unknown currency, two currencies in one sum, shares that are not a whole."""


def exponent_of(currency: str) -> int:
    """How many decimals the currency has.

    Raises:
        MoneyProblem: the code is not in ISO 4217.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise MoneyProblem(f"{currency!r} is not a currency of ISO 4217.") from None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. `minor` counts its smallest units: 500000 fen are 5000.00 CNY."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError(f"Minor units are a whole number, not {type(self.minor).__name__}.")
        exponent_of(self.currency)

    @classmethod
    def from_micros(cls, micros: int, currency: str) -> Money:
        """Micros rounded half-even to the currency's minor unit; once, where an amount is fixed."""
        return cls(half_even_div(micros * 10 ** exponent_of(currency), MICRO), currency)

    @classmethod
    def of(cls, amount: Decimal | int, currency: str) -> Money:
        """An amount as written.

        Raises:
            MoneyProblem: it has more decimals than the currency; nothing is rounded in silence.
        """
        money = cls.from_micros(to_micros(amount), currency)
        if money.amount != amount:
            raise MoneyProblem(f"{amount} has more decimals than {currency} has.")
        return money

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in whole units with the currency's decimals: `Decimal('5000.00')`."""
        return Decimal(str(self))

    @property
    def micros(self) -> int:
        """The amount as micros, exactly.

        Raises:
            OutOfRange: beyond ±10^12 units.
        """
        return checked(self.minor * 10 ** (DECIMALS - exponent_of(self.currency)))

    def __str__(self) -> str:
        exponent = exponent_of(self.currency)
        whole, part = divmod(abs(self.minor), 10**exponent)
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{whole}.{part:0{exponent}d}" if exponent else f"{sign}{whole}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyProblem(f"{self.currency} and {other.currency} are not added up or compared.")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self


def from_micros(micros: int, currency: str) -> Money:
    """See `Money.from_micros`."""
    return Money.from_micros(micros, currency)


def shares(money: Money, parts: Sequence[int]) -> list[Money]:
    """Money split by shares in micros that sum to 1: each rounded down, the last takes the rest.

    Raises:
        MoneyProblem: no share, a share below 0, shares that do not sum to 1, or an amount below 0.
    """
    if not parts or any(part < 0 for part in parts) or sum(parts) != MICRO:
        raise MoneyProblem("Shares are not below 0 and sum to 1.")
    if money.minor < 0:
        raise MoneyProblem("An amount below 0 is not split into shares.")
    split = [Money(money.minor * part // MICRO, money.currency) for part in parts[:-1]]
    rest = money.minor - sum(share.minor for share in split)
    return [*split, Money(rest, money.currency)]
