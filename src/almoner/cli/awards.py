"""`almoner award`, `standing` and `wind-down`: how awards go on and end, and how a programme closes to new people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.deciding import InRound, Named, round_of, tell
from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import As, AsJson, On, enter, key_of, request_of, stay_behind_the_wall, user_named
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.recipe import Request

Why = Annotated[str, typer.Option("--why", help="The reason in words; it is kept with the event.")]


@app.command("award")
def award_command(  # noqa: PLR0913 -- a command has its options
    reference: Annotated[str, typer.Argument(help="The award's reference.")],
    *,
    as_user: As,
    suspend: Annotated[
        bool, typer.Option("--suspend", help="Hand over nothing until it is resumed.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let it run again.")] = False,
    end: Annotated[
        str, typer.Option("--end", metavar="REASON", help="End it, for a reason that the file's exit names.")
    ] = "",
    without: Annotated[
        str,
        typer.Option(
            "--without", metavar="NAME", help="Do without this baseline: hand over though it is missing."
        ),
    ] = "",
    why: Why = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Suspend, resume or end an award, or do without its baseline: a person does, never a computer.

    An end cancels what was still to come, frees its money, and plans what is asked afterwards.
    """
    if suspend + resume + bool(end) + bool(without) != 1:
        raise refuse(_("Say one of --suspend, --resume, --end REASON and --without NAME."), Exit.USAGE)
    enter()
    from almoner.flow.decisions.queries import find_award
    from almoner.flow.steps import ending
    from almoner.people.access import is_walled

    award = find_award(reference)
    if award is None or is_walled(user_named(as_user), award.round.programme):
        message = _("There is no award '{award}' on which {user} may act.")
        raise refuse(message.format(award=reference, user=as_user))

    def do() -> dict[str, Any]:
        request = request_of(as_user, on)
        if end:
            return ending.end_award(award, end, why=why, request=request)
        if without:
            return ending.waive_baseline(award, without, why=why, request=request)
        act = ending.suspend_award if suspend else ending.resume_award
        return act(award, why=why, request=request)

    tell(do, as_json=as_json)


@app.command("standing")
def standing_command(
    programme: Named, *, as_user: As, round_name: InRound = "", on: On = "", as_json: AsJson = False
) -> None:
    """The daily run: silence suspends where the file orders it; everything else is proposed to a person.

    Proposed are ends, standings and resumptions, each with its reasons; reminders that are due and what the officer has
    to find out are listed. A second run on the same day changes nothing.
    """
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.applications.queries import rounds_of
    from almoner.flow.steps.keeping import keep_standing

    rounds = [round_of(programme, round_name, as_user)] if round_name else rounds_of(key_of(programme))
    if not rounds:
        raise refuse(_("No round of '{programme}' was opened.").format(programme=key_of(programme)))
    found = [_kept(keep_standing, round_, request_of(as_user, on)) for round_ in rounds]
    if as_json:
        out.print_json(json.dumps(found, ensure_ascii=False))
        return
    for line in (line for one in found for line in _lines(one)):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _kept(keep: Callable[..., dict[str, Any]], round_: Round, request: Request) -> dict[str, Any]:
    """What the run of one round found, or why it was refused."""
    from almoner.engine.not_yet import NotYetCarriedOut
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    try:
        return keep(round_, request=request)
    except (NotPermitted, StepRefusedError, NotYetCarriedOut) as error:
        raise refuse(str(error)) from None


def _lines(found: Mapping[str, Any]) -> list[str]:
    """A round's run in sentences."""
    wind_down = found["wind_down"]
    return [
        _("{round}: {suspended} suspended for silence, {opened} tasks opened, {closed} closed.").format(
            round=found["round"],
            suspended=found["suspended"],
            opened=found["tasks_opened"],
            closed=found["tasks_closed"],
        ),
        *(
            [_("Winds down. New: {new}; present: {present}; why: {why}").format(**wind_down)]
            if wind_down
            else []
        ),
        *(
            _("Renewals, {state}: {count}").format(state=_(state), count=count)
            for state, count in found["renewals"].items()
        ),
        *(_proposal(one) for one in found["proposed"]),
        *(
            _("{award}: remind of renewal {renewal}, which falls due on {due_on}.").format(**one)
            for one in found["reminders"]
        ),
        *(
            _("{award}: {about} cannot be said before this is known: {missing}.").format(
                award=one["award"], about=one["about"], missing=", ".join(one["missing"])
            )
            for one in found["tasks"]
        ),
    ]


def _proposal(one: Mapping[str, Any]) -> str:
    what, by_what = one["propose"], one["by"]
    told = _("{award}: {propose} is proposed by {by} since {since}.").format(
        award=one["award"], propose=_(what), by=_(by_what), since=one["since"]
    )
    reasons: Sequence[Mapping[str, str]] = one["because"]
    return " ".join([told, *(_reason(**reason) for reason in reasons)])


def _reason(*, rule: str, basis: str, refusal: str) -> str:
    """Why a rule no longer holds, in the words of the file; the rule's name where it has no basis."""
    return _("{basis}: {refusal}").format(basis=_(basis) if basis else rule, refusal=_(refusal))


@app.command("wind-down")
def wind_down_command(
    programme: Named, *, as_user: As, why: Why = "", on: On = "", as_json: AsJson = False
) -> None:
    """Close a programme to new people from a day on (--on; today where it is not said): it cannot be taken back.

    From that day nobody new is received, proposed or approved. Whoever is in it goes on as the file's exit says.
    """
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.steps.winding_down import wind_down

    def do() -> dict[str, Any]:
        return wind_down(key_of(programme), why=why, request=request_of(as_user, on))

    tell(do, as_json=as_json)
