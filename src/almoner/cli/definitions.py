"""`almoner check`: every problem of every definition at once, then the examples. `almoner schema`: the grammar."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from almoner.cli.main import Exit, app, out
from almoner.definitions.load import NotAProgrammeError, all_programmes, check, find
from almoner.definitions.problems import Problem
from almoner.definitions.schema import grammar_reference, json_schema_text
from almoner.engine.rehearsal import rehearse
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
