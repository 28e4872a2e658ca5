"""The desk at which one delivery of what is called off is reckoned: what is asked, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, EachDelivery, Programme
from almoner.definitions.sections.deliveries import WEEKDAYS
from almoner.definitions.tree import Expression
from almoner.engine.casefile import CaseFile, Delivered
from almoner.engine.conditions import Answer, ask_many
from almoner.engine.evaluation import KNOWN_ON
from almoner.engine.inlining import inlined
from almoner.engine.needs import what_is_needed
from almoner.engine.results import Blocked
from almoner.values.language import _
from almoner.values.money import Money
from almoner.values.numbers import MICRO, from_micros, half_even_div, to_micros

TAKEN, PROVISIONAL, REFUSED, HELD = "taken", "provisional", "refused", "held"
UP_TO = "up_to"
FITS = "#fits"
"""The name under which the part that fits stands in for the whole quantity."""

_THOUSANDTH = MICRO // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What a delivery comes to on a day.

    `amount` is what it is worth, `deducted` what of it repays advances, `paid` the rest. `cancelled` is what went over
    a cap, by the cap's name. `stand_ins` are the derived values that were unknown and stood in for.
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

    @property
    def is_taken(self) -> bool:
        """Whether it is taken, for good or by a stand-in."""
        return self.outcome in {TAKEN, PROVISIONAL}


@dataclass(frozen=True, slots=True)
class _Plan:
    """The expressions of a benefit's deliveries, each with its derived names written out."""

    derive: tuple[Expression, ...]
    stand_ins: tuple[Expression, ...]
    refuse: tuple[Expression, ...]
    deduct: tuple[Expression, ...]
    amount: Expression
    quantity: Expression | None
    up_to: tuple[Expression, ...]

    @property
    def all(self) -> tuple[Expression, ...]:
        return (
            *self.derive,
            *self.stand_ins,
            *self.refuse,
            *self.deduct,
            self.amount,
            *((self.quantity,) if self.quantity else ()),
            *self.up_to,
        )


@dataclass(frozen=True, slots=True)
class _Values:
    """What the expressions of a plan came to."""

    derive: Mapping[str, Answer]
    stand_ins: Mapping[str, Answer]
    refuse: Mapping[str, Answer]
    deduct: Mapping[str, Answer]
    amount: Answer
    quantity: Answer | None
    up_to: Answer | None
    brought: Decimal
    """Of a part that fits under a cap: how much was brought in all."""


_plans: dict[tuple[str, str, tuple[str, ...], bool], _Plan] = {}


@dataclass(slots=True)
class Desk:
    """One delivery while it is reckoned: `known_on` is the day by which lookups are read."""

    case: CaseFile
    benefit: Benefit
    each: EachDelivery
    answers: Mapping[str, Any]
    delivered_on: date
    known_on: date
    earlier: Delivered | None = None
    stood_in: tuple[str, ...] = ()
    fits: Decimal | None = None
    values: _Values | None = None

    @property
    def known(self) -> _Values:
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

    def goes_over(self) -> bool:
        """Whether only a part fits under the contract; from now on that part alone is reckoned."""
        if self._settled() is not None or self.known.up_to is None:
            return False
        fits = self._room(self.known)
        if self._quantity(self.known) <= fits:
            return False
        self.fits = fits
        return True

    def decided(self) -> Reckoned:
        """Refused, held, or taken."""
        settled = self._settled()
        if settled is not None:
            return settled
        values = self.known
        cancelled = {} if self.fits is None else {UP_TO: values.brought - self.fits}
        amount = self.money(values.amount.value)
        deducted = self.deductions(values, amount, {}, amount)
        kept = sum(deducted.values(), start=Money.zero(amount.currency))
        return Reckoned(
            outcome=PROVISIONAL if self.stood_in else TAKEN,
            day=self.delivered_on,
            derived=self._derived(values),
            quantity=self._quantity(values) if self.fits is None else self.fits,
            amount=amount,
            deducted=deducted,
            paid=amount - kept,
            due_on=pay_day(self.each, self.delivered_on),
            cancelled=cancelled,
            stand_ins=self.stood_in,
        )

    def _settled(self) -> Reckoned | None:
        """Why nothing of it is paid: it is forbidden, something is missing, or nothing fits; None where it is paid."""
        values = self.known
        derived = self._derived(values)
        refused = tuple(name for name, one in values.refuse.items() if one.value is True)
        if refused:
            return self._refused(derived, refused)
        gap = self._gap(values)
        if gap is not None:
            return replace(gap, derived=derived)
        below = [self.each.quantity] if self._quantity(values) < 0 else []
        below += ["amount"] if values.amount.value < 0 else []
        if below:
            return self._refused(derived, tuple(below))
        if (
            self.fits is None
            and values.up_to is not None
            and self._quantity(values)
            and not self._room(values)
        ):
            return self._refused(derived, (UP_TO,))
        return None

    def _derived(self, values: _Values) -> dict[str, Any]:
        return {name: one.value for name, one in values.derive.items()}

    def _quantity(self, values: _Values) -> Decimal:
        return _in_thousandths(values.quantity.value) if values.quantity else Decimal(0)

    def _room(self, values: _Values) -> Decimal:
        """What may still be called off."""
        most = _in_thousandths(values.up_to.value) if values.up_to else Decimal(0)
        return max(most - self._so_far(), Decimal(0))

    def _refused(self, derived: Mapping[str, Any], names: tuple[str, ...]) -> Reckoned:
        reason = _("Forbidden: {names}.").format(names=", ".join(names))
        return Reckoned(
            outcome=REFUSED, day=self.delivered_on, derived=derived, refused_by=names, reason=reason
        )

    def _gap(self, values: _Values) -> Reckoned | None:
        """What is missing or wrong before anything can be paid; None where nothing is."""
        asked = [*values.refuse.values(), values.amount, *values.deduct.values()]
        asked += [one for one in (values.quantity, values.up_to) if one is not None]
        open_ = [one for one in asked if one.value is None]
        missing = [name for one in open_ for name in one.missing]
        missing += [
            key for key, one in self.each.form.items() if one.required and self.answers.get(key) is None
        ]
        needed = what_is_needed(self.case, self.each, self.answers, self.delivered_on)
        missing += needed.missing
        blocked = dict.fromkeys(one for answer in open_ for one in answer.blocked)
        if not (open_ or missing or needed.reasons):
            return None
        return Reckoned(
            outcome=HELD,
            day=self.delivered_on,
            reason=" ".join(needed.reasons),
            missing=tuple(dict.fromkeys(missing)),
            blocked=tuple(blocked),
        )

    def deductions(
        self, values: _Values, whole: Money, earlier: Mapping[str, Money], most: Money
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

    def plan(self) -> _Plan:
        """The expressions that it asks."""
        capped = self.fits is not None
        return _plan(self.case.programme, self.benefit, self.each, self.stood_in, capped=capped)

    def names(self) -> dict[str, Any]:
        """What the expressions may name beside what the case knows."""
        names: dict[str, Any] = {
            **self.answers,
            "delivered_on": self.delivered_on,
            KNOWN_ON: self.known_on,
            "advance_left": self._advance_left(),
        }
        return names if self.fits is None else {**names, FITS: self.fits}

    def take(self, plan: _Plan, answers: Sequence[Answer]) -> None:
        """Keep what the expressions came to."""
        found = iter(answers)

        def named(keys: Sequence[str]) -> dict[str, Answer]:
            return {key: next(found) for key in keys}

        before = self.values
        self.values = _Values(
            derive=named(list(self.each.derive)),
            stand_ins=named(list(self.each.while_unknown)),
            refuse=named(list(self.each.refuse_when)),
            deduct=named(list(self.each.deduct)),
            amount=next(found),
            quantity=next(found) if plan.quantity else None,
            up_to=next(found) if plan.up_to else None,
            brought=self._quantity(before) if before and self.fits is not None else Decimal(0),
        )

    def _advance_left(self) -> Decimal | None:
        """What is not yet repaid of the advances this benefit repays, without what this delivery itself repaid."""
        total = Money.zero(self.case.programme.currency)
        for name in self.each.deduct:
            total += self.case.advance_left_of(name)
            if self.earlier is not None and name in self.earlier.deducted:
                total += self.earlier.deducted[name]
        return total.amount

    def _so_far(self) -> Decimal:
        taken = (one.quantity for one in self.case.delivered if one.benefit == self.benefit.name)
        return sum(taken, start=Decimal(0))

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


def _in_thousandths(quantity: Decimal) -> Decimal:
    """A quantity as it is kept: fixed once, half-even, to a thousandth of its unit."""
    return from_micros(half_even_div(to_micros(quantity), _THOUSANDTH) * _THOUSANDTH)


def _plan(
    programme: Programme, benefit: Benefit, each: EachDelivery, stood_in: tuple[str, ...], *, capped: bool
) -> _Plan:
    key = (programme.digest, benefit.name, stood_in, capped)
    if key not in _plans:
        _plans[key] = _made_plan(benefit, each, stood_in, capped=capped)
    return _plans[key]


def _made_plan(benefit: Benefit, each: EachDelivery, stood_in: tuple[str, ...], *, capped: bool) -> _Plan:
    if each.amount is None:
        raise ValueError(f"{benefit.name} does not say what is paid for a delivery.")
    known = inlined(each, stood_in, FITS if capped else "")
    wanted = each.quantity
    return _Plan(
        derive=tuple(known.derived(name) for name in each.derive),
        stand_ins=tuple(known.of(one) for one in each.while_unknown.values()),
        refuse=tuple(known.of(one) for one in each.refuse_when.values()),
        deduct=tuple(known.of(one) for one in each.deduct.values()),
        amount=known.of(each.amount),
        quantity=known.named(benefit, wanted) if wanted else None,
        up_to=(benefit.up_to,) if benefit.up_to is not None else (),
    )


def pay_day(each: EachDelivery, day: date) -> date:
    """The first weekday of `pay` from a day on; the day itself where the file names none."""
    if not each.pay:
        return day
    return day + timedelta(days=(WEEKDAYS.index(each.pay) - day.weekday()) % 7)
