"""What an expression may be written with, and what is said about everything else."""

from __future__ import annotations

import pytest
from expression_scope import message, read, tree

from almoner.definitions.tree import (
    And,
    Arithmetic,
    Compare,
    In,
    Literal,
    Name,
    Negative,
    Not,
    Or,
    Origin,
    Type,
)
from almoner.definitions.tree_text import written

AGE = Name(Type.INTEGER, "age", Origin.FIELD)
INSURED = Name(Type.BOOLEAN, "insured", Origin.FIELD)
POOR = Name(Type.BOOLEAN, "poor", Origin.FIELD)


def whole(number: int) -> Literal:
    return Literal(Type.INTEGER, number * 1_000_000)


@pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">="])
def test_each_comparison_keeps_its_operator_and_both_sides(op: str) -> None:
    assert tree(f"age {op} 18") == Compare(op, AGE, whole(18))


@pytest.mark.parametrize("op", ["+", "-", "*"])
def test_each_sum_keeps_its_operator_and_both_sides(op: str) -> None:
    assert tree(f"age {op} 2") == Arithmetic(op, AGE, whole(2), Type.INTEGER)


def test_between_arrives_as_two_comparisons() -> None:
    assert tree("age BETWEEN 16 AND 30") == And(
        (Compare(">=", AGE, whole(16)), Compare("<=", AGE, whole(30)))
    )


def test_not_between_is_the_opposite_of_between() -> None:
    inside = And((Compare(">=", AGE, whole(16)), Compare("<=", AGE, whole(30))))
    assert tree("age NOT BETWEEN 16 AND 30") == Not(inside)


def test_in_keeps_every_literal_in_its_order() -> None:
    assert tree("age IN (3, 1, 2)") == In(AGE, (whole(3), whole(1), whole(2)))


def test_not_in_arrives_as_not_of_in() -> None:
    assert tree("age NOT IN (1)") == Not(In(AGE, (whole(1),)))


def test_and_binds_closer_than_or_and_not_closer_than_and() -> None:
    expected = Or((And((Not(INSURED), POOR)), INSURED))
    assert tree("NOT insured AND poor OR insured") == expected


def test_a_chain_of_and_is_one_node() -> None:
    assert tree("insured AND poor AND insured") == And((INSURED, POOR, INSURED))


def test_brackets_keep_their_meaning() -> None:
    assert tree("insured AND (poor OR insured)") == And((INSURED, Or((POOR, INSURED))))


def test_multiplication_binds_closer_than_addition() -> None:
    inner = Arithmetic("*", whole(2), AGE, Type.INTEGER)
    assert tree("age + 2 * age") == Arithmetic("+", AGE, inner, Type.INTEGER)


def test_subtraction_goes_from_the_left() -> None:
    assert written(tree("age - 1 - 2")) == "(age - 1) - 2"


def test_a_minus_before_a_literal_is_part_of_it() -> None:
    assert tree("-5") == whole(-5)
    assert tree("age > -5") == Compare(">", AGE, whole(-5))


def test_a_minus_before_a_name_negates_it() -> None:
    assert tree("-age") == Negative(AGE, Type.INTEGER)


def test_keywords_may_be_written_small() -> None:
    assert tree("not insured and true") == And((Not(INSURED), Literal(Type.BOOLEAN, value=True)))


def test_a_field_may_be_named_like_a_word_of_sql() -> None:
    assert tree("order > 1") == Compare(">", Name(Type.INTEGER, "order", Origin.FIELD), whole(1))


def test_a_quote_inside_a_text_is_doubled() -> None:
    node = tree("village = 'St John''s'")
    assert isinstance(node, Compare)
    assert node.right == Literal(Type.TEXT, "St John's")


def test_line_breaks_are_spaces() -> None:
    assert tree("insured\n  AND poor") == And((INSURED, POOR))


NEVER_WRITTEN = [
    ("COALESCE(age, 0) > 18", "'is_poor' uses COALESCE, which hides an unknown; rules may not."),
    ("coalesce(age, 0) > 18", "'is_poor' uses COALESCE, which hides an unknown; rules may not."),
    ("age IS NULL", "'is_poor' uses IS, which hides an unknown; rules may not."),
    ("age = NULL", "'is_poor' uses NULL, which hides an unknown; rules may not."),
    ("CASE WHEN poor THEN 1 END", "'is_poor' uses CASE, which hides an unknown; rules may not."),
    ("age::integer > 1", "'is_poor' holds a cast (::); the field or parameter says the type."),
    ("CAST(age AS integer)", "'is_poor' holds a cast (CAST); the field or parameter says the type."),
    (
        "age > 1 -- grown up",
        "'is_poor' holds a comment (--); write it behind the line, as a comment of the file.",
    ),
    (
        "age /* old */ > 1",
        "'is_poor' holds a comment (/*); write it behind the line, as a comment of the file.",
    ),
    ("income 12", "'is_poor' has 'income 12' side by side; put an operator, AND or OR between them."),
    ("age years > 1", "'is_poor' has 'age years' side by side; put an operator, AND or OR between them."),
    ("age AS years", "'is_poor' gives a name with AS; names are given in 'derive'."),
    (
        "1 < age < 3",
        "'is_poor' chains '1 < age' into a comparison; write a < b AND b < c, or put it in brackets.",
    ),
    ("age == 1", "'is_poor' writes ==; write =."),
    ("age != 1", "'is_poor' writes !=; write <> for 'not equal' and NOT for 'not'."),
    ("age[1]", "'is_poor' uses [; only round brackets stand in an expression."),
    ("age > 1; DROP TABLE x", "'is_poor' holds a second statement (;); one expression is one value."),
    ("village || village", "'is_poor' joins texts (||); an expression cannot."),
    ("age % 2 = 0", "'is_poor' uses %; write a share as a number, 0.30."),
    ("age > 1e3", "'is_poor' writes a number with an exponent (1e3); write its digits."),
    (
        '"age" > 1',
        "'is_poor' quotes a name with \"; a name stands without quotes, a text in single ones: 'rural'.",
    ),
    ("village = 'x", "'is_poor' opens a text with ' and does not close it."),
    (
        "village ILIKE 'x'",
        "'is_poor' uses ILIKE; write starts_with(name, 'text'), or compare with = and IN.",
    ),
    ("EXISTS (SELECT 1)", "'is_poor' uses EXISTS; an expression reads names and words, never a table."),
    ("(age, age)", "'is_poor' has a list in brackets; a list stands only after IN."),
    ("age IN age", "'is_poor' has IN without a list; write IN ('a', 'b')."),
    ("age IN ()", "'is_poor' has an empty list after IN, which nothing fulfils; name the values."),
    ("age IN (age)", "'is_poor' has age in the list after IN; only numbers and texts stand there."),
    ("age IN (1,)", "'is_poor' has a comma with nothing behind it."),
    (".5 < age", "'is_poor' has a point without a name before it; a number begins with a digit: 0.5."),
    ("age > 1.", "'is_poor' writes '1.', which is neither a number nor a name."),
    ("age > 12abc", "'is_poor' writes '12abc', which is neither a number nor a name."),
    ("(age > 1", "'is_poor' opens a bracket that it does not close."),
    ("age > 1)", "'is_poor' closes a bracket that it did not open."),
    ("", "'is_poor' is an empty expression."),
    ("age >", "'is_poor' cannot be read: age >. Look for a missing operator, value or bracket."),
    ("village = ''", "'is_poor' compares with an empty text; an empty answer is unknown, never ''."),
    ("age(1)(2)", "'is_poor' has a bracket behind a value; put an operator between them."),
    ("age > @x", "'is_poor' uses @, which no expression holds."),
    ("terms.paid", "'is_poor' uses 'terms.paid'; a point stands only in lookup(table.value, …)."),
    (
        "Age > 1",
        "'is_poor' uses 'Age', which is no name: small letters a-z, digits and _, a letter first, 40 at most.",
    ),
    (
        "age > 0.1234567",
        "'is_poor' has 0.1234567: a number has six decimals at most and lies within ±10^12.",
    ),
    (
        "age > 1000000000001",
        "'is_poor' has 1000000000001: a number has six decimals at most and lies within ±10^12.",
    ),
]


@pytest.mark.parametrize(("text", "expected"), NEVER_WRITTEN)
def test_what_no_expression_holds_is_told_with_what_to_write_instead(text: str, expected: str) -> None:
    assert message(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "insured = poor = insured",
        "insured = NOT poor = insured",
        "age = 1 IN (1)",
        "insured <> age BETWEEN 1 AND 2",
        "1 < age <= 3",
        "age BETWEEN 1 AND 2 = TRUE",
    ],
)
def test_a_chain_of_comparisons_is_never_guessed_at(text: str) -> None:
    assert "chains" in message(text)


@pytest.mark.parametrize(
    "text",
    [
        "SUM(age) OVER (PARTITION BY age)",
        "age COLLATE x",
        "age AT TIME ZONE 'x'",
        "INTERVAL '1' DAY",
        "DATE '2026-01-01'",
        "ARRAY[1]",
        "{'a': 1}",
        "x -> x + 1",
        "$1",
        "?",
        ":age",
        "age ^ 2",
        "age & 1",
        "~age",
        "age <=> 1",
        "\\x",
        "N'x'",
        "0x1F",
        "age // 2",
        "# age",
        "`age`",
        "age IS DISTINCT FROM 1",
        "age BETWEEN SYMMETRIC 1 AND 2",
        "NOT",
        "AND",
        "()",
        "* ",
        "x'1'",
    ],
)
def test_other_sql_is_a_problem(text: str) -> None:
    node, messages = read(text)
    assert node is None
    assert messages


def test_a_text_longer_than_the_limit_is_a_problem() -> None:
    assert "longer than 2000 characters" in message("age > 1 AND " * 200 + "poor")


@pytest.mark.parametrize("text", ["(" * 40 + "age" + ")" * 40, "NOT " * 60 + "poor", "- " * 60 + "age"])
def test_deep_nesting_is_a_problem_and_no_crash(text: str) -> None:
    assert message(text) == "'is_poor' is nested too deeply; give parts of it a name in 'derive'."


def test_a_long_sum_is_a_problem_and_no_crash() -> None:
    assert "nested too deeply" in message(" + ".join(["age"] * 150))
    assert tree(" + ".join(["age"] * 60)).type is Type.INTEGER


def test_every_unknown_name_of_an_expression_is_told_in_one_run() -> None:
    _node, messages = read("agee > 1 AND pore")
    assert messages == [
        "'is_poor' uses 'agee', which no section defines. Did you mean 'age'?",
        "'is_poor' uses 'pore', which no section defines. Did you mean 'poor'?",
    ]


def test_a_value_of_a_choice_without_quotes_is_explained() -> None:
    expected = (
        "'is_poor' uses 'rural', which no section defines. A choice's value stands in single quotes: 'rural'."
    )
    assert message("district = rural") == expected
