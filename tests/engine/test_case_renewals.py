"""Renewals: the calendar, what an answer says, and what silence does."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from awarded_cases import reporting
from hypothesis import given, settings
from hypothesis import strategies as st
from renewed_cases import BEGUN, answering, patient

from almoner.definitions.programme import Duration, Renewal, Silence
from almoner.engine.ends import ending, ends_on, still_owed
from almoner.engine.renewals import (
    falling,
    fallings,
    merged,
    opened_by,
    reminder_due,
    renewal_on,
    suspends,
    verdict_on,
)
from almoner.engine.schedule import due_on, held_back
from almoner.values.dates import add_duration
from medicine import medicine, text_of
from oracle.definition import read_definition
from oracle.evaluator import Case as PlainCase

DUE = date(2027, 3, 31)
OPENS = date(2027, 1, 30)


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    return medicine(tmp_path_factory.mktemp("renewed"))


def state(case, day):
    return renewal_on(case, day).state


def test_it_opens_sixty_days_before_it_falls_due_and_not_a_day_earlier(programme):
    case = patient(programme)
    assert state(case, OPENS - timedelta(1)) == "not yet"
    assert state(case, OPENS) == "open"
    assert state(case, DUE - timedelta(1)) == "open"
    assert state(case, DUE) == "silent"


def test_a_step_of_months_keeps_the_day_and_clamps_it_to_the_end_of_the_month():
    renewal = Renewal(every=Duration(1, "months"), line=0)
    days = [falling(renewal, date(2026, 1, 31), number).due_on for number in (1, 2, 3)]
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_beyond_the_last_year_nothing_falls_due():
    renewal = Renewal(every=Duration(4000, "years"), line=0)
    assert [one.due_on.year for one in fallings(renewal, BEGUN)] == [6026]


def test_a_reminder_is_due_from_its_day_until_somebody_answers(programme):
    case = patient(programme)
    assert reminder_due(renewal_on(case, date(2027, 2, 28)), date(2027, 2, 28)) is None
    assert reminder_due(renewal_on(case, date(2027, 3, 1)), date(2027, 3, 1)) == date(2027, 3, 1)
    assert reminder_due(renewal_on(case, date(2027, 3, 30)), date(2027, 3, 30)) == date(2027, 3, 24)
    case = answering(case, 1, date(2027, 3, 2), household_income=100, insured=False)
    assert reminder_due(renewal_on(case, date(2027, 3, 30)), date(2027, 3, 30)) is None


def test_all_rules_true_it_goes_on_until_the_next_one_opens(programme):
    case = answering(patient(programme), 1, date(2027, 2, 1), household_income=25000, insured=False)
    found = renewal_on(case, DUE)
    assert (found.falling.number, found.state) == (1, "goes on")
    assert state(case, date(2028, 1, 30)) == "goes on"
    later = renewal_on(case, date(2028, 1, 31))
    assert (later.falling.number, later.state) == (2, "open")


def test_a_rule_that_is_not_asked_again_refuses_nobody(programme):
    case = answering(patient(programme), 1, date(2027, 2, 1), household_income=25000, insured=False)
    assert verdict_on(case, 1, DUE).rules == {"cannot_pay": True, "illness_confirmed": True}


def test_a_rule_that_no_longer_holds_proposes_the_end_with_its_name_and_ends_nothing(programme):
    case = answering(patient(programme), 1, date(2027, 2, 1), household_income=41000, insured=False)
    (proposed,) = ends_on(case, date(2027, 2, 1)).proposed
    assert (proposed.by, proposed.since, proposed.refused_by) == (
        "renewal",
        date(2027, 2, 1),
        ("cannot_pay",),
    )
    assert case.state == "active"


def test_the_figures_of_the_day_on_which_the_answers_came_are_in_force(programme):
    """The ceiling falls from 40 000 to 30 000 on 1 March 2027."""
    before = answering(patient(programme), 1, date(2027, 2, 28), household_income=35000, insured=False)
    after = answering(patient(programme), 1, date(2027, 3, 1), household_income=35000, insured=False)
    assert (state(before, date(2027, 3, 20)), state(after, date(2027, 3, 20))) == ("goes on", "ends")


def test_what_is_asked_again_and_not_answered_is_missing_and_not_as_it_was_last_year(programme):
    case = answering(patient(programme), 1, date(2027, 3, 1), insured=False)
    found = ends_on(case, DUE)
    assert (found.renewal.state, found.proposed) == ("needs information", ())
    task = found.tasks[0]
    assert (task.name, task.to, task.unclear, task.missing) == (
        "renewal",
        "officer",
        True,
        ("household_income",),
    )


def test_a_second_sheet_answers_what_the_first_left_open_by_the_figures_of_its_own_day(programme):
    case = answering(patient(programme), 1, date(2027, 2, 1), insured=False)
    case = answering(case, 1, date(2027, 3, 5), household_income=35000)
    assert merged(case, 1, DUE)["insured"] is False
    assert state(case, date(2027, 3, 4)) == "needs information"
    assert state(case, date(2027, 3, 5)) == "ends"


def test_a_gap_in_a_later_sheet_takes_nothing_back(programme):
    case = answering(patient(programme), 1, date(2027, 3, 1), household_income=100, insured=False)
    case = answering(case, 1, date(2027, 3, 5), household_income=None)
    assert state(case, date(2027, 3, 5)) == "goes on"


def test_a_question_with_a_condition_is_asked_as_in_the_form(programme):
    insured = answering(patient(programme), 1, date(2027, 3, 1), household_income=100, insured=True)
    assert verdict_on(insured, 1, DUE).missing == ("insurance_pays",)
    paid = answering(insured, 1, date(2027, 3, 2), insurance_pays=50000)
    assert state(paid, DUE) == "ends"
    no_longer = answering(paid, 1, date(2027, 3, 3), insured=False)
    assert state(no_longer, DUE) == "goes on"


def test_the_application_is_never_changed(programme):
    before = patient(programme)
    case = answering(before, 1, date(2027, 3, 1), household_income=99999, insured=False)
    assert (case.answers, case.screening) == (before.answers, before.screening)


def test_silence_suspends_on_the_due_day_and_then_nothing_is_handed_over(programme):
    case = patient(programme)
    assert not suspends(case, DUE - timedelta(1))
    assert suspends(case, DUE)
    suspended = replace(case, state="suspended")
    assert held_back(suspended, DUE).reason == "The award is suspended."
    assert not any(one.is_due for one in due_on(suspended, date(2027, 12, 1)))


def test_silence_proposes_the_end_ninety_days_after_the_due_day_and_never_ends_anything(programme):
    case = replace(patient(programme), state="suspended")
    assert ends_on(case, date(2027, 6, 28)).proposed == ()
    (proposed,) = ends_on(case, date(2027, 6, 29)).proposed
    assert (proposed.by, proposed.since) == ("silence", date(2027, 6, 29))


def test_a_late_answer_counts_and_the_end_is_no_longer_proposed(programme):
    case = answering(
        replace(patient(programme), state="suspended"), 1, date(2027, 9, 1), household_income=1, insured=False
    )
    found = ends_on(case, date(2027, 9, 1))
    assert (found.renewal.state, found.proposed) == ("goes on", ())


def test_whoever_a_person_resumed_in_spite_of_silence_is_left_alone_until_the_next_renewal(programme):
    case = replace(patient(programme), resumed_on=date(2027, 4, 10))
    assert not suspends(case, date(2027, 4, 11))
    assert not suspends(case, date(2028, 3, 30))
    assert suspends(case, date(2028, 3, 31))


def test_who_was_resumed_before_the_due_day_is_suspended_when_it_comes(programme):
    assert suspends(replace(patient(programme), resumed_on=DUE - timedelta(1)), DUE)


def test_where_the_file_does_not_say_so_silence_suspends_nobody(tmp_path):
    quiet = medicine(tmp_path, "renewal: {every: 12 months, asks: [insured], again: [cannot_pay]}\n")
    case = patient(quiet)
    assert not suspends(case, date(2030, 1, 1))
    assert state(case, DUE - timedelta(1)) == "not yet"
    assert (state(case, DUE), ends_on(case, date(2030, 1, 1)).proposed) == ("silent", ())


def test_of_an_award_that_is_over_nothing_is_asked(programme):
    over = ending(patient(programme), date(2027, 1, 1))
    assert renewal_on(over, DUE) is None
    assert (ends_on(over, DUE).proposed, ends_on(over, DUE).tasks) == ((), ())


def test_a_rule_of_exit_is_looked_at_when_a_record_is_verified_or_falls_due_unreported(programme):
    case = patient(programme)
    day = date(2027, 1, 20)
    assert ends_on(case, day).proposed == ()
    well = reporting(case, "2026", day, record="visit", verified_on=day, recovered=True)
    assert [one.by for one in ends_on(well, day).proposed] == ["graduated"]
    ill = reporting(case, "2026", day, record="visit", verified_on=day, recovered=False)
    assert (ends_on(ill, day).proposed, ends_on(ill, day).tasks) == ((), ())
    (task,) = ends_on(case, date(2027, 1, 30)).tasks
    assert (task.name, task.raised_by, task.missing) == ("graduated", "exit", ("visit[2026]",))


def test_whoever_is_in_a_programme_that_winds_down_until_a_day_has_their_end_proposed_on_it(programme):
    case = replace(patient(programme), winding_down=date(2027, 1, 1))
    case = answering(case, 1, DUE, household_income=1, insured=False)
    case = answering(case, 2, date(2028, 3, 1), household_income=1, insured=False)
    assert ends_on(case, date(2028, 12, 30)).proposed == ()
    (proposed,) = ends_on(case, date(2028, 12, 31)).proposed
    assert (proposed.by, proposed.since) == ("wind_down", date(2028, 12, 31))
    assert ends_on(replace(case, winding_down=None), date(2028, 12, 31)).proposed == ()


def test_ending_cancels_what_is_to_come_keeps_what_was_given_and_plans_what_is_asked_after_the_end(programme):
    case = patient(programme).paying("medicine", "first", BEGUN)
    over = ending(case, date(2027, 1, 1))
    assert [(one.name, one.state) for one in over.instalments] == [("first", "paid"), ("second", "cancelled")]
    assert [(one.name, one.due_on) for one in over.follow_ups] == [("afterwards", date(2027, 1, 31))]
    assert due_on(over, date(2028, 1, 1)) == ()
    assert still_owed(case) == ()


SPANS = st.one_of(
    st.builds(Duration, st.integers(3, 400), st.just("days")),
    st.builds(Duration, st.integers(1, 60), st.just("weeks")),
    st.builds(Duration, st.integers(1, 30), st.just("months")),
    st.builds(Duration, st.integers(1, 5), st.just("years")),
)
BEGINS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(SPANS, BEGINS, st.integers(1, 40), st.integers(0, 20), st.integers(0, 400))
def test_the_nth_falls_due_n_rhythms_after_the_award_began(every, begun, number, opens, ends):
    silence = Silence(remind=(Duration(5, "days"),), end=Duration(ends, "days") if ends else None)
    before = Duration(opens, "days") if opens else None
    found = falling(Renewal(every=every, line=0, opens=before, no_answer=silence), begun, number)
    assert found.due_on == add_duration(begun, number * every.count, every.unit)
    assert (found.due_on - found.opens_on).days == opens
    assert [(found.due_on - one).days for one in found.reminders] == [5]
    assert (found.ends_on is None) if not ends else (found.ends_on - found.due_on).days == ends


@given(SPANS, BEGINS, st.integers(0, 4000))
def test_what_is_open_on_a_day_was_opened_in_order_and_is_never_shut_again(every, begun, days):
    renewal = Renewal(every=every, line=0, opens=Duration(2, "days"))
    day = begun + timedelta(days)
    opened = opened_by(renewal, begun, day)
    assert [one.number for one in opened] == list(range(1, len(opened) + 1))
    assert all(one.opens_on <= day for one in opened)
    assert falling(renewal, begun, len(opened) + 1).opens_on > day
    assert opened == opened_by(renewal, begun, day + timedelta(1))[: len(opened)]


INCOMES = st.sampled_from([None, 0, 29999, 30000, 30001, 40000, 40001])
ANSWERS = st.fixed_dictionaries(
    {
        "household_income": INCOMES,
        "insured": st.sampled_from([None, True, False]),
        "insurance_pays": st.sampled_from([None, 0, 1, 20000]),
    }
)
DAYS = st.integers(0, 1500).map(lambda days: BEGUN + timedelta(days))


def typed(answers):
    return {
        name: value if value is None or isinstance(value, bool) else Decimal(value)
        for name, value in answers.items()
    }


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([True, False, None]), ANSWERS, st.integers(0, 59))
def test_the_rules_asked_again_agree_with_the_plain_evaluator(programme, ill, answers, days):
    came = OPENS + timedelta(days)
    case = replace(patient(programme), answers={"ill": ill, "household_income": Decimal(1), "insured": False})
    case = answering(case, 1, came, **answers)
    definition = read_definition(text_of(), {})
    plain = PlainCase(definition, {"ill": ill, **typed(answers)}, came)
    expected = {name: plain.value(definition.rules[name]) for name in ("cannot_pay", "illness_confirmed")}
    found = verdict_on(case, 1, DUE)
    assert found.rules == expected
    wanted = (
        "ends"
        if False in expected.values()
        else "needs information"
        if None in expected.values()
        else "goes on"
    )
    assert found.state == wanted
    assert bool(found.missing) == (wanted == "needs information")


@settings(deadline=None, max_examples=60)
@given(ANSWERS, st.sets(st.sampled_from(["household_income", "insured", "insurance_pays"])), DAYS)
def test_a_gap_never_ends_anybody(programme, answers, gaps, day):
    """Whoever goes on with whole answers is never proposed to end by an answer that is left out."""
    opened = opened_by(programme.renewal, BEGUN, day)
    if not opened:
        return
    number = opened[-1].number
    whole = answering(patient(programme), number, day, **answers)
    with_gaps = answering(patient(programme), number, day, **{**answers, **dict.fromkeys(gaps)})
    if state(whole, day) != "ends":
        assert state(with_gaps, day) != "ends"
        assert ends_on(with_gaps, day).proposed == ()
    assert not suspends(with_gaps, day)


@settings(deadline=None, max_examples=60)
@given(DAYS)
def test_silence_never_ends_before_its_time_and_never_by_itself(programme, day):
    case = patient(programme)
    proposed = ends_on(case, day).proposed
    assert bool(proposed) == (day >= DUE + timedelta(90))
    assert suspends(case, day) == (day >= DUE)
    assert case.state == "active"


@settings(deadline=None, max_examples=60)
@given(ANSWERS, st.integers(0, 1000), st.integers(0, 400))
def test_an_answer_always_reopens(programme, answers, late, later):
    """However long the silence was: what was answered is never silent again before the next renewal is due."""
    came = OPENS + timedelta(late)
    number = opened_by(programme.renewal, BEGUN, came)[-1].number
    case = answering(replace(patient(programme), state="suspended"), number, came, **answers)
    assert state(case, came) in {"goes on", "ends", "needs information"}
    assert "silence" not in [one.by for one in ends_on(case, came).proposed]
    day = came + timedelta(later)
    following = falling(programme.renewal, BEGUN, number + 1)
    if day < following.due_on:
        assert state(case, day) != "silent"


def test_the_shape_of_the_renewal_is_as_the_file_says(programme):
    assert programme.renewal.every == Duration(12, "months")
    assert programme.renewal.opens == Duration(60, "days")
    assert programme.renewal.no_answer == Silence(
        remind=(Duration(30, "days"), Duration(7, "days")), suspends=True, end=Duration(90, "days")
    )
    assert tuple(programme.renewal_form) == ("household_income", "insured", "insurance_pays")
