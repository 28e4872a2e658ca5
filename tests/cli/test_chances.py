"""The language of chances: what each form draws, what an unknown does, and how it is written down."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from almoner.cli.invented.chance_reading import ChanceReader, given
from almoner.cli.invented.drawing import Drawer
from almoner.cli.invented.writing import write
from almoner.definitions.mapping import Column, FileHints, ImportMapping, Style
from almoner.definitions.nodes import compose
from almoner.definitions.problems import Report
from almoner.definitions.scope import Scope
from almoner.definitions.tree import Type

DAY = date(2025, 2, 17)
KNOWN = {
    "opens": (given(Type.DATE), DAY),
    "person": (given(Type.TEXT), "P-1"),
    "number": (given(Type.INTEGER), Decimal(7)),
    "sold": (given(Type.NUMBER), None),
    "ill": (given(Type.BOOLEAN), None),
}


def read(text):
    report = Report("chances.yaml")
    reader = ChanceReader(report)
    draws, _scope = reader.draws(
        compose(text.encode(), report), Scope({name: known for name, (known, _value) in KNOWN.items()})
    )
    return draws, [str(problem) for problem in report.in_order()]


def drawn(text, *, seed=1, where="somebody", whole=False):
    draws, problems = read(text)
    assert problems == []
    return (
        Drawer(seed, whole=whole)
        .draw(draws, {name: value for name, (_k, value) in KNOWN.items()}, where)
        .said
    )


def many(text):
    """The value of `it`, drawn for two thousand people."""
    draws, problems = read(text)
    assert problems == []
    names = {name: value for name, (_k, value) in KNOWN.items()}
    return [Drawer(1).draw(draws, names, f"person {place}").said["it"] for place in range(2000)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("it: number * 2 - 1", 13),
        ("it: number > 6 AND NOT number = 8", True),
        ("it: number IN (6, 7)", True),
        ("it: -number / 2", Decimal("-3.5")),
        ("it: {value: number / 3, decimals: 2}", Decimal("2.33")),
        ("it: {value: 2.5, decimals: 0}", 2),
        ("it: add_months(start_of_year(opens), -12)", date(2024, 1, 1)),
        ("it: \"days_between(opens, '2025-03-01')\"", 12),
        ("it: larger_of(number, 9)", 9),
        ("it: starts_with(person, 'P')", True),
        ('it: {text: "{person}/{number:3}/{opens}"}', "P-1/007/2025-02-17"),
        ("it: null", None),
        ("it: {between: [4, 4]}", 4),
        ("it: {between: [2025-09-01, 2025-09-01]}", date(2025, 9, 1)),
        ("it: {between: [5, 4]}", None),
    ],
)
def test_what_is_certain(written, value):
    assert drawn(written)["it"] == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("it: sold * 2", None),
        ("it: sold > 2", None),
        ("it: ill OR number = 7", True),
        ("it: ill AND number = 8", False),
        ("it: NOT ill", None),
        ("it: ill AND number = 7", None),
        ('it: {text: "{sold}"}', None),
        ("it: {between: [sold, 9]}", None),
        ("it: {cases: {ill: 1, otherwise: 2}}", 2),
    ],
)
def test_an_unknown_stays_unknown_unless_the_rest_decides(written, value):
    assert drawn(written)["it"] is value or drawn(written)["it"] == value


def test_shares_are_near_what_is_said():
    assert 0.87 < sum(many("it: {often: 0.9}")) / 2000 < 0.93
    words = Counter(many("it: {one_of: {rural: 6, town: 3, city: 1}}"))
    assert 0.55 < words["rural"] / 2000 < 0.65
    assert 0.07 < words["city"] / 2000 < 0.13
    assert 0.17 < many("it: {between: [1, 9], unknown: 0.2}").count(None) / 2000 < 0.23


@whatever(low=st.integers(-50, 50), steps=st.integers(0, 9), step=st.sampled_from(["1", "5", "0.1", "0.25"]))
def test_a_number_lies_between_its_ends_in_whole_steps(low, steps, step):
    high = low + steps * Decimal(step)
    value = drawn(f"it: {{between: [{low}, {high}], step: {step}}}", where=f"{low} {steps}")["it"]
    assert low <= value <= high
    assert (value - low) % Decimal(step) == 0


def test_both_ends_are_drawn():
    assert set(many("it: {between: [2, 4]}")) == {2, 3, 4}
    assert set(many('it: {between: [opens, "add_days(opens, 1)"]}')) == {DAY, date(2025, 2, 18)}


def test_a_gap_is_left_out_of_the_first_papers_and_what_follows_goes_by_what_is_there():
    text = "it: {value: number, gap: 1}\ntwice: it * 2"
    assert drawn(text) == {"it": None, "twice": 14}
    assert drawn(text, whole=True) == {"it": 7, "twice": 14}


def test_rows_are_counted_from_one_and_know_what_stands_outside():
    rows = drawn(
        "it:\n  rows:\n    - {times: 2, draw: {half: number / 2}, columns: {nr: row, of: half}}\n"
        "    - {columns: {nr: 9}}\n"
    )["it"]
    assert rows == [{"nr": 1, "of": Decimal("3.5")}, {"nr": 2, "of": Decimal("3.5")}, {"nr": 9}]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("it: {often: 0.5, between: [1, 2]}", "is one of value, often"),
        ("it: [1, 2]", "Here stands an expression, or a mapping"),
        ("it: {value: person, decimals: 1}", "is no number, and has no decimals"),
        ("it: {value: {number > 1: 2, otherwise: 3}}", "Here stands a piece of text"),
        ("it: {cases: {otherwise: {often: 0.5, gap: 0.1}}}", "stands beside 'cases'"),
        ('it: {text: "{number:x}"}', "In braces stands a name"),
        ("it: {rows: {times: 2}}", "Here stands a list of rows"),
        ("it: {between: [opens, 9]}", "two ends of one sort"),
        ("it: sum_of(members, income)", "members"),
        ("it: {one_of: [a]}\nb: it = 'c'", "none of the choices"),
        ("it: {one_of: [a, a]}", "none twice"),
    ],
)
def test_what_cannot_be_meant_is_told(written, said):
    _draws, problems = read(written)
    assert any(said in problem for problem in problems), problems


def test_a_file_is_written_as_its_mapping_reads_it(tmp_path):
    columns = {
        "a": Column("a", 1, headers=("day",), style=Style(date="D.M.YYYY")),
        "b": Column("b", 1, headers=("kg",), style=Style(decimal=",")),
        "c": Column("c", 1, headers=("seen",), style=Style(one_zero=True)),
        "d": Column("d", 1, headers=("said",)),
    }
    row = {"day": date(2025, 3, 8), "kg": Decimal("1.50"), "seen": True, "said": False, "note": None}

    def mapping(written):
        hints = FileHints(format=written, delimiter=";")
        return ImportMapping("m.yaml", "M", "p", "records", "r", hints, columns, ("note",), None)

    with write(tmp_path, "file", [row], mapping("csv")).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file, delimiter=";")) == [
            ["day", "kg", "seen", "said", "note"],
            ["8.3.2025", "1,50", "1", "no", ""],
        ]
    said = write(tmp_path, "file", [row], mapping("json")).read_text(encoding="utf-8")
    assert '"kg": 1.5,' in said
    assert '"seen": true' in said
    assert '"note": null' in said
