"""The invented office is the same from the same seed, and coherent from application to follow-up."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_office import a_year_later, student_rounds, term_results, write_json, write_sheet
from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in
from almoner.engine.results import Case
from almoner.engine.screening import screen


def taken(name, file):
    mapping = load_mapping(MAPPINGS / f"{name}.yaml", load(find("student_grants")))
    programme = load(find("student_grants"), round_=mapping.round.restatement() if mapping.round else None)
    fields = fields_of(programme, mapping.kind, mapping.about)
    intake = take_in(read_table(file, mapping.hints), fields, BESIDES[mapping.kind], mapping)
    assert intake.problems == ()
    return programme, intake.sheets


@pytest.fixture(scope="module")
def rounds():
    return student_rounds()


def test_the_same_seed_makes_the_same_office_and_another_seed_another(rounds):
    assert student_rounds() == rounds
    assert student_rounds(seed=1)[0].applications != rounds[0].applications


def test_students_are_invented_and_named_by_number(rounds):
    rows = [row for each in rounds for row in each.applications]
    assert len({row["student"] for row in rows}) == len(rows) == 460
    assert all("(invented)" in row["school"] for row in rows)


@pytest.mark.parametrize("which", [0, 1])
def test_a_round_has_all_three_outcomes_and_late_papers_settle_some(tmp_path, rounds, which):
    each = rounds[which]
    name = f"cedar_students_{each.year}"
    programme, sheets = taken(name, write_json(tmp_path / "asked.json", each.applications))
    first = dict(zip([sheet.party for sheet in sheets], screened(programme, sheets), strict=True))
    counts = Counter(screening.outcome for screening in first.values())
    assert min(counts["eligible"], counts["not eligible"], counts["needs information"]) >= 20
    assert all(screening.blocked == () for screening in first.values())

    asked = {student for student, screening in first.items() if screening.outcome == "needs information"}
    late = each.late_papers(asked)
    assert 0.4 < len(late) / len(asked) < 0.9
    programme, answered = taken(name, write_json(tmp_path / "late.json", late))
    assert {sheet.party for sheet in answered} <= asked
    assert "needs information" not in {screening.outcome for screening in screened(programme, answered)}
    # The day of the first submission stays.
    days = {sheet.party: sheet.besides["as_of"] for sheet in sheets}
    assert all(days[sheet.party] == sheet.besides["as_of"] for sheet in answered)


def screened(programme, sheets):
    return screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])


def test_results_and_follow_ups_come_as_the_schools_write_them_with_failures_in_them(tmp_path, rounds):
    awarded = {row["student"] for row in rounds[0].applications}
    rows = term_results("2025-spring", date(2025, 7, 5), awarded)
    _programme, sheets = taken("cedar_term_results", write_sheet(tmp_path / "term.csv", rows))
    assert 0.9 < len(sheets) / len(awarded) < 1
    assert any(sheet.answers["enrolled"] is False for sheet in sheets)
    assert any(sheet.answers["gpa"] < 2 for sheet in sheets)
    assert any(sheet.answers["credits"] < 12 for sheet in sheets)

    asked = a_year_later(date(2025, 9, 20), awarded)
    _programme, answers = taken("cedar_a_year_later", write_sheet(tmp_path / "later.csv", asked))
    results = Counter(sheet.besides["result"] for sheet in answers)
    assert f"{results['answered'] / len(awarded):.0%}" == "41%"
    assert sum(results.values()) < len(awarded)
    assert all(
        (sheet.answers["moved_up"] is None) == (sheet.besides["result"] != "answered") for sheet in answers
    )


def test_what_happens_to_a_student_does_not_depend_on_who_else_is_awarded():
    alone = term_results("2025-spring", date(2025, 7, 5), ["CLS-2025-001"])
    among = term_results("2025-spring", date(2025, 7, 5), ["CLS-2025-002", "CLS-2025-001"])
    assert [row for row in among if row["student"] == "CLS-2025-001"] == alone


def test_a_sheet_without_rows_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="empty"):
        write_sheet(tmp_path / "empty.csv", [])
