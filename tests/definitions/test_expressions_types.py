"""Types: what may stand beside what, line by line of the design's page."""

from __future__ import annotations

from datetime import date

import pytest
from expression_scope import message, tree

from almoner.definitions.tree import Arithmetic, Compare, In, Literal, Type
from almoner.definitions.typed import AMOUNT, CONDITION, NUMBER, Want


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("income + rent", Type.MONEY),
        ("income - rent", Type.MONEY),
        ("income * average", Type.MONEY),
        ("average * income", Type.MONEY),
        ("income * age", Type.MONEY),
        ("income / average", Type.MONEY),
        ("income / age", Type.MONEY),
        ("income / rent", Type.NUMBER),
        ("age / children", Type.NUMBER),
        ("age + average", Type.NUMBER),
        ("age * average", Type.NUMBER),
        ("age + children", Type.INTEGER),
        ("age * children", Type.INTEGER),
        ("-income", Type.MONEY),
        ("0.33 * income", Type.MONEY),
        ("income * 2", Type.MONEY),
        ("income / 2", Type.MONEY),
        ("age / 2", Type.NUMBER),
        ("2 / age", Type.NUMBER),
        ("7 * age", Type.INTEGER),
        ("0.5 * age", Type.NUMBER),
        ("income + 100", Type.MONEY),
        ("100 - income", Type.MONEY),
        ("income + (100 - 50)", Type.MONEY),
        ("average + 1", Type.NUMBER),
        ("age + 1.5", Type.NUMBER),
        ("smaller_of(income, 500)", Type.MONEY),
        ("larger_of(average - 0.14, 0)", Type.NUMBER),
        ("larger_of(born, as_of)", Type.DATE),
        ("insured", Type.BOOLEAN),
    ],
)
def test_the_type_of_a_sum_follows_the_page(text: str, kind: Type) -> None:
    assert tree(text).type is kind


MISFITS: list[tuple[str, str | None]] = [
    ("income * rent", "'is_poor' multiplies money by money: income * rent."),
    ("income + age", "'is_poor' has income (money) + age (a whole number); only like is added to like."),
    ("age - income", "'is_poor' has age (a whole number) - income (money); only like is added to like."),
    ("age / income", "'is_poor' divides a number by money: age / income."),
    ("2 / income", "'is_poor' divides a number by money: 2 / income."),
    ("as_of - born", "'is_poor' calculates with a date; write add_days, add_months or days_between."),
    ("village + 1", "'is_poor' calculates with village, which is a text."),
    ("insured + 1", "'is_poor' calculates with insured, which is true or false."),
    ("-village", "'is_poor' puts a minus before village, which is no number."),
    (
        "income > age",
        "'is_poor' compares income (money) with age (a whole number); a comparison stays in one type.",
    ),
    (
        "born > age",
        "'is_poor' compares born (a date) with age (a whole number); a comparison stays in one type.",
    ),
    (
        "district = drug",
        "'is_poor' compares district (a choice) with drug (a choice); a comparison stays in one type.",
    ),
    (
        "district = village",
        "'is_poor' compares district (a choice) with village (a text); a comparison stays in one type.",
    ),
    (
        "village = 5",
        "'is_poor' compares village (a text) with 5 (a whole number); a comparison stays in one type.",
    ),
    (
        "district < 'rural'",
        "'is_poor' asks whether district < 'rural'; a choice has no order, only =, <> and IN.",
    ),
    ("village > 'a'", "'is_poor' asks whether village > 'a'; a text has no order, only =, <> and IN."),
    (
        "insured < poor",
        "'is_poor' asks whether insured < poor; true or false has no order, only =, <> and IN.",
    ),
    (
        "district = 'rurl'",
        "'is_poor' compares with 'rurl', which is none of the choices: city, rural. Did you mean 'rural'?",
    ),
    (
        "district IN ('city', 'town')",
        "'is_poor' compares with 'town', which is none of the choices: city, rural.",
    ),
    ("born > '2026-13-01'", "'is_poor' has '2026-13-01', which is no date; write it as 2026-09-01."),
    ("born > '20260101'", "'is_poor' has '20260101', which is no date; write it as 2026-09-01."),
    ("insured AND age", "'is_poor' has age where a condition must stand; compare it with something."),
    ("NOT age", "'is_poor' has age where a condition must stand; compare it with something."),
    ("smaller_of(born, age)", None),
    ("smaller_of(village, 'x')", None),
    ("5 IN (5)", "'is_poor' asks whether a literal is IN a list; put a name before IN."),
]


@pytest.mark.parametrize(("text", "expected"), MISFITS)
def test_what_does_not_fit_is_a_problem(text: str, expected: str | None) -> None:
    found = message(text)
    assert expected is None or found == expected


def literal_of(text: str) -> Literal:
    node = tree(text)
    assert isinstance(node, Compare | Arithmetic)
    assert isinstance(node.right, Literal)
    return node.right


def test_a_literal_takes_its_neighbours_type() -> None:
    assert literal_of("income > 700") == Literal(Type.MONEY, 700_000_000)
    assert literal_of("average > 60") == Literal(Type.NUMBER, 60_000_000)
    assert literal_of("age > 18") == Literal(Type.INTEGER, 18_000_000)
    assert literal_of("age > 17.5") == Literal(Type.NUMBER, 17_500_000)
    assert literal_of("born > '2000-02-29'") == Literal(Type.DATE, date(2000, 2, 29))
    assert literal_of("district = 'rural'") == Literal(Type.CHOICE, "rural")
    assert literal_of("crop_code = 'A1'") == Literal(Type.CODE, "A1")
    assert literal_of("village = '2026-01-01'") == Literal(Type.TEXT, "2026-01-01")


def test_beside_times_and_over_a_literal_is_a_number_and_never_money() -> None:
    assert literal_of("income * 2") == Literal(Type.NUMBER, 2_000_000)
    assert literal_of("income / 2") == Literal(Type.NUMBER, 2_000_000)


def test_the_literals_after_in_take_the_type_of_what_stands_before_it() -> None:
    assert tree("income IN (1, 2)").literals == (
        Literal(Type.MONEY, 1_000_000),
        Literal(Type.MONEY, 2_000_000),
    )
    found = tree("born IN ('2026-01-01')")
    assert isinstance(found, In)
    assert found.literals == (Literal(Type.DATE, date(2026, 1, 1)),)


def test_a_boolean_stands_for_itself_and_may_be_compared() -> None:
    assert tree("insured", CONDITION).type is Type.BOOLEAN
    assert tree("insured = FALSE").type is Type.BOOLEAN
    assert tree("insured = (age > 3)").type is Type.BOOLEAN


def test_a_place_wants_its_type_and_gives_it_to_a_literal() -> None:
    assert tree("500", AMOUNT) == Literal(Type.MONEY, 500_000_000)
    assert tree("smaller_of(500, 300)", AMOUNT).type is Type.MONEY
    assert tree("1", NUMBER) == Literal(Type.NUMBER, 1_000_000)
    assert tree("age", NUMBER).type is Type.INTEGER


@pytest.mark.parametrize(
    ("text", "want", "expected"),
    [
        ("age", AMOUNT, "'is_poor' is a whole number: age; here money must stand."),
        ("income", NUMBER, "'is_poor' is money: income; here a number must stand."),
        ("age", CONDITION, "'is_poor' is a whole number: age; here true or false must stand."),
        ("average", Want((Type.INTEGER,)), "'is_poor' is a number: average; here a whole number must stand."),
        ("1.5", Want((Type.INTEGER,)), "'is_poor' has 1.5 where a whole number must stand."),
        (
            "drug",
            Want((Type.CHOICE,), ("X",)),
            "'is_poor' is drug, which can be what is no choice here; the choices: X.",
        ),
        (
            "'Z'",
            Want((Type.CHOICE,), ("X",)),
            "'is_poor' compares with 'Z', which is none of the choices: X.",
        ),
    ],
)
def test_a_place_refuses_another_type(text: str, want: Want, expected: str) -> None:
    assert message(text, want) == expected
