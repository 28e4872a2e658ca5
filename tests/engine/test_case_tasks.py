from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from awarded_cases import small, small_case

from almoner.engine.tasks import tasks_from

RECORDS = """\
records:
  event:
    about: award
    when: it happens
    by: anyone
    form:
      serious: {type: boolean, ask: "Was it serious?"}
      days_ill: {type: integer, ask: "How many days ill?"}
    raises:
      tell_the_office: {to: medical_reviewer, within: 12 hours}
      tell_the_maker: {when: serious, to: safety_desk, within: 24 hours, sends: [days_ill]}
      visit: {when: serious AND days_ill > 3, to: nurse, within: 2 working days}
  complaint:
    about: award
    when: it happens
    form:
      asked: {type: boolean}
      kind: {type: choice, of: [danger, grievance, wish]}
      degree: {type: choice, of: [high, low], when: asked}
    raises:
      answer: {to: nurse, within: {wish: 60 days, danger: 1 day, grievance: 5 working days}}
      rank: {to: nurse, within: {high: 1 hour, low: 2 days}}
"""

AT = datetime(2026, 1, 16, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Friday


@pytest.fixture
def case(tmp_path):
    return small_case(small(tmp_path, RECORDS), date(2026, 1, 15))


def raised(case, **answers):
    return {one.name: one for one in tasks_from(case, "event", answers, AT)}


def test_a_task_without_a_condition_is_always_raised(case):
    found = raised(case, serious=False)
    assert list(found) == ["tell_the_office"]
    assert (found["tell_the_office"].to, found["tell_the_office"].unclear) == ("medical_reviewer", False)


def test_a_task_is_raised_with_the_time_by_which_it_is_to_be_done(case):
    found = raised(case, serious=True, days_ill=5)
    assert found["tell_the_maker"].deadline == datetime(2026, 1, 17, 1, 30, tzinfo=UTC)
    assert found["visit"].deadline == datetime(2026, 1, 20, 1, 30, tzinfo=UTC), (
        "the weekend is no working day"
    )
    assert found["tell_the_maker"].sends == ("days_ill",)


def test_an_unanswered_question_silences_no_alarm(case):
    found = raised(case, days_ill=5)
    assert (found["tell_the_maker"].unclear, found["tell_the_maker"].missing) == (True, ("serious",))
    assert (found["visit"].unclear, found["visit"].missing) == (True, ("serious",))


def test_what_is_known_to_be_false_raises_nothing_whatever_else_is_missing(case):
    assert "visit" not in raised(case, days_ill=1)


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("danger", datetime(2026, 1, 17, 1, 30, tzinfo=UTC)),
        ("grievance", datetime(2026, 1, 23, 1, 30, tzinfo=UTC)),
        ("wish", datetime(2026, 3, 17, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_clock_goes_by_the_answer_to_a_choice(case, kind, by):
    (answer, _rank) = tasks_from(case, "complaint", {"kind": kind}, AT)
    assert (answer.deadline, answer.unclear) == (by, False)


def test_while_the_choice_is_unknown_the_shortest_clock_runs(case):
    (answer, _rank) = tasks_from(case, "complaint", {}, AT)
    assert answer.deadline == datetime(2026, 1, 17, 1, 30, tzinfo=UTC), "a gap gives nobody more time"


def test_a_choice_that_is_not_always_asked_gives_nobody_more_time(case):
    (_answer, rank) = tasks_from(case, "complaint", {"asked": False, "degree": "low"}, AT)
    assert rank.deadline == datetime(2026, 1, 16, 2, 30, tzinfo=UTC)
