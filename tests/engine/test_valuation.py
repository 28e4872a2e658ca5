"""What outcomes are worth: against exact fractions, in the right direction, between its ends, and the same again."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from valued_cases import changed, value_of

from almoner.definitions.programme import Assumption, Duration
from almoner.engine.valuation import seed_of, total, worth
from almoner.values.chance import Chance
from almoner.values.money import Money
from almoner.values.numbers import MICRO

SHARES = ("deadweight", "attribution", "displacement", "drop_off", "discount_rate")
NAMES = ("proxy", *SHARES)
UNITS = {"years": 1, "months": 12, "weeks": 52}


def triangles(least, most):
    return st.lists(st.integers(least, most), min_size=3, max_size=3).map(
        lambda three: Assumption(*sorted(three))
    )


DURATIONS = st.one_of(
    st.integers(1, 12).map(lambda count: Duration(count, "years")),
    st.integers(1, 40).map(lambda count: Duration(count, "months")),
    st.integers(1, 120).map(lambda count: Duration(count, "weeks")),
)


@st.composite
def values(draw, least_proxy=-(10**5) * MICRO):
    found = value_of()
    for name in NAMES:
        bounds = (least_proxy, 10**5 * MICRO) if name == "proxy" else (0, MICRO)
        found = changed(found, name, draw(triangles(*bounds)))
    return type(found)(found.indicator, found.assumptions, 2025, draw(DURATIONS), "CNY", 1)


def by_hand(outcomes, assumed, duration):
    """The rule of the design, in exact fractions."""
    part = {name: Fraction(micros, MICRO) for name, micros in assumed.items()}
    years = Fraction(duration.count, UNITS[duration.unit])
    sum_of_years, year = Fraction(0), 1
    while year - 1 < years:
        reached = min(Fraction(1), years - (year - 1))
        kept = (1 - part["drop_off"]) ** (year - 1)
        sum_of_years += reached * kept / (1 + part["discount_rate"]) ** year
        year += 1
    left = (1 - part["deadweight"]) * (1 - part["attribution"]) * (1 - part["displacement"])
    return outcomes * part["proxy"] * left * sum_of_years


def centre(value):
    return {name: one.central for name, one in value.assumptions.items()}


@given(values(), st.integers(0, 10_000))
def test_a_value_is_the_exact_one_to_the_last_fen(value, outcomes):
    found = total(outcomes, centre(value), value.duration, "CNY")
    exact = by_hand(outcomes, centre(value), value.duration) * 100
    assert abs(found.minor - exact) <= Fraction(1, 2) + Fraction(1, 10**4)


def test_a_worked_value():
    value = value_of("2 years", proxy=1000, deadweight=0.5, attribution=0.2, drop_off=0.1, discount_rate=0.25)
    # 10 * 1000 * 0.5 * 0.8 = 4000; 4000 / 1.25 + 4000 * 0.9 / 1.5625 = 3200 + 2304.
    assert str(total(10, centre(value), value.duration, "CNY")) == "5504.00"


@pytest.mark.parametrize(
    ("duration", "said"), [("6 months", "500.00"), ("13 weeks", "250.00"), ("18 months", "1500.00")]
)
def test_a_part_of_a_year_is_worth_that_part(duration, said):
    value = value_of(duration, proxy=1000)
    assert str(total(1, centre(value), value.duration, "CNY")) == said


@pytest.mark.parametrize(("currency", "said"), [("JPY", "1234"), ("CNY", "1234.50"), ("KWD", "1234.500")])
def test_a_total_is_in_the_currencys_smallest_unit(currency, said):
    value = value_of("1 years", proxy=1234.5)
    assert str(total(1, centre(value), value.duration, currency)) == said


@given(values(), st.integers(0, 1000), st.integers(0, 2**64 - 1))
@settings(max_examples=40, deadline=None)
def test_every_draw_lies_between_everything_against_it_and_everything_for_it(value, outcomes, seed):
    found = worth(value, outcomes, seed, draws=100)
    assert found.adverse <= found.low <= found.high <= found.favourable
    assert found.adverse <= found.central <= found.favourable


@given(values(), st.integers(0, 1000), st.data())
def test_no_figures_within_the_ranges_give_more_or_less_than_the_ends(value, outcomes, data):
    found = worth(value, outcomes, 1, draws=1)
    drawn = {name: data.draw(st.integers(one.low, one.high)) for name, one in value.assumptions.items()}
    assert found.adverse <= total(outcomes, drawn, value.duration, "CNY") <= found.favourable


@given(values(), st.sampled_from(NAMES), st.integers(1, MICRO), st.integers(0, 2**64 - 1))
@settings(max_examples=60, deadline=None)
def test_a_higher_proxy_is_worth_more_and_every_other_assumption_takes_from_a_benefit(
    value, name, more, seed
):
    benefit = changed(value, "proxy", Assumption(*sorted(map(abs, three(value.assumptions["proxy"])))))
    before = three(benefit.assumptions[name])
    most = before[2] + more if name == "proxy" else MICRO
    raised = Assumption(*(min(one + more, most) for one in before))
    assume(raised.ranges == benefit.assumptions[name].ranges)  # another number of draws is another stream
    first, second = (worth(one, 100, seed, draws=60) for one in (benefit, changed(benefit, name, raised)))
    for said in ("adverse", "low", "central", "high", "favourable"):
        less, much = getattr(first, said), getattr(second, said)
        assert (less <= much) if name == "proxy" else (much <= less)


@given(values(least_proxy=0), st.integers(1, 100))
def test_what_lasts_longer_is_worth_no_less(value, more):
    longer = Duration(value.duration.count + more, value.duration.unit)
    assert total(9, centre(value), value.duration, "CNY") <= total(9, centre(value), longer, "CNY")


def three(one):
    return one.low, one.central, one.high


def test_what_is_taken_from_a_harm_makes_it_smaller():
    harm = value_of("1 years", proxy=(-300, -200, -100), deadweight=(0.1, 0.2, 0.5))
    found = worth(harm, 10, 3)
    assert str(found.adverse) == "-2700.00"
    assert str(found.favourable) == "-500.00"
    assert found.adverse < found.low < found.central < found.high < found.favourable


def test_a_proxy_on_both_sides_of_nothing_is_worst_and_best_undiminished():
    found = worth(value_of("1 years", proxy=(-100, 0, 100), deadweight=(0.1, 0.2, 0.5)), 10, 3)
    assert (str(found.adverse), str(found.favourable)) == ("-900.00", "900.00")


def test_the_same_seed_gives_the_same_figures_and_another_one_others():
    value = value_of(proxy=(1000, 2000, 4000), deadweight=(0.1, 0.2, 0.4))
    assert worth(value, 50, 7) == worth(value, 50, 7)
    assert worth(value, 50, 7) != worth(value, 50, 8)
    assert worth(value, 50, 7).central == worth(value, 50, 8).central


def test_the_percentiles_of_a_triangle_are_those_of_its_formula():
    found = worth(value_of("1 years", proxy=(0, 500, 1000)), 1, 11)
    # Of a triangle from 0 over 500 to 1000: 1000 * √(0.05 / 2) = 158.11, and as far from the top.
    assert found.draws == 10_000
    assert abs(float(found.low.amount) - 158.11) < 8
    assert abs(float(found.high.amount) - 841.89) < 8


@pytest.mark.parametrize(("draws", "low", "high"), [(1, 1, 1), (20, 1, 19), (21, 2, 20), (100, 5, 95)])
def test_a_percentile_is_the_draw_at_its_place_rounded_up(draws, low, high):
    chance = Chance(5)
    drawn = sorted(chance.triangular(0, 500 * MICRO, 1000 * MICRO) for _ in range(draws))
    found = worth(value_of("1 years", "CNY", proxy=(0, 500, 1000)), 1, 5, draws=draws)
    assert found.low == Money.of(round(Decimal(drawn[low - 1]) / MICRO, 2), "CNY")
    assert found.high == Money.of(round(Decimal(drawn[high - 1]) / MICRO, 2), "CNY")


@given(values(), st.integers(0, 2**64 - 1))
@settings(max_examples=20, deadline=None)
def test_nobody_said_yes_is_worth_nothing(value, seed):
    found = worth(value, 0, seed, draws=10)
    assert {found.central.minor, found.low.minor, found.high.minor} == {0}
    assert {found.adverse.minor, found.favourable.minor} == {0}


def test_without_a_range_nothing_is_drawn_and_all_are_one():
    found = worth(value_of(proxy=1000, deadweight=0.5), 3, 1)
    assert found.draws == 0
    assert found.swings == ()
    assert found.adverse == found.low == found.central == found.high == found.favourable


def test_the_widest_swing_comes_first():
    value = value_of(
        "1 years", proxy=(900, 1000, 1100), deadweight=(0.1, 0.5, 0.9), attribution=(0, 0.1, 0.2)
    )
    found = worth(value, 1, 1)
    assert [one.name for one in found.swings] == ["deadweight", "attribution", "proxy"]
    assert [str(one.swing) for one in found.swings] == ["720.00", "100.00", "90.00"]
    assert (str(found.swings[0].at_low), str(found.swings[0].at_high)) == ("810.00", "90.00")


def test_the_likeliest_figures_may_lie_outside_the_percentiles():
    crooked = value_of("1 years", proxy=1000, deadweight=(0, 0, 0.9), attribution=(0, 0, 0.9))
    found = worth(crooked, 1, 1)
    assert found.central == found.favourable > found.high


def test_a_seed_belongs_to_one_definition_figure_and_period():
    seeds = {
        seed_of("ab", "kept", "2025-01-01", "2025-12-31"),
        seed_of("ac", "kept", "2025-01-01", "2025-12-31"),
        seed_of("ab", "left", "2025-01-01", "2025-12-31"),
        seed_of("ab", "kept", "2024-01-01", "2024-12-31"),
    }
    assert len(seeds) == 4
    assert all(0 <= seed < 2**64 for seed in seeds)
