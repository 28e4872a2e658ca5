"""`almoner check`: every problem of every definition, then the examples. `almoner schema`: the grammar.

`almoner recompute`: a published table of values, computed again.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from almoner.cli.main import Exit, app, out, refuse
from almoner.definitions.load import NotAProgrammeError, all_programmes, check, find
from almoner.definitions.problems import Problem
from almoner.definitions.schema import grammar_reference, json_schema_text
from almoner.definitions.study import check_study
from almoner.engine.rehearsal import rehearse
from almoner.engine.studies import Recomputed, recompute
from almoner.values.language import _, ngettext


@app.command("check")
def check_command(
    files: Annotated[
        list[str] | None, typer.Argument(help="Programmes by name or path; all where none is named.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check definitions and run their examples: every problem with its file, line and next step."""
    results = [_checked(name) for name in files or [str(path) for path in all_programmes()]]
    if as_json:
        out.print_json(json.dumps(results, ensure_ascii=False))
    else:
        for result in results:
            _tell(result)
    if any(result["problems"] or result["failures"] for result in results):
        raise typer.Exit(Exit.PROBLEMS)


@app.command("schema")
def schema_command(
    *,
    reference: Annotated[bool, typer.Option("--reference", help="Print the reference page instead.")] = False,
) -> None:
    """Print the JSON Schema of a definition, with which an editor completes and marks keys."""
    out.print(
        grammar_reference() if reference else json_schema_text(),
        markup=False,
        highlight=False,
        soft_wrap=True,
        end="",
    )


@app.command("recompute")
def recompute_command(
    file: Annotated[Path, typer.Argument(help="A study's file: a published table of values.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compute a published study again: name every printed figure that does not follow from the others."""
    if not file.is_file():
        raise refuse(_("There is no {path}.").format(path=file), Exit.USAGE)
    study, problems = check_study(file)
    figures = recompute(study) if study is not None else []
    said = [str(problem) for problem in problems]
    said += [_slip(file.name, one) for one in figures if not one.agrees]
    if as_json:
        out.print_json(
            json.dumps({"file": file.name, "figures": len(figures), "problems": said}, ensure_ascii=False)
        )
    else:
        summary = ngettext(
            "{file}: {agree} of {count} printed figure follows from the others",
            "{file}: {agree} of {count} printed figures follow from the others",
            len(figures),
        ).format(file=file.name, agree=sum(one.agrees for one in figures), count=len(figures))
        for line in (*said, summary):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    if said:
        raise typer.Exit(Exit.PROBLEMS)


def _slip(file: str, one: Recomputed) -> str:
    """What is wrong with a printed figure, with what it comes to in two decimals more than it has."""
    place = f"{file}:{one.printed.line}"
    if one.found is None:
        message = _("{place}: '{name}' of '{table}' cannot be computed from what the table says.")
        return message.format(place=place, name=one.name, table=one.table)
    decimals = max(-int(one.printed.number.as_tuple().exponent), 0) + 2
    found = Decimal(round(one.found * 10**decimals)).scaleb(-decimals)
    message = _("{place}: '{name}' of '{table}' is printed as {printed}; the others give {found}.")
    return message.format(
        place=place, name=one.name, table=one.table, printed=one.printed.text, found=f"{found:f}"
    )


def _checked(name: str) -> dict[str, Any]:
    try:
        path = find(name)
    except NotAProgrammeError as error:
        return _result(Path(name).name, [Problem(name, 0, str(error))], [], 0)
    programme, found = check(path)
    if programme is None:
        return _result(path.name, found, [], 0)
    examples = rehearse(programme)
    later = [problem for one in examples if one.not_yet for problem in one.problems]
    failures = [str(one) for one in examples if not one.holds and not one.not_yet]
    return _result(path.name, [*found, *later], failures, sum(not one.not_yet for one in examples))


def _result(file: str, found: list[Problem], failures: list[str], examples: int) -> dict[str, Any]:
    return {
        "file": file,
        "problems": [str(problem) for problem in found if not problem.notice],
        "notices": [str(problem) for problem in found if problem.notice],
        "examples": examples,
        "failures": failures,
    }


def _tell(result: dict[str, Any]) -> None:
    for line in (*result["notices"], *result["problems"], *result["failures"]):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    if result["problems"]:
        count = len(result["problems"])
        summary = ngettext("{file}: {count} problem", "{file}: {count} problems", count).format(
            file=result["file"], count=count
        )
    else:
        held = result["examples"] - len(result["failures"])
        summary = _("{file}: {held} of {examples} examples hold").format(
            file=result["file"], held=held, examples=result["examples"]
        )
    out.print(summary, markup=False, highlight=False, soft_wrap=True)
