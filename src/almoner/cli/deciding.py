"""`almoner decide` and `deliver`: one person proposes, another approves; what is due is handed over once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import (
    As,
    AsJson,
    On,
    day_of,
    enter,
    key_of,
    request_of,
    stay_behind_the_wall,
    user_named,
)
from almoner.engine.cut import CutRefused
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.language import _, few

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round

Named = Annotated[str, typer.Argument(help="A programme's file name without .yaml, or a path.")]
InRound = Annotated[str, typer.Option("--round", help="The round; needed where there are several.")]


def round_of(programme: str, name: str, as_user: str) -> Round:
    """The named round of a programme, or its only one, for a user.

    Raises:
        typer.Exit: there is none, or several and none is named; or the user stands behind the programme's wall.
    """
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.applications.queries import rounds_of

    rounds = rounds_of(key_of(programme))
    found = [one for one in rounds if name in ("", one.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"'{one.name}'" for one in rounds) or "–"
    raise refuse(_("Say which round of {programme}: {names}.").format(programme=programme, names=names))


def tell(do: Callable[[], dict[str, Any]], *, as_json: bool) -> None:
    """Carry out a step and print what it did, or why it was refused."""
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.rounds import BudgetExceededError
    from almoner.people.access import NotPermitted
    from almoner.vault.models import NotAllowed

    try:
        result = do()
    except CutRefused as error:
        raise refuse(f"{error} ({few(error.keys)})" if error.keys else str(error)) from None
    except (NotPermitted, NotAllowed, StepRefusedError, BudgetExceededError, NotYetCarriedOut) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        out.print(f"{name}: {value}", markup=False, highlight=False)


@app.command("decide")
def decide_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    seed: Annotated[int, typer.Option(help="The seed of the lottery; it is stored.")] = 0,
    lapse: Annotated[
        bool, typer.Option("--lapse", help="First close who was reminded and did not answer in time.")
    ] = False,
    set_aside: Annotated[
        str, typer.Option(help="First set aside what waits for the office, with this reason.")
    ] = "",
    approve: Annotated[bool, typer.Option("--approve", help="Approve what somebody else proposed.")] = False,
    decline: Annotated[
        list[str] | None, typer.Option(help="The reference of a proposed award that is not approved.")
    ] = None,
    because: Annotated[str, typer.Option(help="Why an award is declined.")] = "",
    start: Annotated[
        bool, typer.Option("--start", help="Approved awards were accepted: begin them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Cut a round, or decide each case where the file names no cut; or approve, decline, or begin what was accepted."""
    if sum((approve, start, bool(decline))) > 1 or (because and not decline):
        raise refuse(
            _("Say one of --approve, --start and --decline; --because belongs to --decline."), Exit.USAGE
        )
    enter()
    from almoner.flow.applications.queries import programme_of
    from almoner.flow.steps import awarding, deciding

    round_ = round_of(programme, round_name, as_user)

    def do() -> dict[str, Any]:
        if decline:
            return awarding.decline_awards(round_, decline, reason=because, request=request_of(as_user, on))
        if approve:
            return awarding.approve_awards(round_, request=request_of(as_user, on))
        if start:
            return awarding.start_awards(round_, request=request_of(as_user, on))
        done: dict[str, Any] = {}
        if lapse:
            done |= deciding.lapse_silent(round_, request=request_of(as_user, on))
        if set_aside:
            done |= deciding.set_aside(round_, reason=set_aside, request=request_of(as_user, on))
        programme_ = programme_of(round_.edition)
        if programme_.decision is None or programme_.decision.cut is None:
            return done | deciding.decide_each(round_, request=request_of(as_user, on))
        return done | deciding.cut_round(round_, seed=seed, request=request_of(as_user, on))

    tell(do, as_json=as_json)


@app.command("awards")
def awards_command(
    programme: Named,
    *,
    as_user: As,
    round_name: InRound = "",
    state: Annotated[str, typer.Option(help="Only awards in this state, as in proposed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show a round's awards, so that whoever approves them sees what: figures, balance, and who decided elsewhere."""
    enter()
    from almoner.flow.decisions.queries import award_states
    from almoner.flow.deliveries.queries import awards_shown
    from almoner.people.access import NotPermitted, require

    states = award_states()
    if state and state not in states:
        known = ", ".join(states)
        raise refuse(
            _("'{state}' is no state of an award: {known}.").format(state=state, known=known), Exit.USAGE
        )
    round_ = round_of(programme, round_name, as_user)
    try:
        require(user_named(as_user), "see cases", round_.programme)
    except NotPermitted as error:
        raise refuse(str(error)) from None
    shown = awards_shown(round_, state)
    if as_json:
        out.print_json(json.dumps(shown, ensure_ascii=False))
        return
    for one in shown:
        line = f"{one['reference']} ({one['row']}) {one['state']}: {_named(one['granted'])}"
        if one["given_before"]:
            line += "; " + _("given before: {figures}").format(figures=_named(one["given_before"]))
        if one["decided_elsewhere"]:
            line += "; " + _("decided by {by} on {on}, {paper}").format(**one["decided_elsewhere"])
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _named(figures: dict[str, str]) -> str:
    return ", ".join(f"{name} {figure}" for name, figure in figures.items())


@app.command("deliver")
def deliver_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    *,
    as_user: As,
    evidence: Annotated[str, typer.Option(help="The paper that shows the hand-over.")],
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Hand over everything of a round that is due that day, each part once; say what the held ones wait for.

    First whatever was paid by a stand-in is settled, as far as its true value is known by that day.
    """
    enter()
    from almoner.cli.import_order import continuing
    from almoner.flow.steps.collecting import settle_deliveries
    from almoner.flow.steps.delivering import deliver_due

    round_ = round_of(programme, round_name, as_user)

    def do() -> dict[str, Any]:
        later = continuing(programme, round_)
        told = settle_deliveries(round_, request=request_of(as_user, on), continuing=later)
        return told | deliver_due(round_, evidence=evidence, request=request_of(as_user, on))

    tell(do, as_json=as_json)


@app.command("due")
def due_command(
    programme: Named, *, as_user: As, round_name: InRound = "", on: On = "", as_json: AsJson = False
) -> None:
    """List what a round owes on a day: what is due, what is held and why, which issues wait to be collected."""
    enter()
    from almoner.flow.steps.delivering import list_due
    from almoner.people.access import NotPermitted

    round_ = round_of(programme, round_name, as_user)
    try:
        rows = list_due(round_, day_of(on), by=user_named(as_user))
    except (NotPermitted, NotYetCarriedOut) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps({"due": rows}, ensure_ascii=False))
        return
    for row in rows:
        unit = row["unit"]
        told = _("{award}: {what} of {benefit}, {figure} {unit}, due on {due_on}").format(
            **(row | {"unit": _(unit) if unit else ""})
        )
        if row["payee"]:
            told = _("{line}; to {payee}").format(line=told, payee=row["payee"])
        if row["held"]:
            why = row["reason"] or ", ".join(row["waits_for"])
            told = _("{line}; held: {why}").format(line=told, why=why)
        out.print(told, markup=False, highlight=False, soft_wrap=True)
    if not rows:
        out.print(_("Nothing is due."), highlight=False)


@app.command("verify-records")
def verify_records_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    record: Annotated[str, typer.Argument(help="The record's name.")],
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Verify what somebody else reported."""
    enter()
    from almoner.flow.steps.following import verify_records

    round_ = round_of(programme, round_name, as_user)
    tell(lambda: verify_records(round_, record, request=request_of(as_user, on)), as_json=as_json)
