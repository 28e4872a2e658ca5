"""`almoner statement`, `verify`, `replay`, `audit`: what is published, and how anybody checks it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from almoner.cli.deciding import tell
from almoner.cli.import_order import continuing
from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import As, AsJson, On, enter, key_of, request_of, user_named
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from almoner.values.language import _, ngettext


@app.command("statement")
def statement_command(  # noqa: PLR0913 -- a command has its options
    programme: Annotated[str, typer.Argument(help="One programme; all where none is named.")] = "",
    *,
    year: Annotated[int, typer.Option(help="The calendar year that is accounted for.")],
    folder: Annotated[Path, typer.Option("--to", help="The folder to write to.")],
    as_user: As,
    round_name: Annotated[str, typer.Option("--round", help="One round alone, under its own name.")] = "",
    office: Annotated[str, typer.Option(help="Whose account it is.")] = "",
    first_line: Annotated[str, typer.Option(help="What must be read first.")] = "",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Close a year: figures, a page, and a verification file that anybody can check alone."""
    enter()
    from almoner.flow.applications.queries import all_rounds
    from almoner.flow.steps.closing import close_period

    # A round of public data stands under its own name and is never added up with the office's own.
    key = key_of(programme)
    rounds = [
        one
        for one in all_rounds()
        if key in ("", one.programme) and (one.name == round_name if round_name else not one.real)
    ]

    def do() -> dict[str, str]:
        found = {one.pk: continuing(programme or one.programme, one) for one in rounds}
        published = close_period(
            rounds,
            office=office,
            period=Period.year(year),
            folder=folder,
            first_line=first_line,
            request=request_of(as_user, on),
            continuing={round_: edition for round_, edition in found.items() if edition is not None},
        )
        return {name: str(value) for name, value in asdict(published).items()}

    tell(do, as_json=as_json)


@app.command("verify")
def verify_command(
    bundle: Annotated[Path, typer.Argument(help="A verification file: a folder or a zip.")],
    *,
    root: Annotated[str | None, typer.Option(help="The root as it was published, in hex.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a verification file alone: every digest, and every figure computed anew from its rows."""
    if not bundle.exists():
        raise refuse(_("There is no {path}.").format(path=bundle), Exit.USAGE)
    report = verify(bundle, root)
    if as_json:
        out.print_json(json.dumps(asdict(report), ensure_ascii=False))
    else:
        for problem in report.problems:
            out.print(problem, markup=False, highlight=False, soft_wrap=True)
        out.print(f"{_('root')}: {report.root}", markup=False, highlight=False, soft_wrap=True)
        out.print(report.message, markup=False, highlight=False, soft_wrap=True)
    if not report.agrees:
        raise typer.Exit(Exit.PROBLEMS)


@app.command("replay")
def replay_command(
    programme: Annotated[str, typer.Argument(help="One programme; all where none is named.")] = "",
    *,
    as_user: As,
    as_json: AsJson = False,
) -> None:
    """Run every stored check again under its own rules and day: there must be no difference."""
    enter()
    from almoner.flow.applications.queries import count_screenings, rounds_of
    from almoner.flow.decisions.queries import count_decided_elsewhere
    from almoner.flow.steps.replaying import replay
    from almoner.people.access import NotPermitted, require

    key = key_of(programme)
    try:
        require(user_named(as_user), "replay", key)
    except NotPermitted as error:
        raise refuse(str(error)) from None
    if key and not rounds_of(key):
        raise refuse(_("There is no round of {programme}.").format(programme=programme))
    count, differences = 0, []
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task(_("replaying"), total=count_screenings(key or None))
        for batch, found in replay(key or None):
            count += batch
            differences += found
            progress.update(task, advance=batch)
    left_out = count_decided_elsewhere(key or None)
    if as_json:
        told = {"replayed": count, "decided_elsewhere": left_out}
        out.print_json(json.dumps({**told, "differences": [asdict(one) for one in differences]}))
    else:
        for one in differences:
            out.print(
                f"{one.reference} ({one.revision}): {one.what}: {one.stored} → {one.now}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        out.print(
            ngettext(
                "{count} check run again, {differences} differences",
                "{count} checks run again, {differences} differences",
                count,
            ).format(count=count, differences=len(differences)),
            highlight=False,
        )
        if left_out:
            said = ngettext(
                "{count} award was decided elsewhere and is left out: no check of ours led to it.",
                "{count} awards were decided elsewhere and are left out: no check of ours led to them.",
                left_out,
            )
            out.print(said.format(count=left_out), highlight=False, soft_wrap=True)
    if differences:
        raise typer.Exit(Exit.PROBLEMS)


audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@audit.command("verify")
def audit_verify_command(*, as_user: As, as_json: AsJson = False) -> None:
    """Prove the chain of the audit trail, derive every state from its events, and compare budgets with postings."""
    enter()
    from almoner.flow.steps.auditing import audit_everything
    from almoner.people.access import NotPermitted

    try:
        report = audit_everything(by=user_named(as_user))
    except NotPermitted as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps(asdict(report), ensure_ascii=False))
    else:
        for finding in report.findings:
            out.print(finding, markup=False, highlight=False, soft_wrap=True)
        out.print(
            _("{entries} entries; the head is {head}; {count} findings").format(
                entries=report.entries, head=report.head, count=len(report.findings)
            ),
            highlight=False,
            soft_wrap=True,
        )
    if report.findings:
        raise typer.Exit(Exit.PROBLEMS)
