import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.programme import Cut, Tie
from almoner.engine.cut import Candidate, CutRefused, Result, Standing, cut, named_ties
from almoner.values.money import Money
from almoner.values.numbers import MICRO

PLAIN = Cut(threshold=None, rank="points", ties=(Tie("lottery"),))
STUDENTS = Cut(threshold=55 * MICRO, rank="points", ties=(Tie("income_per_head"), Tie("lottery")))


def yuan(amount) -> Money:
    return Money.of(Decimal(amount), "CNY")


def case(key, points=60, cost=5000, ties=(), standing=Standing.ELIGIBLE) -> Candidate:
    return Candidate(key, standing, Decimal(points), tuple(ties), yuan(cost))


def student(key, points, income, cost=5000) -> Candidate:
    return case(key, points, cost, ties=(Decimal(income),))


candidates = st.lists(
    st.builds(
        student,
        key=st.text("ABCDEFGH0123456789", min_size=1, max_size=6),
        points=st.integers(40, 80),
        income=st.integers(0, 4),
        cost=st.integers(0, 5000),
    ),
    max_size=25,
    unique_by=lambda candidate: candidate.key,
)
seeds = st.integers(0, 2**64)
budgets = st.integers(0, 60_000).map(yuan)


def test_awards_go_down_the_list_until_the_next_does_not_fit_whole():
    round_ = [case("A", 90), case("B", 80, cost=4000), case("C", 70, cost=2000), case("D", 60, cost=1000)]
    result = cut(round_, rule=PLAIN, budget=yuan(10_000), seed=1)
    assert result.awarded == ("A", "B")
    assert result.waiting_list == ("C", "D"), "D would fit, but C is before it"
    assert (result.line, result.spent) == (2, yuan(9000))


def test_who_costs_exactly_what_is_left_is_awarded():
    assert cut([case("A"), case("B", 50)], rule=PLAIN, budget=yuan(10_000), seed=1).awarded == ("A", "B")
    short = cut([case("A"), case("B", 50)], rule=PLAIN, budget=yuan("9999.99"), seed=1)
    assert (short.awarded, short.waiting_list) == (("A",), ("B",))


def test_who_is_at_the_threshold_is_at_it_and_who_is_below_never_waits():
    result = cut([student("A", 55, 100), student("B", "54.999999", 0)], rule=STUDENTS, budget=yuan(0), seed=1)
    assert result.waiting_list == ("A",)
    assert result.not_selected == ("B",)


def test_a_tie_goes_lowest_first_unless_it_says_highest():
    poor_first = [student("A", 60, 700), student("B", 60, 300)]
    assert cut(poor_first, rule=STUDENTS, budget=yuan(5000), seed=3).awarded == ("B",)
    turned = Cut(threshold=None, rank="points", ties=(Tie("income_per_head", highest=True),))
    assert cut(poor_first, rule=turned, budget=yuan(5000), seed=3).awarded == ("A",)


def test_dates_and_booleans_break_ties_too():
    rule = Cut(threshold=None, rank="points", ties=(Tie("disabled", highest=True), Tie("born")))
    round_ = [
        case("A", ties=(False, date(2001, 1, 1))),
        case("B", ties=(True, date(2003, 1, 1))),
        case("C", ties=(True, date(2002, 1, 1))),
    ]
    result = cut(round_, rule=rule, budget=yuan(0), seed=3)
    assert [ranked.key for ranked in result.order] == ["C", "B", "A"]


def test_the_lottery_comes_last_whether_named_or_not_and_nothing_is_compared_after_it():
    assert named_ties(STUDENTS) == (Tie("income_per_head"),)
    assert named_ties(Cut(None, "points", (Tie("lottery"), Tie("income_per_head")))) == ()
    alike = [case(key) for key in "ABCDEFGH"]
    unnamed = Cut(threshold=None, rank="points", ties=())
    assert cut(alike, rule=unnamed, budget=yuan(0), seed=9) == cut(alike, rule=PLAIN, budget=yuan(0), seed=9)


def test_the_lottery_favours_no_number_of_a_case():
    alike = [case(key) for key in "ABCD"]
    winners = [cut(alike, rule=PLAIN, budget=yuan(5000), seed=seed).awarded[0] for seed in range(800)]
    assert all(150 < winners.count(key) < 250 for key in "ABCD")


@pytest.mark.parametrize("standing", [Standing.NEEDS_INFORMATION, Standing.WAITS_FOR_OFFICE])
def test_a_case_that_may_still_be_answered_or_waits_for_the_office_stops_the_cut(standing):
    with pytest.raises(CutRefused) as refused:
        cut([case("A"), Candidate("B", standing)], rule=PLAIN, budget=yuan(9000), seed=1)
    assert refused.value.keys == ("B",)


@pytest.mark.parametrize("standing", [Standing.LAPSED, Standing.SET_ASIDE])
def test_who_lapsed_or_was_set_aside_is_neither_ranked_nor_refused(standing):
    result = cut([case("A"), Candidate("B", standing)], rule=PLAIN, budget=yuan(9000), seed=1)
    assert result.left_out == ("B",)
    assert [ranked.key for ranked in result.order] == ["A"]


def test_who_is_not_eligible_is_not_ranked():
    round_ = [case("A"), Candidate("B", Standing.NOT_ELIGIBLE)]
    result = cut(round_, rule=PLAIN, budget=yuan(90_000), seed=1)
    assert (result.awarded, result.not_eligible) == (("A",), ("B",))


def test_an_unknown_tie_is_never_compared():
    unknown = case("B", ties=(None,))
    with pytest.raises(CutRefused) as refused:
        cut([student("A", 60, 1), unknown], rule=STUDENTS, budget=yuan(9000), seed=1)
    assert refused.value.keys == ("B",)
    with pytest.raises(CutRefused):
        cut([case("C", ties=())], rule=STUDENTS, budget=yuan(9000), seed=1)


def test_unknown_points_or_cost_are_never_ranked():
    for odd in (
        Candidate("B", Standing.ELIGIBLE, None, (), yuan(1)),
        Candidate("B", Standing.ELIGIBLE, Decimal(1), (), None),
    ):
        with pytest.raises(CutRefused):
            cut([odd], rule=PLAIN, budget=yuan(9000), seed=1)


def test_a_case_that_comes_twice_is_refused():
    with pytest.raises(CutRefused) as refused:
        cut([case("A"), case("A", 70)], rule=PLAIN, budget=yuan(9000), seed=1)
    assert refused.value.keys == ("A",)


def test_money_that_cannot_be_is_refused():
    foreign = Candidate("A", Standing.ELIGIBLE, Decimal(1), (), Money(1, "USD"))
    negative = Candidate("A", Standing.ELIGIBLE, Decimal(1), (), Money(-1, "CNY"))
    for round_, budget in (([foreign], yuan(1)), ([negative], yuan(1)), ([], Money(-1, "CNY"))):
        with pytest.raises(CutRefused):
            cut(round_, rule=PLAIN, budget=budget, seed=1)


def test_peers_4_an_empty_list_pays_nobody_not_everybody():
    result = cut([], rule=PLAIN, budget=yuan(90_000), seed=1)
    assert result.awarded == result.waiting_list == result.not_selected == ()
    assert result.spent == yuan(0)


def test_peers_5_where_nobody_reaches_the_threshold_nobody_is_awarded():
    result = cut([student("A", 10, 1), student("B", 20, 1)], rule=STUDENTS, budget=yuan(90_000), seed=1)
    assert result.awarded == ()
    assert result.not_selected == ("B", "A")


def test_peers_8_ten_thousand_approved_are_ten_thousand_awarded():
    round_ = [case(f"SG-2026-{number:06d}", cost=1) for number in range(10_000)]
    result = cut(round_, rule=PLAIN, budget=yuan(10_000), seed=1)
    assert len(result.awarded) == 10_000
    assert set(result.awarded) == {one.key for one in round_}


@given(candidates, budgets, seeds)
def test_everybody_stands_in_exactly_one_list(round_, budget, seed):
    result = cut(round_, rule=STUDENTS, budget=budget, seed=seed)
    lists = [*result.awarded, *result.waiting_list, *result.not_selected]
    assert sorted(lists) == sorted(one.key for one in round_)
    assert [ranked.place for ranked in result.order] == list(range(1, len(round_) + 1))


@given(candidates, budgets, seeds)
def test_no_cut_spends_more_than_its_budget(round_, budget, seed):
    result = cut(round_, rule=STUDENTS, budget=budget, seed=seed)
    spent = sum(ranked.cost.minor for ranked in result.order if ranked.result is Result.AWARDED)
    assert spent == result.spent.minor <= budget.minor


@given(candidates, budgets, seeds, st.randoms())
def test_the_order_in_which_cases_come_does_not_matter(round_, budget, seed, shuffler: random.Random):
    shuffled = list(round_)
    shuffler.shuffle(shuffled)
    first = cut(round_, rule=STUDENTS, budget=budget, seed=seed)
    assert cut(shuffled, rule=STUDENTS, budget=budget, seed=seed) == first


@given(candidates, budgets, seeds)
def test_nobody_above_the_line_is_skipped_and_nobody_below_it_preferred(round_, budget, seed):
    result = cut(round_, rule=STUDENTS, budget=budget, seed=seed)
    results = [ranked.result for ranked in result.order]
    expected = [Result.AWARDED] * len(result.awarded)
    expected += [Result.WAITING_LIST] * len(result.waiting_list)
    expected += [Result.NOT_SELECTED] * len(result.not_selected)
    assert results == expected
    assert result.line == len(result.awarded)
    if result.waiting_list:
        first_waiting = result.order[result.line]
        assert result.spent + first_waiting.cost > budget


@given(candidates, budgets, seeds)
def test_more_points_then_less_income_then_the_smaller_lottery_number_come_first(round_, budget, seed):
    result = cut(round_, rule=STUDENTS, budget=budget, seed=seed)
    ranks = [(-ranked.points, ranked.ties[0], ranked.lottery) for ranked in result.order]
    assert ranks == sorted(ranks)


BALLOT = Cut(threshold=None, rank="lottery", ties=(), together="team")


def runner(key, team="", cost=100) -> Candidate:
    return Candidate(key, Standing.ELIGIBLE, None, (), yuan(cost), team)


def test_in_a_ballot_the_lot_alone_decides_and_nobody_has_points():
    result = cut([runner("A"), runner("B"), runner("C")], rule=BALLOT, budget=yuan(200), seed=4)
    assert (len(result.awarded), len(result.waiting_list), result.not_selected) == (2, 1, ())
    assert [one.lottery for one in result.order] == sorted(one.lottery for one in result.order)
    assert {one.points for one in result.order} == {None}


def test_a_team_draws_one_number_and_one_that_does_not_fit_whole_waits_whole():
    round_ = [runner("A", "owls"), runner("B"), runner("C", "owls"), runner("D", "owls")]
    for seed in range(20):
        result = cut(round_, rule=BALLOT, budget=yuan(300), seed=seed)
        assert len({one.lottery for one in result.order}) == 2
        owls = {one.result for one in result.order if one.key in "ACD"}
        assert len(owls) == 1, "all or none"
        first = result.order[0].key
        assert result.awarded == (("B",) if first == "B" else ("A", "C", "D"))


def test_whoever_comes_alone_wins_as_often_as_a_team_does():
    round_ = [runner("A", "owls"), runner("B"), runner("C", "owls")]
    first = [cut(round_, rule=BALLOT, budget=yuan(0), seed=seed).order[0].key for seed in range(400)]
    assert 160 < first.count("B") < 240


@given(
    st.dictionaries(st.integers(0, 999), st.sampled_from(["", "owls", "hares"]), max_size=20),
    st.integers(0, 25),
    seeds,
)
def test_no_ballot_parts_a_team_or_gives_more_places_than_there_are(rows, places, seed):
    round_ = [runner(f"{number:03}", team) for number, team in rows.items()]
    result = cut(round_, rule=BALLOT, budget=yuan(100 * places), seed=seed)
    assert len(result.awarded) <= places
    assert sorted([*result.awarded, *result.waiting_list]) == sorted(one.key for one in round_)
    for team in ("owls", "hares"):
        members = {one.key for one in round_ if one.group == team}
        assert not members or members <= set(result.awarded) or members <= set(result.waiting_list)
