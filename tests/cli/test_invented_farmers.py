"""The invented farmers fit their mappings, and have failures in them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from casts import cast_of, later, taken

from almoner.engine.results import Case
from almoner.engine.screening import screen


def test_farmers_are_eligible_refused_and_asked(tmp_path):
    cast = cast_of("maize_2025")
    programme, sheets = taken(cast, cast.play.applications.mapping, cast.papers(), tmp_path)
    found = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])
    counts = Counter(one.outcome for one in found)
    assert min(counts["eligible"], counts["not eligible"], counts["needs information"]) >= 3
    assert all(one.blocked == () for one in found)


def test_some_bring_forty_carts_in_a_season_and_some_bring_what_cannot_be(tmp_path):
    cast = cast_of("maize_2025")
    rows = [row for file in later(cast, "weighings") for row in file]
    _programme, sheets = taken(cast, cast.play.files["weighings"].mapping, rows, tmp_path)
    times = Counter(sheet.party for sheet in sheets)
    assert max(times.values()) == 40
    assert any(sheet.answers["tare_kg"] >= sheet.answers["gross_kg"] for sheet in sheets)
    assert any(sheet.answers["grade"] is None for sheet in sheets)
    assert len({sheet.besides["paper"] for sheet in sheets}) == len(sheets)


def test_every_weighing_stands_in_the_file_that_comes_next():
    cast = cast_of("maize_2025")
    sheet = cast.play.files["weighings"]
    files = later(cast, "weighings")
    days = (cast.play.decided, *sheet.on)
    for (since, until), rows in zip(pairwise(days), files, strict=True):
        assert rows
        assert all(since < row["day"] <= until for row in rows)
    carts = sum(int(names["carts"]) for names in cast.applicants().values())
    assert len({row["slip"] for rows in files for row in rows}) == sum(map(len, files)) == carts


def test_all_answer_before_the_season_and_some_are_lost_after_it(tmp_path):
    cast = cast_of("maize_2025")
    for name, households in (("survey", 40), ("neighbours_survey", 36)):
        before, after = later(cast, name)
        assert {row["result"] for row in before} == {"answered"}
        assert {row["result"] for row in after} == {"answered", "refused", "lost"}
        assert all((row["sales"] is None) == (row["result"] != "answered") for row in after)
        for rows in (before, after):
            _programme, sheets = taken(cast, cast.play.files[name].mapping, rows, tmp_path)
            assert len(sheets) == households


def test_what_a_household_earned_before_is_the_basis_of_what_it_earns_after():
    before, after = later(cast_of("maize_2025"), "survey")
    sold = {row["farmer"]: row["sales"] for row in before}
    answered = [row for row in after if row["sales"] is not None]
    assert answered
    assert all(0.95 <= row["sales"] / sold[row["farmer"]] <= 1.24 + 0.001 for row in answered)
