"""A company's contribution as B4SI (LBG) adds it up: Linklaters' Learn for Work, in the LBG Annual Review of 2014."""

from studies import case, slips

from almoner.engine.contributions import add_up

INPUTS, EXPECTED = case("lbg_depth_constraints")
LEARN_FOR_WORK = INPUTS["linklaters"]


def put_in(kind, amount):
    return {"currency": "GBP", "input": kind, "motive": "investment", "amount": f"{amount}", "unknown": 0}


def test_money_and_working_time_stand_apart_and_nothing_else_is_in_them():
    entries = [put_in("cash", LEARN_FOR_WORK["cash"]), put_in("time", LEARN_FOR_WORK["time_value"])]
    added = add_up(entries)
    assert [(one["input"], one["amount"]) for one in added] == [("cash", "300000.00"), ("time", "75000.00")]
    assert sum(float(one["amount"]) for one in added) == EXPECTED["linklaters_input"]


def test_what_was_put_in_for_each_pupil_follows(tmp_path):
    table = {
        "investment": LEARN_FOR_WORK["cash"] + LEARN_FOR_WORK["time_value"],
        "people": LEARN_FOR_WORK["people"],
        "printed": {
            "investment": f"{EXPECTED['linklaters_input']}",
            "cost_each": f"{EXPECTED['linklaters_per_person']}",
        },
    }
    assert slips(tmp_path, {"learn_for_work": table}) == []


def test_a_value_that_nobody_measured_is_not_said_to_follow(tmp_path):
    table = {"investment": 375_000, "people": 6380, "printed": {"value": "0", "each": "0", "ratio": "0"}}
    places = [("bare", "value"), ("bare", "each"), ("bare", "ratio")]
    assert slips(tmp_path, {"bare": table}) == places
