"""What is counted, valued, published and proved: contributions, indicators, values, publish, examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.parts.asked import Duration, Text
from almoner.definitions.parts.given import Due
from almoner.definitions.tree import Expression


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the company puts in. `source` is 'deliveries of NAME' or 'ledger of …'."""

    name: str
    input: str  # cash time in_kind management
    motive: str  # gift investment commercial
    source: str
    line: int
    codes: tuple[str, ...] = ()  # the requirements of standards that it answers


POVERTY = ("headcount", "poverty_gap", "squared_gap")
"""The measures of Foster, Greer and Thorbecke, by their power: 0, 1 and 2."""

MEASURES = (*POVERTY, "gini", "mean")
"""The kinds of indicator in which each row has a weight."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A defined figure. `kind` is the key that says what it is; `source` is what its `from` names.

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
    at: Due | None = None  # the follow-up up to which a change goes, in place of the last one
    share_with: str = ""  # the change whose share is told beside it: minimal_important_change
    deflate: str = ""  # the lookup without keys that is the price index of a change in money
    line_expression: Expression | None = None  # the amount below which somebody is poor
    weight: Expression | None = None  # how much a row counts in a measure: the size of a household
    spread: str = ""  # 'quartiles' beside a median
    times: tuple[Duration, ...] = ()  # after how long survival is told
    since: str = ""  # from when survival is watched: award or exit
    last_rows: bool = False  # only the last record of each award in the period
    both: bool = False  # what was reported stands beside what was verified
    counts: str = ""  # a count of 'party' (distinct people) or of the rows of its source
    target: int | None = None  # micros
    unit: Text = ""  # as written; else it follows from the kind
    codes: tuple[str, ...] = ()  # the requirements of standards that it answers: `GRI 203-1 2016`
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption of an outcome value, in micros: a triangle, or three times one figure.

    `source` is where it comes from, as written; '' where the file names none.
    """

    low: int
    central: int
    high: int
    source: Text = ""

    @property
    def ranges(self) -> bool:
        """Whether it has a range."""
        return self.low < self.high


A_YEAR = {"years": 1, "months": 12, "weeks": 52}
"""How many of a unit are a year, as studies count them: the units in which an outcome may last."""

MOST_YEARS = 100
"""How long an outcome may last."""


def can_last(duration: Duration) -> bool:
    """Whether an outcome may last so long."""
    a_year = A_YEAR.get(duration.unit)
    return a_year is not None and 0 < duration.count <= MOST_YEARS * a_year


@dataclass(frozen=True, slots=True)
class OutcomeValue:
    """What an outcome is worth in money. `assumptions` are `proxy`, the shares and the discount rate, in that order."""

    indicator: str
    assumptions: Mapping[str, Assumption]
    price_year: int
    duration: Duration
    currency: str  # in which the file writes the proxy, whatever a round restates
    line: int


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
