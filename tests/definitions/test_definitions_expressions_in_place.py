"""Expressions where they stand: names by place, bands, conditional fields, order of derived names."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import BASE, accepted, problems_of, text_of

from almoner.definitions.tree import Bands, Literal, Type

RECORDS = """\
records:
  term_result:
    about: award
    every: quarter
    form: {enrolled: {type: boolean}, gpa: {type: number}, left_on: {type: date, when: NOT enrolled}}
"""


def derive(*lines: str) -> str:
    return text_of(derive="derive:\n" + "".join(f"  {line}\n" for line in lines))


def test_a_derived_name_may_use_only_those_above_it(tmp_path: Path):
    assert problems_of(tmp_path, derive("a: b + 1", "b: age + 1")) == [
        "small.yaml:12: 'a' uses 'b', which 'derive' defines only further down; move it up."
    ]
    assert problems_of(tmp_path, derive("a: a + 1"))[0].endswith(
        "'a' uses 'a', which 'derive' defines only further down; move it up."
    )


def test_a_derived_name_with_a_problem_is_told_once(tmp_path: Path):
    assert len(problems_of(tmp_path, derive("a: agee + 1", "b: a + 1", "c: a + b"))) == 1


LATER = ["today > '2026-01-01'", "advance_left > 5", "cycle_no > 1"]


@pytest.mark.parametrize("rule", LATER)
def test_a_rule_does_not_know_what_only_later_places_know(tmp_path: Path, rule: str):
    name = rule.split(maxsplit=1)[0]
    text = text_of(eligibility=f'eligibility:\n  a: {{rule: "{rule}", refusal: x, basis: y}}\n')
    assert problems_of(tmp_path, text) == [
        f"small.yaml:12: 'a' uses '{name}', which only schedules, deliveries, standing, renewal and exit know."
    ]


def test_a_rule_knows_no_records_and_standing_does(tmp_path: Path):
    rule = 'eligibility:\n  a: {rule: "last(term_result, enrolled)", refusal: x, basis: y}\n'
    assert (
        "'a' reads 'term_result' of 'records', which is known only once there is an award."
        in problems_of(tmp_path, text_of(eligibility=rule, records=RECORDS))[0]
    )
    standing = 'standing:\n  ended: {when: "count_of(term_result, gpa < 2.0) >= 2 AND today > as_of"}\n'
    found = accepted(tmp_path, text_of(records=RECORDS, standing=standing)).standing["ended"]
    assert found.when.place == "standing.ended.when"


def test_deliveries_are_rows_with_amount_and_day(tmp_path: Path):
    text = text_of(
        benefits="benefits:\n  grant: {kind: cash, amount: 500}\n",
        standing='standing:\n  much: {when: "sum_of(grant, amount, delivered_on < today) > 300", amount: last_instalment}\n',
    )
    assert accepted(tmp_path, text).standing["much"].amount is not None


def bands(*lines: str) -> str:
    return text_of(scoring="scoring:\n  need:\n" + "".join(f"    {line}\n" for line in lines))


def test_bands_are_conditions_in_order_and_otherwise(tmp_path: Path):
    node = (
        accepted(tmp_path, bands("income <= 100: 45", "income <= 200: 30", "otherwise: 15"))
        .scoring["need"]
        .node
    )
    assert isinstance(node, Bands)
    assert [value for _condition, value in node.bands] == [
        Literal(Type.NUMBER, 45_000_000),
        Literal(Type.NUMBER, 30_000_000),
    ]
    assert node.otherwise == Literal(Type.NUMBER, 15_000_000)
    assert node.type is Type.NUMBER


def test_bands_may_stand_in_bands(tmp_path: Path):
    node = (
        accepted(tmp_path, bands("income <= 100:", "  age > 60: 50", "  otherwise: 40", "otherwise: 15"))
        .scoring["need"]
        .node
    )
    assert isinstance(node, Bands)
    assert isinstance(node.bands[0][1], Bands)


BANDS = [
    (("income <= 100: 45",), "'need' has bands without 'otherwise'; say last what it is when no condition holds."),
    (("otherwise: 1", "income <= 100: 45"), "'need' has bands after 'otherwise', which nothing can reach; put 'otherwise' last."),
    (("otherwise: 1",), "'need' has bands without a condition; write the value alone."),
    (("age: 45", "otherwise: 1"), "'need' is a whole number: age; here true or false must stand."),
    (("income <= 100: income", "otherwise: age"), "'need' has bands of different types; all values have one type."),
    (("income <= 100: 'a'", "otherwise: 5"), "'need' is a text"),
    (("income <= 100: null", "otherwise: 5"), "'need' is null; an expression has a value"),
    (("income <= 100: [1]", "otherwise: 5"), "'need' is a list where an expression must stand."),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), BANDS[:5] + BANDS[6:])
def test_bands_that_leave_a_gap_or_mix_types_are_problems(
    tmp_path: Path, lines: tuple[str, ...], expected: str
):
    problems = problems_of(tmp_path, bands(*lines))
    assert len(problems) == 1
    assert expected in problems[0]


def test_bands_give_their_literals_the_type_of_their_neighbour(tmp_path: Path):
    text = derive("limit:", "  age > 60: income", "  otherwise: 300", "rest: income - limit")
    node = accepted(tmp_path, text).derive["limit"].expression.node
    assert isinstance(node, Bands)
    assert node.otherwise == Literal(Type.MONEY, 300_000_000)


def form(*lines: str) -> str:
    return text_of(form=BASE["form"] + "".join(f"  {line}\n" for line in lines))


FIELDS = [
    ("x: {type: choice}", "'x' is a choice and does not say of what. Write of: [one, another]."),
    ("x: {type: choice, of: [a, a]}", "'x' has the value 'a' twice."),
    ("x: {type: rows}", "'x' is rows and does not say of what."),
    ("x: {type: rows, of: {y: {type: rows, of: {z: {type: date}}}}}", "'y' has rows inside rows; give it a record of its own."),
    ("x: {type: text, min: 1}", "'x' has min or max, which only integer, number and money have."),
    ("x: {type: number, min: 5, max: 4}", "'x' has a min above its max."),
    ("x: {type: number, of: [a]}", "'x' has 'of', which only choice and rows have."),
    ("x: {type: number, required: yes}", "'required' of 'x' must be true or false, not 'yes'."),
    ("x: {type: number, unasked: 5}", "'x' says what it is when 'unasked', and is always asked."),
    ("x: {type: number, when: age}", "'x' is a whole number: age; here true or false must stand."),
    ("x: {type: integer, when: age > 3, unasked: 1.5}", "'x' has 1.5 where a whole number must stand."),
    ("x: {type: date, when: age > 3, unasked: 5}", "'x' is a whole number: 5; here a date must stand."),
    ("x: {type: number, sensitive: yes}", "'sensitive' of 'x' is 'yes', which is none of: health, minor, finance."),
    ("x: {type: nubmer}", "'type' of 'x' is 'nubmer', which is none of:"),
    ("x: integer", "'x' must be a mapping with the keys type,"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), FIELDS)
def test_what_a_field_says_is_checked(tmp_path: Path, line: str, expected: str):
    problems = problems_of(tmp_path, form(line))
    assert len(problems) == 1
    assert expected in problems[0]


def test_a_conditional_field_that_no_expression_uses_needs_no_unasked(tmp_path: Path):
    accepted(tmp_path, form("x: {type: number, when: age > 3}"))


def test_a_conditional_field_in_rows_and_records_needs_it_too(tmp_path: Path):
    lines = ("kids: {type: rows, of: {old: {type: boolean}, pay: {type: money, when: old}}}",)
    text = form(*lines).replace(
        "decision:", 'scoring:\n  need: "sum_of(kids, pay) / 2 / 1000 * 0 + 1"\ndecision:'
    )
    assert any(
        "'pay' is not always asked; say what it is when 'unasked'." in one
        for one in problems_of(tmp_path, text)
    )
    standing = 'standing:\n  late: {when: "last(term_result, left_on) < today"}\n'
    problems = problems_of(tmp_path, text_of(records=RECORDS, standing=standing))
    assert problems == ["small.yaml:21: 'left_on' is not always asked; say what it is when 'unasked'."]


def test_a_condition_in_rows_finds_the_rows_own_field_first(tmp_path: Path):
    programme = accepted(
        tmp_path,
        form(
            "kids: {type: rows, of: {age: {type: integer}, pay: {type: money, when: age > 15, unasked: 0}}}"
        ),
    )
    when = programme.form["kids"].of["pay"].when
    assert when is not None
    assert when.place == "form.kids.pay.when"
    assert when.node.left.rows == "kids"


CIRCLES = [
    (("x: {type: boolean, when: x, unasked: FALSE}",), ["'x' is asked depending on itself: x → x."]),
    (
        ("x: {type: boolean, when: y, unasked: FALSE}", "y: {type: boolean, when: x, unasked: FALSE}"),
        ["'x' is asked depending on itself: x → y → x.", "'y' is asked depending on itself: y → x → y."],
    ),
    (
        ("x: {type: boolean, when: age > 3, unasked: y}", "y: {type: boolean, when: x, unasked: FALSE}"),
        ["'x' is asked depending on itself: x → y → x.", "'y' is asked depending on itself: y → x → y."],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), CIRCLES)
def test_fields_asked_in_a_circle_are_problems(tmp_path: Path, lines: tuple[str, ...], expected: list[str]):
    found = problems_of(tmp_path, form(*lines))
    assert [problem.split(": ", 1)[1].removesuffix(" Break the circle.") for problem in found] == expected


def test_conditions_that_follow_one_another_are_no_circle(tmp_path: Path):
    accepted(
        tmp_path,
        form("x: {type: boolean, when: age > 3, unasked: FALSE}", "y: {type: number, when: x, unasked: 0}"),
    )


def test_a_question_may_depend_on_answers_alone(tmp_path: Path):
    text = form("x: {type: number, when: old > 3}").replace(
        "eligibility:", "derive:\n  old: age + 1\neligibility:"
    )
    assert problems_of(tmp_path, text) == [
        "small.yaml:11: 'x' uses 'old', which 'derive' makes from answers; a question may depend on answers alone."
    ]
