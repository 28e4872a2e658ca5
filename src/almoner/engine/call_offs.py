"""Reckons a delivery of what is called off: what follows from it, what is paid, kept back, cancelled or still unknown.

Nobody knows the day of such a delivery, so it makes its own instalment. It is *taken*, *refused* (something forbids
it) or *held* (something is missing, or its issue has not come); one that is paid by a stand-in is topped up when the
true value is known, as if that had been known on the day. All of it is evaluated by the engine that screens.
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
    Desk,
    Reckoned,
    ask_all,
    pay_day,
)
from almoner.engine.caps import Around, Wanted, lot_of, room_in_money
from almoner.engine.casefile import CaseFile, Delivered
from almoner.engine.cycles import Issue, NoIssue, next_issues
from almoner.engine.independence import who_asked_before
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.overlaps import Busy, is_no_time
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
    "Brought",
    "Reckoned",
    "as_delivered",
    "pay_day",
    "reckon",
    "reckon_many",
    "top_up",
    "waiting_for_top_up",
]

NOT_GRANTED = "not_granted"
"""How a delivery is refused of a benefit that the award does not bring."""

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
        NotYetCarriedOut: the file asks for more of it than is carried out.
    """
    return reckon_many(case.programme, name, [Brought(case, answers, delivered_on)])[0]


def reckon_many(
    programme: Programme, name: str, brought: Sequence[Brought], around: Around | None = None
) -> list[Reckoned]:
    """What deliveries of different cases come to. Of one case each must wait for the one before it.

    Args:
        programme: the edition by which they are reckoned.
        name: the benefit.
        brought: the deliveries, of one case at most one, in the order in which they take what is shared.
        around: what they share with other people; it is used up.

    Raises:
        NotYetCarriedOut: the file asks for more of it than is carried out.
    """
    benefit, each = _called_off(programme, name)
    around = around or Around()
    issues = _issues(programme, benefit, brought)
    found: dict[int, Reckoned] = {}
    desks: dict[int, Desk] = {}
    for place, (one, issue) in enumerate(zip(brought, issues, strict=True)):
        early = _at_once(name, each, one, issue)
        if early is not None:
            found[place] = early
        else:
            day = one.delivered_on
            mine = issue if isinstance(issue, Issue) else None
            desks[place] = Desk(one.case, benefit, each, one.answers, day, day, issue=mine, around=around)
    for batch in _in_turn(list(desks.values())):
        _ask_and_measure(each, batch)
    found |= {place: desk.decided() for place, desk in desks.items()}
    return [found[place] for place in range(len(brought))]


def _in_turn(desks: Sequence[Desk]) -> list[list[Desk]]:
    """The deliveries in batches: whoever may need the same person as one before waits until that one is reckoned."""
    who = desks[0].plan().who if desks else ()
    if not who:
        return [list(desks)]
    batches: list[list[Desk]] = [[]]
    there = Busy()
    for desk in desks:
        if there.may_meet(desk.held, who):
            batches.append([])
            there = Busy()
        batches[-1].append(desk)
        there.add(desk.held)
    return batches


def _ask_and_measure(each: EachDelivery, desks: Sequence[Desk]) -> None:
    """Ask for what deliveries come to, stand-ins and caps included."""
    ask_all(desks)
    for _round in each.while_unknown:
        ask_all([desk for desk in desks if desk.stands_in()])
    for desk in desks:
        desk.measure()
    ask_all([desk for desk in desks if desk.fits])


def _issues(
    programme: Programme, benefit: Benefit, brought: Sequence[Brought]
) -> list[Issue | NoIssue | None]:
    """The issue of a scheme that each delivery would be a part of; None where the benefit has no cycle."""
    if benefit.cycle is None:
        return [None] * len(brought)
    return list(next_issues(programme, benefit.name, [(one.case, one.delivered_on) for one in brought]))


def _at_once(name: str, each: EachDelivery, one: Brought, issue: Issue | NoIssue | None) -> Reckoned | None:
    """What is held or refused before anything is reckoned."""
    day = one.delivered_on
    if not one.case.is_granted(name):
        reason = _("{benefit} was not granted.").format(benefit=name)
        return Reckoned(outcome=REFUSED, day=day, refused_by=(NOT_GRANTED,), reason=reason)
    barred = held_back(one.case, day)
    if barred is not None:
        return Reckoned(outcome=HELD, day=day, reason=barred.reason, missing=barred.missing)
    asked_before = tuple(who_asked_before(one.case, name, one.answers))
    if asked_before:
        reason = _("Whoever asked {names} is not paid for it.").format(names=", ".join(asked_before))
        return Reckoned(outcome=REFUSED, day=day, refused_by=asked_before, reason=reason)
    wrong = tuple(key for key, asked in each.form.items() if _is_out(asked, one.answers.get(key)))
    wrong += (each.begins,) if is_no_time(each, one.answers) else ()
    if wrong:
        reason = _("Outside what can be answered: {names}.").format(names=", ".join(wrong))
        return Reckoned(outcome=REFUSED, day=day, refused_by=wrong, reason=reason)
    if isinstance(issue, NoIssue):
        return Reckoned(
            outcome=HELD, day=day, reason=issue.reason, missing=issue.missing, blocked=issue.blocked
        )
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
    amount = values.amount.value if values.amount else None
    uncapped = any(answer is not None and answer.value is None for _cap, answer in values.caps)
    if amount is None or uncapped or any(values.derive[name].value is None for name in delivery.stand_ins):
        return None
    caps = [(cap, None if answer is None else Decimal(answer.value)) for cap, answer in values.caps]
    desk.purse = room_in_money(Wanted(case, benefit.name, delivery.delivered_on, delivery.quantity), caps)
    owed = max(desk.money(amount), delivery.amount) - delivery.amount
    extra = desk.within_purse(owed)
    whole = delivery.amount + extra
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
        cancelled={} if extra == owed else {desk.purse.name: (owed - extra).amount},
        lot=lot_of(each, delivery.answers),
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
        cancelled=reckoned.cancelled,
        cycle_no=reckoned.issue.cycle_no if reckoned.issue else None,
        issue_no=reckoned.issue.issue_no if reckoned.issue else None,
    )


def _called_off(programme: Programme, name: str) -> tuple[Benefit, EachDelivery]:
    benefit = programme.benefits[name]
    for key in benefit.other:
        raise NotYetCarriedOut(programme, f"benefits.{name}.{key}")
    if not benefit.call_off or benefit.each_delivery is None:
        raise NotYetCarriedOut(programme, f"benefits.{name}.each_delivery")
    return benefit, benefit.each_delivery


def _is_out(asked: Field, value: Any) -> bool:
    """Whether a number is below the smallest or above the largest answer that is taken."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return False
    below = asked.minimum is not None and value < from_micros(asked.minimum)
    return below or (asked.maximum is not None and value > from_micros(asked.maximum))
