"""Every write about stock: a lot moves only by a guarded statement, and each move leaves a balanced entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from almoner.engine.stock import lot_number
from almoner.flow.ledger.books import Move, post
from almoner.flow.stock.models import Consignment, Lot, WriteOff
from almoner.flow.stock.queries import GIVEN, ISSUED, STOCK, WRITTEN_OFF, find_lot, quantity
from almoner.values.language import _
from almoner.values.numbers import THOUSANDTH, to_micros
from almoner.vault.models import NotAllowed, Stamp
from almoner.vault.states import move

FUND = "in kind"
"""Whose goods they are: the company's, given in kind."""


class StockShortError(Exception):
    """Nothing, or not enough, of a lot may be issued."""


class LotDiffersError(Exception):
    """What arrived does not belong to the lot that is there under its number."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What of a lot goes to an award, once under its key; the quantity in the benefit's unit."""

    programme: str
    benefit: str
    lot: str
    quantity: Decimal
    about: str
    """The award's reference."""
    key: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """What of a lot arrived at once: the number as printed, the unit, the last day, how much, with which paper."""

    programme: str
    benefit: str
    lot: str
    unit: str
    expires_on: date
    quantity: Decimal
    paper: str


def receive(arrival: Arrival, *, stamp: Stamp) -> Lot:
    """A consignment: a new lot, or more of one that is there and usable.

    Raises:
        LotDiffersError: the lot is there with another expiry or unit, or was recalled.
        ValueError: the quantity is not above zero, or finer than thousandths.
    """
    units = _thousandths(arrival.quantity)
    if units == 0:
        raise ValueError(f"{arrival.quantity} is no quantity that arrives.")
    lot = _lot_for(arrival, stamp)
    same = {"expires_on": arrival.expires_on, "unit": arrival.unit, "state": "usable"}
    moved = Lot.objects.filter(pk=lot.pk, **same).update(
        received_thousandths=F("received_thousandths") + units,
        free_thousandths=F("free_thousandths") + units,
    )
    if not moved:
        raise LotDiffersError(_differs(lot))
    row = Consignment.objects.create(
        lot=lot, quantity_thousandths=units, paper=arrival.paper, **stamp.columns()
    )
    _post(lot, "receipt", [Move(lot.number, f"receipt:{row.uid}", units, lot.commodity, GIVEN, STOCK)], stamp)
    lot.refresh_from_db()
    return lot


def _lot_for(arrival: Arrival, stamp: Stamp) -> Lot:
    """The lot of that number; an empty one is made where there is none. Of two who make it at once, one does."""
    found = find_lot(arrival.programme, arrival.benefit, arrival.lot)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Lot.objects.create(
                programme=arrival.programme,
                benefit=arrival.benefit,
                number=lot_number(arrival.lot),
                unit=arrival.unit,
                expires_on=arrival.expires_on,
                received_thousandths=0,
                free_thousandths=0,
                issued_thousandths=0,
                written_off_thousandths=0,
                state="usable",
                **stamp.columns(),
            )
    except IntegrityError:
        made = find_lot(arrival.programme, arrival.benefit, arrival.lot)
        if made is None:
            raise
        return made


def issue(issues: Sequence[Issue], *, stamp: Stamp) -> None:
    """Hand over of lots to awards, all or nothing. Whether a lot was expired on the day is `engine.stock.fits`'s word.

    Nothing of a quantity of zero is issued. It runs inside the transaction of a step; that goes on if this raises.

    Raises:
        StockShortError: a lot is not known, was recalled, or has not enough free; nothing is changed.
        NotAllowed: a key was issued under before; nothing is changed.
        ValueError: a quantity is below zero, or finer than thousandths.
    """
    if not connection.in_atomic_block:
        raise NotAllowed("Stock is issued only inside a step's transaction.")
    units = [(one, _thousandths(one.quantity)) for one in issues]
    wanted: Counter[tuple[str, str, str]] = Counter()
    for one, count in units:
        if count:
            wanted[_place(one)] += count
    with transaction.atomic():  # a savepoint: a refusal leaves the step as it was
        # In one order, so that two hand-overs of the same lots wait for each other and not both for good.
        lots = {place: _take(place, wanted[place]) for place in sorted(wanted)}
        for programme in sorted({programme for programme, _, _ in lots}):
            moves = [
                Move(one.about, f"issue:{one.key}", count, lots[_place(one)].commodity, STOCK, ISSUED)
                for one, count in units
                if count and one.programme == programme
            ]
            try:
                post("issue", moves, programme=programme, round_=None, fund=FUND, stamp=stamp)
            except IntegrityError as refused:
                raise NotAllowed(f"One of these was issued before: {refused}") from refused


def _place(one: Issue) -> tuple[str, str, str]:
    return one.programme, one.benefit, lot_number(one.lot)


def _take(place: tuple[str, str, str], units: int) -> Lot:
    programme, benefit, number = place
    rows = Lot.objects.filter(programme=programme, benefit=benefit, number=number)
    moved = rows.filter(state="usable", free_thousandths__gte=units).update(
        free_thousandths=F("free_thousandths") - units, issued_thousandths=F("issued_thousandths") + units
    )
    if not moved:
        raise StockShortError(_short(rows, number, units))
    return rows.get()


def write_off(lot: Lot, amount: Decimal, *, why: str, stamp: Stamp) -> Lot:
    """What of a lot will never be handed over. Of a recalled lot too: what is left of it is destroyed.

    Raises:
        StockShortError: there is not so much left.
        ValueError: the quantity is not above zero, or finer than thousandths.
    """
    units = _thousandths(amount)
    if units == 0:
        raise ValueError(f"{amount} is no quantity that is written off.")
    rows = Lot.objects.filter(pk=lot.pk)
    moved = rows.filter(free_thousandths__gte=units).update(
        free_thousandths=F("free_thousandths") - units,
        written_off_thousandths=F("written_off_thousandths") + units,
    )
    if not moved:
        raise StockShortError(_not_enough(rows.get(), units))
    row = WriteOff.objects.create(lot=lot, quantity_thousandths=units, why=why, **stamp.columns())
    about = [Move(lot.number, f"write-off:{row.uid}", units, lot.commodity, STOCK, WRITTEN_OFF)]
    _post(lot, "write-off", about, stamp)
    lot.refresh_from_db()
    return lot


def recall(lot: Lot, *, why: str, stamp: Stamp) -> None:
    """From here nothing of the lot is issued, and nothing is received under its number.

    Raises:
        NotAllowed: it was recalled before.
    """
    move(lot, "recalled", who=stamp.who, why=why, happened_on=stamp.happened_on, key=stamp.key)


def _post(lot: Lot, what: str, moves: Sequence[Move], stamp: Stamp) -> None:
    post(what, moves, programme=lot.programme, round_=None, fund=FUND, stamp=stamp)


def _thousandths(amount: Decimal) -> int:
    """A quantity as whole thousandths: what cannot be stored as it is is not rounded.

    Raises:
        ValueError: it is below zero, or finer than thousandths.
    """
    units, rest = divmod(to_micros(amount), THOUSANDTH)
    if rest or units < 0:
        raise ValueError(f"{amount} is no quantity: at least 0, with at most three decimals.")
    return units


def _differs(lot: Lot) -> str:
    lot.refresh_from_db()
    if lot.state == "recalled":
        return _("The lot {number} was recalled: nothing is received under its number.").format(
            number=lot.number
        )
    return _("The lot {number} is there, in {unit} that expire on {day}. Look at the packs again.").format(
        number=lot.number, unit=lot.unit, day=lot.expires_on
    )


def _short(rows: QuerySet[Lot], number: str, units: int) -> str:
    lot = rows.first()
    if lot is None:
        return _("No lot {number} was received.").format(number=number)
    if lot.state == "recalled":
        return _("The lot {number} was recalled: nothing of it is issued.").format(number=number)
    return _not_enough(lot, units)


def _not_enough(lot: Lot, units: int) -> str:
    return _("The lot {number} has {left} left; {wanted} is more.").format(
        number=lot.number, left=quantity(lot.free_thousandths), wanted=quantity(units)
    )
