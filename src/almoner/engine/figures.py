"""A figure: what one indicator comes to in one period, with everything that must be printed beside it.

What does not apply is None, never 0. Every row that was due in the period stands in exactly one of the
groups, so the groups always add up to `due`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from almoner.values.numbers import MICRO, half_even_div, text_of

GROUPS = ("yes", "no", "known", "unknown", "refused", "died", "lost", "not_tried")
"""What can have become of a row that was due: exactly one. In a sum `known` stands for yes and no."""


PEOPLE = {"person": "people", "household": "households", "organisation": "organisations"}


def called(serves: str) -> str:
    """What distinct parties are called, by whom the programme serves; the word is the data's, not the page's."""
    return PEOPLE.get(serves, "people")


class PeriodProblem(ValueError):
    """A period that does not begin with a month and end with one: rows know only their month."""


@dataclass(frozen=True, slots=True)
class Period:
    """The whole months from the first to the last day, both included."""

    starts: date
    ends: date

    def __post_init__(self) -> None:
        if self.starts.day != 1 or (self.ends + timedelta(days=1)).day != 1 or self.ends < self.starts:
            raise PeriodProblem(f"{self.starts} to {self.ends}: a period is whole months, first day to last.")

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def months(self) -> tuple[str, str]:
        """Its first and last month, as rows have them."""
        return f"{self.starts:%Y-%m}", f"{self.ends:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How the rows of a figure fall into groups. `rows` were due in the period, `ever` up to its end."""

    ever: int = 0
    rows: int = 0
    people: int = 0
    unnamed: int = 0
    elsewhere: int = 0
    groups: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is a plain decimal string, or None where nothing applies.

    `n` of `N`: how many were followed up (or known) of how many were due. A share keeps its numerator and
    denominator; its value is their quotient, half-even to a millionth. `people` are distinct and called `whom`, `rows`
    are attendances; `unnamed` rows belong to nobody known. A cascade has `steps`, each a mapping of counts. A change is
    the middle one, beside its `mean`; `against` is the comparison's own, with the difference; `deflated` says in which
    month's prices amounts stand; `measured` by what a mean, or poverty or inequality, is weighed, and against which
    line; `sampled` how many of how many were drawn to be asked; `yes_people` are the different ones among the `yes` of
    a share, as far as they are known; `at` is the occasion up to which a change goes, `important` for how many it was
    large enough to matter; `quartiles` are the two values between which the middle half of a median's lies.
    `survival` has the estimate at each time of the file, since when, and how many failed and were lost; `reported` is
    what stands beside the verified value: the value with what nobody verified yet, its n, and the share verified.
    `carried_out` is False where nothing computes it yet; `codes` are the requirements of standards that it answers.
    """

    name: str
    level: str
    kind: str
    unit: str
    source: str
    expression: str
    counts: str
    whom: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    n: int | None = None
    N: int | None = None
    yes: int | None = None
    no: int | None = None
    unknown: int | None = None
    refused: int | None = None
    died: int | None = None
    lost: int | None = None
    not_tried: int | None = None
    people: int | None = None
    rows: int | None = None
    unnamed: int | None = None
    decided_elsewhere: int | None = None
    banded: bool = False
    target: str | None = None
    target_met: bool | None = None
    carried_out: bool = True
    steps: Sequence[Mapping[str, Any]] | None = None
    mean: str | None = None
    against: Mapping[str, Any] | None = None
    deflated: Mapping[str, Any] | None = None
    measured: Mapping[str, Any] | None = None
    yes_people: int | None = None
    sampled: Mapping[str, Any] | None = None
    at: str | None = None
    important: Mapping[str, Any] | None = None
    quartiles: Sequence[str] | None = None
    survival: Mapping[str, Any] | None = None
    reported: Mapping[str, Any] | None = None
    codes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The figure as JSON values."""
        return asdict(self)


FIGURE_KEYS = tuple(field.name for field in fields(Figure))
"""The names in a figure's JSON."""


def met(numerator: int, denominator: int, target: int | None) -> bool | None:
    """Whether a value, given as a fraction, reaches a target in micros. No rounded value is compared."""
    return None if target is None else numerator * MICRO >= target * denominator


def rate(yes: int, no: int) -> str | None:
    """Those who said yes by those who said yes or no, half-even to a millionth; nothing where nobody did."""
    if yes + no == 0:
        return None
    return text_of(half_even_div(yes * MICRO, yes + no))


def plain_amount(micros: int, exponent: int) -> str:
    """Money as text with at least the decimals of its currency, exactly: `5000.00`, `0.125`."""
    text = text_of(micros)
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(exponent, '0')}" if exponent or part else whole
