"""The invented patients fit their mappings, and have failures in them."""

from __future__ import annotations

from collections import Counter

import pytest
from casts import cast_of, later, taken

from almoner.cli.invented.play import Recall
from almoner.engine.results import Case
from almoner.engine.screening import screen


def every(name, **known):
    """All rows of a file, whenever it comes."""
    return [row for rows in later(cast_of("patients_2024"), name, **known) for row in rows]


def test_both_gates_refuse_somebody_and_some_doctor_has_not_answered(tmp_path):
    cast = cast_of("patients_2024")
    programme, sheets = taken(cast, cast.play.applications.mapping, cast.papers(), tmp_path)
    found = screen(programme, [Case(sheet.besides["as_of"], sheet.answers) for sheet in sheets])
    refused = Counter(rule for one in found for rule in one.refused_by)
    assert refused["illness_is_confirmed"] or refused["doctor_is_registered"]
    assert refused["cannot_pay"] or refused["nobody_else_pays"]
    assert {one.outcome for one in found} == {"eligible", "not eligible", "needs information"}
    assert all(one.blocked == () for one in found)


@pytest.mark.parametrize(
    "name", ["invoices", "checks", "adverse_events", "renewals", "how_it_goes", "issues"]
)
def test_every_file_that_comes_later_fits_its_mapping(tmp_path, name):
    cast = cast_of("patients_2024")
    rows = every(name, is_due=True, part=3)
    _programme, sheets = taken(cast, cast.play.files[name].mapping, rows, tmp_path)
    assert len(sheets) == len(rows) > 0


def test_an_invoice_of_somebody_else_comes_again():
    numbers = Counter(row["number"] for row in every("invoices"))
    assert max(numbers.values()) > 1


def test_somebody_has_no_card_and_after_the_recall_nobody_brings_that_lot():
    (recall,) = (one for one in cast_of("patients_2024").play.stock if isinstance(one, Recall))
    rows = every("issues", is_due=True, part=3)
    assert {row["card"] for row in rows} == {True, False}
    assert recall.lot in {row["lot"] for row in rows}
    assert recall.lot not in {row["lot"] for row in rows if row["day"] >= recall.on}
    assert {row["lot"] for row in rows} == {one.lot for one in cast_of("patients_2024").play.stock}


def test_four_in_ten_answer_half_a_year_later():
    first, second = later(cast_of("patients_2024"), "how_it_goes")
    assert {row["result"] for row in first} == {"answered"}
    assert {row["result"] for row in second} == {"answered", "lost"}
    assert len(second) < len(first)


def test_something_serious_happens_and_of_something_nobody_knows_whether_it_was():
    assert {row["serious"] for row in every("adverse_events")} == {"yes", "no", None}


def test_some_answer_a_renewal_too_late_and_some_never():
    in_time, late = ({row["patient"] for row in rows} for rows in later(cast_of("patients_2024"), "renewals"))
    assert in_time
    assert late
    assert not in_time & late
    assert set(cast_of("patients_2024").applicants()) - in_time - late
