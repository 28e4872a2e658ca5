"""A case in sentences that an applicant understands."""

import re
from decimal import Decimal

import pytest

from almoner.definitions.load import find, load
from almoner.engine.explain import explain
from almoner.engine.screening import Case, screen
from almoner.values.language import use_language

GRANTS = load(find("student_grants"))
TYPICAL = GRANTS.examples["typical"]
AUDITORS = re.compile(r"\b(party|edition|screening|instalment|posting|bundle|replay)\b", re.IGNORECASE)


def told(language="en", **changes):
    screening = screen(GRANTS, [Case(TYPICAL.as_of, {**TYPICAL.answers, **changes})])[0]
    with use_language(language):
        return explain(GRANTS, screening)


def test_who_meets_everything_hears_the_amount_and_that_a_person_decides():
    lines = told()
    assert lines[0] == "Student grants: you meet every condition."
    assert "Grant: up to 5000.00 CNY, if it is approved." in lines
    assert not any("laptop" in line.lower() for line in lines)
    assert lines[-1].startswith("What comes next: a person decides.")


def test_a_refusal_gives_its_sentence_and_its_basis():
    lines = told(full_time=False)
    assert lines[0] == "Student grants: you do not meet one of the conditions."
    assert (
        "Grant rules, article 2: not met. The grant is for full-time study at an accredited institution."
        in lines
    )
    assert not any("CNY" in line or "points" in line for line in lines)


def test_what_is_missing_is_asked_in_the_words_of_the_form():
    lines = told(members=[{"relation": "self", "age": 20, "income": 0}, {"relation": "parent", "age": 48}])
    question = "“Net income per month” (line 2 of “Who lives in the household, you included?”)"
    assert f"Grant rules, article 3: cannot be said yet, because this is missing: {question}." in lines
    assert f"Please answer: {question}." in lines
    assert lines[-1] == "Nothing is refused because of a gap: your application waits for your answers."


def test_what_the_office_answers_is_not_asked_of_the_applicant():
    lines = told(accredited=None)
    assert "Still to be answered by our office: “Is the institution accredited?”." in lines
    assert not any(line.startswith("Please answer") for line in lines)


def test_what_cannot_be_computed_is_never_shown():
    lines = told(members=[])
    assert "Grant rules, article 3: cannot be said yet; our office is looking into it." in lines
    assert not any("division" in line or "income_per_head" in line for line in lines)
    assert lines[-1] == "You need do nothing now: our office completes what is missing."


def test_after_a_refusal_nothing_more_is_looked_at():
    lines = told(full_time=False, average=None)
    assert "Grant rules, article 4: not looked at any further." in lines


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_word_of_the_auditors_stands_in_it(language):
    changes = [{}, {"full_time": False}, {"members": []}, {"accredited": None}, {"average": Decimal(0)}]
    text = "\n".join(line for change in changes for line in told(language, **change))
    assert not AUDITORS.search(text)
    assert "筛查" not in text
    assert "党" not in text


def test_in_chinese_every_sentence_is_chinese():
    for changes in ({}, {"full_time": False}, {"members": None}, {"accredited": None}):
        for line in told("zh-hans", **changes):
            assert re.search("[\u4e00-\u9fff]", line), line
            assert not re.search("[A-Za-z]{4,}", line), line
