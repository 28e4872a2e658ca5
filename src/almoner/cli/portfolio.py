"""`almoner portfolio`: the whole, by theme. `almoner rate`: what one currency is worth in another, from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from almoner.cli.deciding import tell
from almoner.cli.main import app, out, refuse
from almoner.cli.office import As, AsJson, On, enter, request_of
from almoner.values.language import _, ngettext

if TYPE_CHECKING:
    from almoner.flow.steps.portfolio import Portfolio
    from almoner.values.money import Money

Code = Annotated[str, typer.Argument(help="A currency of ISO 4217: KES.")]


@app.command("rate")
def rate_command(  # noqa: PLR0913 -- a command has its options
    currency: Code,
    into: Annotated[str, typer.Argument(help="The currency in which it is worth so much: CNY.")],
    rate: Annotated[str, typer.Argument(help="What one unit is worth: 0.0553.")],
    *,
    source: Annotated[str, typer.Option(help="Where it was published.")],
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Keep an exchange rate with its day and its source."""
    enter()
    from almoner.flow.steps.portfolio import keep_rate

    request = request_of(as_user, on)
    tell(lambda: keep_rate(currency, into, rate, source=source, request=request), as_json=as_json)


@app.command("portfolio")
def portfolio_command(
    *,
    as_user: As,
    currency: Annotated[str, typer.Option(help="The currency of all sums.")] = "CNY",
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Every round with its budget: free, committed, disbursed; by theme, and the whole."""
    enter()
    from almoner.flow.steps.portfolio import portfolio, told
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    try:
        found = portfolio(currency, request=request_of(as_user, on))
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(data=told(found))
        return
    show(found)


def show(found: Portfolio) -> None:
    """Print a portfolio: a table, what is in no sum, and the rates behind it."""
    grid = Table(title=_("Portfolio in {currency}").format(currency=found.currency), title_justify="left")
    grid.add_column(_("Theme and round"), overflow="fold")
    for head in (_("Budget"), _("Free"), _("Committed"), _("Disbursed")):
        grid.add_column(head, justify="right", overflow="fold")
    for theme in found.themes:
        lines = found.of_theme(theme)
        grid.add_row(_(theme), *_amounts(found.sum_of(lines)), style="bold")
        for line in lines:
            money = dict(line.converted or line.own)
            whole = money["free"] + money["committed"] + money["disbursed"]
            cells = _amounts({"budget": whole, **money})
            if line.converted is None:
                cells = [f"({cell} {whole.currency})" for cell in cells]
            grid.add_row(f"  {line.round}", *cells)
        grid.add_section()
    grid.add_row(_("The whole"), *_amounts(found.sum_of(found.lines)), style="bold")
    out.print(grid)
    left_out = sum(line.converted is None for line in found.lines)
    if left_out:
        sentence = ngettext(
            "{count} round is in no sum: its currency has no rate on {day}.",
            "{count} rounds are in no sum: their currency has no rate on {day}.",
            left_out,
        )
        out.print(sentence.format(count=left_out, day=found.day), highlight=False)
    rates = {line.rate.pk: line.rate for line in found.lines if line.rate is not None}
    for rate in rates.values():
        sentence = _("1 {currency} = {rate} {into} since {day}: {source}")
        text = sentence.format(
            currency=rate.currency, rate=rate.rate, into=rate.into, day=rate.happened_on, source=rate.source
        )
        out.print(text, markup=False, highlight=False, soft_wrap=True)


def _amounts(sums: dict[str, Money]) -> list[str]:
    return [f"{sums[name].amount:,f}" for name in ("budget", "free", "committed", "disbursed")]
