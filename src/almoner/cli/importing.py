"""`almoner import`: a file that somebody keeps becomes applications, awards, records …; all rows or none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from almoner.cli.import_file import RefusedRowsError, bring
from almoner.cli.import_order import Order
from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import As, AsJson, On, day_of, enter, request_of, stay_behind_the_wall
from almoner.definitions.mapping import KINDS
from almoner.definitions.problems import DefinitionError
from almoner.engine.intake.table import IntakeError
from almoner.values.language import _
from almoner.values.progress import CHECKING, READING, WRITING, watched_by

MOST_TOLD = 20
"""How many refused cells are told; the file beside holds all of them."""


@app.command("import")
def import_command(  # noqa: PLR0913 -- a command has its options
    programme: Annotated[str, typer.Argument(help="A programme's file name without .yaml, or a path.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON or Parquet.")],
    *,
    kind: Annotated[str, typer.Option(help=f"What the file holds: {', '.join(KINDS)}.")],
    mapping: Annotated[Path, typer.Option(help="The file that says which column is which field.")],
    as_user: As,
    round_name: Annotated[
        str, typer.Option("--round", help="The round; the mapping's where it is not said.")
    ] = "",
    on: On = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would change, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take over a file that somebody keeps: all rows, or none with the reason for each."""
    if kind not in KINDS:
        raise refuse(_("'{kind}' is none of: {kinds}.").format(kind=kind, kinds=", ".join(KINDS)), Exit.USAGE)
    try:
        with shown_progress(err, quiet=as_json):
            brought = bring(programme, file, kind, mapping, today=day_of(on), counting=dry_run)
            for notice in brought.taken.notices:
                err.print(notice, markup=False, highlight=False, soft_wrap=True)
            enter()
            stay_behind_the_wall(as_user, brought.programme.key)
            order = Order(brought, round_name, request_of(as_user, on, brought.key))
            result = order.rehearse() if dry_run else order.carry_out()
    except RefusedRowsError as refused:
        _tell_refused(refused)
        raise typer.Exit(Exit.PROBLEMS) from None
    except (DefinitionError, IntakeError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    if as_json:
        out.print_json(json.dumps(result, ensure_ascii=False))
    else:
        _tell(result)
    if brought.refused:
        _tell_refused(RefusedRowsError(file, brought.refused))
    if dry_run and any(result.get(name) for name in ("ambiguous", "refused", "closed")):
        raise typer.Exit(Exit.PROBLEMS)


@contextmanager
def shown_progress(console: Console, *, quiet: bool) -> Iterator[None]:
    """A bar for each stage of taking over a file; none where it is to be quiet, or where nobody looks at a terminal."""
    if quiet or not console.is_terminal:
        yield
        return
    names = {READING: _("reading"), CHECKING: _("checking"), WRITING: _("writing")}
    with Progress(console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, whole: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(names[stage], total=whole)
            progress.update(tasks[stage], completed=done, total=whole)

        with watched_by(tell):
            yield


def _tell(result: dict[str, Any]) -> None:
    for name, value in result.items():
        if name == "ambiguous_rows":
            for row in value:
                line = _("row {row} ({name}): {reason}").format(**row)
                out.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            out.print(f"{name}: {value}", markup=False, highlight=False)


def _tell_refused(refused: RefusedRowsError) -> None:
    path = refused.file.with_name(f"{refused.file.stem}.refused.csv")
    refused.write(path)
    for problem in refused.problems[:MOST_TOLD]:
        err.print(f"{refused.file.name}: {problem}", markup=False, highlight=False, soft_wrap=True)
    err.print(
        _(
            "{count} cells or rows are refused and nothing was taken over; each stands with its reason in {path}."
        ).format(count=len(refused.problems), path=path),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
