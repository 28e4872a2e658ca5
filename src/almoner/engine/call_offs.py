"""Reckons a delivery of what is called off: what follows from it, what is paid, kept back, cancelled or still unknown.

Nobody knows the day of such a delivery, so it makes its own instalment. It is *taken*, *refused* (something forbids
it) or *held* (something is missing); one that is paid by a stand-in is topped up when the true value is known, as if
that had been known on the day. All of it is evaluated by the engine that screens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, EachDelivery, Field, Programme
from almoner.engine.call_off_desk import (
    HELD,
    PROVISIONAL,
    REFUSED,
    TAKEN,
    UP_TO,
    Desk,
    Reckoned,
    ask_all,
    pay_day,
)
from almoner.engine.casefile import CaseFile, Delivered
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.schedule import held_back
from almoner.values.language import _
from almoner.values.money import Money
from almoner.values.numbers import from_micros

__all__ = [
    "HELD",
    "PROVISIONAL",
    "REFUSED",
    "TAKEN",
    "TOP_UP",
    "UP_TO",
    "Brought",
    "Reckoned",
    "as_delivered",
    "instalment_name",
    "pay_day",
    "reckon",
    "reckon_many",
    "top_up",
    "waiting_for_top_up",
]

TOP_UP = "top_up"
"""How the instalment of a top-up ends."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brings: the case, the answers of the delivery's form, and the day."""

    case: CaseFile
    answers: Mapping[str, Any]
    delivered_on: date


def reckon(case: CaseFile, name: str, answers: Mapping[str, Any], delivered_on: date) -> Reckoned:
    """What a delivery of a called-off benefit comes to, after those that the case holds already.

    Raises:
        NotYetCarriedOut: the file asks for more of it than a purchase by call-off.
    """
    return reckon_many(case.programme, name, [Brought(case, answers, delivered_on)])[0]


def reckon_many(programme: Programme, name: str, brought: Sequence[Brought]) -> list[Reckoned]:
    """What deliveries of different cases come to. Of one case each must wait for the one before it.

    Raises:
        NotYetCarriedOut: the file asks for more of it than a purchase by call-off.
    """
    benefit, each = _called_off(programme, name)
    found: dict[int, Reckoned] = {}
    desks: dict[int, Desk] = {}
    for place, one in enumerate(brought):
        early = _at_once(each, one)
        if early is not None:
            found[place] = early
        else:
            desks[place] = Desk(one.case, benefit, each, one.answers, one.delivered_on, one.delivered_on)
    ask_all(list(desks.values()))
    for _round in each.while_unknown:
        ask_all([desk for desk in desks.values() if desk.stands_in()])
    ask_all([desk for desk in desks.values() if desk.goes_over()])
    found |= {place: desk.decided() for place, desk in desks.items()}
    return [found[place] for place in range(len(brought))]


def _at_once(each: EachDelivery, one: Brought) -> Reckoned | None:
    """What is held or refused before anything is reckoned."""
    day = one.delivered_on
    barred = held_back(one.case, day)
    if barred is not None:
        return Reckoned(outcome=HELD, day=day, reason=barred.reason, missing=barred.missing)
    wrong = tuple(key for key, asked in each.form.items() if _is_out(asked, one.answers.get(key)))
    if wrong:
        reason = _("Outside what can be answered: {names}.").format(names=", ".join(wrong))
        return Reckoned(outcome=REFUSED, day=day, refused_by=wrong, reason=reason)
    return None


def top_up(case: CaseFile, delivery: Delivered, day: date) -> Reckoned | None:
    """What a delivery paid by a stand-in comes to by what is known on a later day; None while it is not.

    `amount`, `deducted` and `paid` are what comes on top. Nothing is asked back: where less would have been paid, they
    are nothing.
    """
    benefit, each = _called_off(case.programme, delivery.benefit)
    desk = Desk(case, benefit, each, delivery.answers, delivery.delivered_on, day, earlier=delivery)
    desk.fits = delivery.quantity if delivery.cancelled else None
    ask_all([desk])
    values = desk.known
    if any(values.derive[name].value is None for name in delivery.stand_ins) or values.amount.value is None:
        return None
    whole = max(desk.money(values.amount.value), delivery.amount)
    extra = whole - delivery.amount
    deducted = desk.deductions(values, whole, delivery.deducted, extra)
    kept = sum(deducted.values(), start=Money.zero(extra.currency))
    return Reckoned(
        outcome=TAKEN,
        day=day,
        derived={key: one.value for key, one in values.derive.items()},
        quantity=Decimal(0),
        amount=extra,
        deducted=deducted,
        paid=extra - kept,
        due_on=pay_day(each, day),
    )


def waiting_for_top_up(case: CaseFile) -> tuple[Delivered, ...]:
    """The deliveries that were paid by a stand-in and are not settled yet."""
    return tuple(one for one in case.delivered if one.stand_ins and not one.settled)


def as_delivered(reckoned: Reckoned, benefit: str, number: int, answers: Mapping[str, Any]) -> Delivered:
    """A delivery that was taken, as the case file holds it."""
    if reckoned.amount is None or reckoned.quantity is None:
        raise ValueError(f"{benefit} {number} was not taken.")
    return Delivered(
        benefit=benefit,
        number=number,
        delivered_on=reckoned.day,
        answers=answers,
        derived=reckoned.derived,
        quantity=reckoned.quantity,
        amount=reckoned.amount,
        deducted=reckoned.deducted,
        stand_ins=reckoned.stand_ins,
        cancelled=bool(reckoned.cancelled),
    )


def instalment_name(number: int, part: str = "") -> str:
    """The name of the instalment that a delivery makes: `delivery_3`, `delivery_3_top_up`, `delivery_3_up_to`."""
    return f"delivery_{number}" + (f"_{part}" if part else "")


def _called_off(programme: Programme, name: str) -> tuple[Benefit, EachDelivery]:
    benefit = programme.benefits[name]
    for key in benefit.other:
        raise NotYetCarriedOut(programme, f"benefits.{name}.{key}")
    if not benefit.call_off or benefit.each_delivery is None or benefit.each_delivery.amount is None:
        raise NotYetCarriedOut(programme, f"benefits.{name}.each_delivery")
    return benefit, benefit.each_delivery


def _is_out(asked: Field, value: Any) -> bool:
    """Whether a number is below the smallest or above the largest answer that is taken."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return False
    below = asked.minimum is not None and value < from_micros(asked.minimum)
    return below or (asked.maximum is not None and value > from_micros(asked.maximum))
