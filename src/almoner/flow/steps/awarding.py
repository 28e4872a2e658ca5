"""From a proposed award to an active one: approved by somebody else, accepted, and everything it brings planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from almoner.definitions.answers import decode_derived
from almoner.definitions.programme import Programme
from almoner.engine.brought_over import plan_rest
from almoner.engine.schedule import Plan, plan_award
from almoner.engine.screening_json import from_stored
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions import actions as decisions
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in
from almoner.flow.deliveries import actions as deliveries
from almoner.flow.deliveries.queries import brought_by, figures_of
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.queries import fund_of
from almoner.flow.steps.asking import plan_asked
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.steps.winding_down import refuse_new
from almoner.values.language import _
from almoner.vault.models import Stamp


def approve_awards(round_: Round, *, request: Request) -> Result:
    """Approve a round's proposed awards: the budget commits them in the same transaction, whole or not at all.

    Raises:
        NotAllowed: the person proposed one of them.
        BudgetExceededError: the free budget does not cover them; none is approved.
        StepRefusedError: the programme winds down.
    """

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        proposed = list(awards_in(locked, "proposed"))
        if proposed:
            refuse_new(round_.programme, request.happened_on)
            costs = [(award.reference, award.cost_minor) for award in proposed]
            ledger.commit(locked, costs, fund=fund_of(locked), stamp=stamp)
            decisions.move_awards(proposed, "approved", why="approved by a second person", stamp=stamp)
        return {
            "approved": len(proposed),
            "decided_elsewhere": sum(award.decision.elsewhere is not None for award in proposed),
            "committed_minor": sum(award.cost_minor for award in proposed),
        }

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat()}
    return carry_out(
        "approve", request, may="approve awards", programme=round_.programme, arguments=arguments, do=do
    )


def decline_awards(round_: Round, references: Sequence[str], *, reason: str, request: Request) -> Result:
    """Proposed awards that an approver does not approve, by reference: nothing was set aside for them.

    Raises:
        StepRefusedError: no reason is given, or a reference is of no proposed award of the round.
    """
    if not reason.strip():
        raise StepRefusedError(_("An award is declined only with a reason."))

    def do(stamp: Stamp) -> Result:
        proposed = {award.reference: award for award in awards_in(queries.lock_round(round_), "proposed")}
        strange = sorted(set(references) - proposed.keys())
        if strange:
            raise StepRefusedError(
                _("'{reference}' is no award that is proposed in the round '{name}'.").format(
                    reference=strange[0], name=round_.name
                )
            )
        declined = [proposed[reference] for reference in sorted(set(references))]
        decisions.move_awards(declined, "declined", why=reason, stamp=stamp)
        return {"declined": len(declined)}

    arguments = {
        "round": str(round_.uid),
        "references": sorted(set(references)),
        "reason": reason,
        "on": request.happened_on.isoformat(),
    }
    return carry_out(
        "decline", request, may="approve awards", programme=round_.programme, arguments=arguments, do=do
    )


def start_awards(round_: Round, *, request: Request) -> Result:
    """Approved awards are accepted and become active: their instalments and follow-ups are planned from that day.

    Of an award that was decided elsewhere only the rest is planned, from the day on its paper.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        approved = list(awards_in(queries.lock_round(round_), "approved").prefetch_related("benefits"))
        for state in ("accepted", "active"):
            decisions.move_awards(approved, state, why=f"{state} by the applicant", stamp=stamp)
        plans = [_plan(programme, award, request.happened_on) for award in approved]
        planned = _store_plans(programme, approved, plans, stamp)
        return {"active": len(approved), **planned}

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat()}
    return carry_out("start", request, may="record", programme=round_.programme, arguments=arguments, do=do)


def _plan(programme: Programme, award: Award, day: date) -> Plan:
    elsewhere = award.decision.elsewhere
    if elsewhere is not None:
        return plan_rest(
            programme,
            figures_of(award),
            brought_by(award),
            decided_on=date.fromisoformat(elsewhere["on"]),
            begun_on=day,
        )
    stored = award.decision.screening
    screening = None if stored is None else from_stored(stored.result)
    judged = None
    if stored is not None and any(one.months is not None for one in programme.benefits.values()):
        derived = decode_derived(programme.derive, queries.derived_of(stored))
        judged = {**queries.answers_of(programme, stored.revision), **derived, "as_of": stored.as_of}
    return plan_award(programme, screening, day, benefits=figures_of(award), judged=judged)


def _store_plans(
    programme: Programme, awards: Sequence[Award], plans: Sequence[Plan], stamp: Stamp
) -> dict[str, int]:
    benefits = {(one.award_id, one.name): one for award in awards for one in award.benefits.all()}
    instalments = deliveries.schedule(
        [
            (award, benefits[award.pk, instalment.benefit], instalment)
            for award, plan in zip(awards, plans, strict=True)
            for instalment in plan.instalments
        ],
        stamp=stamp,
    )
    asked = [(award, one) for award, plan in zip(awards, plans, strict=True) for one in plan.follow_ups]
    return {"instalments": len(instalments), "follow_ups": plan_asked(programme, asked, stamp)}
