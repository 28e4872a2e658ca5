"""What is given and reported: benefits, sessions, records, follow-ups, standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from almoner.definitions.parts.asked import Derived, Duration, Field, Text
from almoner.definitions.tree import Expression

AWARD = "award"
"""What a record or a follow-up is about that is about an award."""


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
    begins: str = ""  # the question that says at what time of day it began
    lasts: str = ""  # the question that says how many minutes it took


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on what is handed over of a benefit.

    `kind` is 'quantity' (units of the benefit), 'amount' (what is paid for them), 'span' (so long after the first
    hand-over; `unit` says what is counted), 'date' (the last day), 'people' (so many who ever received) or 'stock'
    (what is there of the lot). `figure` is what it comes to, None for a date and for stock. `per` is the calendar or
    the rolling stretch of time that it counts within ('' or None: altogether). What does not fit is cancelled under
    its `name`.
    """

    name: str
    kind: str
    line: int
    figure: Expression | None = None
    per: Duration | str = ""
    unit: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A paid-and-aided scheme: cycle n opens once `bought` reaches the sum of `paid` for 1 … n.

    `aided` units are split into `issues` whole parts (one where it is not said), larger first. An issue falls due
    `every` after the one before, and may be collected `window` earlier.
    """

    bought: Expression
    paid: Expression
    aided: Expression
    every: Duration
    issues: Expression | None = None
    window: Duration | None = None


IN_MONEY = frozenset({"cash", "purchase"})
"""The kinds of benefit whose figure is always an amount."""

SERVICE, SPACE = "service", "space"


@dataclass(frozen=True, slots=True)
class Benefit:
    """What is given. `amount` for what is `in_money`, else `quantity` (with `unit` and `unit_value` in micros).

    Of a `call_off` benefit nobody knows the day: each delivery makes its own instalment, within its `caps` and until
    `up_to` is reached; one with a `cycle` is called off too. Its `amount`, or `quantity` at its unit value, is what the
    award sets aside of the budget; what a delivery costs beyond it is taken from what is free.
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
    caps: tuple[Cap, ...] = ()
    cycle: Cycle | None = None
    each_delivery: EachDelivery | None = None
    repaid_from: str = ""
    months: Expression | None = None  # of a space: for how long it is let
    rent: int | None = None  # of a space: micros a square metre and month, of which `unit_value` is given
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out

    @property
    def in_money(self) -> bool:
        """Whether its figure is an amount; else it is a quantity. A service is paid for where its deliveries are."""
        paid_for = self.each_delivery is not None and self.each_delivery.amount is not None
        return self.kind in IN_MONEY or (self.kind == SERVICE and paid_for)


def delivery_of(name: str, benefits: Mapping[str, Benefit]) -> dict[str, Field]:
    """The question of a name that deliveries ask, by the benefit whose deliveries ask it."""
    return {
        one.name: one.each_delivery.form[name]
        for one in benefits.values()
        if one.each_delivery is not None and name in one.each_delivery.form
    }


@dataclass(frozen=True, slots=True)
class Raise:
    """A task that an answer demands.

    `within` holds where the clock does not go by a choice; where it does, `clocks` has the time of each value of the
    choice `clock_by`.
    """

    name: str
    when: Expression | None
    to: str
    within: Duration | str
    line: int
    sends: tuple[str, ...] = ()
    done_by: str = ""
    closed_by: str = ""  # a role, or a role and ' with evidence'
    deputy: str = ""
    escalation: str = ""  # the role that sees it too once it is late
    clock_by: str = ""
    clocks: Mapping[str, Duration] = field(default_factory=dict)
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

    `rhythm` is a stretch of time in place of a calendar: one is owed each such stretch after the award.

    `doubt` names answers of which one that moves by more than so many per cent from the sheet before is asked about
    again.

    `people` is 'attendances' where one person may be in it twice. A record that `opens_party` gives whoever it is
    about a file of their own, if `opens` holds (None: always). It is `named` where every row has a party; where it
    `may_name` one, the row that opens a file has a party, and no other.
    """

    name: str
    about: str
    form: Mapping[str, Field]
    line: int
    every: str = ""
    rhythm: Duration | None = None
    when: Text = ""
    due_days: int = 0
    by: str = "officer"
    verified_by: str = ""
    named: bool = True
    may_name: bool = False
    people: str = ""
    opens_party: bool = False
    opens: Expression | None = None
    derive: Mapping[str, Derived] = field(default_factory=dict)
    raises: Mapping[str, Raise] = field(default_factory=dict)
    doubt: Mapping[str, int] = field(default_factory=dict)
    signed_by: tuple[str, ...] = ()  # who signs the paper that the sheet names
    until: Duration | None = None  # how long it is owed after the end; None: no longer than the award
    rhythm_after_exit: str = ""  # the calendar after the end, where it is another than `every`
    has_baseline: bool = False  # the first one comes before the first delivery
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Sample:
    """On how many a follow-up is asked, at random: a share (`percent`, in micros of 1 %) or a number of all."""

    text: str
    percent: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A recognised questionnaire. `score` is the derived name of its result ('' : its questions are not reproduced).

    The smallest change that matters is so many `points` (micros), or this part of the score before (`of_baseline`,
    micros); neither is given where nobody published one. It counts downwards where a score that `falls` is better.
    """

    name: str
    title: str
    licence: str
    source: str
    score: str = ""
    falls: bool = False
    points: int | None = None
    of_baseline: int | None = None
    change_source: str = ""

    @property
    def knows_change(self) -> bool:
        """Whether somebody published which change matters."""
        return self.points is not None or self.of_baseline is not None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A record that falls due after a benefit and is counted when it is missing.

    `by` is the question that says who asked, `not_by` the questions of a delivery that say who must not have: `payee`
    is that of whoever is paid.
    """

    name: str
    about: str
    due: tuple[Due, ...]
    form: Mapping[str, Field]
    attempts: int
    line: int
    raises: Mapping[str, Raise] = field(default_factory=dict)
    compared: tuple[str, ...] = ()  # the comparisons that are asked the same
    sample: Sample | None = None  # None: everybody is asked
    derive: Mapping[str, Derived] = field(default_factory=dict)
    instrument: Instrument | None = None
    by: str = ""
    not_by: tuple[str, ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)  # read and checked, not yet carried out


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who is asked the same follow-ups and helped with nothing; `consent` names what they must have allowed."""

    name: str
    who: Text
    line: int
    at_least: int | None = None
    asked: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from records: probation, ended, recover …; proposed to a person, never done."""

    name: str
    when: Expression
    line: int
    amount: Expression | None = None
    appeal_days: int | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """What follows where nobody answers a renewal.

    `remind` is how long before the day it falls due a reminder is due; `end` how long after it the end is proposed
    (None: never for silence alone).
    """

    remind: tuple[Duration, ...] = ()
    suspends: bool = False
    end: Duration | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is asked again and on which rhythm; the n-th falls due n x `every` after the award became active.

    `asks` are fields of the form, `again` the rules that are asked of them anew. `opens` is how long before the due day
    an answer is taken (None: from the due day on).
    """

    every: Duration
    line: int
    opens: Duration | None = None
    asks: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    no_answer: Silence = field(default_factory=Silence)


@dataclass(frozen=True, slots=True)
class ExitRule:
    """When an end is proposed to a person, by name; never done."""

    name: str
    when: Expression
    line: int


@dataclass(frozen=True, slots=True)
class WindDown:
    """What a programme that closes to new people does with those it has: they stay until their exit, or until a day."""

    until: date | None = None
