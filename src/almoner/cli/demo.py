"""`almoner demo`: real rounds and the invented office, from the first application to a statement that verifies."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from almoner.cli.data_sets import INVENTED, DataSetMissingError, demo_sources
from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import prepare
from almoner.cli.serving import serve
from almoner.engine.figure_notes import beside
from almoner.engine.statement_words import (
    NOTHING,
    funnel_rows,
    input_text,
    level_text,
    number,
    shown,
    title_of,
)
from almoner.engine.value_words import grid_text
from almoner.engine.verify import verify
from almoner.values.clock import FixedClock, SystemClock, use
from almoner.values.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from almoner.cli.demo_stage import Played, Stage
    from almoner.flow.steps.closing import Published

MARKER = ".almoner-demo"
FIRST_LINE = "demonstration: no company's results"
NOT_THERE_YET = "Not there yet: payments; the web."


@app.command("demo")
def demo_command(
    *,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="End by showing the statement.")] = True,
    sources: Annotated[
        bool, typer.Option("--sources", help="List every data set with its source and licence.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the demonstration's office is made anew.")] = Path(
        "office/demo"
    ),
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 8000,
) -> None:
    """Run the main job on real input and on an invented office, and show the statement."""
    if sources:
        _tell_sources()
        return
    home = _made_anew(folder.absolute())
    os.environ["ALMONER_HOME"] = str(home)
    os.environ.pop("ALMONER_DATABASE", None)
    prepare()
    published = home / "published"
    with (
        use(FixedClock(SystemClock().now())),
        tempfile.TemporaryDirectory(prefix="almoner-demo-") as temporary,
    ):
        played, stage = _play(Path(temporary))
        accounts = _close(stage, played, published)
        _tell(accounts)
        _whole(stage, played)
        _check(stage, accounts)
    out.print(_(NOT_THERE_YET), highlight=False)
    if serving:
        serve(accounts[-1].page.parent, port)


def _tell_sources() -> None:
    for source in demo_sources():
        dataset = source.dataset
        for line in (
            dataset.title,
            f"  {_('source')}: {dataset.source}",
            f"  {_('licence')}: {dataset.licence}",
        ):
            out.print(line, markup=False, highlight=False, soft_wrap=True)


def _made_anew(home: Path) -> Path:
    """An empty home. What an earlier demonstration left is removed; anything else is left alone.

    Raises:
        typer.Exit: the folder holds something that no demonstration made.
    """
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).exists():
            raise refuse(_("{path} holds something else; name another folder.").format(path=home), Exit.USAGE)
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).touch()
    return home


@contextmanager
def _telling() -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield progress


def _play(work: Path) -> tuple[list[Played], Stage]:
    """Make the office and play every round of which the data are there."""
    import django

    django.setup()
    from django.core.management import call_command

    from almoner.cli.demo_plays import plays
    from almoner.cli.demo_stage import Stage
    from almoner.vault import keys

    with _telling() as progress:
        task = progress.add_task(_("Making the office"))
        keys.create_master_key()
        call_command("migrate", verbosity=0)
        stage = Stage()
        played: list[Played] = []
        for title, make in plays(work):
            progress.update(task, description=title)
            try:
                played.append(stage.play(make()))
            except DataSetMissingError as missing:
                progress.console.print(f"{title}: {missing}", highlight=False)
    return played, stage


def _close(stage: Stage, played: list[Played], folder: Path) -> list[Published]:
    """One statement for each round of public data under its own name, and at last the invented office's."""
    from almoner.flow.steps.closing import close_period

    accounts = []
    own = [one for one in played if not one.play.real]
    groups = [[one] for one in played if one.play.real] + ([own] if own else [])
    for group in groups:
        first = group[0]
        published = close_period(
            [one.round for one in group],
            office=first.round.name if first.play.real else INVENTED.title,
            period=first.play.period,
            folder=folder / (first.play.mapping.stem if first.play.real and first.play.mapping else "office"),
            first_line=FIRST_LINE,
            request=stage.request("manager", first.play.closed_on, f"close {first.round.uid}"),
        )
        accounts.append(published)
    return accounts


def _tell(accounts: list[Published]) -> None:
    for published in accounts:
        content = json.loads(published.statement.read_text(encoding="utf-8"))
        for part in content["programmes"]:
            out.print(_grid(part))
        out.print(f"{_('page')}: {published.page}", markup=False, highlight=False, soft_wrap=True)
        out.print(f"{_('statement')}: {published.statement}", markup=False, highlight=False, soft_wrap=True)
        out.print(
            f"{_('verification file')}: {published.bundle}\n", markup=False, highlight=False, soft_wrap=True
        )


def _grid(part: dict[str, Any]) -> Grid:
    """One table a programme. What does not apply is –, never 0."""
    grid = Grid(title=part["title"], title_justify="left", show_header=False)
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", overflow="fold")
    for row in funnel_rows(part):
        grid.add_row(row.label, row.text)
    grid.add_section()
    for entry in part["contributions"]:
        amount = number(Decimal(entry["amount"])) if entry["amount"] is not None else NOTHING
        label = f"{_('Put in')}: {title_of(entry['name'])}, {input_text(entry['input'])}"
        grid.add_row(label, f"{amount} {entry['currency']}" if entry["amount"] is not None else amount)
    grid.add_section()
    for figure in part["figures"]:
        value = shown(figure, figure["value"])
        grid.add_row(
            f"{title_of(figure['name'])} ({level_text(figure['level'])})", "; ".join([value, *beside(figure)])
        )
    grid.add_section()
    for value in part["values"]:
        grid.add_row(f"{_('Social value')}: {title_of(value['name'])}", grid_text(value))
    reason = part["not_valued"]["outcomes"]
    if reason:
        grid.add_row(_("Social value"), _("not valued: {reason}").format(reason=_(reason)))
    return grid


RATES = {"KES": "0.0553"}
"""What the demonstration takes a currency to be worth in yuan; invented, and said to be."""


def _whole(stage: Stage, played: list[Played]) -> None:
    """The invented office's rounds together, by theme and in one currency."""
    from almoner.cli.portfolio import show
    from almoner.flow.steps.portfolio import keep_rate, portfolio

    day = max((one.play.closed_on for one in played if not one.play.real), default=None)
    if day is None:
        return
    for currency, rate in RATES.items():
        request = stage.request("manager", day, f"rate {currency}")
        keep_rate(currency, "CNY", rate, source=_("the demonstration (invented)"), request=request)
    show(portfolio("CNY", request=stage.request("manager", day, "portfolio")))


def _check(stage: Stage, accounts: list[Published]) -> None:
    """Verify every statement from its file alone, replay every check, prove the audit trail.

    Raises:
        typer.Exit: something does not agree.
    """
    from almoner.flow.steps.auditing import audit_everything
    from almoner.flow.steps.replaying import replay

    wrong = 0
    for published in accounts:
        report = verify(published.bundle, published.root)
        out.print(
            f"{published.bundle.parent.name}: {report.message}", markup=False, highlight=False, soft_wrap=True
        )
        wrong += not report.agrees
    batches = list(replay())
    count, differences = sum(size for size, _found in batches), sum(len(found) for _size, found in batches)
    out.print(
        ngettext(
            "{count} check run again, {differences} differences",
            "{count} checks run again, {differences} differences",
            count,
        ).format(count=count, differences=differences),
        highlight=False,
    )
    audited = audit_everything(by=stage.users["auditor"])
    out.print(
        _("{entries} entries; the head is {head}; {count} findings").format(
            entries=audited.entries, head=audited.head, count=len(audited.findings)
        ),
        highlight=False,
        soft_wrap=True,
    )
    if wrong or differences or audited.findings:
        raise typer.Exit(Exit.PROBLEMS)
