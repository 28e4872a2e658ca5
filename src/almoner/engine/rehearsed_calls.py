"""Plays deliveries of what is called off in an example: what each makes of the case, and what is topped up later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from almoner.definitions.programme import Step
from almoner.engine.call_offs import (
    REFUSED,
    TOP_UP,
    Reckoned,
    as_delivered,
    instalment_name,
    reckon,
    top_up,
    waiting_for_top_up,
)
from almoner.engine.casefile import CaseFile, Delivered, Instalment
from almoner.engine.observations import Moment
from almoner.engine.schedule import EACH, follow_ups_from
from almoner.values.money import Money


def called_off(case: CaseFile, step: Step) -> Moment:
    """A delivery is brought: taken with its instalment, or refused or held with the reason."""
    answers = {name: value for name, value in step.answers.items() if name != "delivered_on"}
    day = step.answers.get("delivered_on") or step.on
    reckoned = reckon(case, step.step, answers, day)
    if not reckoned.is_taken:
        refused = reckoned.refused_by if reckoned.outcome == REFUSED else ()
        return Moment(case, step.on, state=reckoned.outcome, refused=refused, delivery=reckoned)
    number = 1 + sum(one.benefit == step.step for one in case.delivered)
    first = not case.has_delivered(day)
    after = taking(case, step.step, number, answers, reckoned)
    after = replace(
        after, follow_ups=(*after.follow_ups, *follow_ups_from(case.programme, EACH, day, first=first))
    )
    amount = reckoned.paid.amount if reckoned.paid else None
    return Moment(after, step.on, state=reckoned.outcome, amount=amount, delivery=reckoned)


def taking(
    case: CaseFile, benefit: str, number: int, answers: dict[str, object], reckoned: Reckoned
) -> CaseFile:
    """The case after a delivery was taken: it makes its own instalment, and one for what a cap cancels."""
    made = [_instalment(case, benefit, instalment_name(number), reckoned)]
    made += [
        Instalment(
            benefit=benefit,
            name=instalment_name(number, cap),
            due_on=reckoned.day,
            cost=Money.zero(case.programme.currency),
            quantity=over,
            unit=case.programme.benefits[benefit].unit,
            state="cancelled",
        )
        for cap, over in reckoned.cancelled.items()
    ]
    delivered = as_delivered(reckoned, benefit, number, answers)
    return replace(case, instalments=(*case.instalments, *made), delivered=(*case.delivered, delivered))


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
    paid = reckoned.paid or Money.zero(case.programme.currency)
    return Instalment(
        benefit=benefit, name=name, due_on=reckoned.due_on or reckoned.day, cost=paid, money=paid
    )
