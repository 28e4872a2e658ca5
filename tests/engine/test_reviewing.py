"""Cases are shared out evenly among those who may judge them, and a strict reviewer is told from a weak case."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.engine.reviewing import (
    Judged,
    TooFewReviewers,
    ToReview,
    mean_of,
    severities,
    share_out,
    verdicts,
)

SIX = ("an", "bo", "chen", "du", "er", "fang")


def cases(count, **barred):
    return [
        ToReview(f"case {number:02d}", barred=frozenset(barred.get(f"c{number}", ())))
        for number in range(count)
    ]


def test_everybody_gets_as_many_cases_and_different_pairs_meet():
    given_ = share_out(cases(20), SIX, each=3, loads={}, seed=7)
    assert {len(names) for names in given_.values()} == {3}
    assert Counter(name for names in given_.values() for name in names) == dict.fromkeys(SIX, 10)
    pairs = Counter(frozenset(pair) for names in given_.values() for pair in combinations(names, 2))
    assert set(pairs) == {frozenset(pair) for pair in combinations(SIX, 2)}
    assert max(pairs.values()) - min(pairs.values()) <= 3


def test_whoever_shares_an_institution_is_never_given_the_case():
    given_ = share_out(cases(6, c2=("an", "bo"), c3=("an", "bo", "chen")), SIX, each=3, loads={}, seed=1)
    assert set(given_["case 03"]) == {"du", "er", "fang"}
    assert not {"an", "bo"} & set(given_["case 02"])


def test_too_few_who_may_review_is_said_of_every_such_case_and_nobody_is_given_one():
    with pytest.raises(TooFewReviewers) as refused:
        share_out(cases(4, c0=SIX[:4], c3=SIX), SIX, each=3, loads={}, seed=1)
    assert refused.value.cases == ("case 00", "case 03")


def test_whoever_withdrew_is_replaced_by_one_with_few_cases():
    one = ToReview("case 01", holders=frozenset({"an", "bo"}), barred=frozenset({"chen"}))
    loads = {"an": 4, "bo": 4, "du": 4, "er": 2, "fang": 3}
    assert share_out([one], SIX, each=3, loads=loads, seed=3) == {"case 01": ["er"]}
    assert share_out([one], SIX, each=2, loads=loads, seed=3) == {}


@given(st.integers(1, 25), st.integers(1, 4), st.integers(0, 2**64), st.data())
def test_any_sharing_keeps_its_promises(count, each, seed, data):
    asked = [
        ToReview(f"{number}", barred=frozenset(data.draw(st.sets(st.sampled_from(SIX), max_size=2))))
        for number in range(count)
    ]
    found = share_out(asked, SIX, each=each, loads={}, seed=seed)
    for one in asked:
        names = found[one.case]
        assert len(names) == len(set(names)) == each
        assert not set(names) & one.barred
    assert found == share_out(list(reversed(asked)), SIX, each=each, loads={}, seed=seed)


def test_two_cases_of_equal_worth_are_told_apart_only_by_the_strict_reviewer():
    """Strict gives 12 points less than mild for whatever both judge."""
    judged = [
        Judged("a", "mild", 80), Judged("a", "strict", 68),
        Judged("b", "mild", 70), Judged("b", "strict", 58),
        Judged("c", "mild", 75),
        Judged("d", "strict", 63),
    ]  # fmt: skip
    assert severities(judged) == {"mild": 6, "strict": -6}
    found = verdicts(judged, severities(judged))
    assert (found["c"].mean, found["c"].fair) == (75, 69)
    assert (found["d"].mean, found["d"].fair) == (63, 69)
    assert (found["a"].count, found["a"].mean, found["a"].spread, found["a"].fair) == (2, 74, 12, 74)


def test_reviewers_who_share_no_case_are_not_compared():
    judged = [Judged("a", "an", 80), Judged("b", "bo", 20)]
    assert severities(judged) is None
    assert {one.fair for one in verdicts(judged, severities(judged)).values()} == {None}


def test_a_mean_is_rounded_half_to_even_to_a_millionth_and_of_nobody_there_is_none():
    assert mean_of([70, 70, 71]) == Decimal("70.333333")
    with pytest.raises(ValueError, match="no review"):
        mean_of([])


totals = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(SIX), st.integers(0, 100)),
    min_size=1,
    max_size=24,
    unique_by=lambda one: one[:2],
)


@given(totals)
def test_severities_are_the_least_squares_they_say_they_are(rows):
    """At the least squares no case and no reviewer has a rest left over: what is left sums to 0 in each."""
    judged = [Judged(str(case), reviewer, total) for case, reviewer, total in rows]
    found = severities(judged)
    if found is None:
        return
    assert sum(found.values()) == 0
    by_case: dict[str, list[Fraction]] = {}
    for one in judged:
        by_case.setdefault(one.case, []).append(one.total - found[one.reviewer])
    worth = {case: sum(values) / len(values) for case, values in by_case.items()}
    for name in found:
        rest = [one.total - worth[one.case] - found[name] for one in judged if one.reviewer == name]
        assert sum(rest) == 0
    assert all(one.fair is not None for one in verdicts(judged, severities(judged)).values())
