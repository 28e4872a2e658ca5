"""`almoner sample`: draws who is asked a follow-up."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from almoner.cli.deciding import InRound, Named, round_of, tell
from almoner.cli.main import app
from almoner.cli.office import As, AsJson, On, enter, request_of

_SEED_BITS = 63


@app.command("sample")
def sample_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    follow_up: Annotated[str, typer.Argument(help="The follow-up that the file asks of a sample.")],
    *,
    as_user: As,
    round_name: InRound = "",
    on: On = "",
    seed: Annotated[
        int | None,
        typer.Option(help="A seed that was announced before; else the machine takes one. It is stored."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw at random who is asked a follow-up, among all that came since the last draw."""
    enter()
    from almoner.flow.steps.sampling import draw_sample

    round_ = round_of(programme, round_name, as_user)
    drawn_from = secrets.randbits(_SEED_BITS) if seed is None else seed
    tell(
        lambda: draw_sample(round_, follow_up, seed=drawn_from, request=request_of(as_user, on)),
        as_json=as_json,
    )
