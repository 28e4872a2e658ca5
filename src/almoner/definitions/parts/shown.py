"""What is counted, published and proved: contributions, indicators, publish, examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.parts.asked import Text
from almoner.definitions.tree import Expression


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the company puts in. `source` is 'deliveries of NAME' or 'ledger of …'."""

    name: str
    input: str  # cash time in_kind management
    motive: str  # gift investment commercial
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """A defined figure. `kind` is count, sum, median, share or cascade; `source` is what its `from` names.

    `steps` are those of a cascade: the record that it begins with, then truths about it and records about it.
    """

    name: str
    level: str  # process output outcome impact
    kind: str
    source: str
    line: int
    expression: Expression | None = None  # what is summed, or the condition of a share
    steps: tuple[str, ...] = ()
    against: str = ""  # the comparison beside which a change stands
    deflate: str = ""  # the lookup without keys that is the price index of a change in money
    spread: str = ""  # 'quartiles' beside a median
    counts: str = ""  # a count of 'party' (distinct people) or of the rows of its source
    target: int | None = None  # micros
    unit: Text = ""  # as written; else it follows from the kind
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Publish:
    """What may be published, whom it protects, and the smallest group shown."""

    indicators: tuple[str, ...]
    protects: str
    smallest_group: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an example's `then`: a day, what happens, what must follow. Values are as written in the file."""

    on: date
    step: str  # 'award', the name of a record, follow-up or benefit, or '' (nothing but time)
    answers: Mapping[str, Any]
    verified: bool
    period: str  # '' : the earliest due and unreported
    expect: Mapping[str, Any]
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A case and what must come of it. `answers` are typed values (numbers are Decimal), None where unanswered."""

    name: str
    as_of: date | None
    answers: Mapping[str, Any]
    given: Mapping[str, Decimal]  # last_instalment, advance_left
    expect: Mapping[str, Any]
    then: tuple[Step, ...]
    line: int
