"""Every read about stock that another layer needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from almoner.engine.stock import LotOnHand, lot_number
from almoner.flow.ledger.models import Posting
from almoner.flow.stock.models import COMMODITY, Lot
from almoner.vault.models import Event

GIVEN = "given in kind"
STOCK = "stock"
ISSUED = "issued in kind"
WRITTEN_OFF = "written off"


def lots_of(programme: str, benefit: str) -> dict[str, LotOnHand]:
    """The lots of a benefit by their numbers, as `engine.stock.lot_number` reads them."""
    return {lot.number: on_hand(lot) for lot in Lot.objects.filter(programme=programme, benefit=benefit)}


def on_hand(lot: Lot) -> LotOnHand:
    """A lot as the engine sees it."""
    return LotOnHand(lot.number, quantity(lot.free_thousandths), lot.expires_on, lot.state == "recalled")


def quantity(thousandths: int) -> Decimal:
    """Stored thousandths as a quantity without trailing zeros."""
    whole, part = divmod(thousandths, 1000)
    return Decimal(whole) if not part else (Decimal(thousandths) / 1000).normalize()


def stock_of(programme: str) -> list[Lot]:
    """Every lot of a programme, by benefit, and the one that expires first at the head."""
    return list(Lot.objects.filter(programme=programme).order_by("benefit", "expires_on", "number"))


def find_lot(programme: str, benefit: str, number: str) -> Lot | None:
    """A lot by its number, however it is written."""
    found = Lot.objects.filter(programme=programme, benefit=benefit, number=lot_number(number))
    return found.first()


def benefits_with(lot: Lot) -> list[str]:
    """The other benefits of a lot's programme that have a usable lot of its number."""
    rows = Lot.objects.filter(programme=lot.programme, number=lot.number, state="usable").exclude(pk=lot.pk)
    return list(rows.order_by("benefit").values_list("benefit", flat=True))


def issued_to(lot: Lot) -> dict[str, int]:
    """How many thousandths of a lot went to which award, by reference."""
    rows = Posting.objects.filter(commodity=lot.commodity, entry__what="issue").values_list("entry__about")
    return dict(rows.annotate(units=Sum("units")).order_by("entry__about"))


def movements(programme: str) -> Iterator[tuple[Lot, str, date, int]]:
    """What befell a programme's lots: the lot, the word of `engine.stock_figures`, the day, the thousandths."""
    lots = {lot.commodity: lot for lot in stock_of(programme)}
    called = {"receipt": "received", "issue": "issued", "write-off": "written off"}
    rows = Posting.objects.filter(commodity__in=lots).order_by("id")
    for commodity, what, day, units in rows.values_list(
        "commodity", "entry__what", "happened_on", "units"
    ).iterator(chunk_size=2000):
        yield lots[commodity], called[what], day, units
    by_id = {lot.pk: lot for lot in lots.values()}
    recalls = Event.objects.filter(kind=Lot._meta.db_table, to_state="recalled", row__in=by_id)
    for row, day in recalls.order_by("id").values_list("row", "happened_on"):
        yield by_id[row], "recalled", day, 0


def disagreements() -> list[str]:
    """Lots whose row, postings and papers do not say the same: there must be none."""
    posted = _posted()
    found = []
    for lot in Lot.objects.order_by("id"):
        accounts = posted.pop(lot.commodity, {})
        kept = {
            GIVEN: -lot.received_thousandths,
            STOCK: lot.free_thousandths,
            ISSUED: lot.issued_thousandths,
            WRITTEN_OFF: lot.written_off_thousandths,
        }
        for name, units in kept.items():
            there = accounts.pop(f"{lot.programme}:{name}", 0)
            if there != units:
                found.append(f"{_named(lot)}: {name} is {units} in the stock and {there} in the postings.")
        found += [f"{_named(lot)}: the postings name the account {name}." for name in sorted(accounts)]
        papers = {
            "received": (lot.received_thousandths, lot.consignments.values_list("quantity_thousandths")),
            "written off": (lot.written_off_thousandths, lot.write_offs.values_list("quantity_thousandths")),
        }
        for name, (units, rows) in papers.items():
            there = sum(count for (count,) in rows)
            if there != units:
                found.append(f"{_named(lot)}: {units} was {name}, and its papers say {there}.")
    return [*found, *(f"The postings move {name}, which is no lot." for name in sorted(posted))]


def _named(lot: Lot) -> str:
    return f"{lot.programme}, {lot.benefit}, lot {lot.number}"


def _posted() -> dict[str, dict[str, int]]:
    """The balance of each account of each lot in thousandths, from the postings alone."""
    found: dict[str, dict[str, int]] = {}
    rows = Posting.objects.filter(commodity__startswith=COMMODITY)
    for side, sign in (("to_account", 1), ("from_account", -1)):
        sums = rows.order_by().values_list("commodity", side).annotate(units=Sum("units"))
        for commodity, account, units in sums:
            accounts = found.setdefault(commodity, {})
            accounts[account] = accounts.get(account, 0) + sign * units
    return found
