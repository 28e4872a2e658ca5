"""The desk at which one delivery of what is called off is reckoned: what is asked, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, EachDelivery
from almoner.definitions.sections.deliveries import WEEKDAYS
from almoner.definitions.words import OVERLAPS
from almoner.engine.call_off_plan import FITS, Plan, Values, plan_of, values_of
from almoner.engine.caps import Around, Room, Wanted, lot_of, room, room_in_money
from almoner.engine.casefile import CaseFile, Delivered
from almoner.engine.conditions import Answer, ask_many
from almoner.engine.costs import cost_of_benefit
from almoner.engine.cycles import ISSUE, Issue
from almoner.engine.evaluation import KNOWN_ON
from almoner.engine.needs import what_is_needed
from almoner.engine.overlaps import Held, given_name, overlaps, what_is_unsaid, who_of
from almoner.engine.results import Blocked
from almoner.values.language import _
from almoner.values.money import Money
from almoner.values.numbers import in_thousandths, to_micros

TAKEN, PROVISIONAL, REFUSED, HELD = "taken", "provisional", "refused", "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What a delivery comes to on a day.

    `amount` is what it is worth, `deducted` what of it repays advances, `paid` the rest (None in kind). `cancelled` is
    what went over a cap, in units or in money, by the cap's name. `stand_ins` are the derived values that were unknown
    and stood in for.
    `issue` is the issue of a scheme that it belongs to, `lot` the lot that its answers name.
    """

    outcome: str
    day: date
    derived: Mapping[str, Any] = field(default_factory=dict)
    quantity: Decimal | None = None
    amount: Money | None = None
    deducted: Mapping[str, Money] = field(default_factory=dict)
    paid: Money | None = None
    due_on: date | None = None
    cancelled: Mapping[str, Decimal] = field(default_factory=dict)
    stand_ins: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()
    reason: str = ""
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    issue: Issue | None = None
    lot: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether it is taken, for good or by a stand-in."""
        return self.outcome in {TAKEN, PROVISIONAL}


@dataclass(slots=True)
class Desk:
    """One delivery while it is reckoned: `known_on` is the day by which lookups are read.

    `fits` is the part that fits under the caps where not all of it does, `purse` what the caps on money leave.
    """

    case: CaseFile
    benefit: Benefit
    each: EachDelivery
    answers: Mapping[str, Any]
    delivered_on: date
    known_on: date
    earlier: Delivered | None = None
    issue: Issue | None = None
    around: Around = field(default_factory=Around)
    stood_in: tuple[str, ...] = ()
    fits: Decimal | None = None
    room: Room = field(default_factory=Room)
    purse: Room = field(default_factory=Room)
    brought: Decimal = Decimal(0)
    elsewhere: dict[str, bool | None] | None = None
    values: Values | None = None

    @property
    def known(self) -> Values:
        """The values as they were last asked for."""
        if self.values is None:
            raise ValueError(f"{self.benefit.name}: nothing was asked yet.")
        return self.values

    def stands_in(self) -> bool:
        """Whether something unknown has a stand-in that is known; from now on it stands in."""
        for name, answer in self.known.stand_ins.items():
            unknown = name not in self.stood_in and self.known.derive[name].value is None
            if unknown and answer.value is not None:
                self.stood_in = (*self.stood_in, name)
                return True
        return False

    @property
    def held(self) -> Held:
        """The delivery as it takes somebody's time."""
        return Held(self.benefit.name, self.delivered_on, self.answers)

    def measure(self) -> None:
        """Look how much fits under the caps, and use up what is shared. From now on that part is reckoned."""
        around = self.around
        self.brought = self._quantity(self.known)
        if self._settled() is not None:
            return
        wanted = Wanted(self.case, self.benefit.name, self.delivered_on, self.brought, self._lot)
        caps = [(cap, None if answer is None else Decimal(answer.value)) for cap, answer in self.known.caps]
        issue = None if self.issue is None else (ISSUE, self.issue.part)
        self.room = room(wanted, caps, around, issue)
        self.purse = room_in_money(wanted, caps)
        fits = self.brought if self.room.left is None else min(self.brought, in_thousandths(self.room.left))
        if fits < self.brought:
            self.fits = fits
        if self._settled() is not None:
            return
        if fits:
            around.use(wanted, fits)
        if self.plan().who:
            around.busy.add(self.held)

    def decided(self) -> Reckoned:
        """Refused, held, or taken."""
        settled = self._settled()
        if settled is not None:
            return settled
        values = self.known
        quantity = self._quantity(values) if self.fits is None else self.fits
        worth = self._worth(values, quantity)
        amount = self.within_purse(worth)
        cancelled = {} if self.fits is None else {self.room.name: self.brought - self.fits}
        if amount < worth:
            cancelled[self.purse.name] = (worth - amount).amount
        deducted = self.deductions(values, amount, {}, amount)
        kept = sum(deducted.values(), start=Money.zero(amount.currency))
        return Reckoned(
            outcome=PROVISIONAL if self.stood_in else TAKEN,
            day=self.delivered_on,
            derived=self._derived(values),
            quantity=quantity,
            amount=amount,
            deducted=deducted,
            paid=amount - kept if self._in_money else None,
            due_on=self.issue.due_on if self.issue else pay_day(self.each, self.delivered_on),
            cancelled=cancelled,
            stand_ins=self.stood_in,
            issue=self.issue,
            lot=self._lot,
        )

    def _settled(self) -> Reckoned | None:
        """Why nothing of it is handed over: forbidden, something missing, or nothing fits; None where something is."""
        values = self.known
        derived = self._derived(values)
        refused = tuple(name for name, one in values.refuse.items() if one.value is True)
        if refused:
            return self._refused(derived, refused)
        gap = self._gap(values)
        if gap is not None:
            return replace(gap, derived=derived)
        below = [self.each.quantity] if self._quantity(values) < 0 else []
        below += ["amount"] if values.amount is not None and values.amount.value < 0 else []
        if below:
            return self._refused(derived, tuple(below))
        barred = self.room.barred if self.brought else ()
        if values.amount is not None and values.amount.value:
            barred = (*barred, *self.purse.barred)
        return self._refused(derived, barred) if barred else None

    def within_purse(self, amount: Money) -> Money:
        """What of an amount the caps on money leave."""
        left = self.purse.left
        return amount if left is None else min(amount, self.money(left))

    @property
    def _lot(self) -> str:
        return lot_of(self.each, self.answers)

    @property
    def _in_money(self) -> bool:
        return self.benefit.in_money

    def _worth(self, values: Values, quantity: Decimal) -> Money:
        """What it is worth: what is paid for it, or its quantity at the value of a unit."""
        if values.amount is None:
            return cost_of_benefit(self.case.programme, self.benefit, quantity)
        return self.money(values.amount.value)

    def _derived(self, values: Values) -> dict[str, Any]:
        return {name: one.value for name, one in values.derive.items()}

    def _quantity(self, values: Values) -> Decimal:
        if values.quantity is None or values.quantity.value is None:
            return Decimal(0)
        return in_thousandths(values.quantity.value)

    def _refused(self, derived: Mapping[str, Any], names: tuple[str, ...]) -> Reckoned:
        reason = _("Forbidden: {names}.").format(names=", ".join(names))
        return Reckoned(
            outcome=REFUSED,
            day=self.delivered_on,
            derived=derived,
            refused_by=names,
            reason=reason,
            lot=self._lot,
        )

    def _gap(self, values: Values) -> Reckoned | None:
        """What is missing or wrong before anything can be handed over; None where nothing is."""
        open_ = [one for one in values.asked if one.value is None]
        missing = [name for one in open_ for named in one.missing for name in self._unsaid(named)]
        missing += [
            key for key, one in self.each.form.items() if one.required and self.answers.get(key) is None
        ]
        needed = what_is_needed(self.case, self.each, self.answers, self.delivered_on)
        missing += needed.missing
        reasons = list(needed.reasons)
        if self.issue is not None and self.delivered_on < self.issue.collected_from:
            early = _("{issue} may be collected from {day} on.")
            reasons.append(early.format(issue=self.issue.name, day=self.issue.collected_from))
        blocked = dict.fromkeys(one for answer in open_ for one in answer.blocked)
        if not (open_ or missing or reasons):
            return None
        return Reckoned(
            outcome=HELD,
            day=self.delivered_on,
            reason=" ".join(reasons),
            missing=tuple(dict.fromkeys(missing)),
            blocked=tuple(blocked),
        )

    def _unsaid(self, name: str) -> tuple[str, ...]:
        """What people must say where a name is missing: of whether somebody is elsewhere, the open questions."""
        who = who_of(name)
        if not who:
            return (name,)
        return what_is_unsaid(self.each, who, self.answers) or (f"{OVERLAPS}({who})",)

    def deductions(
        self, values: Values, whole: Money, earlier: Mapping[str, Money], most: Money
    ) -> dict[str, Money]:
        """What repays each advance of a delivery worth `whole`, beside what it repaid `earlier`; `most` in all."""
        found: dict[str, Money] = {}
        nothing = Money.zero(whole.currency)
        for name, answer in values.deduct.items():
            asked = max(self.money(answer.value or Decimal(0)), nothing)
            left = max(self.case.advance_left_of(name), nothing)
            part = min(max(asked - earlier.get(name, nothing), nothing), left, most)
            found[name] = part
            most = most - part
        return found

    def plan(self) -> Plan:
        """The expressions that it asks."""
        return plan_of(
            self.case.programme, self.benefit, self.each, self.stood_in, capped=self.fits is not None
        )

    def names(self) -> dict[str, Any]:
        """What the expressions may name beside what the case knows."""
        names: dict[str, Any] = {
            **self.answers,
            "delivered_on": self.delivered_on,
            KNOWN_ON: self.known_on,
            "advance_left": self._advance_left(),
            "cycle_no": self.issue.cycle_no if self.issue else None,
            "issue_no": self.issue.issue_no if self.issue else None,
        }
        if self.elsewhere is None:
            self.elsewhere = self._elsewhere()
        names.update(self.elsewhere)
        return names if self.fits is None else {**names, FITS: self.fits}

    def _elsewhere(self) -> dict[str, bool | None]:
        """Whether each who is named is elsewhere at that time, as it was when the delivery was first looked at."""
        others = [*self.around.busy.near(self.delivered_on), *self._own()]
        return {
            given_name(who).name: overlaps(self.case.programme, self.held, who, others)
            for who in self.plan().who
        }

    def _own(self) -> list[Held]:
        """What the same award was given at other times."""
        mine = (one for one in self.case.delivered if one is not self.earlier)
        return [Held(one.benefit, one.delivered_on, one.answers) for one in mine]

    def take(self, plan: Plan, answers: Sequence[Answer]) -> None:
        """Keep what the expressions came to."""
        self.values = values_of(plan, self.each, answers)

    def _advance_left(self) -> Decimal | None:
        """What is not yet repaid of the advances this benefit repays, without what this delivery itself repaid."""
        total = Money.zero(self.case.programme.currency)
        for name in self.each.deduct:
            total += self.case.advance_left_of(name)
            if self.earlier is not None and name in self.earlier.deducted:
                total += self.earlier.deducted[name]
        return total.amount

    def money(self, value: Decimal) -> Money:
        """An amount in minor units: rounded half-even, once."""
        return Money.from_micros(to_micros(value), self.case.programme.currency)


def ask_all(desks: Sequence[Desk]) -> None:
    """Ask for what the deliveries come to: one question for those that ask the same."""
    alike: dict[tuple[tuple[str, ...], bool], list[Desk]] = {}
    for desk in desks:
        alike.setdefault((desk.stood_in, desk.fits is not None), []).append(desk)
    for group in alike.values():
        plan = group[0].plan()
        found = ask_many([(desk.case, desk.known_on, desk.names()) for desk in group], plan.all)
        for desk, answers in zip(group, found, strict=True):
            desk.take(plan, answers)


def pay_day(each: EachDelivery, day: date) -> date:
    """The first weekday of `pay` from a day on; the day itself where the file names none."""
    if not each.pay:
        return day
    return day + timedelta(days=(WEEKDAYS.index(each.pay) - day.weekday()) % 7)
