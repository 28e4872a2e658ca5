"""The words: what each takes, what it gives, and what is said when it is called wrongly."""

from __future__ import annotations

import pytest
from expression_scope import message, tree

from almoner.definitions.tree import Call, Compare, Literal, Lookup, Name, Origin, Summary, Type
from almoner.definitions.tree_text import written
from almoner.definitions.words import SUMMARIES, USAGES, WORDS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count_of(members, age < 18)", Type.INTEGER),
        ("any_of(members, age < 18)", Type.BOOLEAN),
        ("all_of(members, age < 18)", Type.BOOLEAN),
        ("sum_of(members, income)", Type.MONEY),
        ("sum_of(members, age)", Type.INTEGER),
        ("sum_of(members, income * 0.5, age >= 18)", Type.MONEY),
        ("largest_of(members, age)", Type.INTEGER),
        ("smallest_of(members, income, age > 3)", Type.MONEY),
        ("first(term_result, gpa)", Type.NUMBER),
        ("last(term_result, enrolled)", Type.BOOLEAN),
        ("change(term_result, gpa)", Type.NUMBER),
        ("years_between(born, as_of)", Type.INTEGER),
        ("months_between(born, as_of)", Type.INTEGER),
        ("days_between(born, '2026-01-01')", Type.INTEGER),
        ("add_days(born, 7 * age)", Type.DATE),
        ("add_months(born, -1)", Type.DATE),
        ("start_of_year(as_of)", Type.DATE),
        ("starts_with(village, 'Xi')", Type.BOOLEAN),
        ("starts_with(crop_code, 'A')", Type.BOOLEAN),
        ("lookup(terms.paid, drug, age)", Type.INTEGER),
        ("lookup(guideline, age)", Type.MONEY),
        ("smaller_of(age, average)", Type.NUMBER),
    ],
)
def test_each_word_has_its_type(text: str, kind: Type) -> None:
    assert tree(text).type is kind


def test_every_word_has_an_example_in_this_file() -> None:
    used = {case[0].split("(")[0] for mark in test_each_word_has_its_type.pytestmark for case in mark.args[1]}
    assert {*WORDS, *SUMMARIES, "lookup"} - used <= {"larger_of"}
    assert set(USAGES) == {*WORDS, *SUMMARIES, "lookup", "overlaps"}


def test_inside_a_summary_a_bare_name_is_the_rows_own_field() -> None:
    node = tree("count_of(members, age < children)")
    assert isinstance(node, Summary)
    assert node.condition == Compare(
        "<", Name(Type.INTEGER, "age", Origin.ROW, "members"), Name(Type.INTEGER, "children", Origin.FIELD)
    )


def test_outside_a_summary_the_same_name_is_the_outer_one() -> None:
    assert tree("age") == Name(Type.INTEGER, "age", Origin.FIELD)


def test_a_choice_that_is_read_from_rows_keeps_its_own_values() -> None:
    assert written(tree("any_of(members, relation = 'self')")) == "any_of(members, relation = 'self')"
    assert "none of the choices: self, parent" in message("any_of(members, relation = 'aunt')")


def test_a_lookup_keeps_its_table_column_and_keys() -> None:
    drug = Name(Type.CHOICE, "drug", Origin.FIELD)
    assert tree("lookup(terms.aided, drug, 3)") == Lookup(
        "terms", "aided", (drug, Literal(Type.INTEGER, 3_000_000)), Type.INTEGER
    )


def test_an_ordinary_word_keeps_its_arguments_in_order() -> None:
    born, as_of = Name(Type.DATE, "born", Origin.FIELD), Name(Type.DATE, "as_of", Origin.GIVEN)
    assert tree("years_between(born, as_of)") == Call("years_between", (born, as_of), Type.INTEGER)


CALLED_WRONGLY = [
    (
        "cuont_of(members, TRUE)",
        "'is_poor' calls 'cuont_of', which is not a word. Did you mean 'count_of'?",
    ),
    ("least(age, 1)", "'is_poor' calls 'least', which is not a word. Did you mean 'smaller_of'?"),
    ("max(age)", "'is_poor' calls 'max', which is not a word. Did you mean 'largest_of'?"),
    ("count_of(members)", "'is_poor' calls count_of with 1 arguments; write count_of(rows, condition)."),
    (
        "sum_of(members, income, TRUE, 1)",
        "'is_poor' calls sum_of with 4 arguments; write sum_of(rows, value[, condition]).",
    ),
    ("smaller_of(age)", "'is_poor' calls smaller_of with 1 arguments; write smaller_of(a, b)."),
    (
        "count_of(membrs, TRUE)",
        "'is_poor' reads the rows 'membrs', which no section defines. Did you mean 'members'?",
    ),
    (
        "count_of(age, TRUE)",
        "'is_poor' calls count_of with 'age', which is a whole number, not rows; the rows here: members, term_result.",
    ),
    (
        "count_of(1, TRUE)",
        "'is_poor' calls count_of with 1 where the name of rows must stand; write count_of(rows, condition).",
    ),
    ("count_of(members, age)", "'is_poor' is a whole number: age; here true or false must stand."),
    (
        "sum_of(members, relation)",
        "'is_poor' calls sum_of with relation, which is a choice; it takes numbers or amounts.",
    ),
    (
        "largest_of(members, relation)",
        "'is_poor' calls largest_of with relation, which is a choice; it takes numbers or amounts, or dates.",
    ),
    (
        "last(members, age)",
        "'is_poor' calls last with 'members', whose rows have no days; only records have a first and a last.",
    ),
    (
        "any_of(members, any_of(members, TRUE))",
        "'is_poor' calls any_of inside another summary; give it a name in 'derive' first.",
    ),
    (
        "members",
        "'is_poor' uses the rows 'members' as a value; summarise them, as in count_of(members, TRUE).",
    ),
    (
        "years_between(born, 5)",
        "'is_poor' calls years_between with 5, which is not a date; write years_between(from, to).",
    ),
    (
        "add_days(born, 1.5)",
        "'is_poor' calls add_days with 1.5, which is not a whole number; write add_days(date, days).",
    ),
    (
        "starts_with(district, 'x')",
        "'is_poor' calls starts_with with district, which is a choice; it takes texts.",
    ),
    (
        "lookup(trms, drug)",
        "'is_poor' looks up 'trms', which is no table in 'lookups'. Did you mean 'terms'?",
    ),
    (
        "lookup(terms, drug, 1)",
        "'is_poor' looks up 'terms', which has several values; write lookup(terms.paid, …).",
    ),
    (
        "lookup(terms.pad, drug, 1)",
        "'is_poor' looks up 'terms.pad'; the values of 'terms' are paid, aided. Did you mean 'paid'?",
    ),
    ("lookup(terms.paid, drug)", "'is_poor' looks up 'terms' with 1 keys; it has drug, cycle."),
    (
        "lookup(terms.paid, age, 1)",
        "'is_poor' looks up 'terms' with age (a whole number); its key 'drug' is a text.",
    ),
    ("lookup(guideline, 1.5)", "'is_poor' has 1.5 where a whole number must stand."),
    (
        "lookup()",
        "'is_poor' calls lookup without a table; write lookup(table, key, …) or lookup(table.value, key, …).",
    ),
    (
        "overlaps(age)",
        (
            "'is_poor' calls overlaps with age; it stands in each_delivery with 'begins' and 'lasts', and names the "
            "party, code or choice of its form that says who."
        ),
    ),
]


@pytest.mark.parametrize(("text", "expected"), CALLED_WRONGLY)
def test_a_word_called_wrongly_is_told_how_to_be_called(text: str, expected: str) -> None:
    assert message(text) == expected


def test_an_unknown_word_names_the_words_there_are() -> None:
    found = message("read_csv('/etc/passwd')")
    assert found.startswith(
        "'is_poor' calls 'read_csv', which is not a word. The words: smaller_of, larger_of,"
    )
