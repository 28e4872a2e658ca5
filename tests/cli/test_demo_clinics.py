"""The invented clinic days: the same from the same seed, nobody's name, 41 in a hundred calls answered."""

from __future__ import annotations

from collections import Counter

from almoner.cli import demo_clinics
from almoner.cli.demo_clinics import DAYS, attendees, calls, referrals
from almoner.values.dates import add_days


def test_six_days_are_held_and_one_is_cancelled_with_its_reason():
    assert Counter(bool(day.cancelled) for day in DAYS) == {False: 6, True: 1}
    assert len({day.code for day in DAYS}) == len(DAYS)


def test_the_same_seed_makes_the_same_days():
    assert attendees(DAYS[0]) == attendees(DAYS[0])
    assert attendees(DAYS[0]) != attendees(DAYS[1])
    assert referrals(DAYS[0]) == referrals(DAYS[0])


def test_a_wristband_is_all_that_is_known_of_who_came():
    rows = attendees(DAYS[0])
    assert len(rows) == demo_clinics.WRISTBANDS
    assert len({row["wristband"] for row in rows}) == len(rows)
    assert set(rows[0]) == {
        "day", "wristband", "age", "sex", "upper 1", "lower 1", "upper 2", "lower 2", "call"
    }  # fmt: skip
    assert any(row["upper 2"] == "" for row in rows), "somebody's second pressure is not known"


def test_some_high_pressures_have_no_referral_and_no_low_one_has():
    day = DAYS[0]
    sent = {row["wristband"] for row in referrals(day)}
    high = {
        row["wristband"]
        for row in attendees(day)
        if row["upper 2"] != ""
        and (row["upper 1"] + row["upper 2"] >= 280 or row["lower 1"] + row["lower 2"] >= 180)
    }
    assert sent < high


def test_forty_one_in_a_hundred_calls_are_answered_and_the_rest_is_not_invented():
    for day in DAYS:
        sent = len(referrals(day))
        found = Counter(row["result"] for row in calls(day, 1, add_days(day.on, 34)))
        assert abs(found["answered"] / sent - 0.41) < 0.02
        assert sum(found.values()) < sent, "some were never called"
        assert all(
            (row["seen"] == "") == (row["result"] != "answered")
            for row in calls(day, 1, add_days(day.on, 34))
        )
