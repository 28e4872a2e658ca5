"""What a person does with an award that runs: suspend it, resume it, end it for a reason of its file."""

from __future__ import annotations

from collections.abc import Callable

from almoner.definitions.problems import did_you_mean, one_of
from almoner.engine.ends import CANCELLED_BY_THE_END, ending, still_owed
from almoner.engine.renewals import LIVING
from almoner.engine.schedule import baselines_awaited
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions import actions as decisions
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import find_award
from almoner.flow.deliveries import actions as deliveries
from almoner.flow.deliveries.queries import brought_and_held, case_files, instalments_of
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.queries import fund_of, still_committed
from almoner.flow.steps.asking import plan_asked
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp

SUSPENDED = "suspended"


def suspend_award(award: Award, *, why: str, request: Request) -> Result:
    """Nothing of the award is handed over until a person resumes it; nothing of it is lost.

    Raises:
        StepRefusedError: no reason is given, or the award does not run.
    """
    return _moved(award, SUSPENDED, {"active", "on probation"}, "suspend", why, request)


def resume_award(award: Award, *, why: str, request: Request) -> Result:
    """A suspended award runs again from this day.

    Raises:
        StepRefusedError: no reason is given, or the award is not suspended.
    """
    return _moved(award, "active", {SUSPENDED}, "resume", why, request)


def waive_baseline(award: Award, name: str, *, why: str, request: Request) -> Result:
    """Do without what is asked before the first delivery, as a recorded exception: nothing waits for it any more.

    Raises:
        StepRefusedError: no reason is given, the award does not run, or nothing of that name is waited for.
    """
    programme = queries.programme_of(award.round.edition)
    if not why.strip():
        raise StepRefusedError(_("Nothing is done without except with a reason: --why."))

    def do(_round: Round, locked: Award, stamp: Stamp) -> Result:
        _refuse_unless(locked, set(LIVING))
        (case,) = case_files(programme, [locked])
        awaited = baselines_awaited(case, stamp.happened_on)
        if name not in awaited:
            message = _(
                "The award {award} waits for no '{name}' before its first delivery; it waits for: {awaited}."
            )
            known = one_of(sorted(awaited)) if awaited else _("nothing")
            raise StepRefusedError(message.format(award=locked.reference, name=name, awaited=known))
        decisions.waive_baseline(locked, name, why=why, stamp=stamp)
        return {"award": locked.reference, "waived": name}

    return _with_award(award, "waive", "approve awards", {"name": name, "why": why}, request, do)


def _moved(  # noqa: PLR0913, PLR0917 -- a move has these sides, and both moves name them in one line
    award: Award, to: str, sources: set[str], verb: str, why: str, request: Request
) -> Result:
    if not why.strip():
        raise StepRefusedError(_("An award is suspended or resumed only with a reason: --why."))

    def do(_round: Round, locked: Award, stamp: Stamp) -> Result:
        _refuse_unless(locked, sources)
        decisions.move_awards([locked], to, why=why, stamp=stamp)
        return {"award": locked.reference, "state": to}

    return _with_award(award, verb, f"{verb} awards", {"why": why}, request, do)


def end_award(award: Award, reason: str, *, why: str = "", request: Request) -> Result:
    """End an award for a reason of its file. What was still to come is cancelled and its money is free again.

    What is asked after the end is planned. An award that is over is never handed anything, and never runs again.

    Raises:
        StepRefusedError: the file does not know the reason; the award is over already or does not run yet; what was
            brought is not paid or decided yet; or a payment is on its way.
    """
    programme = queries.programme_of(award.round.edition)
    reasons = programme.exit_reasons
    if not reasons:
        raise StepRefusedError(
            _("{file} names no reasons in 'exit' for which an award may end.").format(file=programme.file)
        )
    if reason not in reasons:
        message = _("'{reason}' is no reason of {file}; there is {reasons}.")
        known = message.format(reason=reason, file=programme.file, reasons=one_of(reasons))
        raise StepRefusedError(known + did_you_mean(reason, reasons))

    def do(round_: Round, locked: Award, stamp: Stamp) -> Result:
        _refuse_unless(locked, set(LIVING))
        (case,) = case_files(programme, [locked])
        _refuse_while_owing(locked, (*still_owed(case), *brought_and_held(locked)))
        stored = list(instalments_of([locked]).values())
        if any(one.state == "in a payment run" for one in stored):
            raise StepRefusedError(_("A payment of {award} is on its way.").format(award=locked.reference))
        after = ending(case, stamp.happened_on)
        cancelled = [one for one in stored if one.state in CANCELLED_BY_THE_END]
        deliveries.move_instalments(cancelled, "cancelled", why=f"the award ended: {reason}", stamp=stamp)
        left = still_committed(round_, locked.reference)
        ledger.release(
            round_, [(locked.reference, f"end:{locked.uid}", left)], fund=fund_of(round_), stamp=stamp
        )
        planned = after.follow_ups[len(case.follow_ups) :]
        asked = plan_asked(programme, [(locked, one) for one in planned], stamp)
        decisions.end_award(locked, reason=reason, why=why, released_minor=left, stamp=stamp)
        return {
            "award": locked.reference,
            "state": "ended",
            "reason": reason,
            "cancelled": len(cancelled),
            "released_minor": left,
            "follow_ups": asked,
        }

    return _with_award(award, "end", "end awards", {"reason": reason, "why": why}, request, do)


def _refuse_unless(award: Award, states: set[str]) -> None:
    if award.state not in states:
        message = _("The award {award} is {state}; that is possible only while it is: {states}.")
        states_told = ", ".join(sorted(states))
        raise StepRefusedError(message.format(award=award.reference, state=award.state, states=states_told))


def _refuse_while_owing(award: Award, owed: tuple[str, ...]) -> None:
    if owed:
        message = _(
            "The award {award} still owes what was brought: {owed}. Resume it if it is suspended, hand this over with "
            "'almoner deliver', or correct what is held; then end it."
        )
        raise StepRefusedError(message.format(award=award.reference, owed=one_of(owed)))


def _with_award(  # noqa: PLR0913, PLR0917 -- a step about an award has these sides
    award: Award,
    step: str,
    may: str,
    said: dict[str, str],
    request: Request,
    do: Callable[[Round, Award, Stamp], Result],
) -> Result:
    """A step about one award: its round is locked first, and the award read as it stands then."""

    def locked(stamp: Stamp) -> Result:
        round_ = queries.lock_round(award.round)
        now = find_award(award.reference)
        if now is None:
            raise StepRefusedError(_("There is no award '{award}'.").format(award=award.reference))
        return do(round_, now, stamp)

    arguments = {"award": award.reference, "on": request.happened_on.isoformat(), **said}
    return carry_out(step, request, may=may, programme=award.round.programme, arguments=arguments, do=locked)
