"""What a programme is, once its file has been read, checked and frozen.

Nothing here is built by hand: `load.py` is the only maker. Everything is immutable. Mappings keep the order of
the file, which is the order of the flow. The parts stand in `parts/`, in the order of the sections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from almoner.definitions.parts.asked import (
    Calendar,
    Consent,
    Criterion,
    Cut,
    Dated,
    Decision,
    Derived,
    Duration,
    Field,
    LookupRow,
    LookupTable,
    Parameter,
    Participant,
    Period,
    Review,
    Rule,
    Text,
    Tie,
)
from almoner.definitions.parts.given import (
    IN_MONEY,
    SERVICE,
    SPACE,
    Benefit,
    Cap,
    Comparison,
    Cycle,
    Due,
    EachDelivery,
    ExitRule,
    FollowUp,
    Instalment,
    Instrument,
    Raise,
    Record,
    Renewal,
    Sample,
    Session,
    Silence,
    Standing,
    WindDown,
)
from almoner.definitions.parts.shown import (
    A_YEAR,
    MOST_YEARS,
    Assumption,
    Contribution,
    Example,
    Indicator,
    OutcomeValue,
    Publish,
    Step,
    can_last,
)
from almoner.definitions.tree import Expression

__all__ = [
    "A_YEAR",
    "IN_MONEY",
    "MOST_YEARS",
    "SERVICE",
    "SPACE",
    "Assumption",
    "Benefit",
    "Calendar",
    "Cap",
    "Comparison",
    "Consent",
    "Contribution",
    "Criterion",
    "Cut",
    "Cycle",
    "Dated",
    "Decision",
    "Derived",
    "Due",
    "Duration",
    "EachDelivery",
    "Example",
    "ExitRule",
    "Field",
    "FollowUp",
    "Indicator",
    "Instalment",
    "Instrument",
    "LookupRow",
    "LookupTable",
    "OutcomeValue",
    "Parameter",
    "Participant",
    "Period",
    "Programme",
    "Publish",
    "Raise",
    "Record",
    "Renewal",
    "Review",
    "Rule",
    "Sample",
    "Session",
    "Silence",
    "Standing",
    "Step",
    "Text",
    "Tie",
    "WindDown",
    "can_last",
]


@dataclass(frozen=True, slots=True)
class Programme:
    """One activity, whole. `frozen` is the canonical JSON of its edition, `digest` its SHA-256 in hex."""

    key: str  # the file's name without .yaml
    file: str
    title: Text
    theme: str
    purpose: Text
    serves: str  # person household organisation public
    currency: str
    time_zone: str
    frozen: bytes
    digest: str
    called: Mapping[str, Text] = field(default_factory=dict)
    operated_by: str = ""
    wall: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lookups: Mapping[str, LookupTable] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    consent: Mapping[str, Consent] = field(default_factory=dict)
    participants: Mapping[str, Participant] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    form: Mapping[str, Field] = field(default_factory=dict)
    derive: Mapping[str, Derived] = field(default_factory=dict)
    eligibility: Mapping[str, Rule] = field(default_factory=dict)
    scoring: Mapping[str, Expression] = field(default_factory=dict)
    review: Review | None = None
    decision: Decision | None = None
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    standing: Mapping[str, Standing] = field(default_factory=dict)
    renewal: Renewal | None = None
    exit_reasons: tuple[str, ...] = ()
    exit_rules: Mapping[str, ExitRule] = field(default_factory=dict)
    wind_down: WindDown | None = None
    comparison: Mapping[str, Comparison] = field(default_factory=dict)
    contributions: Mapping[str, Contribution] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    values: Mapping[str, OutcomeValue] = field(default_factory=dict)
    """What outcomes are worth, by indicator."""
    not_valued: Text = ""
    """Why no outcome is valued in money."""
    not_valued_for_the_group: Text = ""
    """Why the group's own economic value is not told."""
    publish: Publish | None = None
    examples: Mapping[str, Example] = field(default_factory=dict)
    round_: Mapping[str, Any] | None = (
        None  # a round's restatement of currency and parameters, as it was written
    )
    other: Mapping[str, Any] = field(
        default_factory=dict
    )  # sections that are read and checked, not yet carried out
    notices: tuple[str, ...] = ()  # what the grammar names and nothing yet carries out

    def sheet(self, name: str) -> Record | FollowUp:
        """The record or follow-up of a name.

        Raises:
            KeyError: there is neither.
        """
        return self.records[name] if name in self.records else self.follow_ups[name]

    @property
    def sheets(self) -> tuple[Record | FollowUp, ...]:
        """Every record and follow-up, in the order of the file."""
        return (*self.records.values(), *self.follow_ups.values())

    @property
    def renewal_form(self) -> Mapping[str, Field]:
        """The questions of the form that a renewal asks again, in its order; none where nothing is renewed."""
        asks = self.renewal.asks if self.renewal else ()
        return {name: self.form[name] for name in asks}
