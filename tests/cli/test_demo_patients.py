"""The invented office's patients are the same from the same seed, fit their mappings, and have failures in them."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_office import write_json, write_sheet
from almoner.cli.demo_patients import (
    CALLED_ON,
    LOTS,
    RECALLED,
    RECALLED_ON,
    RENEWED_LATE,
    RENEWED_ON,
    VISITS,
    adverse_events,
    applicants,
    checks,
    how_it_goes,
    invoices,
    issues,
    renewals,
)
from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in
from almoner.engine.results import Case
from almoner.engine.screening import screen

EVERYBODY = [row["patient"] for row in applicants()]
STRETCHES = list(itertools.pairwise(VISITS))


def taken(name, file):
    programme = load(find("patient_assistance"))
    mapping = load_mapping(MAPPINGS / f"{name}.yaml", programme)
    fields = fields_of(programme, mapping.kind, mapping.about)
    intake = take_in(read_table(file, mapping.hints), fields, BESIDES[mapping.kind], mapping)
    assert intake.problems == ()
    return programme, intake.sheets


def test_the_same_seed_makes_the_same_patients_and_another_seed_others():
    assert applicants() == applicants()
    assert applicants(seed=1) != applicants()


def test_both_gates_refuse_somebody_and_some_doctor_has_not_answered(tmp_path):
    programme, sheets = taken("cedar_patients_2024", write_json(tmp_path / "patients.json", applicants()))
    found = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])
    refused = Counter(rule for one in found for rule in one.refused_by)
    assert refused["illness_is_confirmed"] or refused["doctor_is_registered"]
    assert refused["cannot_pay"] or refused["nobody_else_pays"]
    assert {one.outcome for one in found} == {"eligible", "not eligible", "needs information"}
    assert all(one.blocked == () for one in found)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("invoices", [row for since, until in STRETCHES for row in invoices(since, until, EVERYBODY)]),
        ("checks", [row for since, until in STRETCHES for row in checks(since, until, EVERYBODY)]),
        ("adverse_events", [row for until in VISITS for row in adverse_events(until, EVERYBODY)]),
        ("renewals", renewals(RENEWED_ON, EVERYBODY, late=False)),
        ("how_it_goes", how_it_goes(CALLED_ON, EVERYBODY, first=False)),
        ("issues", [row for until in VISITS for row in issues(until, dict.fromkeys(EVERYBODY, 3))]),
    ],
)
def test_every_file_that_comes_later_fits_its_mapping(tmp_path, name, rows):
    _programme, sheets = taken(f"cedar_{name}", write_sheet(tmp_path / f"{name}.csv", rows))
    assert len(sheets) == len(rows) > 0


def test_an_invoice_of_somebody_else_comes_again():
    numbers = Counter(
        row["number"] for since, until in STRETCHES for row in invoices(since, until, EVERYBODY)
    )
    assert max(numbers.values()) > 1


def test_somebody_has_no_card_and_after_the_recall_nobody_brings_that_lot():
    rows = [row for until in VISITS for row in issues(until, dict.fromkeys(EVERYBODY, 3))]
    assert {row["card"] for row in rows} == {"yes", "no"}
    later = [
        row for until in VISITS if until >= RECALLED_ON for row in issues(until, dict.fromkeys(EVERYBODY, 3))
    ]
    assert RECALLED not in {row["lot"] for row in later}
    assert {row["lot"] for row in rows} == {one.lot for one in LOTS}


def test_four_in_ten_answer_half_a_year_later():
    results = Counter(row["result"] for row in how_it_goes(CALLED_ON, EVERYBODY, first=False))
    assert set(results) == {"answered", "lost"}
    assert {row["result"] for row in how_it_goes(CALLED_ON, EVERYBODY, first=True)} == {"answered"}


def test_something_serious_happens_and_of_something_nobody_knows_whether_it_was():
    found = {row["serious"] for until in VISITS for row in adverse_events(until, EVERYBODY)}
    assert found == {"yes", "no", ""}


def test_some_answer_a_renewal_too_late_and_some_never():
    in_time = {row["patient"] for row in renewals(RENEWED_ON, EVERYBODY, late=False)}
    late = {row["patient"] for row in renewals(RENEWED_LATE, EVERYBODY, late=True)}
    assert in_time
    assert late
    assert not in_time & late
    assert set(EVERYBODY) - in_time - late
