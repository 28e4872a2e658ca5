"""Instruments: every file is whole, is kept with its edition, and whoever names one must heed its alarm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from definition_texts import accepted, problems_of, text_of

from almoner.definitions.instruments import FOLDER, file_of, known
from almoner.definitions.load import from_edition
from almoner.definitions.tree import Type

BASELINE = "due: [before first delivery, 26 weeks after first delivery]"
GRANT = "benefits:\n  grant: {kind: cash, amount: 500}\n"
TOLD = "raises: {safety: {when: phq9_safety, to: psychiatrist, within: 4 hours}}"


@dataclass(frozen=True)
class Published:
    """What the paper of an instrument says: how many questions, and the points of the best and the worst answers."""

    name: str
    score: str
    items: int
    answers: int
    raises: str = ""


PUBLISHED = [
    Published("WHO-5", "who5", 5, 30),
    Published("PHQ-9", "phq9", 9, 36, f", {TOLD}"),
    Published("GAD-7", "gad7", 7, 28),
    Published("Barthel", "barthel", 10, 3 + 4 + 2 + 3 + 2 + 4 + 3 + 3 + 3 + 3),
]


def asked(instrument: str, more: str = "") -> str:
    return text_of(
        benefits=GRANT, follow_ups=f"follow_ups:\n  x: {{{BASELINE}, instrument: {instrument}{more}}}\n"
    )


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: one.name)
def test_an_instrument_is_written_out_as_ordinary_questions_that_are_sealed(tmp_path: Path, one: Published):
    follow_up = accepted(tmp_path, asked(one.name, one.raises)).follow_ups["x"]
    assert len(follow_up.form) == one.items
    assert sum(len(field.choices) for field in follow_up.form.values()) == one.answers
    assert {field.type for field in follow_up.form.values()} == {Type.CHOICE}
    assert {field.sensitive for field in follow_up.form.values()} == {"health"}
    assert follow_up.instrument is not None
    assert follow_up.instrument.score == one.score
    assert follow_up.instrument.licence
    assert follow_up.instrument.source
    assert one.score in follow_up.derive


def test_every_file_is_named_after_its_instrument():
    assert {"WHO-5", "PHQ-9", "GAD-7", "Barthel", "EQ-5D-5L", "WHODAS 2.0-12"} == set(known())
    assert {file_of(name).removeprefix("instrument:") for name in known()} == {
        file.stem for file in FOLDER.glob("*.yaml")
    }


def test_an_edition_keeps_the_instrument_as_it_was(tmp_path: Path):
    programme = accepted(tmp_path, asked("WHO-5"))
    again = from_edition(programme.frozen)
    assert again.digest == programme.digest
    assert list(again.follow_ups["x"].derive) == list(programme.follow_ups["x"].derive)
    assert b"instrument: WHO-5" in programme.frozen
    older = programme.frozen.replace(b"times: 4", b"times: 1")
    assert from_edition(older).follow_ups["x"].derive["who5"].expression.text.endswith("* 1")


REFUSED = [
    ("WHO5", "", "'WHO5' is no instrument that is known. The instruments: Barthel,"),
    ("WHO5", "", "Did you mean 'WHO-5'?"),
    ("who-5", "", "'who-5' is no instrument that is known."),
    ("PHQ-9", "", "'x' asks PHQ-9, and nobody is told of an alarm. Add raises: {safety: {when: phq9_safety"),
    ("EQ-5D-5L", "", "'x' names EQ-5D-5L, and has no 'form'. Its questions are not reproduced."),
    (
        "WHO-5",
        ", form: {who5_calm: {type: integer}}",
        "'who5_calm' of 'x' is a name of its instrument; rename one.",
    ),
]


@pytest.mark.parametrize(("name", "more", "expected"), REFUSED)
def test_an_instrument_that_cannot_be_asked_is_refused(tmp_path: Path, name: str, more: str, expected: str):
    problems = problems_of(tmp_path, asked(name, more))
    assert any(expected in problem for problem in problems), problems


def test_a_licensed_instrument_is_a_place_for_its_own_form(tmp_path: Path):
    more = ", form: {eq_mobility: {type: integer, ask: Mobility, min: 1, max: 5, sensitive: health}}"
    follow_up = accepted(tmp_path, asked("EQ-5D-5L", more)).follow_ups["x"]
    assert follow_up.instrument is not None
    assert not follow_up.instrument.score
    assert list(follow_up.form) == ["eq_mobility"]


def test_a_form_and_its_own_derived_names_may_stand_beside_an_instrument(tmp_path: Path):
    more = ", form: {met: {type: boolean, ask: Met}}, derive: {low: who5 <= 50}"
    follow_up = accepted(tmp_path, asked("WHO-5", more)).follow_ups["x"]
    assert follow_up.derive["low"].type is Type.BOOLEAN
    assert "met" in follow_up.form


THERAPY = """\
benefits:
  therapy:
    kind: service
    call_off: true
    amount: 500
    payee: {payee}
    each_delivery: {{form: {{centre: {{type: code}}, price: {{type: money}}}}, amount: price}}
"""


def measured(by: str, not_by: str, payee: str = "centre", form: str = "who: {type: code}") -> str:
    asks = f"by: {by}, not_by: {not_by}, form: {{{form}, n: {{type: integer}}}}"
    return text_of(
        benefits=THERAPY.format(payee=payee), follow_ups=f"follow_ups:\n  x: {{{BASELINE}, {asks}}}\n"
    )


NOT_BY = [
    (
        measured("n", "payee"),
        "'by' of 'x' names 'n', which says no person: a party, a code or a choice does.",
    ),
    (
        measured("who", "centr"),
        "'not_by' of 'x' names 'centr', which no each_delivery asks. Did you mean 'centre'?",
    ),
    (
        measured("who", "payee", payee="party"),
        "'x' may not be asked by the payee, and no 'payee' names a question",
    ),
]


@pytest.mark.parametrize(("text", "expected"), NOT_BY)
def test_who_must_not_ask_is_a_question_of_the_delivery(tmp_path: Path, text: str, expected: str):
    problems = problems_of(tmp_path, text)
    assert any(expected in problem for problem in problems), problems


def test_a_role_cannot_be_compared_with_whoever_is_paid(tmp_path: Path):
    follow_up = accepted(tmp_path, measured("partner", "payee")).follow_ups["x"]
    assert follow_up.not_by == ()
    assert follow_up.other == {"not_by": ("payee",)}


CHANGES = [
    ("{level: outcome, change: x, at: 27 weeks}", "'at' of 'y' must be the time of one follow-up of 'x'"),
    ("{level: outcome, change: x, at: soon}", "'at' of 'y' must be the time of one follow-up of 'x'"),
    (
        "{level: outcome, change: x, share_with: a_lot}",
        "'share_with' of 'y' must say: minimal_important_change, of an instrument that has one.",
    ),
    (
        "{level: outcome, change: who5 * 2, from: x, share_with: minimal_important_change}",
        "'share_with' of 'y' is about the score of an instrument: change: x.",
    ),
]


@pytest.mark.parametrize(("line", "expected"), CHANGES)
def test_a_change_goes_up_to_an_occasion_that_there_is(tmp_path: Path, line: str, expected: str):
    text = text_of(
        benefits=GRANT,
        follow_ups=f"follow_ups:\n  x: {{{BASELINE}, instrument: WHO-5}}\n",
        indicators=f"indicators:\n  y: {line}\n",
    )
    problems = problems_of(tmp_path, text)
    assert any(expected in problem for problem in problems), problems
