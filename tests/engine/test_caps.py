"""Caps: how much still fits, under which name the rest is cancelled, and what stands in nobody's way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patient_cases import checked, collecting, patient

from almoner.definitions.programme import Cap, Duration
from almoner.engine.caps import Around, Wanted, room
from almoner.engine.casefile import Delivered
from almoner.engine.stock import LotOnHand
from almoner.values.money import Money

FREE = Money.zero("CNY")
APRIL_1 = date(2025, 4, 1)
LOT = LotOnHand("CN-01", Decimal(100), date(2026, 6, 30), recalled=False)


def given_on(*days_and_packs):
    """The patient to whom so many packs were handed over on days."""
    delivered = [
        Delivered(
            benefit="medicine",
            number=number,
            delivered_on=day,
            answers={},
            derived={},
            quantity=Decimal(packs),
            amount=FREE,
        )
        for number, (day, packs) in enumerate(days_and_packs, start=1)
    ]
    return replace(patient(on_register=True), delivered=tuple(delivered))


def rolling(figure: int, days: int = 84) -> tuple[Cap, Decimal]:
    return Cap("rolling", "quantity", 1, per=Duration(days, "days")), Decimal(figure)


def fits(case, day: date, *caps, packs: int = 5, around: Around | None = None):
    return room(Wanted(case, "medicine", day, Decimal(packs), "CN-01"), caps, around or Around(), None)


def test_a_rolling_cap_forgets_a_hand_over_when_its_stretch_is_over():
    case = given_on((date(2025, 1, 1), 3))
    assert fits(case, date(2025, 3, 25), rolling(4)).left == 1
    assert fits(case, date(2025, 3, 26), rolling(4)).left == 4


def test_a_paper_that_comes_late_fits_between_those_that_are_there():
    case = given_on((date(2025, 1, 1), 2), (date(2025, 3, 1), 2))
    assert fits(case, date(2025, 2, 1), rolling(4)).barred == ("rolling",)


@pytest.mark.parametrize(("per", "left"), [("month", 6), ("quarter", 4), ("year", 2)])
def test_a_cap_of_a_calendar_counts_within_its_period(per, left):
    case = given_on((date(2024, 12, 31), 6), (date(2025, 1, 10), 2), (date(2025, 4, 10), 2))
    cap = (Cap("packs", "quantity", 1, per=per), Decimal(6))
    assert fits(case, date(2025, 5, 1), cap).left == left


def test_a_span_counts_from_the_first_hand_over():
    cap = (Cap("months", "span", 1, unit="months"), Decimal(24))
    assert fits(given_on(), APRIL_1, cap).left is None
    case = given_on((date(2023, 4, 1), 1))
    assert fits(case, date(2025, 3, 31), cap).left is None
    assert fits(case, APRIL_1, cap).barred == ("months",)


def test_the_last_day_is_still_a_day():
    cap = (Cap("date", "date", 1, until=APRIL_1), None)
    assert fits(given_on(), APRIL_1, cap).barred == ()
    assert fits(given_on(), date(2025, 4, 2), cap).barred == ("date",)


def test_a_cap_of_people_stops_the_next_one_and_nobody_who_was_there():
    cap = (Cap("people", "people", 1), Decimal(500))
    assert fits(given_on(), APRIL_1, cap, around=Around(people=499)).barred == ()
    assert fits(given_on(), APRIL_1, cap, around=Around(people=500)).barred == ("people",)
    assert fits(given_on((date(2025, 1, 1), 1)), APRIL_1, cap, around=Around(people=500)).barred == ()


@pytest.mark.parametrize(
    ("lot", "barred"),
    [
        (None, ("unknown_lot",)),
        (replace(LOT, recalled=True), ("recalled_lot",)),
        (replace(LOT, expires_on=date(2025, 3, 31)), ("expired_lot",)),
        (replace(LOT, free=Decimal(0)), ("stock",)),
    ],
)
def test_a_lot_that_gives_nothing_says_why(lot, barred):
    around = Around(lots={"CN-01": lot} if lot else {})
    assert fits(given_on(), APRIL_1, (Cap("stock", "stock", 1), None), around=around).barred == barred


def test_two_patients_share_the_last_packs_of_a_lot():
    around = Around(lots={"CN-01": replace(LOT, free=Decimal(4))})
    case = checked(patient(on_register=True), APRIL_1)
    _case, first = collecting(case, APRIL_1, 3, around, lot="cn-01 ")
    _case, second = collecting(case, APRIL_1, 3, around)
    _case, third = collecting(case, APRIL_1, 3, around)
    assert (first.quantity, second.quantity, second.cancelled) == (3, 1, {"stock": 2})
    assert third.refused_by == ("stock",)
    assert around.people == 2


def test_what_is_held_or_refused_uses_nothing_up():
    around = Around(lots={"CN-01": LOT})
    _case, held = collecting(patient(on_register=True), APRIL_1, 3, around)
    _case, refused = collecting(
        checked(patient(on_register=True), APRIL_1), APRIL_1, 3, around, card_seen=False
    )
    assert (held.outcome, refused.refused_by) == ("held", ("nobody_was_identified",))
    assert (around.people, around.lots) == (0, {"CN-01": LOT})


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5)), max_size=12),
    st.integers(0, 400),
    st.integers(0, 12),
    st.integers(1, 120),
)
def test_no_stretch_of_time_ever_holds_more_than_its_cap(handed, at, figure, days):
    base = date(2025, 1, 1).toordinal()
    case = given_on(*((date.fromordinal(base + day), packs) for day, packs in handed))
    left = fits(case, date.fromordinal(base + at), rolling(figure, days)).left
    fullest = max(
        sum(packs for day, packs in handed if start <= day < start + days)
        for start in range(at - days + 1, at + 1)
    )
    assert left == max(figure - fullest, 0)
