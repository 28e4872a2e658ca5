"""The invented households: gaps that late papers fill, empty houses, and answers about the hand-over that was drawn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from casts import cast_of, later, taken

from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.values.numbers import MICRO


def test_some_are_above_the_line_some_cannot_be_judged_yet_and_most_have_too_little(tmp_path: Path):
    cast = cast_of("relief_2025")
    assert cast.play.applications is not None
    programme, sheets = taken(cast, cast.play.applications.mapping, cast.papers(), tmp_path)
    cases = [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets]
    counts = Counter(screening.outcome for screening in screen(programme, cases))
    assert counts["eligible"] > counts["not eligible"] > counts["needs information"] > 0


def test_whoever_did_not_answer_said_nothing_of_what_arrived():
    for rows in later(cast_of("relief_2025"), "did_it_arrive", delivery="blankets.all"):
        assert {row["hand-over"] for row in rows} == {"blankets.all"}
        silent = [row for row in rows if row["result"] != "answered"]
        assert silent
        assert {row["arrived"] for row in silent} | {row["had to pay"] for row in silent} == {None}


def test_an_empty_house_is_one_in_which_nobody_lives_on_any_visit():
    cast = cast_of("relief_2025")
    (visits,) = later(cast, "visits")
    empty = {who for who, names in cast.applicants().items() if names["empty_house"]}
    assert {row["household"] for row in visits if row["lives there"] is False} <= empty
    assert {row["household"] for row in visits if row["lives there"] is True}.isdisjoint(empty)


def test_one_in_ten_is_drawn_twice_as_the_programme_says():
    play = cast_of("relief_2025").play
    sample = play.programme.follow_ups["did_it_arrive"].sample
    assert sample is not None
    assert sample.percent == 10 * MICRO
    assert [(one.follow_up, len(one.on)) for one in play.samples] == [("did_it_arrive", 2)]
