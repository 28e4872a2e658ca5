"""A cascade: each step among those of the step before, by hand and against plain Python over generated sheets."""

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statement_cases import NAMED, YEAR

from almoner.definitions.load import find, load
from almoner.engine.connection import connect
from almoner.engine.facts import tables
from almoner.engine.figure_notes import beside
from almoner.engine.indicators import compute
from almoner.values.language import use_language

MAY, JUNE, JULY, NEXT = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1), date(2026, 2, 1)
GROUPS = ("yes", "no", "unknown", "refused", "died", "lost", "not_tried")
STATES = ("answered", "refused", "died", "lost", "not tried", "due")


@cache
def clinics():
    return load(find("community_clinics"))


def attendee(number, *, abnormal, closed=True, happened=MAY, state="reported"):
    return {
        "record": NAMED("record", f"a{number}"),
        "session": NAMED("session", 1),
        "party": None,
        "state": state,
        "happened": happened,
        "closed": closed,
        "answer.age_band": None,
        "answer.sex": None,
        "answer.may_we_call": None,
        "indicator.cascade.abnormal": abnormal,
    }


def referral(number, about, *, happened=MAY, state="reported"):
    return {
        "record": NAMED("record", f"r{number}"),
        "about": NAMED("record", f"a{about}"),
        "party": None,
        "state": state,
        "happened": happened,
        "answer.appointment": happened,
    }


def call(number, about, state="answered", *, due=JUNE, seen=None, diagnosed=None, treated=None):  # noqa: PLR0913 -- as above
    return {
        "follow_up": NAMED("follow_up", number),
        "about": NAMED("record", f"r{about}"),
        "party": None,
        "due": due,
        "state": state,
        "happened": due if state == "answered" else None,
        "indicator.seen_by_a_doctor": seen,
        "indicator.cascade.seen": seen,
        "indicator.cascade.diagnosed": diagnosed,
        "indicator.cascade.treated": treated,
        "indicator.cascade.controlled": None,
    }


def cascade(attendees, referrals, calls, programme=None):
    """The figure, and each step's groups by its name."""
    programme = programme or clinics()
    with TemporaryDirectory() as name:
        folder = Path(name)
        known = tables(programme)
        paths = [
            known[table].write(rows, folder)
            for table, rows in (
                ("record_attendee", attendees),
                ("record_referral", referrals),
                ("follow_up_call", calls),
            )
        ]
        with connect(allowed_paths=paths) as connection:
            figure = {one.name: one for one in compute(programme, folder, YEAR, connection)}["cascade"]
    return figure, {step["name"]: step for step in figure.steps or ()}


def told(step):
    return {group: step[group] for group in ("of", *GROUPS) if step[group]}


def test_each_step_is_counted_among_those_of_the_step_before():
    figure, steps = cascade(
        [
            attendee(1, abnormal=True),
            attendee(2, abnormal=True),
            attendee(3, abnormal=False),
            attendee(4, abnormal=None),
            attendee(5, abnormal=True),
        ],
        [referral(1, 1), referral(2, 2), referral(3, 3)],
        [call(1, 1, seen=True, diagnosed=False), call(2, 2, "lost"), call(3, 3, seen=True)],
    )
    assert (figure.value, figure.unit) == ("5", "attendances")
    assert told(steps["attendee"]) == {"of": 5, "yes": 5}
    assert told(steps["abnormal"]) == {"of": 5, "yes": 3, "no": 1, "unknown": 1}
    # The third was referred without need: she is not among those who had to be.
    assert told(steps["referral"]) == {"of": 3, "yes": 2, "no": 1}
    assert told(steps["seen"]) == {"of": 2, "yes": 1, "lost": 1}
    assert told(steps["diagnosed"]) == {"of": 1, "no": 1}
    assert told(steps["treated"]) == {}
    with use_language("en"):
        said = beside(figure.as_json())
    assert "Abnormal 3 of 5, 1 no, unknown 1" in said
    assert "Seen 1 of 2, lost 1" in said
    assert "Treated 0 of 0" in said


def test_before_a_day_is_closed_nobody_is_said_not_to_have_been_referred():
    _figure, steps = cascade([attendee(1, abnormal=True, closed=False)], [], [])
    assert told(steps["referral"]) == {"of": 1, "unknown": 1}


def test_the_latest_known_answer_holds_whatever_became_of_the_last_call():
    calls = [call(1, 1, seen=True, due=JUNE), call(2, 1, "lost", due=JULY)]
    _figure, steps = cascade([attendee(1, abnormal=True)], [referral(1, 1)], calls)
    assert told(steps["seen"]) == {"of": 1, "yes": 1}
    later = [*calls, call(3, 1, seen=False, due=date(2025, 9, 1))]
    _figure, steps = cascade([attendee(1, abnormal=True)], [referral(1, 1)], later)
    assert told(steps["seen"]) == {"of": 1, "no": 1}


@pytest.mark.parametrize("state", ["refused", "died", "lost", "not tried", "due"])
def test_whoever_gave_no_answer_stands_where_the_last_call_left_her(state):
    _figure, steps = cascade([attendee(1, abnormal=True)], [referral(1, 1)], [call(1, 1, state)])
    group = {"not tried": "not_tried", "due": "unknown"}.get(state, state)
    assert told(steps["seen"]) == {"of": 1, group: 1}


def test_what_falls_due_after_the_period_is_not_of_it():
    figure, steps = cascade(
        [attendee(1, abnormal=True), attendee(2, abnormal=True, happened=NEXT)],
        [referral(1, 1)],
        [call(1, 1, seen=True, due=NEXT)],
    )
    assert figure.value == "1"
    assert told(steps["seen"]) == {"of": 1, "unknown": 1}


def test_a_sheet_that_somebody_else_must_verify_counts_once_it_is_verified(tmp_path):
    text = find("community_clinics").read_text(encoding="utf-8")
    for sheet in ("attendee", "referral"):
        before, name, after = text.partition(f"  {sheet}:\n    about:")
        text = before + f"  {sheet}:\n    verified_by: officer\n    about:" + after if name else text
    (tmp_path / "clinics.yaml").write_text(text, encoding="utf-8")
    careful = load(tmp_path / "clinics.yaml")
    assert careful.records["attendee"].verified_by
    attendees = [attendee(n, abnormal=True, state="verified") for n in (1, 2)] + [attendee(3, abnormal=True)]
    figure, steps = cascade(attendees, [referral(1, 1, state="verified"), referral(2, 2)], [], careful)
    assert figure.value == "2"
    with use_language("en"):
        assert "Attendee 2 of 3, unknown 1" in beside(figure.as_json())
    assert told(steps["attendee"]) == {"of": 3, "yes": 2, "unknown": 1}
    assert told(steps["abnormal"]) == {"of": 2, "yes": 2}
    assert told(steps["referral"]) == {"of": 2, "yes": 1, "unknown": 1}
    assert told(steps["seen"]) == {"of": 1, "unknown": 1}


# Plain Python -------------------------------------------------------------------------------------------------------

TRUTHS = st.sampled_from([True, False, None])
DAYS = st.sampled_from([date(2024, 12, 1), MAY, JUNE, JULY, NEXT])


@st.composite
def sheets(draw):
    attendees = [
        attendee(number, abnormal=draw(TRUTHS), closed=draw(st.booleans()), happened=draw(DAYS))
        for number in range(draw(st.integers(0, 6)))
    ]
    referrals = [
        referral(number, draw(st.integers(0, 5)), happened=draw(DAYS))
        for number in range(draw(st.integers(0, 6)))
    ]
    calls = [
        call(
            number,
            draw(st.integers(0, 5)),
            draw(st.sampled_from(STATES)),
            due=draw(DAYS),
            seen=draw(TRUTHS),
            diagnosed=draw(TRUTHS),
            treated=draw(TRUTHS),
        )
        for number in range(draw(st.integers(0, 8)))
    ]
    return attendees, referrals, calls


def by_hand(attendees, referrals, calls):
    """Each step's groups, walked person by person."""
    here = [one for one in attendees if YEAR.starts <= one["happened"] <= YEAR.ends]
    steps = {"attendee": ["yes"] * len(here)}
    members = [(one, one["closed"]) for one in here]
    steps["abnormal"] = [truth(one["indicator.cascade.abnormal"]) for one, _closed in members]
    members = [member for member, group in zip(members, steps["abnormal"], strict=True) if group == "yes"]
    steps["referral"], referred = [], []
    for one, closed in members:
        about = [
            each for each in referrals if each["about"] == one["record"] and each["happened"] <= YEAR.ends
        ]
        if about:
            referred.append(max(about, key=lambda each: (each["happened"], each["record"])))
        steps["referral"].append("yes" if about else "no" if closed else "unknown")
    for step in ("seen", "diagnosed", "treated", "controlled"):
        steps[step] = [of_calls(one, calls, f"indicator.cascade.{step}") for one in referred]
        referred = [one for one, group in zip(referred, steps[step], strict=True) if group == "yes"]
    return steps


def truth(value):
    return "unknown" if value is None else "yes" if value else "no"


def of_calls(one, calls, column):
    mine = [each for each in calls if each["about"] == one["record"] and each["due"] <= YEAR.ends]
    mine.sort(key=lambda each: (each["due"], str(each["happened"] or ""), each["follow_up"]))
    answers = [each[column] for each in mine if each["state"] == "answered" and each[column] is not None]
    if answers:
        return truth(answers[-1])
    states = [each["state"] for each in mine]
    if not states or "answered" in states:
        return "unknown"
    for closed in ("died", "refused"):
        if closed in states:
            return closed
    return {"lost": "lost", "not tried": "not_tried"}.get(states[-1], "unknown")


@settings(deadline=None, max_examples=60)
@given(sheets())
def test_any_sheets_come_to_what_plain_python_counts(found):
    figure, steps = cascade(*found)
    if not any(one["happened"] <= YEAR.ends for one in found[0]):
        assert (figure.value, figure.steps) == (None, None)
        return
    wanted = by_hand(*found)
    assert list(steps) == list(wanted)
    for name, groups in wanted.items():
        assert steps[name]["of"] == len(groups)
        assert {group: steps[name][group] for group in GROUPS} == {
            group: groups.count(group) for group in GROUPS
        }
