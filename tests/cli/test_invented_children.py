"""The invented children in therapy: hours that do not collide but for a stand-in, an assessor who treats nobody."""

from __future__ import annotations

from collections import Counter

from casts import cast_of, later


def test_nobody_is_in_two_places_but_for_a_stand_in():
    sheets = [row for rows in later(cast_of("therapy_2025"), "sheets") for row in rows]
    assert len({row["sheet"] for row in sheets}) == len(sheets) > 700
    together = Counter((row["day"], row["therapist"], row["began"]) for row in sheets)
    twice = [row for row in sheets if together[row["day"], row["therapist"], row["began"]] > 1]
    own = {person: Counter(row["therapist"] for row in sheets if row["child"] == person).most_common(1)[0][0]
           for person in {row["child"] for row in sheets}}  # fmt: skip
    clashes = {(row["day"], row["therapist"], row["began"]) for row in twice}
    assert 0 < len(clashes) < 20
    for clash in clashes:
        there = [row for row in twice if (row["day"], row["therapist"], row["began"]) == clash]
        assert any(own[row["child"]] != row["therapist"] for row in there)


def test_whoever_assesses_treats_nobody_and_is_paid_for_nothing():
    cast = cast_of("therapy_2025")
    paid = {row[name] for rows in later(cast, "sheets") for row in rows for name in ("centre", "therapist")}
    for name in ("function", "wellbeing"):
        seen = {row["assessor"] for rows in later(cast, name) for row in rows} - {None}
        assert seen
        assert not seen & paid


def test_all_are_seen_before_the_first_session_and_about_half_after_half_a_year():
    answered = [Counter(row["result"] for row in rows)["answered"] / len(rows)
                for rows in later(cast_of("therapy_2025"), "function")]  # fmt: skip
    assert answered[0] == 1
    assert sorted(answered, reverse=True) == answered
    assert 0.3 <= answered[-1] <= 0.7
