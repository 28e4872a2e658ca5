"""`almoner session`: a day for many people, from the plan to the closed sheet. `almoner record`: one record, read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.deciding import InRound, Named, round_of, tell
from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import As, AsJson, On, day_of, enter, request_of
from almoner.definitions.answers import encode
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import IntakeError
from almoner.engine.intake.take_in import take_in
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.sessions.models import Session
    from almoner.flow.steps.recipe import Request, Result

session = typer.Typer(
    help="Days for many people: clinic days, lessons, council meetings.", no_args_is_help=True
)
app.add_typer(session, name="session")

Code = Annotated[str, typer.Argument(help="What the office calls the session.")]


@session.command("plan")
def plan_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    kind: Annotated[str, typer.Option(help="The session of the programme's file.")],
    site: Annotated[str, typer.Option(help="Where it is held.")],
    day: Annotated[str, typer.Option(help="The day on which it is held (YYYY-MM-DD).")],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Plan a session."""
    enter()
    from almoner.flow.steps.holding import Planned, plan_sessions

    held_on: date = day_of(day)
    round_ = round_of(programme, round_name, as_user)

    def do() -> Result:
        made = plan_sessions(round_, [Planned(kind, code, site, held_on)], request=request_of(as_user, on))
        return {"session": made[0].code, "state": made[0].state}

    tell(do, as_json=as_json)


@session.command("papers")
def papers_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    file: Annotated[Path, typer.Argument(help="A file with one row: the papers by their names.")],
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """File the papers that must be there before a session opens."""
    enter()
    from almoner.flow.applications.queries import programme_of
    from almoner.flow.steps.holding import file_papers

    round_ = round_of(programme, round_name, as_user)
    found = _session_of(round_, code)
    try:
        taken = take_in(read_table(file), programme_of(round_.edition).sessions[found.kind].before, {})
    except (IntakeError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    if taken.problems or len(taken.sheets) != 1:
        told = "\n".join(str(problem) for problem in taken.problems)
        raise refuse(told or _("{file} must hold one row.").format(file=file.name), Exit.PROBLEMS)
    answers = dict(taken.sheets[0].answers)
    tell(lambda: file_papers(found, answers, request=request_of(as_user, on)), as_json=as_json)


@session.command("open")
def open_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Open a session: its papers are there, and from here it takes records."""
    enter()
    from almoner.flow.steps import holding

    _move(programme, round_name, code, _asked(as_user, on), holding.open_session, as_json=as_json)


@session.command("hold")
def hold_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Say that a session took place."""
    enter()
    from almoner.flow.steps import holding

    _move(programme, round_name, code, _asked(as_user, on), holding.hold_session, as_json=as_json)


@session.command("close")
def close_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    counted: Annotated[list[str], typer.Option(help="How many sheets there are on paper: attendee=150.")],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Close the sheet of a session: what was counted on paper is what is stored."""
    enter()
    from almoner.flow.steps import holding

    counts: dict[str, int] = {}
    for text in counted:
        name, _sign, number = text.partition("=")
        if not number.isdigit():
            raise refuse(_("'{text}' is no count: write attendee=150.").format(text=text), Exit.USAGE)
        counts[name] = int(number)

    def close(found: Session, *, request: Request) -> Result:
        return holding.close_session(found, counted=counts, request=request)

    _move(programme, round_name, code, _asked(as_user, on), close, as_json=as_json)


@session.command("cancel")
def cancel_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    why: Annotated[str, typer.Option(help="The reason.")],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Cancel a session with the reason; it counts as nothing."""
    enter()
    from almoner.flow.steps import holding

    def cancel(found: Session, *, request: Request) -> Result:
        return holding.cancel_session(found, why=why, request=request)

    _move(programme, round_name, code, _asked(as_user, on), cancel, as_json=as_json)


@app.command("record")
def record_command(
    uid: Annotated[str, typer.Argument(help="The record's name for machines.")],
    *,
    as_user: As,
    on: On = "",
) -> None:
    """Read one record. Reading answers about health leaves an entry in the audit trail."""
    enter()
    from almoner.flow.applications.queries import programme_of
    from almoner.flow.records.queries import find_record
    from almoner.flow.steps.reading import read_record
    from almoner.people.access import NotPermitted

    found = find_record(uid)
    if found is None:
        raise refuse(_("There is no record {uid}.").format(uid=uid))
    programme = programme_of(found.round.edition)
    asked = programme.records.get(found.name) or programme.follow_ups[found.name]
    try:
        answers = read_record(found, request=request_of(as_user, on))
    except NotPermitted as error:
        raise refuse(str(error)) from None
    out.print_json(json.dumps(encode(asked.form, answers), ensure_ascii=False))


def _asked(as_user: str, on: str) -> Callable[[], Request]:
    return lambda: request_of(as_user, on)


def _move(  # noqa: PLR0913 -- a command has its options
    programme: str,
    round_name: str,
    code: str,
    request: Callable[[], Request],
    step: Callable[..., Any],
    *,
    as_json: bool,
) -> None:
    asked = request()
    found = _session_of(round_of(programme, round_name, asked.by.username), code)
    tell(lambda: step(found, request=asked), as_json=as_json)


def _session_of(round_: Round, code: str) -> Session:
    """A session of a round.

    Raises:
        typer.Exit: there is none of that code.
    """
    from almoner.flow.sessions.queries import sessions_by_code

    found = sessions_by_code(round_, [code]).get(code)
    if found is None:
        raise refuse(_("There is no session '{code}' in '{name}'.").format(code=code, name=round_.name))
    return found
