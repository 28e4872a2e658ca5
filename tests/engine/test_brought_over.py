"""What an award decided elsewhere still brings: the rest, never what was given, and at the days that were promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from almoner.definitions.load import find, load
from almoner.engine.brought_over import plan_rest
from almoner.engine.costs import cost_of_benefit
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.money import Money

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.engine.schedule import Plan

DECIDED, BEGUN = date(2026, 3, 2), date(2026, 9, 1)
GRANTS = load(find("student_grants"))
PARK = load(find("agricultural_park"))


def rest(granted: dict[str, str], given: dict[str, str], programme: Programme = GRANTS) -> Plan:
    return plan_rest(
        programme,
        {name: Decimal(figure) for name, figure in granted.items()},
        {name: Decimal(figure) for name, figure in given.items()},
        decided_on=DECIDED,
        begun_on=BEGUN,
    )


def told(plan: Plan) -> list[tuple[str, str, date]]:
    return [(one.name, str(one.money or one.quantity), one.due_on) for one in plan.instalments]


def test_what_was_given_covers_the_first_instalment_and_the_second_is_due_as_promised():
    plan = rest({"grant": "5000"}, {"grant": "2500"})
    assert told(plan) == [("second", "2500.00", date(2026, 7, 30))]


def test_an_instalment_covered_in_part_is_made_for_the_rest():
    assert told(rest({"grant": "5000"}, {"grant": "700.50"})) == [
        ("first", "1799.50", DECIDED),
        ("second", "2500.00", date(2026, 7, 30)),
    ]
    assert told(rest({"grant": "5000"}, {"grant": "4999.99"})) == [("second", "0.01", date(2026, 7, 30))]


def test_nothing_is_left_of_what_was_given_whole():
    assert rest({"grant": "5000", "laptop": "1"}, {"grant": "5000", "laptop": "1"}).instalments == ()


def test_more_than_was_granted_cannot_have_been_given():
    for given in ({"grant": "5000.01"}, {"laptop": "1"}, {"grant": "-1"}):
        with pytest.raises(ValueError, match="was given of"):
            rest({"grant": "5000"}, given)


def test_a_follow_up_that_was_due_before_the_award_came_here_was_not_ours_to_ask():
    assert [(one.name, one.due_on) for one in rest({"grant": "5000"}, {}).follow_ups] == [
        ("a_year_later", date(2027, 3, 2))
    ]
    late = plan_rest(
        GRANTS, {"grant": Decimal(5000)}, {}, decided_on=date(2025, 3, 2), begun_on=date(2026, 9, 1)
    )
    assert late.follow_ups == ()


def test_a_baseline_is_asked_on_the_first_day_here_unless_something_was_given_already():
    granted = {"seed_advance": "300", "maize": "0"}
    asked = rest(granted, {"seed_advance": "0", "maize": "0"}, PARK)
    assert BEGUN in {one.due_on for one in asked.follow_ups if one.is_baseline}
    begun = rest(granted, {"seed_advance": "300", "maize": "0"}, PARK)
    assert not any(one.is_baseline for one in begun.follow_ups)


def test_deliveries_called_off_before_are_no_number_and_are_not_taken_over():
    with pytest.raises(NotYetCarriedOut, match="maize"):
        rest({"maize": "9000"}, {"maize": "10"}, PARK)


@drawn(
    st.sampled_from(["cash", "in_kind"]),
    st.integers(1, 10_000_00),
    st.floats(0, 1),
    st.integers(1, 2_000_000),
    st.lists(st.integers(1, 5), min_size=1, max_size=6),
)
def test_the_rest_and_what_was_given_are_what_was_granted_to_the_last_fen(kind, units, share, value, parts):
    benefit = GRANTS.benefits["grant"]
    whole = sum(parts)
    split = [1_000_000 * part // whole for part in parts[:-1]]
    instalments = {
        f"part_{place}": replace(benefit.instalments["first"], name=f"part_{place}", share=one)
        for place, one in enumerate([*split, 1_000_000 - sum(split)])
    }
    made = replace(benefit, kind=kind, unit_value=value, instalments=instalments)
    programme = replace(GRANTS, benefits={"grant": made})
    digits = Decimal("0.01") if kind == "cash" else Decimal("0.001")
    granted, given = units * digits, int(units * share) * digits
    plan = plan_rest(
        programme, {"grant": granted}, {"grant": given}, decided_on=DECIDED, begun_on=BEGUN
    ).instalments
    figures = [one.money.amount if one.money is not None else one.quantity or Decimal(0) for one in plan]
    assert all(figure > 0 for figure in figures)
    assert sum(figures) + given == granted
    assert all(one.cost >= Money.zero("CNY") for one in plan)
    cost = sum((one.cost for one in plan), start=Money.zero("CNY"))
    assert cost == cost_of_benefit(programme, made, granted - given)
