"""Keeps the stock of what is given in kind: receives, writes off, recalls and traces lots, and lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import Benefit, Programme
from almoner.engine import casefile
from almoner.engine.stock import arrives_late, fits, lot_number
from almoner.flow.applications import queries
from almoner.flow.decisions.queries import awards_by_reference
from almoner.flow.records import actions as records
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.flow.stock import actions as stock
from almoner.flow.stock.access import KEEP, RECALL, SEE, TRACE
from almoner.flow.stock.models import Lot
from almoner.flow.stock.queries import benefits_with, find_lot, issued_to, on_hand, quantity, stock_of
from almoner.people.access import require
from almoner.people.models import User
from almoner.values.language import _
from almoner.values.numbers import THOUSANDTH, NumberProblem, to_micros
from almoner.vault import audit
from almoner.vault.idempotency import KeyReused
from almoner.vault.models import Stamp

IN_KIND = "in_kind"
RECALLED_LOT = "recalled_lot"
"""The task that a recall raises about each award that received from the lot."""

TO_THE_OFFICER = "officer"
WITHIN = timedelta(hours=24)
"""How long the officer has to reach who received from a recalled lot."""

LONGEST_NUMBER, LONGEST_PAPER = 40, 200


@dataclass(frozen=True, slots=True)
class Received:
    """A consignment as it is written down: the benefit, the lot as printed, the last day, how much, the paper."""

    benefit: str
    lot: str
    expires_on: date
    quantity: Decimal
    paper: str


@dataclass(frozen=True, slots=True)
class Named:
    """Which lot is meant: the programme's key, the benefit, the number as printed."""

    programme: str
    benefit: str
    lot: str


def receive_lot(programme: Programme, received: Received, *, request: Request) -> Result:
    """A consignment comes into the stock, once under the request's key.

    Raises:
        StepRefusedError: the programme gives no such thing in kind; the lot is expired, recalled or differs from what
            is there; the number, the paper or the quantity says nothing; or the key was used for something else.
    """
    number, paper = lot_number(received.lot), received.paper.strip()

    def do(stamp: Stamp) -> Result:
        benefit = _benefit(programme, received.benefit)
        _check_arrival(received, number, paper, request.happened_on)
        arrival = stock.Arrival(
            programme.key,
            benefit.name,
            number,
            benefit.unit,
            received.expires_on,
            received.quantity,
            paper,
        )
        lot = _refusing(lambda: stock.receive(arrival, stamp=stamp))
        return {
            "lot": lot.number,
            "received": received.quantity,
            "free": quantity(lot.free_thousandths),
            "unit": lot.unit,
            "expires": lot.expires_on,
            "short_dated": arrives_late(lot.expires_on, request.happened_on),
        }

    arguments = {
        "programme": programme.key,
        "benefit": received.benefit,
        "lot": number,
        "expires": received.expires_on.isoformat(),
        "quantity": str(received.quantity),
        "paper": paper,
        "on": request.happened_on.isoformat(),
    }
    try:
        return carry_out(
            "receive_lot", request, may=KEEP, programme=programme.key, arguments=arguments, do=do
        )
    except KeyReused:
        message = _(
            "'{paper}' brought the lot {number} before, with another quantity, expiry or day. "
            "Name each part of a delivery apart."
        )
        raise StepRefusedError(message.format(paper=paper, number=number)) from None


def write_off(named: Named, amount: Decimal, *, why: str, request: Request) -> Result:
    """What of a lot will never be handed over: broken, expired, destroyed.

    Raises:
        StepRefusedError: there is no such lot, or not so much left; the reason or the quantity says nothing.
    """

    def do(lot: Lot, stamp: Stamp) -> Result:
        _check_quantity(amount)
        left = _refusing(lambda: stock.write_off(lot, amount, why=why.strip(), stamp=stamp))
        return {"lot": left.number, "written_off": amount, "free": quantity(left.free_thousandths)}

    return _carried_out(
        "write_off", named, request, do, may=KEEP, why=why, arguments={"quantity": str(amount)}
    )


def recall_lot(named: Named, *, why: str, request: Request) -> Result:
    """Recall a lot: from here nothing of it is issued, and each award that received from it gets a task, once.

    `also_under` names the programme's other benefits with a usable lot of that number: it may be the same one.

    Raises:
        StepRefusedError: there is no such lot, it was recalled before, or no reason is given.
    """

    def do(lot: Lot, stamp: Stamp) -> Result:
        if lot.state == "recalled":
            raise StepRefusedError(_("The lot {number} was recalled before.").format(number=lot.number))
        stock.recall(lot, why=why.strip(), stamp=stamp)
        went_to = issued_to(lot)
        awards = awards_by_reference(went_to)
        tasks = records.raise_for_awards(
            list(awards.values()),
            recalled_task(stamp),
            cause=cause_of(lot.benefit, lot.number),
            stamp=stamp,
        )
        return {
            "lot": lot.number,
            "left": quantity(lot.free_thousandths),
            "issued": quantity(sum(went_to.values())),
            "awards": len(went_to),
            "tasks": len(tasks),
            "also_under": benefits_with(lot),
        }

    return _carried_out("recall_lot", named, request, do, may=RECALL, why=why, every_round=True)


def recalled_task(stamp: Stamp) -> casefile.Task:
    """What the officer must do about somebody who received from a recalled lot."""
    return casefile.Task(
        name=RECALLED_LOT, raised_by="lot", to=TO_THE_OFFICER, deadline=stamp.recorded_at + WITHIN
    )


def cause_of(benefit: str, number: str) -> str:
    """How a recalled lot is named as the cause of a task."""
    return f"{benefit} {lot_number(number)}"


def trace_lot(named: Named, *, request: Request) -> Result:
    """To which awards how much of a lot went, by reference. Who read it leaves an entry, before it is read.

    Raises:
        NotPermitted: the person may not see these cases.
        StepRefusedError: there is no such lot.
    """
    require(request.by, TRACE, named.programme)
    stamp = Stamp(who=request.by, happened_on=request.happened_on, key=request.key)
    with transaction.atomic():
        lot = _found(named)
        went_to = issued_to(lot)
        read = {
            "programme": lot.programme,
            "benefit": lot.benefit,
            "lot": lot.number,
            "awards": len(went_to),
        }
        audit.append("trace_lot", stamp=stamp, before={}, after=read)
    return {
        "lot": lot.number,
        "unit": lot.unit,
        "state": lot.state,
        "issued": [{"award": award, "quantity": str(quantity(units))} for award, units in went_to.items()],
    }


def list_lots(programme: str, day: date, *, by: User) -> list[dict[str, str]]:
    """Every lot of a programme as it stands, with what may be done with it on a day: usable, expired, recalled.

    Raises:
        NotPermitted: the person may not see the stock.
        StepRefusedError: nothing is known of the programme.
    """
    require(by, SEE, programme)
    lots = stock_of(programme)
    if not lots and not queries.rounds_of(programme):
        message = _("Nothing was received for {programme}, and it has no round.")
        raise StepRefusedError(message.format(programme=programme))
    return [
        {
            "benefit": lot.benefit,
            "lot": lot.number,
            "unit": lot.unit,
            "expires": lot.expires_on.isoformat(),
            "received": str(quantity(lot.received_thousandths)),
            "issued": str(quantity(lot.issued_thousandths)),
            "written_off": str(quantity(lot.written_off_thousandths)),
            "free": str(quantity(lot.free_thousandths)),
            "state": fits(on_hand(lot), Decimal(0), day).refused.removesuffix(" lot") or lot.state,
        }
        for lot in lots
    ]


def _benefit(programme: Programme, name: str) -> Benefit:
    found = programme.benefits.get(name)
    given = [one.name for one in programme.benefits.values() if one.kind == IN_KIND]
    if found is None or found.kind != IN_KIND:
        message = _("{file} gives no '{name}' in kind.").format(file=programme.file, name=name)
        raise StepRefusedError(message + did_you_mean(name, given))
    return found


def _check_arrival(received: Received, number: str, paper: str, day: date) -> None:
    if not number or len(number) > LONGEST_NUMBER:
        message = _("'{lot}' is no lot number: write it as it is printed, at most {most} characters.")
        raise StepRefusedError(message.format(lot=received.lot, most=LONGEST_NUMBER))
    if not paper or len(paper) > LONGEST_PAPER:
        message = _("Say which paper came with it, in at most {most} characters.")
        raise StepRefusedError(message.format(most=LONGEST_PAPER))
    _check_quantity(received.quantity)
    if received.expires_on < day:
        message = _("The lot {number} expired on {day}: it is not received.")
        raise StepRefusedError(message.format(number=number, day=received.expires_on))


def _check_quantity(amount: Decimal) -> None:
    try:
        holds = amount > 0 and to_micros(amount) % THOUSANDTH == 0
    except (ArithmeticError, NumberProblem):
        holds = False
    if not holds:
        message = _("{quantity} is no quantity: write one above 0, with at most three decimals.")
        raise StepRefusedError(message.format(quantity=amount))


def _found(named: Named) -> Lot:
    lot = find_lot(named.programme, named.benefit, named.lot)
    if lot is None:
        message = _("{programme} received no lot '{lot}' of {benefit}.")
        raise StepRefusedError(
            message.format(programme=named.programme, lot=named.lot, benefit=named.benefit)
        )
    return lot


def _refusing(do: Callable[[], Lot]) -> Lot:
    try:
        return do()
    except (stock.StockShortError, stock.LotDiffersError) as refused:
        raise StepRefusedError(str(refused)) from None


def _carried_out(  # noqa: PLR0913 -- a step is these things
    step: str,
    named: Named,
    request: Request,
    do: Callable[[Lot, Stamp], Result],
    *,
    may: str,
    why: str,
    arguments: Mapping[str, Any] | None = None,
    every_round: bool = False,
) -> Result:
    """One step with one lot and its reason; under the locks of all rounds where it writes about their awards."""

    def done(stamp: Stamp) -> Result:
        if not why.strip():
            raise StepRefusedError(_("Say why."))
        if every_round:
            for round_ in queries.rounds_of(named.programme):
                queries.lock_round(round_)
        return do(_found(named), stamp)

    asked = {
        "programme": named.programme,
        "benefit": named.benefit,
        "lot": lot_number(named.lot),
        "why": why.strip(),
        "on": request.happened_on.isoformat(),
        **(arguments or {}),
    }
    return carry_out(step, request, may=may, programme=named.programme, arguments=asked, do=done)
