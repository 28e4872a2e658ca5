from dataclasses import replace
from datetime import date, timedelta

from awarded_cases import student
from hypothesis import given
from hypothesis import strategies as st

from almoner.engine.casefile import Attempt
from almoner.engine.follow_ups import follow_ups_on

DUE = date(2027, 10, 1)
RESULTS = ("no answer", "refused", "died", "answered")


def tried(*attempts: tuple[int, str]):
    """The student's only follow-up, tried so many days after it fell due."""
    case = student()
    made = tuple(Attempt(DUE + timedelta(days=days), result) for days, result in attempts)
    return replace(case, follow_ups=(replace(case.follow_ups[0], attempts=made),))


def state(case, day=DUE + timedelta(days=100)) -> str:
    (found,) = follow_ups_on(case, day)
    return found.state


def test_a_follow_up_is_scheduled_until_its_day_and_due_from_then_on():
    assert state(student(), DUE - timedelta(days=1)) == "scheduled"
    assert state(student(), DUE) == "due"


def test_who_was_never_tried_is_never_lost():
    assert state(student(), DUE + timedelta(days=3650)) == "due"


def test_who_was_tried_as_often_as_the_file_says_is_lost_and_not_before():
    twice = [(1, "no answer"), (2, "no answer")]
    assert state(tried(*twice)) == "due"
    assert state(tried(*twice, (3, "no answer"))) == "lost"


def test_a_late_answer_reopens_who_was_lost():
    case = tried((1, "no answer"), (2, "no answer"), (3, "no answer"), (90, "answered"))
    assert state(case, DUE + timedelta(days=89)) == "lost"
    assert state(case, DUE + timedelta(days=90)) == "answered"


def test_refusals_and_deaths_are_told_apart():
    assert state(tried((1, "refused"))) == "refused"
    assert state(tried((1, "no answer"), (2, "died"))) == "died"


def test_attempts_are_counted():
    (found,) = follow_ups_on(tried((1, "no answer")), DUE + timedelta(days=1))
    assert (found.attempts, found.attempts_left) == (1, 2)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from(RESULTS)), max_size=6), st.integers(-10, 90))
def test_what_happens_later_never_changes_how_a_day_looked(attempts, days):
    day = DUE + timedelta(days=days)
    known = [one for one in attempts if one[0] <= days]
    assert follow_ups_on(tried(*attempts), day)[0].state == follow_ups_on(tried(*known), day)[0].state


@given(st.lists(st.tuples(st.integers(0, 60), st.just("no answer")), max_size=6))
def test_lost_needs_all_attempts(attempts):
    (found,) = follow_ups_on(tried(*attempts), DUE + timedelta(days=90))
    assert (found.state == "lost") is (len(attempts) >= 3)
