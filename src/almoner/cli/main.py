"""The `almoner` command: what every chapter shares, and the way in."""

from __future__ import annotations

from enum import IntEnum
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="almoner",
    help="Run a company's public-welfare programmes, and answer for them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
"""Where answers go."""
err = Console(stderr=True)
"""Where problems and progress go."""


class Exit(IntEnum):
    """What an exit code means."""

    DONE = 0
    PROBLEMS = 1
    """What was asked about has problems: a definition, a file, a verification that does not agree."""
    USAGE = 2
    """The command's words are off."""
    REFUSED = 3
    """The person may not do this, or the state of things does not allow it; nothing was changed."""


def _tell_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"almoner {version('almoner')}")
        raise typer.Exit


@app.callback()
def almoner(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and end."),
    ] = False,
) -> None:
    """Run a company's public-welfare programmes, and answer for them."""


def refuse(message: str, code: Exit = Exit.REFUSED) -> typer.Exit:
    """Say why on the error stream, and the exit to raise."""
    err.print(message, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(code)


def run() -> None:
    """Start the command; the entry point in pyproject.toml."""
    from almoner.cli import chapters  # noqa: F401 -- the chapters register themselves on this module's app

    app()
