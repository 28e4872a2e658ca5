"""What an award that was decided elsewhere still brings: what was given of it before is never given again.

What was given is set against the instalments in the order of their days, as the file plans them from the day on which
the award was decided. An instalment that is covered is not made, one that is covered in part is made for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from almoner.definitions.programme import Programme
from almoner.engine.casefile import FollowUp, Instalment
from almoner.engine.costs import cost_of_benefit
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.schedule import Plan, plan_award


def plan_rest(
    programme: Programme,
    granted: Mapping[str, Decimal],
    given: Mapping[str, Decimal],
    *,
    decided_on: date,
    begun_on: date,
) -> Plan:
    """What is still to be given and asked of an award that was decided elsewhere.

    Instalments fall due as they were promised: their days count from the day of the decision. A follow-up whose day
    had passed before the award began here was the other body's to ask; one that must come before the first delivery is
    asked on the first day here, unless something was given already.

    Args:
        programme: the edition the award stands under here.
        granted: each benefit's figure as granted: an amount for money, else a quantity.
        given: what was given of it before; absent is nothing.
        decided_on: the day on its paper.
        begun_on: the day on which it begins here.

    Raises:
        ValueError: more was given than granted.
        CostUnknown: something is given in kind whose unit has no value.
        NotYetCarriedOut: the file asks for more than a dated schedule, or something was called off before.
    """
    for name, figure in given.items():
        if not 0 <= figure <= granted.get(name, Decimal(0)):
            raise ValueError(f"Of {name} {figure} was given of {granted.get(name, 0)}.")
        if figure and programme.benefits[name].call_off:
            raise NotYetCarriedOut(programme, f"benefits.{name}, called off before the award came here,")
    plan = plan_award(programme, None, decided_on, benefits=granted)
    rest: list[Instalment] = []
    for name in granted:
        parts = [one for one in plan.instalments if one.benefit == name]
        rest += _rest_of(programme, name, parts, given.get(name, Decimal(0)))
    follow_ups = [_asked_here(one, begun_on, begun=any(given.values())) for one in plan.follow_ups]
    return replace(
        plan,
        awarded_on=begun_on,
        instalments=tuple(rest),
        follow_ups=tuple(one for one in follow_ups if one is not None),
        obligations=tuple(one for one in plan.obligations if one.ends > begun_on),
    )


def _rest_of(
    programme: Programme, name: str, parts: Sequence[Instalment], given: Decimal
) -> list[Instalment]:
    """The instalments of one benefit without what was given, the first by their days covered first.

    Their costs add up to that of the rest: each is what the sum so far costs more than the sum before it, so that
    rounding is never below nothing.
    """
    benefit = programme.benefits[name]
    found: list[Instalment] = []
    so_far = Decimal(0)
    for part in sorted(parts, key=lambda one: one.due_on):
        figure = part.money.amount if part.money is not None else part.quantity or Decimal(0)
        covered = min(given, figure)
        given -= covered
        left = figure - covered
        if not left:
            continue
        cost = cost_of_benefit(programme, benefit, so_far + left) - cost_of_benefit(
            programme, benefit, so_far
        )
        so_far += left
        in_money = benefit.in_money
        found.append(
            replace(part, cost=cost, money=cost) if in_money else replace(part, cost=cost, quantity=left)
        )
    return found


def _asked_here(follow_up: FollowUp, begun_on: date, *, begun: bool) -> FollowUp | None:
    """A follow-up as it is asked here, if it is."""
    if follow_up.is_baseline:
        return None if begun else replace(follow_up, due_on=begun_on)
    return follow_up if follow_up.due_on >= begun_on else None
