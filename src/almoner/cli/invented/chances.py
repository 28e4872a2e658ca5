"""The language of chances: what an answer of somebody who does not exist may be, and how likely it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from almoner.definitions.scope import Known
from almoner.definitions.tree import Expression


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What an expression comes to; `decimals`, where it is rounded half-even."""

    expression: Expression
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Often:
    """True in this share of cases."""

    share: Decimal


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words, each with its weight."""

    weights: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A number or a date from one to the other, both among them, in whole steps from the first."""

    low: Expression
    high: Expression
    step: Decimal


@dataclass(frozen=True, slots=True)
class Cases:
    """The chance of the first condition that holds, else the last one. An unknown condition does not hold."""

    cases: tuple[tuple[Expression, Chance], ...]
    otherwise: Chance


@dataclass(frozen=True, slots=True)
class Written:
    """A text put together from pieces: a text as it stands, or a name and how wide its number is written."""

    pieces: tuple[str | tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of one sort: how many, what is drawn for each and not written, and what stands in each."""

    times: Drawn | None
    draw: Mapping[str, Drawn]
    columns: Mapping[str, Drawn]


@dataclass(frozen=True, slots=True)
class RowsOf:
    """Rows, such as the members of a household."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody says."""


Chance = Reckoned | Often | OneOf | Between | Cases | Written | RowsOf | Unanswered


@dataclass(frozen=True, slots=True)
class Drawn:
    """A name and its chance.

    In the share `unknown` of cases nobody ever says. In the share `gap` it is left out of the first papers, and late
    ones bring it. `known` is what an expression may do with the name; None where it may do nothing.
    """

    chance: Chance
    known: Known | None
    unknown: Decimal = Decimal(0)
    gap: Decimal = Decimal(0)
