"""The invented students are coherent from application to follow-up, with failures in them."""

from __future__ import annotations

from collections import Counter

import pytest
from casts import cast_of, later, taken

from almoner.cli.invented.writing import write
from almoner.engine.results import Case
from almoner.engine.screening import screen

YEARS = ("students_2024", "students_2025")


def screened(programme, sheets):
    return screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])


def test_students_are_invented_and_named_by_number():
    rows = [row for year in YEARS for row in cast_of(year).papers()]
    assert len({row["student"] for row in rows}) == len(rows) == 460
    assert all("(invented)" in row["school"] for row in rows)


@pytest.mark.parametrize("year", YEARS)
def test_a_round_has_all_three_outcomes_and_late_papers_settle_some(tmp_path, year):
    cast = cast_of(year)
    mapping = cast.play.applications.mapping
    programme, sheets = taken(cast, mapping, cast.papers(), tmp_path)
    first = dict(zip([sheet.party for sheet in sheets], screened(programme, sheets), strict=True))
    counts = Counter(screening.outcome for screening in first.values())
    assert min(counts["eligible"], counts["not eligible"], counts["needs information"]) >= 20
    assert all(screening.blocked == () for screening in first.values())

    asked = {student for student, screening in first.items() if screening.outcome == "needs information"}
    late = cast.late_papers(asked)
    assert 0.4 < len(late) / len(asked) < 0.9
    programme, answered = taken(cast, mapping, late, tmp_path)
    assert {sheet.party for sheet in answered} <= asked
    assert "needs information" not in {screening.outcome for screening in screened(programme, answered)}
    # The day of the first submission stays.
    days = {sheet.party: sheet.besides["as_of"] for sheet in sheets}
    assert all(days[sheet.party] == sheet.besides["as_of"] for sheet in answered)


def test_results_and_follow_ups_come_as_the_schools_write_them_with_failures_in_them(tmp_path):
    cast = cast_of("students_2024")
    students = len(cast.applicants())
    _autumn, spring = later(cast, "term_results")
    _programme, sheets = taken(cast, cast.play.files["term_results"].mapping, spring, tmp_path)
    assert 0.9 < len(sheets) / students < 1
    assert any(sheet.answers["enrolled"] is False for sheet in sheets)
    assert any(sheet.answers["gpa"] < 2 for sheet in sheets)
    assert any(sheet.answers["credits"] < 12 for sheet in sheets)

    (asked,) = later(cast, "answers")
    _programme, answers = taken(cast, cast.play.files["answers"].mapping, asked, tmp_path)
    results = Counter(sheet.besides["result"] for sheet in answers)
    assert f"{results['answered'] / students:.0%}" == "41%"
    assert sum(results.values()) < students
    assert all(
        (sheet.answers["moved_up"] is None) == (sheet.besides["result"] != "answered") for sheet in answers
    )


def test_a_file_without_rows_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="nobody is empty"):
        write(tmp_path, "nobody", [], cast_of("students_2024").play.files["answers"].mapping)
