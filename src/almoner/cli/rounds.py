"""`almoner open-round`: a window for applications, under today's rules, with its own budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from almoner.cli.deciding import tell
from almoner.cli.main import Exit, app, refuse
from almoner.cli.office import As, AsJson, On, enter, request_of
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.mapping_load import load_mapping
from almoner.definitions.problems import DefinitionError
from almoner.engine.intake.written import Unreadable, written_number
from almoner.values.language import _
from almoner.values.money import Money


@app.command("open-round")
def open_round_command(  # noqa: PLR0913 -- a command has its options
    programme: Annotated[str, typer.Argument(help="A programme's file name without .yaml, or a path.")],
    *,
    budget: Annotated[str, typer.Option(help="What the round may give away, in its currency.")],
    as_user: As,
    name: Annotated[str, typer.Option(help="The round's name; the mapping's where it is not said.")] = "",
    year: Annotated[int, typer.Option(help="The round's year; the mapping's, else that of the day.")] = 0,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping that states the round and its own figures.")
    ] = None,
    fund: Annotated[str, typer.Option(help="Whose money it is.")] = "general",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Open a round: the programme's rules are frozen for it as an edition, and its budget is granted."""
    try:
        path = find(programme)
        stated = load_mapping(mapping, load(path)).round if mapping else None
        defined = load(path, round_=stated.restatement()) if stated else load(path)
        amount = Money.of(written_number(budget), defined.currency)
    except (NotAProgrammeError, Unreadable) as error:
        raise refuse(str(error), Exit.USAGE) from None
    except (DefinitionError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    called = name or (stated.name if stated else "")
    if not called:
        raise refuse(_("Say the round's --name, or a mapping that states it."), Exit.USAGE)
    enter()
    from almoner.flow.steps.rounds import open_round

    request = request_of(as_user, on)

    def do() -> dict[str, str]:
        round_ = open_round(
            defined,
            name=called,
            year=year or (stated.year if stated else request.happened_on.year),
            budget=amount,
            fund=fund,
            real=bool(mapping and load_mapping(mapping).dataset),
            request=request,
        )
        return {
            "round": round_.name,
            "edition": round_.edition.digest,
            "budget": f"{amount} {round_.currency}",
        }

    tell(do, as_json=as_json)
