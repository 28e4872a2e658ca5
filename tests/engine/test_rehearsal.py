import pytest
from awarded_cases import small, student_grants

from almoner.engine.rehearsal import rehearse

FOOD = """\
benefits:
  food: {kind: in_kind, item: Food, quantity: 2, unit: box, unit_value: 80}

records:
  event:
    about: award
    when: it happens
    by: anyone
    form: {serious: {type: boolean, ask: "Was it serious?"}}
    raises:
      tell: {when: serious, to: reviewer, within: 12 hours}

follow_ups:
  arrived: {due: 14 days after award, attempts: 2, form: {got_it: {type: boolean, ask: "Did it arrive?"}}}

indicators:
  arrivals: {level: outcome, share: got_it, from: arrived}
"""


def rehearsed(tmp_path, *steps: str, given: str = "{like: asked}", expect: str = "{}", rest: str = FOOD):
    lines = ["  story:", f"    given: {given}", f"    expect: {expect}"]
    if steps:
        lines += ["    then:", *(f"      - {step}" for step in steps)]
    programme = small(tmp_path, rest, examples="\n".join(lines))
    (result,) = [one for one in rehearse(programme) if one.example == "story"]
    return result


def told(result) -> str:
    return str(result)


AWARD = "{on: 2026-01-15, step: award}"


def test_every_example_of_the_student_grants_holds():
    results = rehearse(student_grants())
    assert [str(problem) for one in results for problem in one.problems] == []
    assert {one.example for one in results} == set(student_grants().examples)


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ("{outcome: not eligible}", "outcome: expected not eligible, got eligible."),
        ("{food: 3}", "food: expected 3, got 2."),
        ("{missing: [asks]}", "missing: expected [asks], got []."),
        ("{refused_by: [asked_for]}", "refused_by: expected [asked_for], got []."),
    ],
)
def test_a_wrong_expectation_of_the_screening_fails_with_its_line(tmp_path, expect, sentence):
    result = rehearsed(tmp_path, expect=expect)
    assert not result.holds
    assert sentence in told(result)
    assert told(result).startswith("small.yaml:")


def test_a_right_one_holds(tmp_path):
    assert rehearsed(tmp_path, expect="{outcome: eligible, food: 2, missing: [], blocked: []}").holds


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ("{due: []}", "due: expected [], got [food]."),
        ("{held: [food]}", "held: expected [food], got []."),
        ("{standing: ended}", "standing: expected ended, got []."),
        ("{state: suspended}", "state: expected suspended, got active."),
        ("{arrived: due}", "arrived: expected due, got scheduled."),
        ("{arrivals: {of: 1}}", "arrivals: expected {of: 1}, got"),
    ],
)
def test_a_wrong_expectation_of_a_step_fails_with_its_line_and_day(tmp_path, expect, sentence):
    result = rehearsed(tmp_path, f"{{on: 2026-01-15, step: award, expect: {expect}}}")
    assert sentence in told(result)
    assert "2026-01-15" in told(result)


def test_nothing_is_paid_unless_a_step_pays_it(tmp_path):
    assert rehearsed(
        tmp_path,
        "{on: 2026-01-15, step: award, expect: {due: [food], food: due}}",
        "{on: 2026-06-01, expect: {due: [food]}}",
        "{on: 2026-06-02, food: {}, expect: {due: [], paid: 2, state: paid}}",
        "{on: 2026-06-03, food: {}, expect: {refused: [not due]}}",
    ).holds


def test_what_is_not_due_is_not_handed_over(tmp_path):
    result = rehearsed(tmp_path, AWARD, "{on: 2026-01-15, food: {}}", "{on: 2026-01-16, food: {}}")
    assert "Nothing of food is due on 2026-01-16" in told(result)


def test_a_record_raises_its_task_with_a_deadline(tmp_path):
    assert rehearsed(
        tmp_path,
        AWARD,
        '{on: 2026-01-20, event: {serious: true}, expect: {task: tell, deadline: "2026-01-20 12:00"}}',
        "{on: 2026-01-21, event: {serious: true}, expect: {tasks: [tell], deadline: 12 hours}}",
        "{on: 2026-01-22, event: {serious: false}, expect: {tasks: []}}",
        "{on: 2026-01-23, event: {serious: null}, expect: {unclear: [tell], missing: [serious]}}",
    ).holds


def test_a_wrong_deadline_fails(tmp_path):
    result = rehearsed(
        tmp_path, AWARD, "{on: 2026-01-20, event: {serious: true}, expect: {deadline: 13 hours}}"
    )
    assert "deadline: expected 13 hours, got 2026-01-20 12:00." in told(result)


def test_who_is_never_tried_stays_unknown_and_who_is_tried_in_vain_is_lost(tmp_path):
    assert rehearsed(
        tmp_path,
        "{on: 2026-01-15, step: award, expect: {arrivals: {of: 0}}}",
        "{on: 2026-01-29, expect: {arrived: due, arrivals: {yes: 0, no: 0, unknown: 1, lost: 0, of: 1}}}",
        "{on: 2026-02-01, arrived: {}, expect: {state: due}}",
        "{on: 2026-02-02, arrived: {}, expect: {state: lost, arrivals: {unknown: 0, lost: 1, of: 1}}}",
        "{on: 2026-03-01, arrived: {got_it: true}, expect: {state: answered, arrivals: {yes: 1, of: 1}}}",
    ).holds


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        (["{on: 2026-01-16, expect: {due: []}}"], "There is nothing yet that it could be about"),
        ([AWARD, AWARD], "It is awarded already."),
        (["{on: 2026-01-09, step: award}"], "before the step above it"),
        ([AWARD, "{on: 2026-01-16, arrived: {got_it: true}}"], "arrived is not due on 2026-01-16"),
    ],
)
def test_a_step_that_cannot_be_taken_fails(tmp_path, steps, sentence):
    assert sentence in told(rehearsed(tmp_path, *steps))


def test_who_is_not_eligible_is_not_awarded(tmp_path):
    result = rehearsed(tmp_path, AWARD, given="{like: asked, asks: false}")
    assert "It cannot be awarded: the screening says not eligible." in told(result)


def test_a_step_beyond_what_is_carried_out_is_told_and_what_came_before_was_tried(tmp_path):
    service = FOOD.replace("kind: in_kind", "kind: service")
    result = rehearsed(tmp_path, AWARD, rest=service)
    assert not result.holds
    assert result.not_yet
    assert "not yet carried out" in told(result)
    wrong = rehearsed(tmp_path, AWARD, rest=service, expect="{food: 3}")
    assert not wrong.not_yet
