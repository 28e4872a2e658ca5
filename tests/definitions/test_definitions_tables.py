"""Lookups and calendars: cells typed when the definition is read, each bad one named with file, line and column."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from definition_texts import accepted, problems_of, text_of

from almoner.definitions.programme import LookupRow, Period

TERMS = "lookups:\n  terms: {file: terms.csv, source: Scheme 2026, keys: {drug: text, cycle: integer}, values: {paid: integer, price: money}}\n"
TERM = "lookups:\n  term: {file: term.csv, calendar: true}\n"


def test_a_table_is_typed_and_dated(tmp_path: Path):
    table = "from,drug,cycle,paid,price\n2025-01-01,X,1,5,10.50\n2026-01-01,X,1,3,\n"
    found = accepted(tmp_path, text_of(lookups=TERMS), terms=table).lookups["terms"]
    assert found.rows == (
        LookupRow(date(2025, 1, 1), ("X", 1_000_000), (5_000_000, 10_500_000)),
        LookupRow(date(2026, 1, 1), ("X", 1_000_000), (3_000_000, None)),
    )


def test_a_table_without_days_holds_always(tmp_path: Path):
    found = accepted(tmp_path, text_of(lookups=TERMS), terms="drug,cycle,paid,price\nX,1,5,1\n")
    assert found.lookups["terms"].rows[0].starts is None


def test_a_calendar_is_in_order_of_its_days(tmp_path: Path):
    table = "name,starts,ends\n2027-spring,2027-02-22,2027-07-10\n2026-autumn,2026-09-01,2027-01-20\n"
    found = accepted(tmp_path, text_of(lookups=TERM), term=table).calendars["term"]
    assert found.periods == (
        Period("2026-autumn", date(2026, 9, 1), date(2027, 1, 20)),
        Period("2027-spring", date(2027, 2, 22), date(2027, 7, 10)),
    )


BAD_TABLES = [
    ("drug,cycle,paid,price\nX,one,5,1\n", "terms.csv:2: column 'cycle' must be a number, not 'one'."),
    ("drug,cycle,paid,price\nX,1.5,5,1\n", "terms.csv:2: column 'cycle' must be a whole number, not '1.5'."),
    ("drug,cycle,paid,price\nX,1,5,1\nX,1,6,1\n", "terms.csv:3: has the same from and keys as line 2. Keep one."),
    ("drug,cycle,paid,price\n,1,5,1\n", "terms.csv:2: column 'drug' is empty; only a value may be."),
    ("from,drug,cycle,paid,price\n,X,1,5,1\n", "terms.csv:2: column 'from' is empty; only a value may be."),
    ("from,drug,cycle,paid,price\n2026-1-1,X,1,5,1\n", "terms.csv:2: column 'from' must be a date like 2026-09-01, not '2026-1-1'."),
    ("drug,cycle,paid\nX,1,5\n", "terms.csv:1: column 'price' is missing."),
    ("drug,cycle,paid,price,prize\nX,1,5,1,2\n", "terms.csv:1: column 'prize' is not declared. Did you mean 'price'?"),
    ("drug,cycle,paid,price\nX,1,5\n", "terms.csv:2: has 3 cells; the header has 4."),
    ("drug,cycle,paid,price\n", "terms.csv:1: has no rows. A table without rows answers nothing."),
    ("", "terms.csv:1: has no rows. A table without rows answers nothing."),
    ('drug,cycle,paid,price\n"X,1,5,1\n', "terms.csv:2: is not CSV:"),
    ("drug,cycle,paid,price\nX,1,1e9,1\n", "terms.csv:2: column 'paid' must be a number, not '1e9'."),
    ("drug,cycle,paid,price\nX,1,9999999999999,1\n", "terms.csv:2: column 'paid' is 9999999999999: a number has six decimals at most"),
    ("drug,cycle,paid,price\nX,1,5,NaN\n", "terms.csv:2: column 'price' must be a number, not 'NaN'."),
]  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), BAD_TABLES)
def test_a_bad_cell_is_named_with_file_line_and_column(tmp_path: Path, table: str, expected: str):
    problems = problems_of(tmp_path, text_of(lookups=TERMS), terms=table)
    assert len(problems) == 1
    assert problems[0].startswith(expected)


def test_every_bad_cell_of_a_table_is_told_in_one_run(tmp_path: Path):
    table = "drug,cycle,paid,price\nX,a,b,c\nY,1,d,1\n"
    assert len(problems_of(tmp_path, text_of(lookups=TERMS), terms=table)) == 4


BAD_CALENDARS = [
    ("name,starts,ends\na,2026-09-01,2026-08-01\n", "term.csv:2: ends before it starts."),
    ("name,starts,ends\na,2026-09-01,2026-10-01\na,2026-11-01,2026-12-01\n", "term.csv:3: has the name 'a' of an earlier line."),
    ("name,starts,ends\n,2026-09-01,2026-10-01\n", "term.csv:2: column 'name' is empty."),
    ("name,starts\na,2026-09-01\n", "term.csv:1: column 'ends' is missing."),
]  # fmt: skip


@pytest.mark.parametrize(("table", "expected"), BAD_CALENDARS)
def test_a_calendar_is_checked(tmp_path: Path, table: str, expected: str):
    problems = problems_of(tmp_path, text_of(lookups=TERM), term=table)
    assert len(problems) == 1
    assert problems[0].startswith(expected)


BAD_DECLARATIONS = [
    ("{file: ../terms.csv, calendar: true}", "'../terms.csv' must be a .csv file in the same folder as the definition."),
    ("{file: /etc/passwd, calendar: true}", "'/etc/passwd' must be a .csv file in the same folder as the definition."),
    ("{file: .hidden.csv, calendar: true}", "'.hidden.csv' must be a .csv file in the same folder as the definition."),
    ("{file: nowhere.csv, calendar: true}", "'x' reads nowhere.csv, which does not lie beside the definition."),
    ("{calendar: true}", "'x' has no 'file'."),
    ("{file: terms.csv, source: s, keys: {a: text}}", "'x' has no 'values'; a table says its source, its keys and its values."),
    ("{file: terms.csv, keys: {a: text}, values: {b: text}}", "'x' has no 'source'; a table says its source, its keys and its values."),
    ("{file: terms.csv, source: s, keys: {a: text}, values: {a: text}}", "'x' has 'a' both as a key and as a value."),
    ("{file: terms.csv, source: s, keys: {a: choice}, values: {b: text}}", "'a' is 'choice', which is none of:"),
    ("{file: terms.csv, calendar: true, keys: {a: text}}", "'x' is a calendar, whose columns are name, starts, ends; remove 'keys'."),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), BAD_DECLARATIONS)
def test_a_lookup_says_what_it_holds_and_stays_in_its_folder(tmp_path: Path, line: str, expected: str):
    problems = problems_of(tmp_path, text_of(lookups=f"lookups:\n  x: {line}\n"), terms="a,b\nx,y\n")
    assert any(expected in problem for problem in problems), problems


def test_a_built_in_calendar_keeps_its_name(tmp_path: Path):
    text = text_of(lookups="lookups:\n  month: {file: term.csv, calendar: true}\n")
    problems = problems_of(tmp_path, text, term="name,starts,ends\na,2026-09-01,2026-10-01\n")
    assert problems == ["small.yaml:9: 'month' is a built-in calendar; give the table another name."]


def test_a_table_in_another_encoding_is_a_problem(tmp_path: Path):
    (tmp_path / "terms.csv").write_bytes(b"drug,cycle,paid,price\n\xff,1,5,1\n")
    assert problems_of(tmp_path, text_of(lookups=TERMS)) == [
        "terms.csv:1: This is not UTF-8. Save the file as UTF-8."
    ]
