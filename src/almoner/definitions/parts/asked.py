"""What is asked and decided: parameters, lookups, consent, fields, rules, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from almoner.definitions.tree import Expression, Type

Text = str
"""A sentence in the file's source language; translations are gettext catalogues extracted from the files."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a parameter, in force from a day on. Numbers are micros."""

    starts: date
    value: bool | int | str | date


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed, dated figure with its source; `values` in order of their days."""

    name: str
    type: Type
    source: Text
    values: tuple[Dated, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part without an application: a supplier, a student of a school. `kind` is what they are."""

    name: str
    kind: str  # person household organisation
    line: int
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class LookupRow:
    """A row of a lookup: in force from `starts` (None: always), its keys and its values (None: an empty cell)."""

    starts: date | None
    keys: tuple[bool | int | str | date, ...]
    values: tuple[bool | int | str | date | None, ...]


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A dated table beside the programme."""

    name: str
    file: str
    source: Text
    keys: Mapping[str, Type]
    values: Mapping[str, Type]
    rows: tuple[LookupRow, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Period:
    """A named stretch of a calendar, both days included."""

    name: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """A dated calendar: `term: {file: term.csv, calendar: true}`."""

    name: str
    file: str
    periods: tuple[Period, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person is asked to allow."""

    name: str
    required: bool
    text: Text


@dataclass(frozen=True, slots=True)
class Field:
    """A question. `minimum` and `maximum` are micros. `sensitive` is '', 'health', 'minor' or 'finance'."""

    name: str
    type: Type
    line: int
    ask: Text = ""
    help: Text = ""
    required: bool = False
    sensitive: str = ""
    by: str = "applicant"
    when: Expression | None = None
    unasked: Expression | None = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    of: Mapping[str, Field] = field(default_factory=dict)  # a rows field's own fields


@dataclass(frozen=True, slots=True)
class Derived:
    """A named value computed from answers."""

    name: str
    expression: Expression

    @property
    def type(self) -> Type:
        """The type of the value."""
        return self.expression.type


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of eligibility: what must be TRUE, and the sentence and basis that a refusal gives."""

    name: str
    rule: Expression
    refusal: Text
    basis: Text
    line: int


@dataclass(frozen=True, slots=True)
class Tie:
    """How a tie is broken: by a name, lowest first unless `highest`, or by the lottery (name 'lottery')."""

    name: str
    highest: bool = False
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """How a round is cut: points at or above `threshold`, in rank, within the budget. `threshold` is micros.

    `together` is the question whose equal answers win or lose a ballot together; '' where everybody stands alone.
    """

    threshold: int | None
    rank: str
    ties: tuple[Tie, ...]
    together: str = ""


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time as written: `7 days`, `20 working days`, `12 months`, `12 hours`."""

    count: int
    unit: str  # minutes hours days 'working days' weeks months years


@dataclass(frozen=True, slots=True)
class Criterion:
    """What reviewers judge, and the most whole points they may give for it."""

    name: str
    ask: Text
    most: int


@dataclass(frozen=True, slots=True)
class Review:
    """How many review each application, against which rubric; of `conflicts` they may not share an answer."""

    reviewers: int
    rubric: Mapping[str, Criterion]
    within: Duration | None = None
    conflicts: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        """The most points that one reviewer may give in all."""
        return sum(criterion.most for criterion in self.rubric.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, within how long, how a round is cut, and what silence means."""

    by: str
    within: Duration | None = None
    remind: tuple[Duration, ...] = ()
    lapse: Duration | None = None
    cut: Cut | None = None
    notice_days: int | None = None
    notice_shows: tuple[str, ...] = ()
    objections: str = ""
    appeal_days: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out
