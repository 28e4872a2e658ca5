"""One case after its decision, frozen: what was awarded, what fell due, what was handed over and reported.

A `CaseFile` is loaded from the records or built by a rehearsal. The functions beside this file take it and a
day, and return values; they store nothing and ask no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.costs import cost_of_benefit
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Screening
from almoner.values.money import Money
from almoner.values.numbers import to_micros

Answers = Mapping[str, Any]
"""Typed answers by name: bool, Decimal, int, date, str, rows as mappings; None or absent is unanswered."""

AWARD = "award"

AWAITING = frozenset({"scheduled", "due", "held"})
"""The states of an instalment that is not paid and in no payment run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One part of a benefit. Money or a quantity, never both; `cost` is what it takes of the budget."""

    benefit: str
    name: str
    due_on: date
    cost: Money
    money: Money | None = None
    quantity: Decimal | None = None
    unit: str = ""
    state: str = "scheduled"  # scheduled due held 'in a payment run' paid returned cancelled
    paid_on: date | None = None

    @property
    def awaits(self) -> bool:
        """Whether it is still to be paid or handed over, and on no way there."""
        return self.state in AWAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One delivery of what is called off, as it was taken.

    `amount` is what it was worth and `deducted` what of it repaid advances. It is `settled` once what was unknown
    (`stand_ins`) is known. `cancelled` is what of it went over a cap, in units or money, by the cap's name. Of a scheme
    it is a part of issue `issue_no` of cycle `cycle_no`.
    """

    benefit: str
    number: int
    delivered_on: date
    answers: Answers
    derived: Answers
    quantity: Decimal
    amount: Money
    deducted: Mapping[str, Money] = field(default_factory=dict)
    stand_ins: tuple[str, ...] = ()
    settled: bool = False
    cancelled: Mapping[str, Decimal] = field(default_factory=dict)
    cycle_no: int | None = None
    issue_no: int | None = None


def instalment_name(number: int, part: str = "") -> str:
    """The name of the instalment that a delivery makes: `delivery_3`, `delivery_3_top_up`, `delivery_3_up_to`."""
    return f"delivery_{number}" + (f"_{part}" if part else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A dated answer sheet about the award: reported, then verified by somebody else.

    `happened_on` is the day the answers speak of (see `sheets.happened_on`), `reported_on` the day they came.
    A correction names the `key` of the sheet it corrects.
    """

    key: str
    record: str
    happened_on: date
    reported_on: date
    answers: Answers
    period: str = ""
    state: str = "reported"  # reported verified queried
    verified_on: date | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody: 'no answer', 'refused', 'died' or 'answered'."""

    on: date
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A follow-up that falls due on a day. Without a baseline help does not start, but by an exception.

    `delivery` is what a follow-up about a delivery is about: the benefit and the instalment, `cash.first`.
    """

    name: str
    due_on: date
    delivery: str = ""
    attempts: tuple[Attempt, ...] = ()
    answers: Answers | None = None
    is_baseline: bool = False
    excepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A sheet of answers to a renewal: its number from 1, and the day the answers came.

    A renewal may have several; a later one answers what an earlier one left open, or says it anew.
    """

    number: int
    came_on: date
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a role must do by a time because an answer demanded it.

    `deadline` is None where it is bound to an occasion (`occasion`: 'same session'). An `unclear` task was
    raised because nobody can say yet whether the alarm is right: `missing` says what would tell.
    """

    name: str
    raised_by: str  # the record or follow-up; 'standing', 'renewal' or 'exit'
    to: str
    deadline: datetime | None
    occasion: str = ""
    unclear: bool = False
    missing: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    done_by: str = ""
    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """One case after the decision, or something on a register, which nobody applied for and nobody decides.

    `about` is 'award', or what it is on the register: 'site', 'entity', a participant. That has no answers, no
    benefits and no screening; `awarded_on` and `ended_on` are the days on which it came and was struck off.
    `benefits` are the figures as awarded: an amount for money, else a quantity. `screening` is None and `brought`
    says what was given of each benefit before, where the award was decided elsewhere. `last_instalment` and
    `advance_left` are what an example brings from before its first delivery.
    """

    programme: Programme
    as_of: date
    answers: Answers
    screening: Screening | None
    awarded_on: date
    benefits: Mapping[str, Decimal]
    state: str = "active"  # active suspended 'on probation' completed ended
    ended_on: date | None = None
    resumed_on: date | None = None  # the last day on which a person resumed it
    winding_down: date | None = None  # the day from which the programme takes nobody new
    instalments: tuple[Instalment, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    renewals: tuple[Renewed, ...] = ()
    tasks: tuple[Task, ...] = ()
    delivered: tuple[Delivered, ...] = ()
    last_instalment: Decimal | None = None
    advance_left: Decimal | None = None
    brought: Mapping[str, Decimal] = field(default_factory=dict)
    about: str = AWARD

    @property
    def is_award(self) -> bool:
        """Whether it was applied for, and is judged by the figures of the day on which it was."""
        return self.about == AWARD

    def judged_on(self, day: date) -> date:
        """By the figures of which day something about it is judged that tells of a day."""
        return self.as_of if self.is_award else day

    excepted: frozenset[str] = frozenset()  # records and follow-ups whose baseline a person did without

    def amount_last_paid(self, day: date) -> Decimal | None:
        """The amount of the instalment last paid up to a day; None where none was."""
        paid = [
            (one.paid_on, place, one.money)
            for place, one in enumerate(self.instalments)
            if one.state == "paid" and one.money and one.paid_on and one.paid_on <= day
        ]
        if not paid:
            return self.last_instalment
        return max(paid, key=lambda one: one[:2])[2].amount

    def is_granted(self, benefit: str) -> bool:
        """Whether the award brings a benefit at all: one whose `when` did not hold it does not."""
        said = self.screening.granted.get(benefit) if self.screening is not None else None
        return benefit in self.benefits and said is not False

    def has_delivered(self, day: date) -> bool:
        """Whether anything was paid, handed over or taken in up to a day, here or before the award came here."""
        if any(self.brought.values()):
            return True
        taken = any(one.delivered_on <= day for one in self.delivered)
        return taken or any(one.paid_on is not None and one.paid_on <= day for one in self.instalments)

    def advance_left_of(self, benefit: str) -> Money:
        """What is not yet repaid of an advance: what was given out, and brought from before, less what was deducted."""
        before = self.brought.get(benefit, Decimal(0))
        total = cost_of_benefit(self.programme, self.programme.benefits[benefit], before)
        for one in self.instalments:
            if one.benefit == benefit and one.state == "paid":
                total += one.cost
        advances = [name for name, one in self.programme.benefits.items() if one.repaid_from]
        if self.advance_left is not None and len(advances) > 1:
            raise NotYetCarriedOut(self.programme, "an advance_left brought from before, of several advances")
        if self.advance_left is not None and benefit in advances:
            total += Money.from_micros(to_micros(self.advance_left), total.currency)
        for delivery in self.delivered:
            total -= delivery.deducted.get(benefit, Money.zero(total.currency))
        return total

    def all_advances_left(self) -> Decimal | None:
        """What is not yet repaid of every advance; what the case brings where the file defines none."""
        advances = [name for name, one in self.programme.benefits.items() if one.repaid_from]
        if not advances:
            return self.advance_left
        return sum((self.advance_left_of(name).amount for name in advances), start=Decimal(0))

    def paying(self, benefit: str, name: str, day: date) -> CaseFile:
        """The case after one instalment was paid or handed over.

        Raises:
            ValueError: there is no such instalment that awaits it: nothing is paid twice.
        """
        found = [one for one in self.instalments if (one.benefit, one.name) == (benefit, name)]
        if not found or not found[0].awaits:
            raise ValueError(f"{benefit}.{name} does not await payment.")
        paid = replace(found[0], state="paid", paid_on=day)
        return replace(self, instalments=tuple(paid if one is found[0] else one for one in self.instalments))


def listed(programme: Programme, about: str, since: date) -> CaseFile:
    """What stands on a register from a day on, as a case that nobody applied for."""
    return CaseFile(
        programme=programme,
        about=about,
        as_of=since,
        answers={},
        screening=None,
        awarded_on=since,
        benefits={},
    )
