"""Examples: answers typed by the form, `like` followed, expectations and steps checked."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from definition_texts import BASE, accepted, problems_of, text_of

FORM = """\
form:
  age: {type: integer, min: 0, max: 120}
  income: {type: money}
  insured: {type: boolean}
  born: {type: date}
  district: {type: choice, of: [city, rural]}
  letter: {type: file}
  members: {type: rows, of: {age: {type: integer}, income: {type: money}}}
"""
REST = {
    "form": FORM,
    "benefits": "benefits:\n  grant: {kind: cash, amount: 500}\n",
    "records": "records:\n  report: {about: award, every: quarter, form: {ok: {type: boolean}, jobs: {type: integer}}}\n",
    "standing": 'standing:\n  ended: {when: "last(report, jobs) < 1"}\n',
}


def examples(*lines: str) -> str:
    return text_of(**REST, examples="examples:\n" + "".join(f"  {line}\n" for line in lines))


def test_answers_have_the_types_of_the_form(tmp_path: Path):
    text = examples(
        "a: {given: {as_of: 2026-09-10, age: 20, income: 0100.50, insured: false, born: 2006-02-11, district: rural, letter: l.pdf,"
        " members: [{age: 3, income: null}, {age: 40}], advance_left: 12.5}, expect: {outcome: eligible, grant: 500.00, points: null}}"
    )
    example = accepted(tmp_path, text).examples["a"]
    assert example.as_of == date(2026, 9, 10)
    assert example.answers == {
        "age": Decimal(20),
        "income": Decimal("100.5"),
        "insured": False,
        "born": date(2006, 2, 11),
        "district": "rural",
        "letter": "l.pdf",
        "members": [{"age": Decimal(3), "income": None}, {"age": Decimal(40)}],
    }
    assert example.given == {"advance_left": Decimal("12.5")}
    assert example.expect == {"outcome": "eligible", "grant": Decimal(500), "points": None}


def test_like_copies_and_a_key_given_again_replaces_the_whole_value(tmp_path: Path):
    text = examples(
        "a: {given: {like: b, age: 30, insured: null}, expect: {outcome: eligible}}",
        "b: {given: {like: c, members: [{age: 1}]}, expect: {outcome: eligible}}",
        "c: {given: {as_of: 2026-09-10, age: 20, insured: true, members: [{age: 2}, {age: 3}]}, expect: {outcome: eligible}}",
    )
    example = accepted(tmp_path, text).examples["a"]
    assert example.as_of == date(2026, 9, 10)
    assert example.answers == {"age": Decimal(30), "insured": None, "members": [{"age": Decimal(1)}]}


def test_an_empty_list_of_rows_is_an_answer(tmp_path: Path):
    text = examples("a: {given: {as_of: 2026-09-10, members: []}, expect: {outcome: needs information}}")
    assert accepted(tmp_path, text).examples["a"].answers == {"members": []}


GIVEN = [
    ("agee: 20", "'a' answers 'agee', which the form does not ask. Did you mean 'age'?"),
    ("age: twenty", "'age' of 'a' must be a number, not 'twenty'."),
    ("age: 20.5", "'age' of 'a' must be a whole number, not '20.5'."),
    ("age: 121", "'age' of 'a' is 121, above the largest answer that is taken, 120."),
    ("age: -1", "'age' of 'a' is -1, below the smallest answer that is taken, 0."),
    ("insured: yes", "'insured' of 'a' must be true or false, not 'yes'."),
    ("born: 11.2.2006", "'born' of 'a' must be a date like 2026-09-01, not '11.2.2006'."),
    ("district: town", "'district' of 'a' is 'town', which is none of: city, rural."),
    ("letter: ''", "'letter' of 'a' is empty. Write null where it is unanswered."),
    ("income: 0.0000001", "'income' of 'a' is 0.0000001: a number has six decimals at most"),
    ("income: [1]", "'income' of 'a' must be one answer, not a list or a mapping."),
    ("members: 3", "'members' of 'a' must be a list of rows: [{age: 20}]."),
    ("members: [3]", "'members[1]' must be a mapping of answers."),
    ("members: [{age: 1}, {agee: 1}]", "'members[2]' answers 'agee', which 'members' does not ask. Did you mean 'age'?"),
    ("members: [{age: x}]", "'members[1].age' of 'a' must be a number, not 'x'."),
    ("advance_left: much", "'advance_left' of 'a' must be a number, not 'much'."),
    ("like: b", "'a' is like 'b', which is no example."),
    ("like: a", "'a' is like itself: a → a."),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "expected"), GIVEN)
def test_an_answer_that_the_form_would_not_take_is_a_problem(tmp_path: Path, answer: str, expected: str):
    text = examples("a: {given: {as_of: 2026-09-10, " + answer + "}, expect: {outcome: eligible}}")
    problems = problems_of(tmp_path, text)
    assert len(problems) == 1, problems
    assert expected in problems[0]


EXPECT = [
    ("{outcome: elligible}", "'a' expects the outcome 'elligible', which is none of: eligible, not eligible, needs information."),
    ("{outcom: eligible}", "'a' expects 'outcom', which nothing can be asked for. Did you mean 'outcome'?"),
    ("{refused_by: is_grown_up}", "'refused_by' of 'a' must be a list: [a, b]."),
    ("{refused_by: [is_grown]}", "'a' expects to be refused by 'is_grown', which is no rule. Did you mean 'is_grown_up'?"),
    ("{grant: much}", "'grant' of 'a' must be a number, not 'much'."),
    ("eligible", "'expect' of 'a' must be a mapping: {outcome: eligible}."),
]  # fmt: skip


@pytest.mark.parametrize(("expect", "expected"), EXPECT)
def test_an_expectation_that_nothing_can_meet_is_a_problem(tmp_path: Path, expect: str, expected: str):
    problems = problems_of(tmp_path, examples("a: {given: {as_of: 2026-09-10}, expect: " + expect + "}"))
    assert problems == [f"small.yaml:{problems[0].split(':')[1]}: {expected}"]


def test_an_example_without_a_day_or_an_expectation_is_a_problem(tmp_path: Path):
    found = [problem.split(": ", 1)[1] for problem in problems_of(tmp_path, examples("a: {given: {age: 3}}"))]
    assert found == [
        "'a' expects nothing. Add 'expect' or 'then'.",
        "'a' has no 'as_of' in 'given', the day by which it is judged.",
    ]


def then(*steps: str) -> str:
    return examples(
        "a:", "  given: {as_of: 2026-09-10, age: 20}", "  then:", *(f"    - {step}" for step in steps)
    )


def test_steps_are_typed_by_the_forms_of_records(tmp_path: Path):
    text = then(
        "{on: 2026-10-01, step: award, expect: {due: [grant]}}",
        "{on: 2026-10-05, report: {ok: true, jobs: 3}, verified: true, for: 2026-Q3, expect: {standing: ended}}",
        "{on: 2026-10-06, grant: {}}",
        "{on: 2026-11-01, expect: {state: active}}",
    )
    steps = accepted(tmp_path, text).examples["a"].then
    assert [(step.step, step.on.day, step.verified, step.period) for step in steps] == [
        ("award", 1, False, ""),
        ("report", 5, True, "2026-Q3"),
        ("grant", 6, False, ""),
        ("", 1, False, ""),
    ]
    assert steps[1].answers == {"ok": True, "jobs": Decimal(3)}
    assert steps[0].expect == {"due": ("grant",)}


STEPS = [
    ("{step: award}", "A step of 'a' has no 'on', the day on which it happens."),
    ("{on: soon, step: award}", "'on' of a step of 'a' must be a date like 2026-09-01, not 'soon'."),
    ("{on: 2026-10-01, step: pay}", "'step' is 'pay', which is none of: award, suspend, resume, end."),
    ("{on: 2026-10-01, reprot: {ok: true}}", "A step of 'a' is 'reprot', which is no record, follow-up or benefit. Did you mean 'report'?"),
    ("{on: 2026-10-01, step: award, report: {ok: true}}", "A step of 'a' does two things; give each a step of its own."),
    ("{on: 2026-10-01, report: {okay: true}}", "'a' answers 'okay', which 'report' does not ask. Did you mean 'ok'?"),
    ("{on: 2026-10-01, report: {jobs: many}}", "'jobs' of 'a' must be a number, not 'many'."),
    ("{on: 2026-10-01, report: 5}", "'report' of 'a' must be a mapping of answers."),
    ("{on: 2026-10-01, report: {ok: true}, verified: yes}", "'verified' of a step of 'a' must be true or false, not 'yes'."),
    ("{on: 2026-10-01, expect: {dues: [grant]}}", "'a' expects 'dues', which nothing can be asked for. Did you mean 'due'?"),
    ("award", "A step of 'a' must be a mapping: {on: 2026-10-01, step: award}."),
]  # fmt: skip


@pytest.mark.parametrize(("step", "expected"), STEPS)
def test_a_step_that_cannot_be_taken_is_a_problem(tmp_path: Path, step: str, expected: str):
    problems = problems_of(tmp_path, then(step))
    assert len(problems) == 1, problems
    assert problems[0].split(": ", 1)[1] == expected


def test_steps_stand_in_the_order_of_their_days(tmp_path: Path):
    problems = problems_of(tmp_path, then("{on: 2026-10-02, step: award}", "{on: 2026-10-01}"))
    assert len(problems) == 1
    assert problems[0].endswith("A step of 'a' is on 2026-10-01, before the step above it.")


def test_the_base_of_these_tests_is_good(tmp_path: Path):
    assert accepted(tmp_path, text_of()).title == "Small grants"
    assert "almoner" in BASE
