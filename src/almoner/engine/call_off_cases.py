"""The case after a delivery of what is called off: its own instalment, what a cap cancels, what is topped up later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.engine.call_offs import (
    TOP_UP,
    Reckoned,
    as_delivered,
    top_up,
    waiting_for_top_up,
)
from almoner.engine.caps import AMOUNT
from almoner.engine.casefile import CaseFile, Delivered, Instalment, instalment_name
from almoner.values.money import Money


def taking(
    case: CaseFile, benefit: str, number: int, answers: Mapping[str, Any], reckoned: Reckoned
) -> CaseFile:
    """The case after a delivery was taken: it makes its own instalment, and one for what a cap cancels."""
    in_money = {cap.name for cap in case.programme.benefits[benefit].caps if cap.kind == AMOUNT}
    made = [_instalment(case, benefit, instalment_name(number), reckoned)]
    made += [
        _cancelled(case, benefit, instalment_name(number, cap), reckoned.day, over, in_money=cap in in_money)
        for cap, over in reckoned.cancelled.items()
    ]
    delivered = as_delivered(reckoned, benefit, number, answers)
    return replace(case, instalments=(*case.instalments, *made), delivered=(*case.delivered, delivered))


def _cancelled(  # noqa: PLR0913 -- what a cap cancels has these sides
    case: CaseFile, benefit: str, name: str, day: date, over: Decimal, *, in_money: bool
) -> Instalment:
    """What a cap cancels, in money or in units; it costs nothing."""
    currency = case.programme.currency
    return Instalment(
        benefit=benefit,
        name=name,
        due_on=day,
        cost=Money.zero(currency),
        money=Money.of(over, currency) if in_money else None,
        quantity=None if in_money else over,
        unit="" if in_money else case.programme.benefits[benefit].unit,
        state="cancelled",
    )


def topped_up(case: CaseFile, day: date) -> CaseFile:
    """The case after everything that was paid by a stand-in, and whose true value is known by a day, is settled."""
    for delivery in waiting_for_top_up(case):
        reckoned = top_up(case, delivery, day)
        if reckoned is not None:
            case = settling(case, delivery, reckoned)
    return case


def settling(case: CaseFile, delivery: Delivered, reckoned: Reckoned) -> CaseFile:
    """The case after a delivery was topped up: an instalment of its own, where there is anything to pay."""
    kept = {
        name: delivery.deducted.get(name, Money.zero(case.programme.currency)) + more
        for name, more in reckoned.deducted.items()
    }
    amount = delivery.amount if reckoned.amount is None else delivery.amount + reckoned.amount
    settled = replace(
        delivery,
        settled=True,
        amount=amount,
        deducted={**delivery.deducted, **kept},
        derived=reckoned.derived,
    )
    instalments = case.instalments
    if reckoned.amount:
        name = instalment_name(delivery.number, TOP_UP)
        instalments = (*instalments, _instalment(case, delivery.benefit, name, reckoned))
    rest = tuple(settled if one is delivery else one for one in case.delivered)
    return replace(case, instalments=instalments, delivered=rest)


def _instalment(case: CaseFile, benefit: str, name: str, reckoned: Reckoned) -> Instalment:
    """What a delivery makes: money to be paid on its day, or goods that were handed over with it."""
    due_on = reckoned.due_on or reckoned.day
    defined = case.programme.benefits[benefit]
    if defined.in_money:
        paid = reckoned.paid or Money.zero(case.programme.currency)
        return Instalment(benefit=benefit, name=name, due_on=due_on, cost=paid, money=paid)
    return Instalment(
        benefit=benefit,
        name=name,
        due_on=due_on,
        cost=reckoned.amount or Money.zero(case.programme.currency),
        quantity=reckoned.quantity,
        unit=defined.unit,
        state="paid",
        paid_on=reckoned.day,
    )
