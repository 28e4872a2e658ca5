"""The invented office's farmers are the same from the same seed, fit their mappings, and have failures in them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_office import write_json, write_sheet
from almoner.cli.demo_park import BROUGHT_IN, BUSIEST, HARVEST, farmers, survey, weighings
from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in
from almoner.engine.results import Case
from almoner.engine.screening import screen

EVERYBODY = [row["farmer"] for row in farmers()]


def taken(name, file):
    programme = load(find("agricultural_park"))
    mapping = load_mapping(MAPPINGS / f"{name}.yaml", programme)
    fields = fields_of(programme, mapping.kind, mapping.about)
    intake = take_in(read_table(file, mapping.hints), fields, BESIDES[mapping.kind], mapping)
    assert intake.problems == ()
    return programme, intake.sheets


def test_the_same_seed_makes_the_same_farmers_and_another_seed_others():
    assert farmers() == farmers()
    assert farmers(seed=1) != farmers()


def test_farmers_are_eligible_refused_and_asked(tmp_path):
    programme, sheets = taken("cedar_park_2025", write_json(tmp_path / "farmers.json", farmers()))
    found = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])
    counts = Counter(one.outcome for one in found)
    assert min(counts["eligible"], counts["not eligible"], counts["needs information"]) >= 3
    assert all(one.blocked == () for one in found)


def test_some_bring_forty_carts_in_a_season_and_some_bring_what_cannot_be(tmp_path):
    rows = weighings(date(2025, 1, 1), BROUGHT_IN[-1], EVERYBODY)
    _programme, sheets = taken("cedar_weighings", write_sheet(tmp_path / "weighings.csv", rows))
    times = Counter(sheet.party for sheet in sheets)
    assert max(times.values()) == BUSIEST
    assert any(sheet.answers["tare_kg"] >= sheet.answers["gross_kg"] for sheet in sheets)
    assert any(sheet.answers["grade"] is None for sheet in sheets)
    assert len({sheet.besides["paper"] for sheet in sheets}) == len(sheets)


def test_every_weighing_stands_in_one_file():
    days = (HARVEST.replace(day=1), *BROUGHT_IN)
    first = weighings(date(2025, 8, 31), BROUGHT_IN[0], EVERYBODY)
    rest = [row for after, until in pairwise(days[1:]) for row in weighings(after, until, EVERYBODY)]
    slips = [row["slip"] for row in (*first, *rest)]
    assert sorted(slips) == sorted(
        row["slip"] for row in weighings(date(2025, 8, 31), BROUGHT_IN[-1], EVERYBODY)
    )


def test_all_answer_before_the_season_and_some_are_lost_after_it(tmp_path):
    before = survey(date(2025, 3, 20), EVERYBODY, last=False)
    after = survey(date(2025, 12, 19), EVERYBODY, last=True)
    assert {row["result"] for row in before} == {"answered"}
    assert {row["result"] for row in after} == {"answered", "refused", "lost"}
    for name, rows in (("before", before), ("after", after)):
        _programme, sheets = taken("cedar_season_survey", write_sheet(tmp_path / f"{name}.csv", rows))
        assert len(sheets) == len(EVERYBODY)
