"""Power2 Rediscover (Pro Bono Economics, Annex B, table A1): every row computed again, and the slips that it has.

Nothing is discounted there. A row is the value of a year for 146 young people, for the part of it that the effect
lasts; an effect that rises and falls over weeks counts half of them.
"""

import pytest
from studies import NOTHING_TAKEN, as_printed, case, figures, slips

INPUTS, EXPECTED = case("wellby_power2")
PEOPLE = INPUTS["beneficiaries"]
A_YEAR = round(2_010_872 / PEOPLE, 6)  # the printed total of row 3d, of which 13,773 is each one's

ROWS = {
    "core": ("10 weeks", 1),
    "s3a": ("5 weeks", 1),
    "s3b": ("1 month", 1),
    "s3c": ("6 months", 1),
    "s3d": ("1 year", 1),
    "s3e": ("6 weeks", 1),
    "s3f": ("12 weeks", 1),
    "s4a": ("10 weeks", 10 / 13),
    "s4b": ("10 weeks", 16 / 13),
}
"""How long the effect of a row lasts, and the part of the core's proxy that it takes."""


def row(name):
    """A row of the table with what is printed of it: the total, each one's, and the benefit over the cost."""
    duration, part = ROWS[name]
    outcome = {"quantity": PEOPLE, "proxy": round(A_YEAR * part, 6), **NOTHING_TAKEN, "duration": duration}
    printed = {"each": as_printed(EXPECTED[f"{name}_pp"], 0), "ratio": as_printed(EXPECTED[f"{name}_bcr"], 2)}
    total = EXPECTED.get(f"{name}_total")
    if total is not None:
        printed["value"] = as_printed(total, 0)
        outcome["printed"] = printed["value"]
    return {
        "discount_rate": 0,
        "outcomes": {"young_people": outcome},
        "investment": INPUTS["total_cost"],
        "people": PEOPLE,
        "printed": printed,
    }


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_as_printed(tmp_path, name):
    assert slips(tmp_path, {name: row(name)}) == []


def test_what_one_young_person_cost_is_as_printed(tmp_path):
    table = row("core")
    table["printed"] = {"cost_each": as_printed(EXPECTED["unit_cost"], 0)}
    assert slips(tmp_path, {"cost": table}) == []


@pytest.mark.parametrize(("value", "name"), [(279_853, "s1a"), (494_407, "s1b")])
def test_the_ends_of_the_effect_are_as_printed(tmp_path, value, name):
    printed = {"ratio": as_printed(EXPECTED[f"{name}_bcr"], 2), "each": as_printed(EXPECTED[f"{name}_pp"], 0)}
    table = {"value": value, "investment": INPUTS["total_cost"], "people": PEOPLE, "printed": printed}
    assert slips(tmp_path, {name: table}) == []


def test_the_ratio_of_those_who_completed_is_a_slip(tmp_path):
    table = {"value": 386_706, "investment": INPUTS["cost_completers_only"], "printed": {"ratio": "2.72"}}
    found = figures(tmp_path, {"row_2": table})["row_2", "ratio"]
    assert not found.agrees
    assert float(found.found) == pytest.approx(2.708, abs=0.0005)


def test_the_lower_end_does_not_follow_from_the_effect_as_it_is_printed(tmp_path):
    low, central = INPUTS["ls_ci"][0], INPUTS["ls_effect"]
    outcome = {
        "quantity": 1,
        "proxy": round(A_YEAR * low / central, 6),
        **NOTHING_TAKEN,
        "duration": "10 weeks",
    }
    table = {"discount_rate": 0, "outcomes": {"one": {**outcome, "printed": "1917"}}}
    found = figures(tmp_path, {"row_1a": table})["row_1a", "one"]
    assert not found.agrees
    assert float(found.found) == pytest.approx(1911.6, abs=0.1)


def test_a_years_value_does_not_follow_from_the_effect_and_the_worth_of_a_point(tmp_path):
    outcome = {
        "quantity": INPUTS["ls_effect"],
        "proxy": INPUTS["wellby_2023"]["central"],
        **NOTHING_TAKEN,
        "duration": "1 year",
        "printed": "13773",
    }
    table = {"discount_rate": 0, "outcomes": {"one": outcome}}
    found = figures(tmp_path, {"annex": table})["annex", "one"]
    assert not found.agrees
    assert float(found.found) == pytest.approx(17_540.95)
