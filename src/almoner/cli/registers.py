"""`almoner register`: what is written about without an application: sites, entities, those who take part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from almoner.cli.deciding import InRound, Named, round_of, tell
from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import As, AsJson, On, enter, request_of
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import IntakeError
from almoner.engine.intake.take_in import take_in
from almoner.values.language import _

register = typer.Typer(
    help="What stands on a register: sites, entities, those who take part.", no_args_is_help=True
)
app.add_typer(register, name="register")

Code = Annotated[str, typer.Argument(help="What the office calls it; its files name it so.")]
Kind = Annotated[
    str, typer.Option(help="What it is: site, entity, or a participant of the programme's file.")
]
_LINE = {
    "code": Field("code", Type.TEXT, 1, required=True),
    "title": Field("title", Type.TEXT, 1),
}


@register.command("add")
def add_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    kind: Kind,
    title: Annotated[str, typer.Option(help="Its name; none for a person.")] = "",
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Put something on a register. Records about it are owed from this day on."""
    enter()
    from almoner.flow.steps.listing import Listed
    from almoner.flow.steps.listing import register as put

    round_ = round_of(programme, round_name, as_user)
    tell(lambda: put(round_, [Listed(kind, code, title)], request=request_of(as_user, on)), as_json=as_json)


@register.command("load")
def load_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    file: Annotated[
        Path, typer.Argument(help="A file with the columns `code` and, if there are names, `title`.")
    ],
    *,
    kind: Kind,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Put everything that stands in a file on a register, all or none."""
    enter()
    from almoner.flow.steps.listing import Listed
    from almoner.flow.steps.listing import register as put

    round_ = round_of(programme, round_name, as_user)
    try:
        taken = take_in(read_table(file), _LINE, {})
    except (IntakeError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    if taken.problems or not taken.sheets:
        told = "\n".join(str(problem) for problem in taken.problems)
        raise refuse(told or _("{file} has no rows.").format(file=file.name), Exit.PROBLEMS)
    listed = [
        Listed(kind, one.answers.get("code") or "", one.answers.get("title") or "") for one in taken.sheets
    ]
    tell(lambda: put(round_, listed, request=request_of(as_user, on)), as_json=as_json)


@register.command("strike")
def strike_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    code: Code,
    *,
    kind: Kind,
    why: Annotated[str, typer.Option(help="Why it stands there no more.")],
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Strike something off a register. Nothing is owed about it for a period that ends later."""
    enter()
    from almoner.flow.registers.queries import entries_by_code
    from almoner.flow.steps.listing import strike_off

    round_ = round_of(programme, round_name, as_user)
    found = entries_by_code(round_, kind, [code]).get(code)
    if found is None:
        raise refuse(_("'{code}' does not stand on the register.").format(code=code))
    tell(lambda: strike_off(found, why=why, request=request_of(as_user, on)), as_json=as_json)


@register.command("list")
def list_command(
    programme: Named, *, as_user: As, round_name: InRound = "", on: On = "", as_json: AsJson = False
) -> None:
    """What stands on the registers, since when, and which records about it are owed and not there."""
    enter()
    from almoner.flow.steps.listing import listed_on

    round_ = round_of(programme, round_name, as_user)
    from almoner.people.access import NotPermitted

    try:
        found = listed_on(round_, request=request_of(as_user, on))
    except NotPermitted as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(data=found)
        return
    for one in found:
        out.print(_told(one), markup=False, highlight=False, soft_wrap=True)


def _told(one: dict[str, Any]) -> str:
    until = _(" to {day}").format(day=one["until"]) if one["until"] else ""
    owed = ", ".join(one["owed"]) or _("nothing")
    sentence = _("{kind} {code} {title}: since {since}{until}; owed: {owed}")
    return sentence.format(
        kind=one["kind"], code=one["code"], title=one["title"], since=one["since"], until=until, owed=owed
    )
