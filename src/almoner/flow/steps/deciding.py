"""From screenings to awards: silence lapses, a round is cut once, one person proposes and another approves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from almoner.definitions.answers import decode_derived
from almoner.definitions.programme import Programme
from almoner.engine.costs import cost_of
from almoner.engine.cut import Candidate, CutResult, Standing, cut
from almoner.engine.cut import Result as Place
from almoner.engine.cut_rule import rule_of, tie_values
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case, Screening
from almoner.engine.screening_json import from_stored
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round, StoredScreening
from almoner.flow.decisions import actions as decisions
from almoner.flow.decisions.queries import awards_in, cut_of
from almoner.flow.ledger.queries import budget_of
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.steps.reviewing import reviewed_points
from almoner.flow.steps.winding_down import refuse_new
from almoner.values.dates import add_duration
from almoner.values.language import _
from almoner.values.money import Money
from almoner.vault.models import Stamp

OFFICER = "officer"
REVIEW = "review"


def lapse_silent(round_: Round, *, request: Request) -> Result:
    """Applications that were asked, reminded and did not answer in the time the file gives are closed, not refused.

    A case that waits only for the office is never lapsed by silence: it is not the applicant's.
    """
    programme = queries.programme_of(round_.edition)
    limit = programme.decision.lapse if programme.decision else None

    def do(stamp: Stamp) -> Result:
        if limit is None:
            return {"lapsed": 0}
        silent = [
            screening.revision.application
            for screening in queries.latest_screenings(round_)
            if screening.revision.application.state == "needs information"
            and not _waits_for_office(screening)
            and add_duration(screening.happened_on, limit.count, limit.unit) <= request.happened_on
        ]
        applications.lapse(silent, why="reminded, no answer", stamp=stamp)
        return {"lapsed": len(silent)}

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat()}
    return carry_out("lapse", request, may="decide", programme=round_.programme, arguments=arguments, do=do)


def _waits_for_office(screening: StoredScreening) -> bool:
    """Whether all that is open is the office's: what is blocked, and questions that an officer answers.

    Where the applicant owes an answer too, the case waits for the applicant first.
    """
    return all(who == OFFICER for who in screening.result["asked_of"].values())


def set_aside(round_: Round, *, reason: str, request: Request) -> Result:
    """Cases that wait for the office are set aside by a person with a reason; they are then like lapsed ones.

    Raises:
        StepRefusedError: no reason is given.
    """
    if not reason.strip():
        raise StepRefusedError(_("A case is set aside only with a reason."))

    def do(stamp: Stamp) -> Result:
        waiting = [
            screening.revision.application
            for screening in queries.latest_screenings(round_)
            if screening.revision.application.state == "needs information" and _waits_for_office(screening)
        ]
        applications.lapse(waiting, why=f"set aside: {reason}", stamp=stamp)
        return {"set_aside": len(waiting)}

    arguments = {"round": str(round_.uid), "reason": reason, "on": request.happened_on.isoformat()}
    return carry_out(
        "set_aside", request, may="decide", programme=round_.programme, arguments=arguments, do=do
    )


def cut_round(round_: Round, *, seed: int, request: Request) -> Result:
    """Cut a round, once: decide every application, and propose an award for each that is awarded.

    Raises:
        StepRefusedError: the round was cut already, or the programme winds down and somebody would be awarded.
        NotYetCarriedOut: its programme's file has no cut, or a quota.
        CutRefused: somebody may still answer, a case waits for the office, or a tie is unknown.
    """
    programme = queries.programme_of(round_.edition)
    rule = rule_of(programme)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        if cut_of(locked) is not None:
            raise StepRefusedError(_("The round '{name}' was cut already.").format(name=round_.name))
        free = Money(max(free_of(locked), 0), locked.currency)
        screened = {one.revision.application.reference: one for one in queries.latest_screenings(locked)}
        judged = _judged(programme, list(screened.values()))
        result = cut(
            [_candidate(programme, key, one, judged) for key, one in screened.items()],
            rule=rule,
            budget=free,
            seed=seed,
        )
        if any(kind == "award" for _key, kind in _kinds(result)):
            refuse_new(round_.programme, request.happened_on)
        decisions.store_cut(locked, result, stamp=stamp)
        verdicts = [_verdict(programme, screened[key], kind) for key, kind in _kinds(result)]
        decided = decisions.decide(verdicts, stamp=stamp)
        awarded = [
            (decision, _figures(programme, from_stored(verdict.screening.result)))
            for decision, verdict in zip(decided, verdicts, strict=True)
            if verdict.kind == "award" and verdict.screening is not None
        ]
        awards = decisions.propose_awards(programme, awarded, stamp=stamp)
        return {
            "awarded": len(awards),
            "waiting_list": len(result.waiting_list),
            "not_selected": len(result.not_selected),
            "refused": len(result.not_eligible),
            "left_out": len(result.left_out),
            "spent": str(result.spent),
            "budget": str(result.budget),
        }

    arguments = {"round": str(round_.uid), "seed": seed, "on": request.happened_on.isoformat()}
    return carry_out("cut", request, may="decide", programme=round_.programme, arguments=arguments, do=do)


def _judged(programme: Programme, screened: Sequence[StoredScreening]) -> dict[int, Decimal] | None:
    """What the reviews of each application come to, by application; None where the file has no reviews."""
    if programme.review is None:
        return None
    return reviewed_points(programme, [one.revision.application for one in screened])


def _candidate(
    programme: Programme, key: str, stored: StoredScreening, judged: Mapping[int, Decimal] | None
) -> Candidate:
    """One application as the cut sees it. Only an eligible case has points, ties and a cost."""
    screening = from_stored(stored.result)
    standing = _standing(stored, judged)
    if standing is not Standing.ELIGIBLE:
        return Candidate(key, standing)
    rule = rule_of(programme)
    points = (judged or {})[stored.revision.application_id] if rule.rank == REVIEW else screening.points
    derived = decode_derived(programme.derive, queries.derived_of(stored))
    answers = queries.answers_of(programme, stored.revision)
    ties = tie_values(programme, rule, Case(stored.as_of, answers), derived)
    group = str(answers.get(rule.together) or "") if rule.together else ""
    return Candidate(key, standing, points, ties, cost_of(programme, screening.benefits), group)


def _standing(stored: StoredScreening, judged: Mapping[int, Decimal] | None) -> Standing:
    state = stored.revision.application.state
    if state == "lapsed":
        return Standing.LAPSED
    if stored.outcome == "needs information":
        return Standing.WAITS_FOR_OFFICE if _waits_for_office(stored) else Standing.NEEDS_INFORMATION
    if stored.outcome != "eligible":
        return Standing.NOT_ELIGIBLE
    reviewed = judged is None or stored.revision.application_id in judged
    return Standing.ELIGIBLE if reviewed else Standing.WAITS_FOR_REVIEW


def _kinds(result: CutResult) -> list[tuple[str, str]]:
    kinds = {Place.AWARDED: "award", Place.WAITING_LIST: "wait", Place.NOT_SELECTED: "not selected"}
    ranked = [(one.key, kinds[one.result]) for one in result.order]
    return ranked + [(key, "refuse") for key in result.not_eligible]


def _verdict(programme: Programme, stored: StoredScreening, kind: str) -> decisions.Verdict:
    texts: Mapping[str, Any] = {
        "programme": programme.title,
        "refusals": stored.result["refusals"],
        "amounts": stored.result["amounts"] if kind == "award" else {},
        "appeal_days": programme.decision.appeal_days if programme.decision else None,
    }
    return decisions.Verdict(stored.revision.application, stored, kind, dict(texts))


def _figures(programme: Programme, screening: Screening) -> dict[str, Decimal]:
    """The figures of what is granted. What is called off without an amount sets nothing aside, and is granted."""
    known = {name: figure for name, figure in screening.benefits.items() if figure is not None}
    open_ = {name for name, benefit in programme.benefits.items() if benefit.call_off}
    granted = {name for name in open_ if screening.granted.get(name)}
    nothing = dict.fromkeys(granted, Decimal(0))
    return {**nothing, **{name: figure for name, figure in known.items() if name not in open_ - granted}}


def decide_each(round_: Round, *, request: Request) -> Result:
    """Decide each case that can be decided, where the file names no cut: an award is proposed for whoever is eligible.

    Whoever is not eligible is refused with the reason; a case that needs information or waits for its reviews stays
    open. It may be asked again whenever more has come.

    Raises:
        StepRefusedError: the round has no budget, what is free does not cover everybody who is eligible, or the
            programme winds down and somebody would be awarded.
        NotYetCarriedOut: the programme's file decides in another way.
    """
    programme = queries.programme_of(round_.edition)
    if programme.decision is not None and programme.decision.cut is not None:
        raise StepRefusedError(_("{file} cuts its rounds by points.").format(file=programme.file))
    for key in programme.decision.other if programme.decision else {}:
        raise NotYetCarriedOut(programme, f"decision.{key}")

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        screened = [
            one
            for one in queries.latest_screenings(locked)
            if one.revision.application.state in {"screened", "reviewed"}
        ]
        judged = _judged(programme, screened)
        verdicts = [
            _verdict(programme, one, "award" if one.outcome == "eligible" else "refuse")
            for one in screened
            if _standing(one, judged) in {Standing.ELIGIBLE, Standing.NOT_ELIGIBLE}
        ]
        figures = {
            verdict.application.pk: _figures(programme, from_stored(verdict.screening.result))
            for verdict in verdicts
            if verdict.kind == "award" and verdict.screening is not None
        }
        if figures:
            refuse_new(round_.programme, request.happened_on)
        _check_budget(programme, locked, list(figures.values()))
        decided = decisions.decide(verdicts, stamp=stamp)
        awarded = [
            (decision, figures[decision.application_id]) for decision in decided if decision.kind == "award"
        ]
        awards = decisions.propose_awards(programme, awarded, stamp=stamp)
        return {"awarded": len(awards), "refused": len(verdicts) - len(awards)}

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat()}
    return carry_out(
        "decide_each", request, may="decide", programme=round_.programme, arguments=arguments, do=do
    )


def _check_budget(programme: Programme, round_: Round, figures: Sequence[Mapping[str, Decimal]]) -> None:
    """What is free, and not proposed yet, covers everybody; nobody is left out by the order of the cases."""
    check_covers(round_, sum(cost_of(programme, one).minor for one in figures))


def free_of(round_: Round) -> int:
    """What is left free of a round's budget once everything that is proposed is approved, in minor units.

    Raises:
        StepRefusedError: the round has no budget.
    """
    budget = budget_of(round_)
    if budget is None:
        raise StepRefusedError(_("The round '{name}' has no budget.").format(name=round_.name))
    return budget.free_minor - sum(award.cost_minor for award in awards_in(round_, "proposed"))


def check_covers(round_: Round, wanted: int) -> None:
    """Go on only if what is free, and not proposed yet, covers what is wanted.

    Raises:
        StepRefusedError: it does not, or the round has no budget.
    """
    free, currency = free_of(round_), round_.currency
    if wanted > free:
        raise StepRefusedError(
            _("{wanted} {currency} would be set aside, and {free} are free: more budget, or a cut.").format(
                wanted=Money(wanted, currency), free=Money(free, currency), currency=currency
            )
        )
