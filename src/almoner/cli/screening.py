"""`almoner screen`: what a file of cases comes to under a programme's rules. Nothing is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import AsJson, day_of
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.mapping import BESIDES, fields_of
from almoner.definitions.problems import DefinitionError
from almoner.definitions.programme import Programme
from almoner.engine.explain import explain
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import IntakeError
from almoner.engine.intake.take_in import Intake, take_in
from almoner.engine.results import Case, Screening
from almoner.engine.screening import screen
from almoner.engine.screening_json import as_json
from almoner.values import language as speaking
from almoner.values.language import LANGUAGES, _, use_language


def programme_named(name: str) -> Programme:
    """The programme of a name or path, checked.

    Raises:
        typer.Exit: there is none, or it has problems, which are all printed.
    """
    try:
        return load(find(name))
    except NotAProgrammeError as error:
        raise refuse(str(error), Exit.USAGE) from None
    except DefinitionError as error:
        for problem in error.problems:
            err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(Exit.PROBLEMS) from None


@app.command("screen")
def screen_command(  # noqa: PLR0913 -- a command has its options
    programme: Annotated[str, typer.Argument(help="A programme's file name without .yaml, or a path.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON or Parquet; columns are field names.")],
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", help="The day whose figures judge; a column as_of comes first.")
    ] = "",
    row: Annotated[int | None, typer.Option("--explain", help="Tell one row (from 1) in sentences.")] = None,
    language: Annotated[str, typer.Option("--language", help="en or zh-hans.")] = "",
    as_json_: AsJson = False,
) -> None:
    """Screen a file of cases: outcome, result per rule, what is missing or blocked, points and amounts."""
    defined = programme_named(programme)
    otherwise = day_of(as_of)
    taken = taken_in(defined, file)
    cases = [Case(sheet.besides.get("as_of") or otherwise, sheet.answers) for sheet in taken.sheets]
    if row is not None and not 1 <= row <= len(cases):
        raise refuse(
            _("There is no row {row}: the file has {count}.").format(row=row, count=len(cases)), Exit.USAGE
        )
    if language and language not in LANGUAGES:
        raise refuse(
            _("'{language}' is no language here: en or zh-hans.").format(language=language), Exit.USAGE
        )
    if row is not None:
        (screening,) = screen(defined, [cases[row - 1]])
        with use_language(language or speaking.language()):
            for line in explain(defined, screening):
                out.print(line, markup=False, highlight=False, soft_wrap=True)
        return
    screenings = screen(defined, cases)
    if as_json_:
        out.print_json(json.dumps(_document(defined, taken, cases, screenings), ensure_ascii=False))
    else:
        _tell(defined, taken, screenings)


def taken_in(programme: Programme, file: Path) -> Intake:
    """The cases of a file whose columns are field names.

    Raises:
        typer.Exit: the file cannot be read, or a cell has a problem; all are printed.
    """
    try:
        taken = take_in(read_table(file), fields_of(programme, "applications"), BESIDES["applications"])
    except (IntakeError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    for notice in taken.notices:
        err.print(notice, markup=False, highlight=False, soft_wrap=True)
    if taken.problems:
        for problem in taken.problems:
            err.print(f"{file.name}: {problem}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(Exit.PROBLEMS)
    return taken


def _document(
    programme: Programme, taken: Intake, cases: list[Case], screenings: list[Screening]
) -> dict[str, Any]:
    rows = [
        {"row": sheet.row, "as_of": case.as_of.isoformat(), **as_json(programme, screening)}
        for sheet, case, screening in zip(taken.sheets, cases, screenings, strict=True)
    ]
    return {"programme": programme.key, "edition": programme.digest, "rows": rows}


def _tell(programme: Programme, taken: Intake, screenings: list[Screening]) -> None:
    grid = Grid(box=None, pad_edge=False)
    for heading in (_("row"), _("outcome"), _("points"), _("amounts"), _("why")):
        grid.add_column(heading, overflow="fold")
    for sheet, screening in zip(taken.sheets, screenings, strict=True):
        shown = as_json(programme, screening)
        why = [
            *shown["refused_by"],
            *shown["missing"],
            *(f"{one['place']}: {one['cause']}" for one in shown["blocked"]),
        ]
        amounts = ", ".join(f"{name} {figure or '–'}" for name, figure in shown["amounts"].items())
        grid.add_row(
            str(sheet.row), _(shown["outcome"]), shown["points"] or "–", amounts or "–", ", ".join(why)
        )
    out.print(grid)
    counted = {outcome: sum(one.outcome == outcome for one in screenings) for outcome in OUTCOMES}
    out.print(", ".join(f"{count} {_(outcome)}" for outcome, count in counted.items()), highlight=False)


OUTCOMES = ("eligible", "needs information", "not eligible")
