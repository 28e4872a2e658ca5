"""The invented run: more runners than places, teams, check-ins, heads counted at the gate."""

from __future__ import annotations

from collections import Counter

from casts import after, cast_of, later, taken

PLACE = 120


def test_more_ask_for_a_place_than_there_are_and_some_come_in_teams(tmp_path):
    cast = cast_of("run_2025")
    rows = cast.papers()
    assert len(rows) > cast.play.round.budget / PLACE == 40
    assert Counter(row["team"] for row in rows if row["team"]) == {"OWLS": 5, "HERONS": 4, "CARPS": 3}
    assert any(row["told not to"] for row in rows)
    assert any(row["told not to"] is None for row in rows)
    _programme, sheets = taken(cast, cast.play.applications.mapping, rows, tmp_path)
    assert len(sheets) == len(rows)


def test_about_a_quarter_does_not_come_and_no_bib_is_worn_twice(tmp_path):
    cast = cast_of("run_2025")
    (rows,) = later(cast, "check_ins")
    assert 0.65 < len(rows) / cast.play.applications.group.count < 0.85
    assert len({row["bib"] for row in rows}) == len(rows)
    _programme, sheets = taken(cast, cast.play.files["check_ins"].mapping, rows, tmp_path)
    assert len(sheets) == len(rows)


def test_heads_are_counted_by_a_method_that_is_said_and_somebody_falls():
    cast = cast_of("run_2025")
    (counts,) = after(cast, "headcounts", "RUN-2025")
    assert {row["where"]: row["method"] for row in counts} == {"start": "gate", "roadside": "density"}
    ((incident,),) = after(cast, "incidents", "RUN-2025")
    assert incident["serious"]
