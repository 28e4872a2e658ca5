"""What those behind the wall see: few figures, and none from which a small count of people follows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.engine.walled_figures import (
    ENDED,
    NOW,
    SO_FAR,
    HandOver,
    Look,
    Move,
    look,
    smallest_counted,
)

TEN = 10


def begun(people: range, month: int) -> list[Move]:
    return [Move(person, person, month, "active") for person in people]


def ended(people: range, month: int) -> list[Move]:
    return [Move(person, person, month, "ended") for person in people]


def given_out(
    people: range, month: int, *, packs: Callable[[int], int] = lambda _person: 1
) -> list[HandOver]:
    return [
        HandOver(person, month, "medicine", "pack", "CNY", 1000 * packs(person), 2000 * packs(person))
        for person in people
    ]


def seen(moves: list[Move], goods: list[HandOver], until: int, smallest: int = TEN) -> Look:
    return look(moves, goods, smallest=lambda _month: smallest, until=until)


def people(shown: Look) -> dict[str, tuple[int | None, int | None]]:
    return {one.name: (one.value, one.month) for one in shown.people}


def test_a_count_below_the_smallest_group_is_not_shown() -> None:
    nine, ten = begun(range(9), 1), begun(range(10), 1)
    assert people(seen(nine, [], 1)) == {NOW: (None, None), ENDED: (None, None), SO_FAR: (None, None)}
    assert people(seen(ten, [], 1)) == {NOW: (None, None), ENDED: (None, None), SO_FAR: (10, 1)}


def test_who_left_is_not_told_by_who_is_there_and_who_was() -> None:
    """40 came and 5 left: neither how many are there nor how many left is shown, for the one gives the other."""
    moves = begun(range(40), 1) + ended(range(5), 1)
    assert people(seen(moves, [], 1)) == {NOW: (None, None), ENDED: (None, None), SO_FAR: (40, 1)}


def test_the_last_few_are_not_told_by_how_many_left() -> None:
    moves = begun(range(40), 1) + ended(range(35), 1)
    assert people(seen(moves, [], 1)) == {NOW: (None, None), ENDED: (None, None), SO_FAR: (40, 1)}


def test_where_both_are_many_both_are_shown_and_their_sum_is_left_out() -> None:
    moves = begun(range(40), 1) + ended(range(12), 1)
    assert people(seen(moves, [], 1)) == {NOW: (28, 1), ENDED: (12, 1)}


def test_a_cell_stays_at_its_month_until_enough_people_more_are_in_it() -> None:
    moves = begun(range(40), 1) + begun(range(40, 49), 2) + begun(range(49, 50), 3)
    assert [people(seen(moves, [], month))[SO_FAR] for month in (1, 2, 3, 4)] == [
        (40, 1),
        (40, 1),
        (50, 3),
        (50, 3),
    ]


def test_an_earlier_look_gives_the_same_whatever_came_later() -> None:
    moves = begun(range(40), 1)
    later = [*moves, *begun(range(40, 70), 5), *ended(range(20), 6)]
    assert seen(later, given_out(range(40), 7), 1) == seen(moves, [], 1)


def test_somebody_who_comes_back_is_supported_again_and_no_new_person() -> None:
    moves = begun(range(40), 1) + ended(range(20), 1)
    back = [Move(person, 100 + person, 2, "active") for person in range(15)]
    assert people(seen(moves + back, [], 2)) == {NOW: (20, 1), ENDED: (20, 1)}
    assert people(seen(moves + back[:10], [], 2)) == {NOW: (20, 1), ENDED: (10, 2), SO_FAR: (40, 1)}


def test_hand_overs_and_their_money_are_shown_where_enough_people_received_something() -> None:
    few = seen([], given_out(range(9), 1) + given_out(range(9), 2), 2)
    assert few.goods == ()
    uneven = given_out(range(10), 1, packs=lambda person: 1 + person % 3)
    (many,) = seen([], uneven, 1).goods
    assert (many.hand_overs, many.quantity, many.cost, many.month) == (10, 19000, 38000, 1)


def test_one_person_with_many_hand_overs_is_one_person() -> None:
    assert seen([], given_out(range(1), 1) * 50, 1).goods == ()


def test_what_was_handed_over_moves_on_once_enough_people_received_more() -> None:
    first = given_out(range(30), 1, packs=lambda person: 1 + person % 3)
    nine, ten = given_out(range(9), 2), given_out(range(10), 2)
    assert [one.month for one in seen([], first + nine, 2).goods] == [1]
    assert [one.month for one in seen([], first + ten, 2).goods] == [2]


def test_a_top_up_is_money_and_no_hand_over() -> None:
    rows = given_out(range(10), 1, packs=lambda person: 1 + person % 3)
    rows += [HandOver(person, 1, "medicine", "pack", "CNY", None, 50, counts=False) for person in range(4)]
    (shown,) = seen([], rows, 1).goods
    assert (shown.hand_overs, shown.quantity, shown.cost) == (10, 19000, 38200)


def test_hand_overs_that_are_one_a_person_do_not_tell_who_is_still_to_come() -> None:
    """40 came and 36 received one each: 40 - 36 would tell that 4 did not. Where some received two it tells nothing."""
    moves = begun(range(40), 1)
    assert seen(moves, given_out(range(36), 1), 1).goods == ()
    assert len(seen(moves, given_out(range(40), 1), 1).goods) == 1
    uneven = given_out(range(36), 1, packs=lambda person: 1 + person % 3) + given_out(range(18), 1)
    assert len(seen(moves, uneven, 1).goods) == 1


def test_three_benefits_of_which_each_person_has_one_do_not_give_back_the_smallest() -> None:
    """J - A - B is C where everybody has exactly one of A, B and C, and C is too small to be shown."""

    def one_each(people: range, benefit: str) -> list[HandOver]:
        return [HandOver(person, 1, benefit, "piece", "CNY", 1000, 500) for person in people]

    rows = one_each(range(20), "a") + one_each(range(20, 40), "b") + one_each(range(40, 45), "c")
    shown = seen(begun(range(45), 1), rows, 1)
    assert people(shown)[SO_FAR] == (45, 1)
    assert [one.benefit for one in shown.goods] == ["a"]


def test_a_sum_counts_people_where_it_holds_each_once() -> None:
    whole, part = frozenset(range(20)), frozenset(range(17))
    assert smallest_counted([whole, part], TEN) == 3
    assert smallest_counted([whole, frozenset(range(5, 25))], TEN) is None  # + and - mix: it counts nobody
    assert smallest_counted([whole, whole | frozenset(range(20, 31))], TEN) is None


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Move], list[HandOver], int]:
    """People who come, leave, come back and receive things, in waves of a few or many, over some months."""
    smallest = draw(st.integers(2, 5))
    moves, goods = [], []
    months = draw(st.integers(1, 6))
    known, awards = 0, 0
    running: dict[int, int] = {}
    for month in range(1, months + 1):
        for _wave in range(draw(st.integers(0, 2))):
            size = draw(st.integers(1, 2 * smallest))
            for person in range(known, known + size):
                awards += 1
                running[person] = awards
                moves.append(Move(person, awards, month, "active"))
            known += size
        leaving = draw(st.integers(0, len(running)))
        over = draw(st.sampled_from(["ended", "completed"]))
        moves += [Move(person, running.pop(person), month, over) for person in sorted(running)[:leaving]]
        back = [person for person in range(known) if person not in running]
        for person in back[: draw(st.integers(0, len(back)))]:
            awards += 1
            running[person] = awards
            moves.append(Move(person, awards, month, "active"))
        for benefit in ("a", "b"):
            receiving = sorted(running)[: draw(st.integers(0, len(running)))]
            packs = draw(st.integers(1, 2))
            goods += [
                HandOver(person, month, benefit, "pack", "CNY", 1000 * (1 + person % packs), 10)
                for person in receiving
            ]
    return moves, goods, smallest


def true_groups(moves: list[Move], goods: list[HandOver], month: int) -> dict[str, frozenset[int]]:
    """Who is behind each count at the end of a month, written plainly."""
    last: dict[tuple[int, int], str] = {}
    for move in moves:
        if move.month <= month:
            last[move.person, move.award] = move.state
    came = {person for person, _award in last}
    now = {person for (person, _award), state in last.items() if state == "active"}
    found = {SO_FAR: came, NOW: now, ENDED: came - now}
    for benefit in ("a", "b"):
        found[benefit] = {one.person for one in goods if one.month <= month and one.benefit == benefit}
    return {name: frozenset(group) for name, group in found.items()}


def shown_groups(
    shown: Look, moves: list[Move], goods: list[HandOver]
) -> dict[tuple[str, int], frozenset[int]]:
    """The groups that the numbers of a look count: those of people, and hand-overs that are as many as people."""
    found = {}
    for cell in shown.people:
        if cell.month is not None:
            found[cell.name, cell.month] = group = true_groups(moves, goods, cell.month)[cell.name]
            assert cell.value == len(group)
    for one in shown.goods:
        group = true_groups(moves, goods, one.month)[one.benefit]
        if one.hand_overs == len(group):
            found[one.benefit, one.month] = group
    return found


@settings(max_examples=150, deadline=None)
@given(histories())
def test_no_sum_or_difference_of_what_is_shown_counts_a_few_people(
    history: tuple[list[Move], list[HandOver], int],
) -> None:
    moves, goods, smallest = history
    ever: dict[tuple[str, int], frozenset[int]] = {}
    for month in range(1, 8):
        shown = seen(moves, goods, month, smallest)
        beside = shown_groups(shown, moves, goods)
        assert all(len(group) >= smallest for group in beside.values())
        for signs in product((-1, 0, 1), repeat=len(beside)):
            times = {
                person: sum(
                    sign for sign, group in zip(signs, beside.values(), strict=True) if person in group
                )
                for person in frozenset().union(*beside.values())
            }
            if set(times.values()) <= {0, 1}:
                counted = sum(times.values())
                assert counted == 0 or counted >= smallest, (signs, list(beside))
        ever |= beside
    for (first, a), (second, b) in combinations(ever.items(), 2):
        if a != b and (a <= b or b <= a):
            assert max(len(a - b), len(b - a)) >= smallest, (first, second)


@settings(max_examples=100, deadline=None)
@given(histories(), st.integers(1, 6))
def test_a_month_says_the_same_for_good(history: tuple[list[Move], list[HandOver], int], month: int) -> None:
    moves, goods, smallest = history
    then = seen(
        [one for one in moves if one.month <= month],
        [one for one in goods if one.month <= month],
        month,
        smallest,
    )
    assert seen(moves, goods, month, smallest) == then


@pytest.mark.parametrize("smallest", [2, 10])
def test_the_smallest_group_of_the_time_holds(smallest: int) -> None:
    moves = begun(range(5), 1) + begun(range(5, 40), 9)
    shown = look(moves, [], smallest=lambda month: smallest if month < 5 else 30, until=4)
    assert people(shown)[SO_FAR] == ((5, 1) if smallest == 2 else (None, None))
