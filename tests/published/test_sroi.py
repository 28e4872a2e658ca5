"""Published social returns, computed again: a time bank, Rumah BUMN, a calculator that adds shares.

Wheels-to-Meals was recalled and not read in its guide: it proves that the table hangs together.
"""

from fractions import Fraction

import pytest
from studies import as_printed, case, figures, slips

INPUTS, EXPECTED = case("sroi_wheels_to_meals")
IMPACTS = ("ae", "geriatric", "care", "gp", "clubs", "volunteers", "neighbours")


def value_map():
    """The impact map with everything that is printed of it."""
    outcomes = {
        one["id"]: {
            "quantity": one["qty"],
            "proxy": one["proxy"],
            "deadweight": one["deadweight"],
            "displacement": one["displacement"],
            "attribution": one["attribution"],
            "drop_off": one["dropoff"],
            "duration": f"{one['duration']} years",
            "printed": as_printed(EXPECTED[f"impact_{name}"], 2),
        }
        for one, name in zip(INPUTS["outcomes"], IMPACTS, strict=True)
    }
    printed = {
        "first_year": EXPECTED["year1_total"],
        "value": EXPECTED["pv_total"],
        "investment": EXPECTED["input_total"],
        "net": EXPECTED["npv"],
        "ratio": EXPECTED["ratio"],
        "net_ratio": EXPECTED["net_ratio"],
    }
    return {
        "discount_rate": INPUTS["discount_rate"],
        "outcomes": outcomes,
        "rounded": 2,
        "investment": sum(INPUTS["investment"].values()),
        "printed": {name: as_printed(number, 2) for name, number in printed.items()},
    }


def test_every_printed_figure_of_wheels_to_meals_follows(tmp_path):
    found = figures(tmp_path, {"impact_map": value_map()})
    assert [place for place, one in found.items() if not one.agrees] == []
    assert len(found) == 13


def test_without_rounding_each_year_the_value_is_a_penny_off(tmp_path):
    table = value_map()
    del table["rounded"]
    assert slips(tmp_path, {"impact_map": table}) == [("impact_map", "value"), ("impact_map", "net")]


def test_the_value_of_its_first_year_alone_is_as_printed(tmp_path):
    table = value_map()
    for outcome in table["outcomes"].values():
        outcome.update(duration="1 year")
    table["printed"] = {"value": as_printed(EXPECTED["pv_year1"], 2)}
    assert slips(tmp_path, {"first": table}) == []


@pytest.mark.parametrize("name", ["first_year", "value", "investment", "net", "ratio", "net_ratio"])
def test_a_printed_figure_that_is_one_digit_off_is_found(tmp_path, name):
    table = value_map()
    table["printed"][name] = as_printed(float(table["printed"][name]) + 0.01, 2)
    assert slips(tmp_path, {"impact_map": table}) == [("impact_map", name)]


def test_an_outcome_that_is_a_penny_off_is_found(tmp_path):
    table = value_map()
    table["outcomes"]["new_clubs"]["printed"] = "451.63"
    assert slips(tmp_path, {"impact_map": table}) == [("impact_map", "new_clubs")]


def test_shares_that_were_added_in_place_of_multiplied_are_found(tmp_path):
    # productivitycalculator.net prints 280,000: 50 times 8,000, less the sum of deadweight and attribution, 0.30.
    outcome = {
        "quantity": 50,
        "proxy": 8000,
        "deadweight": 0.2,
        "attribution": 0.1,
        "displacement": 0,
        "drop_off": 0,
        "duration": "1 year",
        "printed": "280000",
    }
    table = {"discount_rate": 0, "outcomes": {"hours": outcome}, "printed": {"value": "280000"}}
    found = figures(tmp_path, {"added": table})
    assert not any(one.agrees for one in found.values())
    assert found["added", "hours"].found == 288_000


def test_ratios_that_were_printed_without_their_table_follow(tmp_path):
    inputs, expected = case("sroi_ratio_only")
    bank, house = inputs["timebank"], inputs["rumah_bumn"]
    tables = {
        "timebank": {
            "value": bank["pv"],
            "investment": bank["investment"],
            "printed": {"net": f"{expected['timebank_npv']}", "ratio": f"{expected['timebank_ratio']}"},
        },
        "rumah_bumn": {
            "value": house["pv"],
            "investment": house["investment"],
            "printed": {"ratio": f"{expected['rumah_ratio']}"},
        },
    }
    assert slips(tmp_path, tables) == []


def test_a_ratio_without_an_investment_is_not_said_to_agree(tmp_path):
    found = figures(tmp_path, {"bare": {"value": 803184, "printed": {"ratio": "16.06"}}})
    assert found["bare", "ratio"].found is None
    assert not found["bare", "ratio"].agrees


def test_a_ratio_over_nothing_is_not_said_to_agree(tmp_path):
    table = {"value": 100, "investment": 0, "printed": {"ratio": "0", "net": "100"}}
    assert slips(tmp_path, {"free": table}) == [("free", "ratio")]


def test_hertfordshire_meals_print_a_ratio_that_their_millions_do_not_give(tmp_path):
    # 12.3 million from 2.3 million is printed as 5.28 (govint.org, 11 February 2014); it is 5.35.
    table = {"value": 12.3, "investment": 2.3, "printed": {"ratio": "5.28"}}
    found = figures(tmp_path, {"meals": table})["meals", "ratio"]
    assert not found.agrees
    assert found.found == Fraction(123, 23)
