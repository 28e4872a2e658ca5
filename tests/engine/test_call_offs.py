"""Deliveries of what is called off: what each comes to, recomputed in plain Python, and what is never paid."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache

import pytest
from awarded_cases import small
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.definitions.load import find, load
from almoner.definitions.programme import Programme
from almoner.engine.call_off_cases import settling, taking, topped_up
from almoner.engine.call_offs import pay_day, reckon, top_up
from almoner.engine.casefile import CaseFile, FollowUp
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case
from almoner.engine.schedule import plan_award
from almoner.engine.screening import screen
from almoner.values.money import Money

LOW_MARKET, NO_MARKET, HIGH_MARKET = date(2026, 9, 12), date(2026, 9, 14), date(2026, 9, 15)
BULLETIN = date(2026, 9, 18)
FIELD = {
    "gross_kg": Decimal(1240),
    "tare_kg": Decimal(40),
    "moisture": Decimal("0.14"),
    "grade": "B",
    "slip": "W-1",
}


@cache
def park() -> Programme:
    return load(find("agricultural_park"))


@cache
def contract(kg: int = 6000) -> CaseFile:
    """A farmer's contract whose first questions are answered and whose seed was not handed over."""
    answers = {**park().examples["typical"].answers, "contracted_kg": Decimal(kg)}
    as_of = date(2026, 3, 10)
    (screening,) = screen(park(), [Case(as_of, answers)])
    plan = plan_award(park(), screening, date(2026, 3, 20))
    return CaseFile(
        programme=park(),
        as_of=as_of,
        answers=answers,
        screening=screening,
        awarded_on=plan.awarded_on,
        benefits=plan.benefits,
        instalments=plan.instalments,
        follow_ups=tuple(
            replace(one, answers={"sales": Decimal(1)}) for one in plan.follow_ups if one.is_baseline
        ),
    )


def brought(case: CaseFile, day: date = LOW_MARKET, **changed):
    return reckon(case, "maize", {**FIELD, **changed}, day)


def yuan(text: str) -> Money:
    return Money.of(Decimal(text), "CNY")


def test_the_sums_of_the_sketch():
    case = replace(contract(), advance_left=Decimal(1000))
    first = brought(case, moisture=Decimal("0.16"))
    assert (first.derived["paid_kg"], first.derived["price"]) == (Decimal(1176), Decimal("2.4"))
    assert (first.amount, first.deducted["seed_advance"], first.paid) == (
        yuan("2822.40"),
        yuan("846.72"),
        yuan("1975.68"),
    )
    case = taking(case, "maize", 1, FIELD, first)
    second = brought(case, date(2026, 9, 13), gross_kg=Decimal(640))
    assert (second.amount, second.deducted["seed_advance"], second.paid) == (
        yuan("1440.00"),
        yuan("153.28"),
        yuan("1286.72"),
    )


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"gross_kg": Decimal(40), "tare_kg": Decimal(1240)}, "tare_exceeds_gross"),
        ({"tare_kg": Decimal(1240)}, "tare_exceeds_gross"),
        ({"moisture": Decimal("0.31")}, "too_wet"),
        ({"moisture": Decimal("1.01")}, "moisture"),
        ({"moisture": Decimal("-0.01")}, "moisture"),
        ({"gross_kg": Decimal(30_000_000_000)}, "gross_kg"),
    ],
)
def test_what_cannot_be_is_refused_and_pays_nothing(changed, refused):
    reckoned = brought(contract(), **changed)
    assert (reckoned.outcome, reckoned.refused_by, reckoned.paid) == ("refused", (refused,), None)


@pytest.mark.parametrize("name", ["gross_kg", "tare_kg", "moisture", "grade", "slip"])
def test_what_is_not_said_is_held_and_named_and_pays_nothing(name):
    reckoned = brought(contract(), **{name: None})
    assert (reckoned.outcome, reckoned.missing, reckoned.paid) == ("held", (name,), None)


def test_a_grade_that_the_table_lacks_is_held_for_the_office():
    reckoned = brought(contract(), grade="D")
    assert (reckoned.outcome, reckoned.missing) == ("held", ())
    assert {one.cause for one in reckoned.blocked} == {"no key in grade_factor"}


def test_the_floor_is_paid_while_the_market_is_unknown_and_the_rest_when_it_is_told():
    case = contract()
    first = brought(case, NO_MARKET)
    assert (first.outcome, first.stand_ins, first.amount) == ("provisional", ("price",), yuan("2880.00"))
    case = taking(case, "maize", 1, FIELD, first)
    (delivery,) = case.delivered
    assert top_up(case, delivery, date(2026, 9, 17)) is None
    rest = top_up(case, delivery, BULLETIN)
    assert rest is not None
    assert (rest.amount, rest.paid, rest.derived["price"]) == (
        yuan("180.00"),
        yuan("180.00"),
        Decimal("2.55"),
    )
    settled = settling(case, delivery, rest)
    assert [one.name for one in settled.instalments][-2:] == ["delivery_1", "delivery_1_top_up"]
    assert settled.delivered[0].amount == brought(contract(), BULLETIN, grade="B").amount.__class__(
        306_000, "CNY"
    )
    assert topped_up(settled, date(2027, 1, 1)) == settled


def test_what_is_known_later_is_not_known_on_the_day():
    assert brought(contract(), NO_MARKET).derived["price"] == Decimal("2.4")
    assert brought(contract(), HIGH_MARKET).derived["price"] == Decimal("2.5")


def test_what_goes_over_the_contract_is_cancelled_under_the_caps_name():
    case = contract(1000)
    case = taking(case, "maize", 1, FIELD, brought(case, gross_kg=Decimal(940)))
    over = brought(case, date(2026, 9, 13), gross_kg=Decimal(540))
    assert (over.quantity, over.cancelled, over.amount) == (
        Decimal(200),
        {"up_to": Decimal(300)},
        yuan("480.00"),
    )
    case = taking(case, "maize", 2, FIELD, over)
    assert [one.state for one in case.instalments if one.name == "delivery_2_up_to"] == ["cancelled"]
    assert brought(case, HIGH_MARKET).refused_by == ("up_to",)


def test_nothing_is_bought_before_the_baseline_or_under_a_suspended_contract():
    waiting = replace(
        contract(), follow_ups=(FollowUp(name="season_survey", due_on=LOW_MARKET, is_baseline=True),)
    )
    assert (brought(waiting).outcome, brought(waiting).missing) == ("held", ("season_survey",))
    assert brought(replace(contract(), state="suspended")).outcome == "held"


@pytest.mark.parametrize(
    ("day", "friday"),
    [(date(2026, 9, 11), date(2026, 9, 11)), (LOW_MARKET, BULLETIN), (date(2026, 9, 17), BULLETIN)],
)
def test_it_is_paid_on_the_first_friday_from_the_day_on(day, friday):
    each = park().benefits["maize"].each_delivery
    assert each is not None
    assert pay_day(each, day) == friday
    assert pay_day(replace(each, pay=""), day) == day


def test_called_off_cash_is_refused_by_name(tmp_path):
    rest = "benefits:\n  fare: {kind: cash, call_off: true, each_delivery: {form: {trips: {type: number}}}}\n"
    programme = small(tmp_path, rest)
    with pytest.raises(NotYetCarriedOut, match=r"benefits\.fare\.call_off is not yet carried out"):
        reckon(replace(contract(), programme=programme), "fare", {}, LOW_MARKET)


# Recomputed by hand -----------------------------------------------------------------------------------------------

MICRO = Decimal("0.000001")
FEN = Decimal("0.01")


def half_even(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, rounding=ROUND_HALF_EVEN)


def by_hand(gross, tare, moisture, factor):
    """Paid kg and value, each product rounded half-even to a millionth."""
    paid_kg = half_even((gross - tare) * (1 - max(moisture - Decimal("0.14"), Decimal(0))), MICRO)
    price = half_even(max(Decimal("2.40"), Decimal("2.10")) * factor, MICRO)
    return paid_kg, half_even(paid_kg * price, MICRO)


FACTORS = {"A": Decimal("1.05"), "B": Decimal(1), "C": Decimal("0.90")}
GRAMS = st.decimals(min_value=0, max_value=60000, places=3)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            GRAMS,
            GRAMS,
            st.decimals(min_value=0, max_value=Decimal("0.30"), places=3),
            st.sampled_from("ABC"),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(min_value=1, max_value=8000),
    st.integers(min_value=0, max_value=2000),
)
def test_any_weighings_come_to_what_plain_python_computes(weighings, kg, advance):
    case = replace(contract(kg), advance_left=Decimal(advance))
    left, room = Decimal(advance), half_even(Decimal("1.10") * kg, Decimal("0.001"))
    for number, (gross, tare, moisture, grade) in enumerate(weighings, start=1):
        reckoned = brought(case, gross_kg=gross, tare_kg=tare, moisture=moisture, grade=grade)
        kilos, value = by_hand(gross, tare, moisture, FACTORS[grade])
        if tare >= gross:
            assert reckoned.refused_by == ("tare_exceeds_gross",)
            continue
        counted = half_even(kilos, Decimal("0.001"))
        if counted and not room:
            assert reckoned.refused_by == ("up_to",)
            continue
        if counted > room:
            assert reckoned.cancelled == {"up_to": counted - room}
            value = half_even(room * half_even(Decimal("2.40") * FACTORS[grade], MICRO), MICRO)
            counted = room
        amount = half_even(value, FEN)
        kept = min(half_even(min(half_even(Decimal("0.30") * value, MICRO), left), FEN), amount, left)
        assert reckoned.amount == yuan(str(amount))
        assert reckoned.deducted["seed_advance"] == yuan(str(kept))
        assert reckoned.paid == yuan(str(amount - kept))
        assert reckoned.quantity == counted
        left, room = left - kept, room - counted
        case = taking(case, "maize", number, FIELD, reckoned)
    assert case.advance_left_of("seed_advance") == yuan(str(left))
