"""Hands over what is due: each instalment once, the books in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from almoner.engine import casefile
from almoner.engine.payees import payee_of
from almoner.engine.schedule import EACH, DueInstalment, delivery_label, due_on, follow_ups_from
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in
from almoner.flow.deliveries import actions as deliveries
from almoner.flow.deliveries.models import Instalment
from almoner.flow.deliveries.queries import (
    LIVING,
    case_files,
    collectable,
    instalments_of,
    to_collect,
)
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.queries import fund_of
from almoner.flow.steps.asking import plan_asked
from almoner.flow.steps.recipe import Request, Result, carry_out
from almoner.people.access import require
from almoner.people.models import User
from almoner.vault.models import Stamp


def deliver_due(round_: Round, *, evidence: str, request: Request) -> Result:
    """Pay or hand over every instalment of a round that is due that day; say of each held one what it waits for."""
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        awards = list(awards_in(locked, *LIVING))
        stored = instalments_of(awards)
        cases = case_files(programme, awards)
        looked_at = [
            (stored[award.pk, one.instalment.benefit, one.instalment.name], one)
            for award, case in zip(awards, cases, strict=True)
            for one in due_on(case, request.happened_on)
        ]
        paid = [row for row, one in looked_at if one.is_due]
        _hold([(row, one) for row, one in looked_at if not one.is_due], stamp)
        deliveries.move_instalments(
            [row for row in paid if row.state != "due"], "due", why="its day has come", stamp=stamp
        )
        handed = deliveries.hand_over([deliveries.HandOver(row, evidence) for row in paid], stamp=stamp)
        costs = [(row.award.reference, str(row.uid), row.cost_minor) for row in paid]
        if costs:
            ledger.disburse(locked, costs, fund=fund_of(locked), stamp=stamp)
        by_award = {award.pk: case for award, case in zip(awards, cases, strict=True)}
        plan_asked(programme, list(_asked_after(by_award, paid, request.happened_on)), stamp)
        waits = Counter(name for _, one in looked_at if not one.is_due for name in one.missing)
        told = {
            "delivered": len(handed),
            "held": sum(not one.is_due for _, one in looked_at),
            "cost_minor": sum(row.cost_minor for row in paid),
            "waits_for": dict(sorted(waits.items())),
        }
        if any(one.cycle for one in programme.benefits.values()):
            waiting = to_collect(locked, request.happened_on)
            told["to_collect"] = sum(not one.barred for one in waiting)
        return told

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat(), "evidence": evidence}
    return carry_out(
        "deliver", request, may="deliver", programme=round_.programme, arguments=arguments, do=do
    )


def _asked_after(
    cases: Mapping[int, casefile.CaseFile], paid: Sequence[Instalment], day: date
) -> Iterator[tuple[Award, casefile.FollowUp]]:
    """The follow-ups that the hand-overs of a run bring. What was called off brought its own when it was brought."""
    begun = {key for key, case in cases.items() if case.has_delivered(day)}
    for row in paid:
        programme = cases[row.award_id].programme
        if programme.benefits[row.benefit.name].call_off:
            continue
        first = row.award_id not in begun
        begun.add(row.award_id)
        label = delivery_label(row.benefit.name, row.name)
        for one in follow_ups_from(programme, EACH, day, first=first, delivery=label):
            yield row.award, one


def list_due(round_: Round, day: date, *, by: User) -> list[dict[str, Any]]:
    """What a round owes on a day, case by case: what is due, what is held and why, and which issues may be collected.

    Raises:
        NotPermitted: the person may not see cases in this programme.
    """
    require(by, "see cases", round_.programme)
    programme = queries.programme_of(round_.edition)
    awards = list(awards_in(round_, *LIVING))
    cases = case_files(programme, awards)
    rows = [
        {
            "award": award.reference,
            "benefit": one.instalment.benefit,
            "what": one.instalment.name,
            "due_on": one.instalment.due_on.isoformat(),
            "payee": payee_of(case, one.instalment),
            **_figure(one.instalment),
            "held": not one.is_due,
            "reason": one.reason,
            "waits_for": list(one.missing),
        }
        for award, case in zip(awards, cases, strict=True)
        for one in due_on(case, day)
    ]
    rows += [
        {
            "award": one.award.reference,
            "benefit": one.benefit,
            "what": one.issue.name,
            "due_on": one.issue.due_on.isoformat(),
            "payee": "",
            "figure": str(one.issue.part),
            "unit": programme.benefits[one.benefit].unit,
            "held": bool(one.barred),
            "reason": "",
            "waits_for": list(one.barred),
        }
        for one in collectable(awards, cases, day)
    ]
    return sorted(rows, key=lambda row: (row["held"], row["due_on"], row["award"]))


def _figure(instalment: casefile.Instalment) -> dict[str, str]:
    if instalment.money is not None:
        return {"figure": str(instalment.money), "unit": instalment.money.currency}
    return {"figure": str(instalment.quantity), "unit": instalment.unit}


def _hold(held: Iterable[tuple[Instalment, DueInstalment]], stamp: Stamp) -> None:
    """Newly held instalments, moved together where they wait for the same thing."""
    by_reason: dict[str, list[Instalment]] = {}
    for row, one in held:
        if row.state != "held":
            why = one.reason or "waits for " + ", ".join(one.missing)
            by_reason.setdefault(why, []).append(row)
    for why, rows in by_reason.items():
        deliveries.move_instalments(rows, "held", why=why, stamp=stamp)
