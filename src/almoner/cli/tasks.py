"""`almoner tasks` and `almoner task`: what must be done by when, and by whom it was done."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almoner.cli.deciding import Named, tell
from almoner.cli.main import Exit, app, out, refuse
from almoner.cli.office import As, AsJson, On, enter, key_of, request_of, user_named
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.steps.tasking import Listed


@app.command("tasks")
def tasks_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    *,
    as_user: As,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are late.")] = False,
    role: Annotated[str, typer.Option(help="Only those that go to this role.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Those on which nobody has to act any more too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what must be done by when: all tasks for officers and auditors, their own for everybody else."""
    enter()
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.tasking import list_tasks
    from almoner.people.access import NotPermitted

    user = user_named(as_user)
    try:
        found = list_tasks(key_of(programme), by=user, role=role, overdue=overdue, everything=everything)
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        out.print(_line(one), markup=False, highlight=False, soft_wrap=True)
    if not found:
        out.print(_("Nothing is to be done."))


def _as_json(one: Listed) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "reference": one.reference,
        "task": one.task,
        "role": one.role,
        "state": one.state,
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "occasion": one.occasion,
        "overdue": one.is_overdue,
        "unclear": one.is_unclear,
        "missing": list(one.missing),
        "held_by_nobody": one.is_nobodys,
    }


def _line(one: Listed) -> str:
    when = f"{one.due_at:%Y-%m-%d %H:%M %Z}" if one.due_at else one.occasion
    parts = [one.reference, one.task, one.role, when, one.state]
    if one.is_overdue:
        parts.append(_("overdue"))
    if one.is_unclear:
        parts.append(_("unclear: {missing}").format(missing=", ".join(one.missing)))
    if one.is_nobodys:
        parts.append(_("nobody holds this role"))
    return " · ".join([*parts, one.uid])


@app.command("task")
def task_command(  # noqa: PLR0913 -- a command has its options
    task: Annotated[
        str, typer.Argument(help="The reference of the case or sheet, or the task's name for machines.")
    ],
    *,
    as_user: As,
    done: Annotated[bool, typer.Option("--done", help="It is done.")] = False,
    verified: Annotated[
        bool, typer.Option("--verified", help="Somebody else did it, and it is seen.")
    ] = False,
    send: Annotated[
        Path | None, typer.Option(help="Write what leaves the office to this name, as .json and .txt.")
    ] = None,
    withhold: Annotated[list[str] | None, typer.Option(help="A question whose answer stays here.")] = None,
    evidence: Annotated[
        str, typer.Option(help="The paper that shows it. It stands in the open: no name, no answer.")
    ] = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Say that a task is done, or that what somebody else did is seen; or write what leaves the office with it."""
    if [done, verified, send is not None].count(True) != 1:
        raise refuse(_("Say one of --done, --verified and --send."), Exit.USAGE)
    if (send is None and withhold) or (send is not None and evidence):
        raise refuse(_("--withhold goes with --send, --evidence with --done and --verified."), Exit.USAGE)
    enter()
    from almoner.flow.steps.sending import send_report
    from almoner.flow.steps.tasking import find_task, finish_task, verify_task

    request = request_of(as_user, on)

    def do() -> dict[str, Any]:
        found = find_task(task, by=request.by, verifying=verified)
        if send is not None:
            files = [send.with_name(f"{send.name}.{ending}") for ending in ("json", "txt")]
            _refuse_existing(files)
            report = send_report(found, withhold=withhold or [], request=request)
            for file, content in zip(files, (report.as_json(), report.as_text()), strict=True):
                _write(file, content)
            sent = [one.field.name for one in report.sent if not one.withheld]
            return {
                "task": report.task,
                "to": report.role,
                "sent": sent,
                "files": [str(file) for file in files],
            }
        return (verify_task if verified else finish_task)(found, evidence=evidence, request=request)

    tell(do, as_json=as_json)


def _refuse_existing(files: list[Path]) -> None:
    """Look before anything is entered as sent.

    Raises:
        typer.Exit: a file is there already, or its folder is not.
    """
    for file in files:
        if file.exists() or not file.parent.is_dir():
            raise refuse(_("{path} is there already, or its folder is not.").format(path=file), Exit.USAGE)


def _write(file: Path, content: bytes) -> None:
    """A new file that only its owner reads."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(content)
