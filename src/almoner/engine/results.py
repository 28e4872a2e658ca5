"""What goes into a screening and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Outcome = Literal["eligible", "not eligible", "needs information"]


class AnswersProblem(ValueError):
    """Answers that do not fit the form: an unknown name, a value of another type, a number that is too large."""


class UnexplainedUnknown(RuntimeError):
    """Something is unknown and nothing says why. A bug: the engine refuses to answer."""


@dataclass(frozen=True, slots=True)
class Case:
    """One application: its as-of date and its answers by name.

    Numbers are Decimal or int, dates are dates, rows are lists of mappings; None or an absent name is unanswered.
    """

    as_of: date
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Blocked:
    """What cannot be computed, whoever answers: the place in the definition and the cause.

    The cause is 'division by zero', 'out of range', 'no key in NAME', 'no NAME in force', 'nothing to take the
    largest of' or 'nothing to take the smallest of'. For the officer and the programme's owner alone.
    """

    place: str
    cause: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What is unanswered: `members[2].income`, who answers it, and the places of the definition that wait for it."""

    name: str
    by: str
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """The engine's answer about an application.

    Where the outcome is 'not eligible', `points` is None and `criteria`, `benefits`, `missing` and `blocked` are
    empty: they are not computed. `benefits` holds the amount, rounded to the currency's minor units, or else the
    quantity; 0 where the benefit's `when` is FALSE. `granted` says whether `when` holds.
    """

    outcome: Outcome
    rules: Mapping[str, bool | None]
    refused_by: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    criteria: Mapping[str, Decimal | None] = field(default_factory=dict)
    points: Decimal | None = None
    benefits: Mapping[str, Decimal | None] = field(default_factory=dict)
    granted: Mapping[str, bool | None] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The value of one expression; where it is None, what is missing or blocked."""

    value: Any
    missing: tuple[Missing, ...] = ()
    blocked: tuple[Blocked, ...] = ()
