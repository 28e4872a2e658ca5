"""Sections: their order, their keys, and what is told about each, whole files at a time."""

# ruff: noqa: E501 -- a message stands whole beside what brings it about

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import BASE, accepted, checked, problems_of, text_of

from almoner.definitions.load import DefinitionError, load
from almoner.definitions.programme import Due, Duration
from almoner.definitions.tree import Origin, Type

FORM = """\
form:
  age: {type: integer}
  income: {type: money}
  other_grant: {type: boolean}
  other_amount: {type: money, when: other_grant}
"""


def test_four_mistakes_yield_four_messages_in_one_run(tmp_path: Path):
    text = text_of(
        form=FORM,
        derive="derive:\n  income_per_head: income / 2\n  rest: income - other_amount\n",
        eligibility="""\
eligibility:
  is_poor: {rule: income_per_hed <= 700, refusal: Too rich., basis: article 1}
  is_of_age: {rule: "COALESCE(age, 0) > 18", refusal: Too young., basis: article 2}
""",
    ).replace("examples:", "valuaton:\n  none: x\nexamples:")
    assert problems_of(tmp_path, text) == [
        "small.yaml:12: 'other_amount' is not always asked; say what it is when 'unasked'.",
        "small.yaml:17: 'is_poor' uses 'income_per_hed', which no section defines. Did you mean 'income_per_head'?",
        "small.yaml:18: 'is_of_age' uses COALESCE, which hides an unknown; rules may not.",
        "small.yaml:20: 'valuaton' is not a section. Did you mean 'valuation'?",
    ]


def test_load_raises_all_problems_at_once(tmp_path: Path):
    path = tmp_path / "small.yaml"
    path.write_text(text_of(currency="currency: XXZ", serves="serves: nobody"), encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        load(path)
    assert [problem.line for problem in raised.value.problems] == [5, 6]
    assert "small.yaml:6: 'XXZ' is not a currency of ISO 4217." in str(raised.value)


@pytest.mark.parametrize("section", ["programme", "theme", "purpose", "serves", "currency", "form", "eligibility", "decision", "examples"])  # fmt: skip
def test_an_obligatory_section_that_is_missing_is_named(tmp_path: Path, section: str):
    problems = problems_of(tmp_path, text_of(**{section: None}))
    assert any(problem.startswith(f"small.yaml:1: '{section}' is missing.") for problem in problems)


def test_a_programme_that_serves_the_public_needs_no_form_no_rule_and_no_decision(tmp_path: Path):
    text = text_of(
        serves="serves: public", form=None, eligibility=None, decision=None, time_zone=None,
        records="records:\n  comment: {about: award, form: {said: {type: text}}}\n",
        examples="examples:\n  a_day:\n    then: [{on: 2026-01-01, comment: {said: far}}]\n",
    )  # fmt: skip
    programme = accepted(tmp_path, text)
    assert programme.serves == "public"
    assert programme.time_zone == "UTC"
    assert programme.decision is None


def test_the_first_line_is_the_grammars_version(tmp_path: Path):
    assert problems_of(tmp_path, text_of(almoner=None))[0] == (
        "small.yaml:1: The first line must be 'almoner: 1', the version of the grammar."
    )
    assert problems_of(tmp_path, text_of(almoner="almoner: 2")) == [
        "small.yaml:1: 'almoner' is '2', which is none of: 1."
    ]


def test_a_section_out_of_order_is_told_where_it_belongs(tmp_path: Path):
    text = text_of(form=None) + BASE["form"]
    assert problems_of(tmp_path, text)[0] == (
        "small.yaml:18: 'form' stands after 'examples'. Move it up: sections stand in the order of the flow."
    )


UNKNOWN_KEYS = [
    ({"form": "form:\n  age: {typ: integer}\n"}, "'typ' is not a key of 'age'. Did you mean 'type'?"),
    ({"decision": "decision: {by: officer, appeals: 30 days}"}, "'appeals' is not a key of 'decision'. Did you mean 'appeal'?"),
    ({"decision": "decision: {by: officer, notice: {days: 3, shows: [amount], x: 1}}"},
     "'x' is not a key of 'notice'. The keys: days, shows, objections."),
    ({"called": "called: {aplicant: Farmer}"}, "'aplicant' is not a key of 'called'. Did you mean 'applicant'?"),
    ({"eligibility": "eligibility:\n  a: {rule: age > 1, refusal: x, basis: y, reson: z}\n"},
     "'reson' is not a key of 'a'. The keys: rule, refusal, basis."),
    ({"benefits": "benefits:\n  grant: {kind: cash, amount: 5, cap: {packs: 3}}\n"}, "'cap' is not a key of 'grant'. Did you mean 'caps'?"),
    ({"publish": "publish: {indicators: [a], protects: person, smallest_group: 10, who: me}"}, "'who' is not a key of 'publish'."),
    ({"lookups": "lookups:\n  term: {file: term.csv, calender: true}\n"}, "'calender' is not a key of 'term'. Did you mean 'calendar'?"),
    ({"examples": "examples:\n  a: {givn: {as_of: 2026-01-01}, expect: {outcome: eligible}}\n"},
     "'givn' is not a key of 'a'. Did you mean 'given'?"),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "expected"), UNKNOWN_KEYS)
def test_an_unknown_key_anywhere_is_a_problem(tmp_path: Path, sections: dict[str, str], expected: str):
    assert any(expected in problem for problem in problems_of(tmp_path, text_of(**sections)))


TASK = "records:\n  r: {about: award, form: {a: {type: date}}, raises: {t: {to: nurse, within: 1 day, deputy: doctor}}}\n"
WALLS = [
    ("wall: [officer]", "'officer' is a role of the office and cannot stand behind the wall."),
    ("wall: [The donor]", "'The donor' of 'wall' is no role: write a name, such as donor."),
    ("wall: [nurse]", "'t' goes to 'nurse', which stands behind the wall and may see only aggregates."),
    ("wall: [donor, doctor]", "'t' goes to 'doctor', which stands behind the wall"),
]


@pytest.mark.parametrize(("wall", "expected"), WALLS)
def test_nobody_behind_the_wall_acts_on_a_case(tmp_path: Path, wall: str, expected: str):
    problems = problems_of(tmp_path, text_of(wall=wall, records=TASK))
    assert any(expected in problem for problem in problems), problems


BAD_HEADS = [
    ({"serves": "serves: people"}, "'serves' is 'people', which is none of: person, household, organisation, public."),
    ({"time_zone": "time_zone: Asia/Shangai"}, "'Asia/Shangai' is not a time zone of the IANA list. Did you mean 'Asia/Shanghai'?"),
    ({"currency": "currency: yuan"}, "'yuan' is not a currency of ISO 4217. Write its three letters, such as CNY."),
    ({"programme": "programme: ''"}, "'programme' is empty."),
    ({"programme": "programme: [a]"}, "'programme' must be text."),
    ({"wall": "wall: donor"}, "'' of 'wall' must be a list"),
]  # fmt: skip


@pytest.mark.parametrize(("sections", "expected"), BAD_HEADS[:5])
def test_what_the_head_says_is_checked(tmp_path: Path, sections: dict[str, str], expected: str):
    assert any(expected in problem for problem in problems_of(tmp_path, text_of(**sections)))


PARAMETERS = [
    ("{type: money, from: {2026-01-01: 5}}", "'ceiling' has no 'source'."),
    ("{type: choice, source: x, from: {2026-01-01: 5}}", "'type' of 'ceiling' is 'choice', which is none of:"),
    ("{type: money, source: x, from: {2026-01-01: five}}", "'ceiling' must be a number, not 'five'."),
    ("{type: integer, source: x, from: {2026-01-01: 1.5}}", "'ceiling' must be a whole number, not '1.5'."),
    ("{type: boolean, source: x, from: {2026-01-01: no}}", "'ceiling' must be true or false, not 'no'."),
    ("{type: money, source: x, from: {1 May: 5}}", "'from' of 'ceiling' must be a date like 2026-09-01, not '1 May'."),
    ("{type: money, source: x, from: {2026-02-01: 5, 2026-01-01: 6}}", "'ceiling' must name its days in order, earliest first."),
    ("{type: money, source: x, from: {2026-01-01: 1e3}}", "'ceiling' must be a number, not '1e3'."),
    ("{type: money, source: x, from: 5}", "'ceiling' must say from which day its value holds"),
    ("{type: money, source: x, from: {2026-01-01: null}}", "'ceiling' has no figure from 2026-01-01."),
    ("{type: money, source: x, from: {2026-01-01: 0.0000001}}", "'ceiling' is 0.0000001: a number has six decimals at most"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), PARAMETERS)
def test_a_parameter_is_typed_dated_and_sourced(tmp_path: Path, written: str, expected: str):
    problems = problems_of(tmp_path, text_of(parameters=f"parameters:\n  ceiling: {written}\n"))
    assert len(problems) == 1
    assert expected in problems[0]


def test_a_parameter_with_a_problem_is_not_told_again_where_it_is_used(tmp_path: Path):
    text = text_of(
        parameters="parameters:\n  ceiling: {type: money, source: x, from: {2026-01-01: five}}\n",
        eligibility="eligibility:\n  is_poor: {rule: income <= ceiling, refusal: x, basis: y}\n",
    )
    assert len(problems_of(tmp_path, text)) == 1


def test_the_parameters_figures_are_micros_by_their_days(tmp_path: Path):
    text = text_of(
        parameters="parameters:\n  ceiling: {type: money, source: Board, from: {2025-01-01: 700, 2026-01-01: 750.05}}\n"
    )
    parameter = accepted(tmp_path, text).parameters["ceiling"]
    assert [(str(figure.starts), figure.value) for figure in parameter.values] == [
        ("2025-01-01", 700_000_000),
        ("2026-01-01", 750_050_000),
    ]
    assert (parameter.type, parameter.source) == (Type.MONEY, "Board")


def test_what_is_read_and_not_carried_out_is_a_notice_and_never_silent(tmp_path: Path):
    text = text_of(decision="decision: {by: officer, sample: 20}")
    programme, problems = checked(tmp_path, text)
    assert programme is not None
    assert [str(problem) for problem in problems] == [
        "small.yaml:16: 'sample' of 'decision' is read and checked; nothing carries it out yet."
    ]
    assert programme.notices == (problems[0].message,)
    assert programme.decision is not None
    assert programme.decision.other == {"sample": 20}


def test_a_name_stands_for_one_thing_in_a_whole_file(tmp_path: Path):
    text = text_of(derive="derive:\n  income: age * 2\n")
    assert problems_of(tmp_path, text)[0].endswith(
        "'income' of 'derive' is already a name in 'form' (line 10); choose another."
    )


@pytest.mark.parametrize("name", ["as_of", "today", "advance_left"])
def test_a_name_that_every_programme_knows_cannot_be_given_again(tmp_path: Path, name: str):
    text = text_of(form=BASE["form"] + f"  {name}: {{type: date}}\n")
    assert any("every programme knows already" in problem for problem in problems_of(tmp_path, text))


@pytest.mark.parametrize("name", ["Age", "2nd", "a-b", "a" * 41, "null", "and", "otherwise"])
def test_a_name_that_no_expression_could_write_is_refused(tmp_path: Path, name: str):
    text = text_of(form=BASE["form"] + f"  {name}: {{type: date}}\n")
    assert len(problems_of(tmp_path, text)) == 1


def test_the_decision_is_read_whole(tmp_path: Path):
    text = text_of(
        scoring="scoring:\n  need:\n    income <= 100: 45\n    otherwise: 15\n",
        decision="""\
decision:
  by: committee
  within: 20 working days
  information: {remind: [7 days, 21 days], lapse: 45 days}
  cut: {threshold: 55.5, rank: points, ties: [income, highest age, lottery]}
  notice: {days: 7, shows: [name_masked, age, amount], objections: grievance}
  appeal: 30 days
""",
    )
    decision = accepted(tmp_path, text).decision
    assert decision is not None
    assert decision.within == Duration(20, "working days")
    assert (decision.remind, decision.lapse) == (
        (Duration(7, "days"), Duration(21, "days")),
        Duration(45, "days"),
    )
    assert (decision.notice_days, decision.appeal_days, decision.objections) == (7, 30, "grievance")
    assert decision.cut is not None
    assert decision.cut.threshold == 55_500_000
    assert [(tie.name, tie.highest) for tie in decision.cut.ties] == [
        ("income", False), ("age", True), ("lottery", False),
    ]  # fmt: skip


DECISIONS = [
    ("{by: chief}", "'by' of 'decision' is 'chief', which is none of: officer, committee, two signatures, lottery."),
    ("{by: officer, within: soon}", "'within' of 'decision': 'soon' is no duration. Write a number and a unit: 20 working days."),
    ("{by: officer, within: 3 fortnights}", "'3 fortnights' counts in 'fortnights'. The units are minutes, hours, days,"),
    ("{by: officer, appeal: 1 month}", "'appeal' of 'decision' must be written in days: 30 days."),
    ("{by: officer, information: {remind: [7 days]}}", "'information' has no 'lapse'."),
    ("{by: officer, cut: {rank: points}}", "'cut' ranks by points, and there is no 'scoring'."),
    ("{by: officer, cut: {rank: points, ties: [lottery, age]}}", "'ties' names something after 'lottery', which leaves no tie."),
    ("{by: officer, cut: {rank: points, ties: [agee]}}", "'ties' uses 'agee', which no section defines. Did you mean 'age'?"),
    ("{by: officer, cut: {rank: points, ties: [income, income]}}", "'ties' of 'cut' names the same thing twice."),
    ("{by: officer, notice: {days: 7, shows: [agee]}}", "'notice' shows 'agee', which is neither a field nor name_masked nor amount."),
    ("{by: officer, notice: {days: many, shows: [age]}}", "'days' of 'notice' must be a whole number of at least 0, not 'many'."),
    ("{by: officer, quota: {by: age, table: places}}", "'table' of 'quota' names 'places', which is no lookup."),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), DECISIONS)
def test_what_a_decision_says_is_checked(tmp_path: Path, written: str, expected: str):
    assert any(
        expected in problem for problem in problems_of(tmp_path, text_of(decision=f"decision: {written}"))
    )


def test_a_tie_needs_an_order(tmp_path: Path):
    text = text_of(
        form=BASE["form"] + "  village: {type: text}\n",
        scoring="scoring:\n  need: 5\n",
        decision="decision: {by: officer, cut: {rank: points, ties: [village]}}",
    )
    assert "'ties' names 'village', which is a text and has no order." in problems_of(tmp_path, text)[0]


def test_a_public_notice_never_shows_what_is_sensitive(tmp_path: Path):
    text = text_of(
        form=BASE["form"] + "  illness: {type: text, sensitive: health}\n",
        decision="decision: {by: officer, notice: {days: 7, shows: [illness]}}",
    )
    assert "'notice' shows 'illness', which is sensitive" in problems_of(tmp_path, text)[0]


def test_names_know_where_they_come_from(tmp_path: Path):
    text = text_of(
        parameters="parameters:\n  grown: {type: integer, source: Law, from: {2025-01-01: 18}}\n",
        derive="derive:\n  half: age / 2\n",
        eligibility="eligibility:\n  a: {rule: age > grown AND half > 3 AND as_of > '2026-01-01', refusal: x, basis: y}\n",
    )
    rule = accepted(tmp_path, text).eligibility["a"].rule
    assert rule.place == "eligibility.a"
    origins = [operand.left.origin for operand in rule.node.operands]
    assert origins == [Origin.FIELD, Origin.DERIVED, Origin.GIVEN]
    assert rule.node.operands[0].right.origin is Origin.PARAMETER


def test_due_days_are_counted_from_what_they_name(tmp_path: Path):
    text = text_of(
        follow_ups="follow_ups:\n  later: {due: [before first delivery, 1 year after award, on award], form: {ok: {type: boolean}}}\n"
    )
    assert accepted(tmp_path, text).follow_ups["later"].due == (
        Due(0, "days", after=False, anchor="first delivery"),
        Due(1, "years", after=True, anchor="award"),
        Due(0, "days", after=True, anchor="award"),
    )
