"""The invented candidates are judged by people who differ and step aside from conflicts; the mean decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from statistics import mean

import pytest
from casts import cast_of
from hypothesis import given, settings
from hypothesis import strategies as st

from almoner.cli.invented.marking import Marker

CAST = cast_of("talents_2025")
PLAY = CAST.play
JURY = {one.name: one for one in PLAY.reviews.reviewers}
EVERYBODY = CAST.applicants()


@settings(max_examples=50)
@given(
    seed=st.integers(1, 10**9), person=st.sampled_from(sorted(EVERYBODY)), name=st.sampled_from(sorted(JURY))
)
def test_points_from_any_seed_are_whole_within_the_rubric_and_the_same_again(seed, person, name):
    marker = Marker(PLAY.reviews, seed)
    points = marker.points(EVERYBODY[person], JURY[name], PLAY.reviews.given[0])
    rubric = PLAY.programme.review.rubric
    assert points.keys() == rubric.keys()
    assert all(0 <= points[name] <= rubric[name].most for name in rubric)
    assert marker.points(EVERYBODY[person], JURY[name], PLAY.reviews.given[0]) == points


def test_a_stricter_reviewer_gives_less_on_average_and_another_reviewer_changes_nobodys_points():
    marker, day = Marker(PLAY.reviews, PLAY.seed), PLAY.reviews.given[0]

    def average(reviewer):
        return mean(sum(marker.points(names, reviewer, day).values()) for names in EVERYBODY.values())

    assert average(JURY["chen"]) < average(JURY["bao"]) - 5 < average(JURY["fang"]) - 5
    alone = Marker(replace(PLAY.reviews, reviewers=(JURY["jin"],)), PLAY.seed)
    for names in EVERYBODY.values():
        assert alone.points(names, JURY["jin"], day) == marker.points(names, JURY["jin"], day)


def test_unknown_points_are_told_and_not_taken_for_none():
    names = {**EVERYBODY["CLT-001"], "merit": None}
    with pytest.raises(ValueError, match=r"bao gives CLT-001 unknown points: originality"):
        Marker(PLAY.reviews, PLAY.seed).points(names, JURY["bao"], PLAY.reviews.given[0])


def test_on_the_last_day_every_review_is_given_and_before_it_some():
    marker, days = Marker(PLAY.reviews, PLAY.seed), PLAY.reviews.given
    shares = [mean(marker.is_done(names, JURY["hua"], day) for names in EVERYBODY.values()) for day in days]
    assert 0.1 < shares[0] < 0.8
    assert shares[-1] == 1


@pytest.fixture
def round_(database, tmp_path):
    """The round of the play, played to its end in an office of its own."""
    from almoner.cli.demo_stage import Stage
    from almoner.cli.invented.playing import staged

    stage = Stage()
    return stage, stage.play(staged(PLAY, tmp_path)).round


def test_who_judges_holds_the_role_here_alone_and_shares_nothing_with_the_case(round_):
    from almoner.flow.reviews.queries import assignments_in
    from almoner.people.access import may

    stage, played = round_
    assignments = assignments_in(played)
    for name in JURY:
        user = stage.users[f"demo-{name}"]
        assert may(user, "review", PLAY.programme.key)
        assert not may(user, "review", "another")
        assert not may(user, "decide", PLAY.programme.key)
    for one in assignments:
        judge = JURY[one.reviewer.username.removeprefix("demo-")]
        assert EVERYBODY[one.application.row_key]["institution"] not in judge.ties["institution"]

    held = Counter(one.application_id for one in assignments if one.state == "reviewed")
    assert set(held.values()) == {PLAY.programme.review.reviewers}
    withdrawn = [one for one in assignments if one.state == "recused"]
    assert len(withdrawn) == len(assignments) - sum(held.values()) > 0


def test_the_mean_of_the_reviews_within_the_budget_decides(round_):
    from almoner.flow.decisions.queries import awarded_row_keys
    from almoner.flow.steps.judging import overview

    stage, played = round_
    found = overview(played, by=stage.users["officer"])
    best = [row["application"] for row in found["cases"]][:5]
    by_key = {one.reference: one.row_key for one in played.applications.all()}
    assert sorted(awarded_row_keys(played)) == sorted(by_key[reference] for reference in best)
    assert min(found["severity"], key=lambda name: float(found["severity"][name])) == "demo-chen"


def test_what_goes_wrong_among_the_candidates_is_in_the_round(round_):
    from almoner.flow.applications.queries import latest_screenings
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.records.models import Record, Task

    _stage, played = round_
    refused = {
        key for key, names in EVERYBODY.items() if names["above_the_age"] or names["nominates_themselves"]
    }
    outcomes = {one.revision.application.row_key: one.outcome for one in latest_screenings(played)}
    assert {key for key, outcome in outcomes.items() if outcome == "not eligible"} == refused
    assert len(refused) == 3
    waits = [key for key, names in EVERYBODY.items() if names["retracted"] is None]
    assert [one.row_key for one in played.applications.filter(state="lapsed")] == waits
    assert Delivery.objects.count() == 10
    assert Record.objects.count() == 5
    assert Task.objects.count() == 1
