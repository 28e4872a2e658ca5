"""A lot on the day it is asked for: what fits, and the number that the same pack has however it is typed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.engine.stock import Fit, LotOnHand, arrives_late, fits, lot_number

DAY = date(2026, 9, 10)
QUANTITIES = st.integers(0, 10**9).map(lambda units: Decimal(units) / 1000)
DAYS = st.dates(date(2025, 1, 1), date(2030, 12, 31))


def lot(free: str = "10", expires_on: date = DAY, *, recalled: bool = False) -> LotOnHand:
    return LotOnHand("A1", Decimal(free), expires_on, recalled)


def test_on_its_last_day_a_pack_may_be_handed_over_and_on_the_next_it_may_not() -> None:
    assert fits(lot(), Decimal(2), DAY) == Fit("", Decimal(2))
    assert fits(lot(), Decimal(2), DAY + timedelta(days=1)) == Fit("expired lot", Decimal(0))


def test_what_nobody_received_is_unknown_and_not_there() -> None:
    assert fits(None, Decimal(1), DAY) == Fit("unknown lot", Decimal(0))


def test_a_recall_goes_before_everything_else_that_may_be_wrong_with_a_lot() -> None:
    gone = lot("0", DAY - timedelta(days=1), recalled=True)
    assert fits(gone, Decimal(1), DAY) == Fit("recalled lot", Decimal(0))


def test_of_whole_packs_only_whole_ones_are_there() -> None:
    assert fits(lot("2.5"), Decimal(3), DAY).quantity == 2
    assert fits(lot("2.5"), Decimal("2.75"), DAY).quantity == Decimal("2.5")
    assert fits(lot("0.5"), Decimal(1), DAY) == Fit("", Decimal(0))


def test_less_than_nothing_is_no_quantity() -> None:
    with pytest.raises(ValueError, match="no quantity"):
        fits(lot(), Decimal(-1), DAY)


@given(free=QUANTITIES, wanted=QUANTITIES, expires_on=DAYS, day=DAYS, recalled=st.booleans())
def test_never_more_fits_than_is_there_or_wanted_and_nothing_of_a_refused_lot(
    free: Decimal, wanted: Decimal, expires_on: date, day: date, *, recalled: bool
) -> None:
    found = fits(LotOnHand("A1", free, expires_on, recalled), wanted, day)
    assert 0 <= found.quantity <= min(free, wanted)
    assert bool(found.refused) == (recalled or day > expires_on)
    if found.refused:
        assert found.quantity == 0
    elif wanted <= free:
        assert found.quantity == wanted
    if wanted % 1 == 0:
        assert found.quantity % 1 == 0


@given(QUANTITIES, QUANTITIES, QUANTITIES)
def test_more_stock_never_makes_less_fit(free: Decimal, more: Decimal, wanted: Decimal) -> None:
    less = fits(LotOnHand("A1", free, DAY, recalled=False), wanted, DAY)
    enough = fits(LotOnHand("A1", free + more, DAY, recalled=False), wanted, DAY)
    assert less.quantity <= enough.quantity


@pytest.mark.parametrize(
    "printed",
    [
        "LOT-12a",
        " lot-12A ",
        "lot-1 2a",
        "".join(chr(ord(one) + 0xFEE0) for one in "lot-12A"),
        "L OT–12a",
        "LOT\u200b-12A",
    ],
)
def test_one_lot_has_one_number_however_it_is_typed(printed: str) -> None:
    assert lot_number(printed) == "LOT-12A"


def test_lots_that_differ_in_a_character_stay_apart() -> None:
    assert len({lot_number(one) for one in ("A-1", "A1", "A_1", "AI", "B1")}) == 5


@given(st.text(st.characters(codec="ascii")))
def test_reading_a_number_again_changes_nothing(printed: str) -> None:
    assert lot_number(lot_number(printed)) == lot_number(printed)


def test_a_lot_arrives_late_when_less_than_a_year_of_it_is_left() -> None:
    assert arrives_late(date(2027, 9, 9), DAY)
    assert not arrives_late(date(2027, 9, 10), DAY)
    assert not arrives_late(date(2029, 2, 28), date(2028, 2, 29))
