"""Paid-and-aided schemes: which issue comes next and when, recomputed in plain Python, and what is never given."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patient_cases import ENROLLED, buying, checked, collecting, patient, telling

from almoner.engine.cycles import Issue, NoIssue, issues_due, next_issue, split

MARCH_12, MARCH_17 = date(2025, 3, 12), date(2025, 3, 17)


@given(st.integers(0, 400), st.integers(1, 40))
def test_the_parts_of_a_cycle_are_whole_and_the_larger_come_first(aided, issues):
    parts = split(aided, issues)
    assert sum(parts) == aided
    assert len(parts) == issues
    assert list(parts) == sorted(parts, reverse=True)
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize(("aided", "issues"), [(-1, 1), (5, 0), (5, -1)])
def test_what_cannot_be_split_is_refused(aided, issues):
    with pytest.raises(ValueError, match="cannot be split"):
        split(aided, issues)


def test_a_cycle_opens_on_the_day_the_fifth_pack_is_verified():
    case = buying(buying(patient(), MARCH_12, 4), MARCH_17, 1)
    before = next_issue(case, "medicine", date(2025, 3, 16))
    assert isinstance(before, NoIssue)
    assert before.reason == "4 of the 5 that open cycle 1 are bought and verified."
    assert next_issue(case, "medicine", date(2025, 3, 20)) == Issue(1, 1, Decimal(3), MARCH_17, MARCH_17)


def test_what_is_not_verified_opens_nothing():
    case = buying(patient(), MARCH_12, 5, verified=False)
    assert isinstance(next_issue(case, "medicine", MARCH_17), NoIssue)


def test_an_invoice_that_does_not_say_how_many_is_asked_for_and_never_guessed():
    case = telling(buying(patient(), MARCH_12, 5), "invoice", MARCH_17, number="F-9", packs=None)
    found = next_issue(case, "medicine", MARCH_17)
    assert isinstance(found, NoIssue)
    assert found.missing == ("invoice[2025-03-17].packs",)


def test_an_invoice_that_is_corrected_away_closes_the_cycle_again():
    case = buying(patient(), MARCH_12, 5)
    wrong = case.sheets[-1]
    right = replace(
        wrong,
        key="right",
        corrects=wrong.key,
        answers={"number": "F-0", "packs": Decimal(2)},
        verified_on=MARCH_17,
    )
    case = replace(case, sheets=(*case.sheets, right))
    assert isinstance(next_issue(case, "medicine", date(2025, 3, 16)), Issue)
    assert isinstance(next_issue(case, "medicine", MARCH_17), NoIssue)


def test_whoever_pays_nothing_has_every_cycle_open_from_the_first_day():
    found = next_issue(patient(on_register=True), "medicine", MARCH_17)
    assert found == Issue(1, 1, Decimal(3), ENROLLED, ENROLLED)


def test_the_second_issue_is_due_28_days_after_the_later_of_due_date_and_hand_over():
    case = checked(buying(patient(), MARCH_12, 5), MARCH_17)
    case, first = collecting(case, MARCH_17, 3)
    assert first.issue == Issue(1, 1, Decimal(3), MARCH_12, MARCH_12)
    second = next_issue(case, "medicine", MARCH_17)
    assert second == Issue(1, 2, Decimal(2), date(2025, 4, 14), date(2025, 4, 7))


def test_an_issue_collected_in_two_parts_stays_the_same_issue():
    case = checked(buying(patient(), MARCH_12, 5), MARCH_17)
    case, one = collecting(case, MARCH_17, 1)
    case, other = collecting(case, MARCH_17, 2, lot="CN-02")
    assert [part.issue.name for part in (one, other) if part.issue] == ["cycle_1_issue_1"] * 2
    assert next_issue(case, "medicine", MARCH_17).issue_no == 2


def test_nothing_is_due_of_an_enrolment_at_rest():
    case = buying(patient(), MARCH_12, 5)
    resting = replace(case, state="suspended")
    found = issues_due([case, resting, patient()], MARCH_17)
    assert [[one.name for _benefit, one in its] for its in found] == [["cycle_1_issue_1"], [], []]


def test_before_the_first_questions_are_answered_nothing_is_handed_over():
    case = checked(buying(patient(), MARCH_12, 5), MARCH_17)
    case = replace(case, follow_ups=tuple(replace(one, answers=None) for one in case.follow_ups))
    _case, reckoned = collecting(case, MARCH_17, 3)
    assert (reckoned.outcome, reckoned.missing) == ("held", ("how_it_goes",))


def test_nothing_is_handed_over_of_what_was_not_granted():
    case = checked(buying(patient(), MARCH_12, 5), MARCH_17)
    refused = replace(case, screening=replace(case.screening, granted={"medicine": False}))
    _case, reckoned = collecting(refused, MARCH_17, 3)
    assert reckoned.refused_by == ("not_granted",)
    assert issues_due([refused], MARCH_17) == [[]]


# By hand ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """A hand-over as plain Python has it."""

    day: date
    packs: int
    cancelled: int
    cycle: int
    issue: int
    due: date


def scheme(cycle: int) -> tuple[int, tuple[int, ...]]:
    return (5, (3, 2)) if cycle == 1 else (3, (3,))


def issue_by_hand(
    bought: list[tuple[date, int]], handed: list[Given]
) -> tuple[int, int, int, date, date] | None:
    """Cycle, issue, what is left of it, due, collected from."""
    cycle = handed[-1].cycle if handed else 1
    while True:
        _paid, parts = scheme(cycle)
        done = dict.fromkeys(range(1, len(parts) + 1), 0)
        for one in handed:
            if one.cycle == cycle:
                done[one.issue] += one.packs + one.cancelled
        open_ones = [number for number in done if done[number] < parts[number - 1]]
        if open_ones:
            break
        cycle += 1
    number = open_ones[0]
    needed, so_far, opened = sum(scheme(one)[0] for one in range(1, cycle + 1)), 0, None
    for day, packs in bought:
        so_far += packs
        if so_far >= needed:
            opened = day
            break
    if opened is None:
        return None
    due = opened
    if handed and (handed[-1].cycle, handed[-1].issue) == (cycle, number):
        due = handed[-1].due
    elif handed:
        last = [one for one in handed if (one.cycle, one.issue) == (handed[-1].cycle, handed[-1].issue)]
        due = max(opened, max(max(one.due, one.day) for one in last) + timedelta(days=28))
    return cycle, number, parts[number - 1] - done[number], due, max(due - timedelta(days=7), opened)


def room_by_hand(handed: list[Given], day: date, left: int) -> tuple[int, str]:
    stretch = sum(one.packs for one in handed if day - one.day < timedelta(days=84))
    altogether = sum(one.packs for one in handed)
    rooms = [(left, "issue"), (24 - altogether, "packs"), (6 - stretch, "packs_per_84_days")]
    return min(rooms, key=lambda one: one[0])


EVENTS = st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(1, 6)), min_size=1, max_size=14)
"""Days since the event before, whether packs are bought or collected, and how many."""


@settings(max_examples=30, deadline=None)
@given(EVENTS)
def test_any_order_of_buying_and_collecting_comes_to_what_plain_python_computes(events):
    play(events)


@pytest.mark.soak
@settings(max_examples=500, deadline=None)
@given(EVENTS)
def test_many_orders_of_buying_and_collecting_come_to_what_plain_python_computes(events):
    play(events)


def play(events: list[tuple[int, bool, int]]) -> None:
    """Buy and collect beside plain Python, and compare after each hand-over."""
    case, day = patient(), ENROLLED
    bought: list[tuple[date, int]] = []
    handed: list[Given] = []
    for gap, buys, packs in events:
        day += timedelta(days=gap)
        if buys:
            case = buying(case, day, packs)
            bought.append((day, packs))
            continue
        case = checked(case, day)
        expected = issue_by_hand(bought, handed)
        case, reckoned = collecting(case, day, packs)
        if expected is None or day < expected[4]:
            assert reckoned.outcome == "held"
            continue
        cycle, number, left, due, _early = expected
        room, cap = room_by_hand(handed, day, left)
        if room <= 0:
            assert reckoned.outcome == "refused"
            assert cap in reckoned.refused_by
            continue
        given_now = min(packs, room)
        over = packs - given_now
        assert reckoned.quantity == given_now
        assert sum(reckoned.cancelled.values()) == over
        assert reckoned.issue is not None
        assert (reckoned.issue.cycle_no, reckoned.issue.issue_no, reckoned.issue.due_on) == (
            cycle,
            number,
            due,
        )
        counted = 0 if "issue" in reckoned.cancelled else over
        handed.append(Given(day, given_now, counted, cycle, number, due))
    assert sum(one.packs for one in handed) <= 24
    for one in handed:
        assert sum(o.packs for o in handed if timedelta(0) <= o.day - one.day < timedelta(days=84)) <= 6
