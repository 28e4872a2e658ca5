"""A programme's own examples tell how an award goes on and how it ends."""

import pytest

from almoner.definitions.load import check
from almoner.engine.rehearsal import rehearse
from medicine import RENEWAL, medicine

AWARD = "{on: 2026-03-31, step: award}"


def rehearsed(folder, *steps, renewal=RENEWAL):
    """What came of an example with these steps after the award."""
    lines = [f"      - {step}" for step in (AWARD, *steps)]
    story = "  story:\n    given: {like: poor}\n    then:\n" + "\n".join(lines) + "\n"
    programme = medicine(folder, renewal, story)
    (result,) = [one for one in rehearse(programme) if one.example == "story"]
    return [problem.message for problem in result.problems]


def test_a_year_of_a_patient_as_the_file_tells_it(tmp_path):
    assert (
        rehearsed(
            tmp_path,
            "{on: 2026-03-31, medicine: {}, expect: {renewal: not yet, reminder: null}}",
            "{on: 2027-01-30, expect: {renewal: open, reminder: null, state: active}}",
            "{on: 2027-03-24, expect: {reminder: 2027-03-24}}",
            "{on: 2027-03-25, renewal: {household_income: 30000, insured: false}, expect: {renewal: goes on, "
            "state: active, refused_by: [], proposed_end: []}}",
            "{on: 2028-01-31, expect: {renewal: open}}",
        )
        == []
    )


def test_silence_suspends_when_its_day_has_come_and_the_end_is_proposed_later(tmp_path):
    assert (
        rehearsed(
            tmp_path,
            "{on: 2027-03-30, expect: {state: active}}",
            "{on: 2027-03-31, expect: {state: suspended, renewal: silent, proposed_end: []}}",
            "{on: 2027-06-29, expect: {proposed_end: silence, state: suspended}}",
            "{on: 2027-09-01, medicine: {}, expect: {refused: [first, second]}}",
            "{on: 2027-09-01, renewal: {household_income: 1, insured: false}, expect: {renewal: goes on, "
            "state: suspended, proposed_end: []}}",
            "{on: 2027-09-02, step: resume, expect: {state: active, due: [first, second]}}",
            "{on: 2027-09-03, expect: {state: active}}",
        )
        == []
    )


def test_time_that_passes_between_two_steps_counts(tmp_path):
    """Nobody stands on the due day; the answer two months later finds the award suspended."""
    answers = "renewal: {household_income: 1, insured: false}"
    step = f"{{on: 2027-06-01, {answers}, expect: {{renewal: goes on, state: suspended}}}}"
    assert rehearsed(tmp_path, step) == []


def test_what_no_longer_holds_proposes_the_end_and_a_person_ends_it(tmp_path):
    assert (
        rehearsed(
            tmp_path,
            "{on: 2026-03-31, medicine: {}}",
            "{on: 2027-03-05, renewal: {household_income: 30001, insured: false}, expect: {renewal: ends, "
            "refused_by: [cannot_pay], proposed_end: renewal, state: active}}",
            "{on: 2027-03-06, step: end, expect: {state: ended, renewal: null, second: cancelled, first: paid, "
            "afterwards: scheduled}}",
            "{on: 2027-09-01, medicine: {}, expect: {refused: [not due]}}",
        )
        == []
    )


def test_a_gap_gives_the_officer_a_task_and_changes_nothing(tmp_path):
    assert (
        rehearsed(
            tmp_path,
            "{on: 2027-01-15, visit: {recovered: false}, for: 2026, verified: true, expect: {proposed_end: []}}",
            "{on: 2027-03-05, renewal: {insured: false}, expect: {renewal: needs information, task: renewal, "
            "unclear: renewal, missing: [household_income], state: active, proposed_end: []}}",
            "{on: 2027-04-01, expect: {state: active}}",
            "{on: 2027-04-02, renewal: {household_income: 5}, expect: {renewal: goes on, missing: []}}",
        )
        == []
    )


def test_a_rule_of_exit_proposes_the_end_when_its_record_is_verified(tmp_path):
    step = "{on: 2027-01-15, visit: {recovered: true}, for: 2026, verified: true, expect: {proposed_end: graduated}}"
    assert rehearsed(tmp_path, step) == []


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (
            "{on: 2027-01-29, renewal: {insured: false}}",
            "No renewal is open on 2027-01-29; the first opens on 2027-01-30.",
        ),
        ("{on: 2027-03-01, renewal: {insured: false}, for: 2}", "On 2027-03-01 renewal 1 is open, not 2."),
        (
            "{on: 2027-03-01, renewal: {insured: null}}",
            "The renewal answers nothing; silence is a step with nothing but its day.",
        ),
        ("{on: 2027-03-01, step: resume}", "'resume' is not possible: the award is active."),
        ("{on: 2027-04-01, step: suspend}", "'suspend' is not possible: the award is suspended."),
        ("{on: 2027-03-01, expect: {renewal: goes on}}", "2027-03-01: renewal: expected goes on, got open."),
    ],
)
def test_a_step_that_cannot_be_taken_or_that_comes_otherwise_says_why(tmp_path, step, told):
    assert rehearsed(tmp_path, step) == [f"'story': {told}"]


def test_after_the_end_nothing_is_renewed(tmp_path):
    steps = ("{on: 2027-01-01, step: end}", "{on: 2027-03-01, renewal: {insured: false}}")
    assert rehearsed(tmp_path, *steps) == ["'story': Nothing is renewed: the award is ended."]


def test_a_step_answers_only_what_the_renewal_asks(tmp_path):
    story = (
        "  story:\n    given: {like: poor}\n    then:\n"
        "      - {on: 2027-03-05, renewal: {household_incom: 1}}\n"
        "      - {on: 2027-03-06, renewal: {ill: true}}\n"
        "      - {on: 2027-03-07, renewl: {insured: true}}\n"
        "      - {on: 2027-03-08, renewal: {insured: perhaps}}\n"
        "      - {on: 2027-03-09, renewal: {insured: true}, expect: {proposed_ends: []}}\n"
    )
    path = tmp_path / "medicine.yaml"
    medicine(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + story, encoding="utf-8")
    _programme, problems = check(path)
    told = [problem.message for problem in problems]
    assert told == [
        "'story' answers 'household_incom', which 'renewal' does not ask. Did you mean 'household_income'?",
        "'story' answers 'ill', which 'renewal' does not ask.",
        "A step of 'story' is 'renewl', which is no record, follow-up or benefit. Did you mean 'renewal'?",
        "'insured' of 'story' must be true or false, not 'perhaps'.",
        "'story' expects 'proposed_ends', which nothing can be asked for. Did you mean 'proposed_end'?",
    ]
