"""One raw cell is one typed value, or a reason; never a guess."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.mapping import PLAIN, Style
from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.intake.cells import typed, typed_all
from almoner.engine.intake.json_file import NumberText
from almoner.engine.intake.table import CellProblem
from almoner.values.numbers import from_micros

BOOLEAN = Field("poor", Type.BOOLEAN, 1)
INTEGER = Field("age", Type.INTEGER, 1, minimum=0, maximum=120_000_000)
NUMBER = Field("kg", Type.NUMBER, 1)
MONEY = Field("income", Type.MONEY, 1)
DATE = Field("born", Type.DATE, 1)
TEXT = Field("name", Type.TEXT, 1)
CHOICE = Field("home", Type.CHOICE, 1, choices=("city", "town", "rural"))
MEMBERS = Field("members", Type.ROWS, 1, of={"age": INTEGER, "income": MONEY})
CONTINENTAL = Style(decimal=",", thousands=".")


def why(field, raw, style=PLAIN):
    found = typed(field, raw, style)
    assert isinstance(found, CellProblem), found
    return found.reason


@pytest.mark.parametrize("field", [BOOLEAN, INTEGER, NUMBER, MONEY, DATE, TEXT, CHOICE, MEMBERS])
@pytest.mark.parametrize("raw", [None, "", "  ", "\t", "\u3000"])
def test_an_empty_cell_is_unanswered(field, raw):
    assert typed(field, raw) is None


@pytest.mark.parametrize("raw", ["true", "TRUE", "Yes", "是", True, " yes "])
def test_words_for_yes(raw):
    assert typed(BOOLEAN, raw) is True


@pytest.mark.parametrize("raw", ["false", "no", "NO", "否", False])
def test_words_for_no(raw):
    assert typed(BOOLEAN, raw) is False


@pytest.mark.parametrize("raw", ["1", "0", 1, 0, 1.0])
def test_one_and_zero_are_yes_and_no_only_where_a_style_says_so(raw):
    assert "one_zero: true" in why(BOOLEAN, raw)
    assert typed(BOOLEAN, raw, Style(one_zero=True)) is bool(int(raw))


@pytest.mark.parametrize("raw", ["y", "oui", "maybe", "2", "-", "N/A", 5])
def test_other_words_are_neither(raw):
    assert "This is not yes or no" in why(BOOLEAN, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("600.05", "600.05"),
        ("-3", "-3"),
        ("+7", "7"),
        ("１２３", "123"),
        ("0.000001", "0.000001"),
        ("1.50", "1.5"),
        ("5000", "5000"),
        (5000, "5000"),
        (0.1, "0.1"),
        (600.05, "600.05"),
        (Decimal("5E+3"), "5000"),
        ("1000000000000", "1000000000000"),
        (NumberText("0.1"), "0.1"),
    ],
)
def test_numbers_are_exact_and_plain(raw, value):
    assert str(typed(MONEY, raw)) == value


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("3e10", "exponent"),
        (NumberText("3e10"), "exponent"),
        ("1E5", "exponent"),
        ("0.0000001", "more than six decimals"),
        (0.1 + 0.2, "more than six decimals"),
        ("1000000000000.000001", "beyond"),
        ("12345678901234567890", "beyond"),
        (1e300, "beyond"),
        (10**400, "beyond"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        (float("nan"), "not a number"),
        (float("-inf"), "not a number"),
        (Decimal("NaN"), "not a number"),
        ("1,5", "state it in a mapping"),
        ("1 000", "state it in a mapping"),
        ("5000元", "not a number"),
        ("12%", "not a number"),
        ("0x1F", "not a number"),
        ("1_000", "not a number"),
        ("٣", "not a number"),
        ("--5", "not a number"),
        ("-", "not a number"),
        (True, "not a number"),
        ([], "not a number"),
        (date(2026, 1, 1), "not a number"),
    ],
)
def test_what_no_later_step_could_compute_with_is_a_problem(raw, said):
    assert said in why(MONEY, raw)


@pytest.mark.parametrize(
    ("raw", "value"), [("1.234.567,89", "1234567.89"), ("0,5", "0.5"), ("12", "12"), ("-1.000", "-1000")]
)
def test_a_decimal_comma_and_separators_are_read_where_they_are_stated(raw, value):
    assert typed(MONEY, raw, CONTINENTAL) == Decimal(value)


@pytest.mark.parametrize("raw", ["1.5", "12.34,5", "1,234.5", "1234.567"])
def test_a_separator_stands_before_three_digits_or_not_at_all(raw):
    assert "decimal sign is ','" in why(MONEY, raw, CONTINENTAL)


@pytest.mark.parametrize(
    ("raw", "places", "value"),
    [
        ("1.3856801", 5, "1.38568"),
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        (2 / 3, 6, "0.666667"),
        (NumberText("13.666666666666666"), 6, "13.666667"),
        ("999999999999.99999999", 6, "1000000000000"),
        ("-2.5", 0, "-2"),
    ],
)
def test_a_number_is_rounded_half_even_only_where_a_style_says_so(raw, places, value):
    assert typed(NUMBER, raw, Style(round_to=places)) == Decimal(value)


def test_rounding_never_brings_back_what_cannot_be_held():
    assert "beyond" in why(NUMBER, "1000000000000.4", Style(round_to=6))
    assert "beyond" in why(NUMBER, "9" * 400, Style(round_to=2))


def test_bounds_and_whole_numbers_hold():
    assert typed(INTEGER, "120") == 120
    assert "Above 120" in why(INTEGER, "369")
    assert "Below 0" in why(INTEGER, "-1")
    assert "whole number" in why(INTEGER, "1.5")
    assert typed(INTEGER, "20.0") == 20


@pytest.mark.parametrize(
    ("raw", "style"),
    [
        ("2026-09-10", "YYYY-MM-DD"),
        ("10/09/2026", "DD/MM/YYYY"),
        ("09/10/2026", "MM/DD/YYYY"),
        ("10.9.2026", "D.M.YYYY"),
        ("2026年9月10日", "YYYY年M月D日"),
        ("２０２６年９月１０日", "YYYY年M月D日"),
        ("20260910", "YYYYMMDD"),
        (date(2026, 9, 10), "YYYY-MM-DD"),
        (datetime(2026, 9, 10), "DD/MM/YYYY"),
    ],
)
def test_dates_are_read_in_the_stated_style(raw, style):
    assert typed(DATE, raw, Style(date=style)) == date(2026, 9, 10)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("2026-02-30", "No calendar has this day"),
        ("2025-02-29", "No calendar has this day"),
        ("0206-02-11", "The year 206 cannot be meant"),
        ("10/09/2026", "not a date written YYYY-MM-DD"),
        ("2026-9-1", "not a date written"),
        ("26-09-10", "not a date written"),
        ("2026-09-10T00:00", "not a date written"),
        (45_000, "not a date written"),
        (datetime(2026, 9, 10, 8, 30), "a time of day"),
        (datetime(2026, 9, 10, tzinfo=UTC), "a time of day"),
    ],
)
def test_a_bad_date_is_a_problem(raw, said):
    assert said in why(DATE, raw)


def test_text_is_composed_trimmed_and_its_digits_folded():
    assert typed(TEXT, "  Cafe\u0301 １２ ") == "Café 12"
    assert typed(TEXT, "two\nlines") == "two\nlines"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\u202e", "\u200b", "\ufeff", "\ud800", "\ufffe"])
@pytest.mark.parametrize("field", [TEXT, CHOICE, MONEY, DATE, BOOLEAN])
def test_characters_nobody_sees_are_refused(field, sign):
    assert f"U+{ord(sign):04X}" in why(field, f"a{sign}b")


@pytest.mark.parametrize("raw", [123, 1.5, NumberText("0123"), True, date(2026, 1, 1)])
def test_text_that_a_sheet_made_a_number_is_a_problem_because_zeros_were_lost(raw):
    assert "Format the column as text" in why(TEXT, raw)


def test_a_choice_is_one_of_its_own_values():
    assert typed(CHOICE, " rural ") == "rural"
    assert "Did you mean 'rural'?" in why(CHOICE, "rurall")
    assert "none of city, town, rural" in why(CHOICE, "Rural")


def test_a_translation_is_whole_or_a_problem():
    style = Style(values={"1": "city", "2": "rural", "9": None})
    assert typed(CHOICE, 1, style) == "city"
    assert typed(CHOICE, 2.0, style) == "rural"
    assert typed(CHOICE, "9", style) is None
    assert "translates 1, 2, 9" in why(CHOICE, "3", style)
    assert "translates" in why(CHOICE, "city", style)


def test_stated_words_for_unanswered_are_unanswered_and_others_are_not():
    assert typed(MONEY, "NA", Style(unanswered=frozenset({"NA", "-"}))) is None
    assert why(MONEY, "NA")


def test_rows_come_as_json_text_or_as_a_list():
    rows = [{"age": Decimal(20), "income": Decimal("0.1")}, {"age": None, "income": Decimal(3)}]
    assert typed(MEMBERS, '[{"age": 20, "income": 0.1}, {"income": "3"}]') == rows
    assert typed(MEMBERS, [{"age": 20, "income": Decimal("0.10")}, {"income": 3}]) == rows
    assert typed(MEMBERS, "[]") == []
    assert typed(MEMBERS, "null") is None
    assert typed(MEMBERS, "[{}]") == [{"age": None, "income": None}]


def test_every_problem_in_rows_is_told_with_its_place():
    raw = '[{"age": 369, "incme": 3}, 5, {"income": 3e10}]'
    _value, problems = typed_all(MEMBERS, raw)
    assert [problem.column for problem in problems] == [
        "members[1]",
        "members[1].age",
        "members[2]",
        "members[3].income",
    ]
    assert "Did you mean 'income'?" in problems[0].reason


@pytest.mark.parametrize("raw", ["{}", "3", "[", '[{"age": 1, "age": 2}]', True, 5, {"age": 1}, '"x"'])
def test_rows_that_are_no_rows_are_a_problem(raw):
    assert why(MEMBERS, raw)


def test_a_rows_answer_has_a_limit():
    assert "10,000" in why(MEMBERS, [{"age": 1}] * 10_001)


@given(st.integers(-(10**18), 10**18))
def test_every_number_that_can_be_held_comes_back_from_its_text(micros):
    number = from_micros(micros)
    assert typed(NUMBER, str(number)) == number
    assert typed(NUMBER, NumberText(str(number))) == number
    assert typed(NUMBER, str(number).replace(".", ","), CONTINENTAL) == number


@given(
    st.dates(date(1800, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["YYYY-MM-DD", "D/M/YYYY", "YYYY年M月D日"]),
)
def test_every_day_comes_back_from_its_style(day, style):
    text = {
        "YYYY-MM-DD": day.isoformat(),
        "D/M/YYYY": f"{day.day}/{day.month}/{day.year}",
        "YYYY年M月D日": f"{day.year}年{day.month}月{day.day}日",
    }[style]
    assert typed(DATE, text, Style(date=style)) == day


@given(
    st.one_of(
        st.text(),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.binary(),
        st.dictionaries(st.text(), st.text()),
    )
)
def test_no_cell_makes_the_intake_fall_over(raw):
    for field in (BOOLEAN, INTEGER, MONEY, DATE, TEXT, CHOICE, MEMBERS):
        found = typed(field, raw)
        assert found is None or isinstance(found, CellProblem | bool | Decimal | date | str | list)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_in_a_cell_makes_the_intake_fall_over(value):
    typed(MEMBERS, json.dumps(value))
