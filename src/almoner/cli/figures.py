"""`almoner figures`: what somebody behind the wall may see of a programme, and nothing else of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from almoner.cli.deciding import Named
from almoner.cli.main import app, out, refuse
from almoner.cli.office import As, AsJson, enter, key_of, request_of
from almoner.values.language import _
from almoner.values.money import Money

if TYPE_CHECKING:
    from almoner.engine.walled_figures import Goods
    from almoner.flow.steps.looking import Figures

THOUSANDTHS = 1000


@app.command("figures")
def figures_command(
    programme: Named,
    *,
    as_user: As,
    on: Annotated[
        str, typer.Option("--on", help="As of the last month that was over on this day (YYYY-MM-DD); today.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show a programme's figures as of a closed month: for who stands behind its wall, managers and auditors."""
    enter()
    from almoner.flow.steps.looking import look_at_figures
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    try:
        seen = look_at_figures(key_of(programme), request=request_of(as_user, on))
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    document = _document(seen)
    if as_json:
        out.print_json(json.dumps(document, ensure_ascii=False))
        return
    hidden = _("fewer than {smallest}, or withheld").format(smallest=seen.look.smallest)
    table = Table(_("Figure"), _("Value"), _("As of the end of"))
    for one in document["people"]:
        name, value = one["name"], one["value"]
        table.add_row(_(name), hidden if value is None else f"{value:,}", one["month"] or "–")
    for one in document["goods"]:
        table.add_row(
            _("{benefit}: hand-overs").format(benefit=one["benefit"]), f"{one['hand_overs']:,}", one["month"]
        )
        if one["quantity"] is not None:
            name = _("{benefit}: quantity").format(benefit=one["benefit"])
            table.add_row(name, f"{one['quantity']} {one['unit']}", one["month"])
        table.add_row(
            _("{benefit}: cost").format(benefit=one["benefit"]),
            f"{one['cost']} {one['currency']}",
            one["month"],
        )
    for name in document["withheld"]:
        table.add_row(name, hidden, "–")
    out.print(table)


def _document(seen: Figures) -> dict[str, Any]:
    from almoner.flow.reports.queries import month_named

    return {
        "programme": seen.programme,
        "until": month_named(seen.look.until),
        "smallest_group": seen.look.smallest,
        "people": [
            {
                "name": one.name,
                "value": one.value,
                "month": None if one.month is None else month_named(one.month),
            }
            for one in seen.look.people
        ],
        "goods": [_goods(one, month_named(one.month)) for one in seen.look.goods],
        "withheld": list(seen.withheld),
    }


def _plain_text(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _goods(one: Goods, month: str) -> dict[str, Any]:
    quantity = None if one.quantity is None else _plain_text(Decimal(one.quantity) / THOUSANDTHS)
    return {
        "benefit": one.benefit,
        "month": month,
        "hand_overs": one.hand_overs,
        "quantity": quantity,
        "unit": one.unit,
        "cost": str(Money(one.cost, one.currency).amount),
        "currency": one.currency,
    }
