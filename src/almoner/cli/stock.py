"""`almoner lot`: what is given in kind, from the consignment to the award, and back from a recall."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from almoner.cli.deciding import Named, tell
from almoner.cli.main import Exit, app, err, out, refuse
from almoner.cli.office import (
    As,
    AsJson,
    On,
    day_of,
    enter,
    key_of,
    request_of,
    stay_behind_the_wall,
    user_named,
)
from almoner.definitions.load import NotAProgrammeError, find, load
from almoner.definitions.problems import DefinitionError
from almoner.engine.intake.written import Unreadable, written_number
from almoner.engine.stock import lot_number
from almoner.values.canonical import digest
from almoner.values.language import _

if TYPE_CHECKING:
    from almoner.flow.steps import stocking
    from almoner.flow.steps.recipe import Result

lot = typer.Typer(help="Lots of what is given in kind: medicine, seed, laptops.", no_args_is_help=True)
app.add_typer(lot, name="lot")

BenefitName = Annotated[
    str, typer.Argument(help="The benefit of the programme's file that is given in kind.")
]
Number = Annotated[str, typer.Argument(help="The lot's number as it is printed on the pack.")]
Quantity = Annotated[str, typer.Option(help="How much, in the benefit's unit.")]
Why = Annotated[str, typer.Option(help="The reason.")]


@lot.command("receive")
def receive_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    benefit: BenefitName,
    number: Number,
    *,
    quantity: Quantity,
    expires: Annotated[str, typer.Option(help="The last day on which it may be handed over (YYYY-MM-DD).")],
    paper: Annotated[
        str, typer.Option(help="The paper that came with it; the same paper counts once a lot.")
    ],
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Receive a consignment: a new lot, or more of one that is there."""
    try:
        defined = load(find(programme))
    except NotAProgrammeError as error:
        raise refuse(str(error), Exit.USAGE) from None
    except (DefinitionError, OSError) as error:
        raise refuse(str(error), Exit.PROBLEMS) from None
    amount, last_day = _quantity(quantity), day_of(expires or "–")  # nothing written would be today
    enter()
    stay_behind_the_wall(as_user, defined.key)
    from almoner.flow.steps.stocking import Received, receive_lot

    received = Received(benefit, number, last_day, amount, paper)
    key = digest([defined.key, benefit, lot_number(number), paper.strip()])

    def do() -> Result:
        done = receive_lot(defined, received, request=request_of(as_user, on, key))
        if done["short_dated"]:
            message = _(
                "The lot {number} keeps for less than a year from the day it arrived. The WHO asks for a year."
            )
            err.print(message.format(number=done["lot"]), markup=False, highlight=False, soft_wrap=True)
        return done

    tell(do, as_json=as_json)


@lot.command("list")
def list_command(programme: Named, *, as_user: As, on: On = "", as_json: AsJson = False) -> None:
    """List a programme's stock by benefit and lot, what expires first at the head."""
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.stocking import list_lots
    from almoner.people.access import NotPermitted

    try:
        rows = list_lots(key_of(programme), day_of(on), by=user_named(as_user))
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps({"lots": rows}, ensure_ascii=False))
        return
    states = {"usable": _("usable"), "expired": _("expired"), "recalled": _("recalled")}
    line = _(
        "{benefit} {lot}: {free} {unit} left; {received} received, {issued} issued, {written_off} written off; "
        "until {expires}; {state}"
    )
    for row in rows:
        unit = row["unit"]
        told = line.format(**(row | {"state": states[row["state"]], "unit": _(unit)}))
        out.print(told, markup=False, highlight=False, soft_wrap=True)


@lot.command("recall")
def recall_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    benefit: BenefitName,
    number: Number,
    *,
    why: Why,
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Recall a lot: nothing of it is issued from here on, and each award that received from it gets a task."""
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.steps.stocking import recall_lot

    named = _named(programme, benefit, number)
    tell(lambda: recall_lot(named, why=why, request=request_of(as_user, on)), as_json=as_json)


@lot.command("trace")
def trace_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    benefit: BenefitName,
    number: Number,
    *,
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Tell to which awards how much of a lot went. Reading it leaves an entry in the audit trail."""
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.stocking import trace_lot
    from almoner.people.access import NotPermitted

    try:
        traced = trace_lot(_named(programme, benefit, number), request=request_of(as_user, on))
    except (NotPermitted, StepRefusedError) as error:
        raise refuse(str(error)) from None
    if as_json:
        out.print_json(json.dumps(traced, ensure_ascii=False))
        return
    if not traced["issued"]:
        out.print(_("Nothing of the lot {lot} was issued.").format(lot=traced["lot"]), highlight=False)
    unit = traced["unit"]
    for row in traced["issued"]:
        told = f"{row['award']}: {row['quantity']} {_(unit)}"
        out.print(told, markup=False, highlight=False)


@lot.command("write-off")
def write_off_command(  # noqa: PLR0913 -- a command has its options
    programme: Named,
    benefit: BenefitName,
    number: Number,
    *,
    quantity: Quantity,
    why: Why,
    as_user: As,
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """Write off what of a lot will never be handed over: broken, expired, destroyed after a recall."""
    amount = _quantity(quantity)
    enter()
    stay_behind_the_wall(as_user, programme)
    from almoner.flow.steps.stocking import write_off

    named = _named(programme, benefit, number)
    tell(lambda: write_off(named, amount, why=why, request=request_of(as_user, on)), as_json=as_json)


def _named(programme: str, benefit: str, number: str) -> stocking.Named:
    from almoner.flow.steps.stocking import Named as NamedLot

    return NamedLot(key_of(programme), benefit, number)


def _quantity(text: str) -> Decimal:
    try:
        return written_number(text)
    except Unreadable as error:
        raise refuse(f"--quantity {text}: {error}", Exit.USAGE) from None
