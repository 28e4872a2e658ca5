"""Awarded cases for tests: a student of the shipped programme, and small programmes written on the spot."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from almoner.definitions.load import find, load
from almoner.definitions.programme import Programme
from almoner.engine.casefile import CaseFile, Sheet
from almoner.engine.results import Case, Screening
from almoner.engine.schedule import plan_award
from almoner.engine.screening import screen
from almoner.engine.sheets import happened_on

AWARDED_ON = date(2026, 10, 1)


@cache
def student_grants() -> Programme:
    return load(find("student_grants"))


@cache
def _screened() -> Screening:
    typical = student_grants().examples["typical"]
    assert typical.as_of is not None
    (screening,) = screen(student_grants(), [Case(typical.as_of, typical.answers)])
    return screening


def awarded(programme: Programme, screening: Screening, answers, as_of: date, on: date) -> CaseFile:
    plan = plan_award(programme, screening, on)
    return CaseFile(
        programme=programme,
        as_of=as_of,
        answers=answers,
        screening=screening,
        awarded_on=on,
        benefits=plan.benefits,
        instalments=plan.instalments,
        follow_ups=plan.follow_ups,
    )


def student(on: date = AWARDED_ON) -> CaseFile:
    """The typical student, awarded 5000 yuan in two halves."""
    typical = student_grants().examples["typical"]
    assert typical.as_of is not None
    return awarded(student_grants(), _screened(), typical.answers, typical.as_of, on)


def reporting(case: CaseFile, period: str, on: date, **given) -> CaseFile:
    """The case after a record was reported, and verified where `verified_on` is given.

    `record`, `key` and `corrects` are the sheet's; all else that is given answers its questions.
    """
    record = given.pop("record", "term_result")
    verified_on = given.pop("verified_on", None)
    sheet = Sheet(
        key=given.pop("key", f"{record}-{len(case.sheets)}"),
        corrects=given.pop("corrects", ""),
        record=record,
        happened_on=happened_on(case.programme, record, period, on),
        reported_on=on,
        answers={name: value if isinstance(value, bool) else Decimal(value) for name, value in given.items()},
        period=period,
        state="verified" if verified_on else "reported",
        verified_on=verified_on,
    )
    return replace(case, sheets=(*case.sheets, sheet))


def term(case: CaseFile, period: str, on: date, **answers) -> CaseFile:
    """The case after a good term's result, but for `answers`, was reported and verified on one day."""
    return reporting(
        case, period, on, verified_on=on, **{"enrolled": True, "credits": 15, "gpa": 3, **answers}
    )


SMALL = """\
almoner: 1
programme: A small programme
theme: primary health
purpose: Shows one thing at a time.
serves: person
currency: CNY
time_zone: Asia/Shanghai
{lookups}
form:
  asks: {{type: boolean, ask: "Do you ask for it?"}}
  age: {{type: integer, ask: "How old are you?"}}
{form}

eligibility:
  asked_for: {{rule: asks, refusal: Nobody asked., basis: Rules}}
{scoring}
decision:
  by: officer
{decision}

{rest}
examples:
  asked:
    given: {{as_of: 2026-01-10, asks: true}}
    expect: {{outcome: eligible}}
{examples}
"""


def small(folder: Path, rest: str, **parts: str) -> Programme:
    """A programme of two questions; `rest` and `parts` (lookups, form, scoring, decision, examples) are its."""
    blank = dict.fromkeys(("lookups", "form", "scoring", "decision", "examples"), "")
    written = {**blank, **parts, "rest": rest}
    path = folder / "small.yaml"
    path.write_text(SMALL.format(**written), encoding="utf-8")
    return load(path)


def small_case(programme: Programme, on: date = date(2026, 1, 15)) -> CaseFile:
    """Its only applicant, awarded."""
    answers = {"asks": True}
    (screening,) = screen(programme, [Case(date(2026, 1, 10), answers)])
    assert screening.outcome == "eligible"
    return awarded(programme, screening, answers, date(2026, 1, 10), on)
