"""The invented hearings: nobody's name, and promises that are followed up only where a day was named."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from casts import after, cast_of, taken

CODES = ("H-2025-1", "H-2025-3")


def sheets_of(name):
    """The cast, and the rows of each file of a hearing by the number of their sheet."""
    cast = cast_of("hearings_2025")
    (sessions,) = cast.play.sessions
    files = {}
    for file in sessions.files:
        rows = [row for come in after(cast, file, name) for row in come]
        files[file] = {row["sheet"]: row for row in rows}
        assert len(files[file]) == len(rows), "a sheet stands in a file once"
    return cast, files


def test_two_hearings_are_held_and_one_is_cancelled_with_its_reason():
    (sessions,) = cast_of("hearings_2025").play.sessions
    assert [day.code for day in sessions.days if not day.cancelled] == list(CODES)
    assert [day.cancelled for day in sessions.days if day.cancelled] == [
        "typhoon: the township closed its halls"
    ]


def test_what_was_said_goes_on_to_fewer_and_fewer_and_each_step_is_about_the_one_before():
    for code in CODES:
        _cast, files = sheets_of(code)
        steps = [set(files[name]) for name in ("comments", "codings", "answers", "promises")]
        assert all(later < before for before, later in pairwise(steps))


def test_a_danger_is_answered_the_day_after_it_was_read_and_some_answers_are_late():
    cast, files = sheets_of(CODES[0])
    held = cast.play.sessions[0].days[0].on
    dangers = {sheet for sheet, row in files["codings"].items() if row["kind"] == "danger"}
    assert dangers
    assert {files["answers"][sheet]["sent"] for sheet in dangers} == {held + timedelta(days=3)}
    assert any(row["sent"] > held + timedelta(days=60) for row in files["answers"].values())


def test_a_promise_is_looked_at_after_its_day_and_one_without_a_day_never(tmp_path):
    broken = 0
    for code in CODES:
        cast, files = sheets_of(code)
        answers = files["answers"]
        assert all(row["promise"] or row["by"] is None for row in answers.values())
        for sheet, row in files["promises"].items():
            assert row["looked"] > answers[sheet]["by"]
            broken += not row["kept"]
        for name, sheet in cast.play.sessions[0].files.items():
            _programme, sheets = taken(cast, sheet.mapping, list(files[name].values()), tmp_path)
            assert len(sheets) == len(files[name])
    assert broken
