"""The invented clinic days: nobody's name, 41 in a hundred calls answered."""

from __future__ import annotations

from collections import Counter

from casts import after, cast_of, taken

FIRST = "CD-2025-1"
CODES = [f"CD-2025-{number}" for number in range(1, 8)]


def test_six_days_are_held_and_one_is_cancelled_with_its_reason():
    (sessions,) = cast_of("clinic_days_2025").play.sessions
    days = sessions.days
    assert Counter(bool(day.cancelled) for day in days) == {False: 6, True: 1}
    assert len({day.code for day in days}) == len(days)


def test_each_day_has_people_of_its_own():
    cast = cast_of("clinic_days_2025")
    (first,), (second,) = after(cast, "attendees", CODES[0]), after(cast, "attendees", CODES[1])
    assert [row["upper 1"] for row in first] != [row["upper 1"] for row in second]


def test_a_wristband_is_all_that_is_known_of_who_came(tmp_path):
    cast = cast_of("clinic_days_2025")
    (rows,) = after(cast, "attendees", FIRST)
    assert len({row["wristband"] for row in rows}) == len(rows) == 150
    assert set(rows[0]) == {
        "day", "wristband", "age", "sex", "upper 1", "lower 1", "upper 2", "lower 2", "call"
    }  # fmt: skip
    assert any(row["upper 2"] is None for row in rows), "somebody's second pressure is not known"
    _programme, sheets = taken(cast, cast.play.sessions[0].files["attendees"].mapping, rows, tmp_path)
    assert len(sheets) == len(rows)


def test_some_high_pressures_have_no_referral_and_no_low_one_has():
    cast = cast_of("clinic_days_2025")
    (sheets,) = after(cast, "attendees", FIRST)
    (referrals,) = after(cast, "referrals", FIRST)
    sent = {row["wristband"] for row in referrals}
    high = {
        row["wristband"]
        for row in sheets
        if row["upper 2"] is not None
        and (row["upper 1"] + row["upper 2"] >= 280 or row["lower 1"] + row["lower 2"] >= 180)
    }
    assert sent
    assert sent < high


def test_forty_one_in_a_hundred_calls_are_answered_and_the_rest_is_not_invented():
    cast = cast_of("clinic_days_2025")
    for code in CODES:
        after(cast, "attendees", code)
        (sent,) = after(cast, "referrals", code)
        for rows in after(cast, "calls", code):
            found = Counter(row["result"] for row in rows)
            assert abs(found["answered"] / len(sent) - 0.41) < 0.02
            assert sum(found.values()) < len(sent), "some were never called"
            assert all((row["seen"] is None) == (row["result"] != "answered") for row in rows)
