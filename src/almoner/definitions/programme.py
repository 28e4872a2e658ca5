"""What a programme is, once its file has been read, checked and frozen.

Nothing here is built by hand: `load.py` is the only maker. Everything is immutable. Mappings keep the order of
the file, which is the order of the flow. The order of the classes is the order of the sections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
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
    """How a round is cut: points at or above `threshold`, in rank, within the budget. `threshold` is micros."""

    threshold: int | None
    rank: str
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time as written: `7 days`, `20 working days`, `12 months`, `12 hours`."""

    count: int
    unit: str  # minutes hours days 'working days' weeks months years


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


@dataclass(frozen=True, slots=True)
class Due:
    """When something falls due: `count unit` before or after an anchor.

    `anchor` is 'award', 'first delivery', 'last delivery', 'each delivery', 'end', or the name of a date in a record.
    `on award` is zero days after award.
    """

    count: int
    unit: str
    after: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a benefit: a share (micros) of the whole or an amount; when due; on what condition."""

    name: str
    due: Due
    share: int | None
    amount: Expression | None
    when: Expression | None
    line: int


@dataclass(frozen=True, slots=True)
class EachDelivery:
    """What is filled in and follows at each hand-over.

    `quantity` names what counts toward `up_to`. `while_unknown` stands in for derived values; `pay` is the weekday on
    which it is paid ('' : the same day).
    """

    form: Mapping[str, Field] = field(default_factory=dict)
    derive: Mapping[str, Derived] = field(default_factory=dict)
    quantity: str = ""
    amount: Expression | None = None
    deduct: Mapping[str, Expression] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    signed_by: tuple[str, ...] = ()
    refuse_when: Mapping[str, Expression] = field(default_factory=dict)
    while_unknown: Mapping[str, Expression] = field(default_factory=dict)
    pay: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What is given. `amount` for cash and purchase, else `quantity` (with `unit` and `unit_value` in micros).

    Of a `call_off` benefit nobody knows the day: each delivery makes its own instalment, until `up_to` is reached. Its
    `amount` is what the award sets aside of the budget; what a delivery costs beyond it is taken from what is free.
    """

    name: str
    kind: str  # cash in_kind service purchase space event
    line: int
    item: Text = ""
    payee: str = "party"
    when: Expression | None = None
    amount: Expression | None = None
    quantity: Expression | None = None
    unit: str = ""
    unit_value: int | None = None
    instalments: Mapping[str, Instalment] = field(default_factory=dict)
    call_off: bool = False
    up_to: Expression | None = None
    each_delivery: EachDelivery | None = None
    repaid_from: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Raise:
    """A task that an answer demands."""

    name: str
    when: Expression | None
    to: str
    within: Duration | str
    line: int
    sends: tuple[str, ...] = ()
    done_by: str = ""
    closed_by: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Session:
    """A dated occasion at a site for many people.

    `before` is what must be there before it opens, `before_due` how long before the day each of it is due.
    `close_days` is within how many days after the session its sheet is counted and closed (None: not said).
    """

    name: str
    line: int
    at: str = ""
    before: Mapping[str, Field] = field(default_factory=dict)
    before_due: Mapping[str, Duration] = field(default_factory=dict)
    close_days: int | None = None
    ends: tuple[str, ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Record:
    """A dated answer sheet. `every` is the name of a calendar or of a built-in one ('' : when it happens).

    `people` is 'attendances' where one person may be in it twice. A record that `opens_party` gives whoever it is
    about a file of their own, if `opens` holds (None: always).
    """

    name: str
    about: str
    form: Mapping[str, Field]
    line: int
    every: str = ""
    when: Text = ""
    due_days: int = 0
    by: str = "officer"
    verified_by: str = ""
    named: bool = True
    people: str = ""
    opens_party: bool = False
    opens: Expression | None = None
    derive: Mapping[str, Derived] = field(default_factory=dict)
    raises: Mapping[str, Raise] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A record that falls due after a benefit and is counted when it is missing."""

    name: str
    about: str
    due: tuple[Due, ...]
    form: Mapping[str, Field]
    attempts: int
    line: int
    raises: Mapping[str, Raise] = field(default_factory=dict)
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from records: probation, ended, recover …; proposed to a person, never done."""

    name: str
    when: Expression
    line: int
    amount: Expression | None = None
    appeal_days: int | None = None


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
    sessions: Mapping[str, Session] = field(default_factory=dict)
    form: Mapping[str, Field] = field(default_factory=dict)
    derive: Mapping[str, Derived] = field(default_factory=dict)
    eligibility: Mapping[str, Rule] = field(default_factory=dict)
    scoring: Mapping[str, Expression] = field(default_factory=dict)
    decision: Decision | None = None
    benefits: Mapping[str, Benefit] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    standing: Mapping[str, Standing] = field(default_factory=dict)
    exit_reasons: tuple[str, ...] = ()
    contributions: Mapping[str, Contribution] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    publish: Publish | None = None
    examples: Mapping[str, Example] = field(default_factory=dict)
    round_: Mapping[str, Any] | None = (
        None  # a round's restatement of currency and parameters, as it was written
    )
    other: Mapping[str, Any] = field(
        default_factory=dict
    )  # sections that are read and checked, not yet carried out
    notices: tuple[str, ...] = ()  # what the grammar names and nothing yet carries out
