"""Plays a delivery of what is called off in an example."""

from __future__ import annotations

from dataclasses import replace

from almoner.definitions.programme import Step
from almoner.engine.call_off_cases import taking
from almoner.engine.call_offs import REFUSED, reckon
from almoner.engine.casefile import CaseFile
from almoner.engine.observations import Moment
from almoner.engine.schedule import EACH, delivery_label, follow_ups_from


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
        after,
        follow_ups=(
            *after.follow_ups,
            *follow_ups_from(
                case.programme, EACH, day, first=first, delivery=delivery_label(step.step, number)
            ),
        ),
    )
    amount = reckoned.paid.amount if reckoned.paid is not None else reckoned.quantity
    return Moment(after, step.on, state=reckoned.outcome, amount=amount, delivery=reckoned)
