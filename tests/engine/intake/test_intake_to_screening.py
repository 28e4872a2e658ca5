"""A file of any kind ends in the same screening, and a case at a ceiling is at the ceiling."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, fields_of
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.take_in import take_in
from almoner.engine.results import Case
from almoner.engine.screening import screen

MEMBERS = [{"relation": "self", "age": 20, "income": 0}, {"relation": "parent", "age": 48, "income": 1200.5}]
SCALARS = {
    "as_of": "2026-09-10",
    "birth_date": "2006-02-11",
    "full_time": True,
    "accredited": True,
    "enrolment_letter": "letter.pdf",
    "first_year": False,
    "average": 78.5,
    "tuition": 2400,
    "other_grant": False,
    "first_generation": True,
    "home_district": "rural",
}


def in_csv(path):
    cells = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in SCALARS.items()
    }
    members = json.dumps(MEMBERS).replace('"', '""')
    path.write_text(f'{",".join(cells)},members\n{",".join(map(str, cells.values()))},"{members}"\n')


def in_json(path):
    path.write_text(json.dumps([{**SCALARS, "members": MEMBERS}]))


def in_xlsx(path):
    book = Workbook()
    book.active.append(list(SCALARS))
    book.active.append(
        [
            date.fromisoformat(value) if name in {"as_of", "birth_date"} else value
            for name, value in SCALARS.items()
        ]
    )
    sheet = book.create_sheet("members")
    sheet.append(["row", "relation", "age", "income"])
    for member in MEMBERS:
        sheet.append([1, *member.values()])
    book.save(path)


def in_parquet(path):
    pq.write_table(
        pa.Table.from_pylist(
            [{**SCALARS, "members": [{**one, "income": float(one["income"])} for one in MEMBERS]}]
        ),
        path,
    )


def screened(path, round_=None):
    programme = load(find("student_grants"), round_=round_)
    intake = take_in(read_table(path), fields_of(programme, "applications"), BESIDES["applications"])
    assert intake.problems == ()
    return screen(programme, [Case(one.besides["as_of"], one.answers) for one in intake.sheets])


@pytest.mark.parametrize(
    ("write", "end"), [(in_csv, "csv"), (in_json, "json"), (in_xlsx, "xlsx"), (in_parquet, "parquet")]
)
def test_the_kind_of_file_makes_no_difference(tmp_path, write, end):
    path = tmp_path / f"people.{end}"
    write(path)
    (screening,) = screened(path)
    assert (screening.outcome, screening.points) == (
        "needs information" if not MEMBERS else "eligible",
        Decimal(60),
    )
    assert screening.derived["household_income"] == Decimal("1200.5")


@pytest.mark.parametrize(("income", "outcome"), [("600.05", "eligible"), ("600.06", "not eligible")])
def test_three_times_600_05_is_at_a_ceiling_of_600_05(tmp_path, income, outcome):
    members = [{"relation": "parent", "income": "600.05"}] * 2 + [{"relation": "self", "income": income}]
    path = tmp_path / "people.json"
    path.write_text(json.dumps([{**SCALARS, "members": members}]))
    ceiling = {"parameters": {"income_ceiling": {"source": "test", "from": {"2026-01-01": "600.05"}}}}
    assert screened(path, ceiling)[0].outcome == outcome


@pytest.mark.parametrize("gone", [name for name in SCALARS if name != "as_of"] + ["members"])
def test_an_empty_cell_anywhere_never_refuses_and_is_asked_for(tmp_path, gone):
    path = tmp_path / "people.json"
    path.write_text(json.dumps([{**SCALARS, "members": MEMBERS, gone: None}]))
    (screening,) = screened(path)
    assert screening.outcome == "needs information"
    assert gone in {one.name for one in screening.missing}
