"""Candidates are judged by three who share nothing with them, and only then is the round cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from almoner.definitions.load import find, load
from almoner.engine.cut import CutRefused
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.models import Application, Round
    from almoner.people.models import User

CALL, HANDED_IN, SHARED, JUDGED, CUT = (date(2026, 5, day) for day in (1, 10, 12, 20, 30))
NORTH, SOUTH, EAST = "North Bay University", "South Ridge Institute", "East Plain College"
REVIEWERS = {"rita": NORTH, "ron": "", "ruth": SOUTH, "ravi": ""}
WIDE = "".join(chr(ord(letter) + 0xFEE0) for letter in "EAST")
"""As a Chinese keyboard writes it."""

RUBRIC = ("originality", "evidence", "use", "people")


@dataclass(frozen=True)
class Jury:
    """An office with a round of candidates and four who review, each with an institution or none."""

    office: Office
    programme: Programme
    round: Round

    @property
    def reviewers(self) -> list[User]:
        return [self.office.users[name] for name in REVIEWERS]

    def case(self, row: str) -> Application:
        from almoner.flow.applications.models import Application

        return Application.objects.get(row_key=row)

    def share_out(self, *names: str, on: date = SHARED) -> dict[str, Any]:
        from almoner.flow.steps.reviewing import assign_reviews

        users = [self.office.users[name] for name in names or REVIEWERS]
        return assign_reviews(self.round, users, seed=7, request=self.office.request("alice", on))

    def give(self, row: str, who: str, *points: int, on: date = JUDGED, **words: str) -> dict[str, Any]:
        from almoner.flow.reviews.queries import assignment_of
        from almoner.flow.steps.reviewing import give_review

        mine = assignment_of(self.case(row).reference, self.office.users[who])
        assert mine is not None
        scores = dict(zip(RUBRIC, points, strict=True))
        return give_review(mine, scores, request=self.office.request(who, on), **words)

    def holders(self, row: str) -> set[str]:
        from almoner.flow.reviews.models import Assignment

        rows = Assignment.objects.filter(application__row_key=row, state__in=("assigned", "reviewed"))
        return set(rows.values_list("reviewer__username", flat=True))

    def cut(self) -> dict[str, Any]:
        from almoner.flow.steps.deciding import cut_round

        return cut_round(self.round, seed=1, request=self.office.request("alice", CUT))


def candidate(row: str, institution: str, **changed: Any) -> Any:
    from almoner.flow.applications.actions import Sheet

    typical = load(find("science_talents")).examples["typical"].answers
    return Sheet(row, HANDED_IN, {**typical, "institution": institution, **changed})


@pytest.fixture
def jury(office: Office) -> Jury:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import receive_applications
    from almoner.flow.steps.reviewing import declare_ties
    from almoner.flow.steps.rounds import open_round
    from almoner.people.actions import create_user, grant_role

    programme = load(find("science_talents"))
    round_ = open_round(
        programme, name="Call 2026", year=2026, budget=Money.of(Decimal(220_000), "CNY"), fund="general",
        real=False, request=office.request("carol", CALL),
    )  # fmt: skip
    sheets = [
        candidate("c-1", NORTH), candidate("c-2", SOUTH), candidate("c-3", EAST),
        candidate("c-4", EAST, self_nominated=True),
    ]  # fmt: skip
    source = Source("applications", "call.csv", "digest", "")
    receive_applications(round_, sheets, source=source, request=office.request("alice", HANDED_IN))
    for name, institution in REVIEWERS.items():
        user = office.users[name] = create_user(name, name.title())
        grant_role(user, "reviewer", "science_talents")
        declare_ties(programme, {"institution": [institution]}, request=office.request(name, HANDED_IN))
    return Jury(office, programme, round_)


def test_every_eligible_case_goes_to_three_who_share_no_institution_with_it(jury: Jury) -> None:
    from almoner.flow.reviews.models import Assignment

    assert jury.share_out() == {"cases": 3, "assigned": 9, "due_on": "2026-06-11"}
    assert jury.holders("c-1") == {"ron", "ruth", "ravi"}
    assert jury.holders("c-2") == {"ron", "rita", "ravi"}
    assert jury.holders("c-4") == set(), "whoever is not eligible is judged by nobody"
    assert jury.share_out(on=JUDGED)["assigned"] == 0
    assert Assignment.objects.count() == 9


def test_the_round_is_not_cut_before_everybody_was_judged_and_then_the_mean_ranks(jury: Jury) -> None:
    jury.share_out()
    with pytest.raises(CutRefused, match="waits for its reviews"):
        jury.cut()
    for who in jury.holders("c-1"):
        told = jury.give("c-1", who, 30, 20, 10, 8)
    assert (told["total"], told["reviews"], told["of"]) == (68, 3, 3)
    assert jury.case("c-1").state == "reviewed"
    for row, points in (("c-2", (40, 30, 15, 10)), ("c-3", (20, 15, 10, 5))):
        for who in jury.holders(row):
            jury.give(row, who, *points)
    told = jury.cut()
    # A prize costs 100,000 with its tax: c-2 (95) and c-1 (68) stand above the threshold of 60, c-3 (50) below it.
    assert (told["awarded"], told["not_selected"], told["refused"]) == (2, 1, 1)
    from almoner.flow.decisions.queries import cut_of

    cut = cut_of(jury.round)
    assert cut is not None
    assert [one["reference"] for one in cut.ranked[:2]] == [
        jury.case("c-2").reference,
        jury.case("c-1").reference,
    ]


def test_a_reviewer_withdraws_and_another_takes_the_case(jury: Jury) -> None:
    from almoner.flow.reviews.queries import assignment_of
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.reviewing import recuse

    jury.share_out("ron", "ruth", "ravi", "rita")
    held = jury.holders("c-3")
    for who in held:
        jury.give("c-3", who, 40, 30, 20, 10)
    leaving = min(held - {"rita"})
    (spare,) = set(REVIEWERS) - held
    mine = assignment_of(jury.case("c-3").reference, jury.office.users[leaving])
    assert mine is not None
    request = jury.office.request(leaving, JUDGED)
    with pytest.raises(StepRefusedError, match="only with a reason"):
        recuse(mine, why=" ", request=jury.office.request(leaving, JUDGED))
    assert recuse(mine, why="we wrote a paper together", request=request)["reviews"] == 2
    assert jury.case("c-3").state == "screened", "it waits for another"
    jury.share_out(on=JUDGED)
    assert jury.holders("c-3") == (held - {leaving}) | {spare}
    with pytest.raises(StepRefusedError, match="does not review"):
        jury.give("c-3", leaving, 40, 30, 20, 10)
    jury.give("c-3", spare, 10, 10, 10, 10)
    assert jury.case("c-3").state == "reviewed"


def test_points_are_whole_within_the_rubric_and_given_for_every_criterion_by_the_reviewer_alone(
    jury: Jury,
) -> None:
    from almoner.flow.reviews.models import Review
    from almoner.flow.reviews.queries import assignment_of
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.reviewing import give_review
    from almoner.people.access import NotPermitted

    jury.share_out()
    with pytest.raises(StepRefusedError, match="'originality' takes whole points from 0 to 40, not 41"):
        jury.give("c-1", "ron", 41, 0, 0, 0)
    mine = assignment_of(jury.case("c-1").reference, jury.office.users["ron"])
    assert mine is not None
    with pytest.raises(StepRefusedError, match="Give points for each of these"):
        give_review(mine, {"originality": 4}, request=jury.office.request("ron", JUDGED))
    scores = dict.fromkeys(RUBRIC, 1)
    with pytest.raises(StepRefusedError, match="rita does not review"):
        give_review(mine, scores, request=jury.office.request("rita", JUDGED))
    for who in ("alice", "eve", "dave"):
        with pytest.raises(NotPermitted):
            give_review(mine, scores, request=jury.office.request(who, JUDGED))
    assert Review.objects.count() == 0


def test_a_review_given_again_takes_the_place_of_the_first_and_its_words_are_sealed(jury: Jury) -> None:
    from almoner.flow.reviews.models import Review
    from almoner.flow.steps.judging import overview, own_cases
    from almoner.vault.models import AuditEntry

    jury.share_out()
    jury.give("c-1", "ron", 10, 10, 10, 10, to_panel="too little of it is his own")
    jury.give(
        "c-1", "ron", 20, 10, 10, 10, to_panel="on a second look better", to_applicant="say what is new"
    )
    seen = overview(jury.round, by=jury.office.users["alice"])["cases"][0]
    assert (seen["mean"], seen["reviews"], seen["of"], seen["assigned"]) == ("50", 1, 3, 3)
    assert seen["to_panel"] == ["on a second look better"]
    assert [row.number for row in Review.objects.all()] == [1, 2]
    assert not any("second look" in entry.before + entry.after for entry in AuditEntry.objects.all())
    mine = own_cases(jury.round, by=jury.office.users["ron"])
    assert {row["application"]: (row["state"], row["total"]) for row in mine}[jury.case("c-1").reference] == (
        "reviewed",
        50,
    )


def test_a_review_of_answers_that_changed_since_does_not_count(jury: Jury) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.judging import own_cases
    from almoner.flow.steps.receiving import receive_applications

    jury.share_out()
    jury.give("c-3", min(jury.holders("c-3")), 40, 30, 20, 10)
    source = Source("applications", "later.csv", "later", "")
    changed = candidate("c-3", EAST, field="clinical")
    receive_applications(jury.round, [changed], source=source, request=jury.office.request("alice", JUDGED))
    first, *others = sorted(jury.holders("c-3"))
    mine = {row["application"]: row["state"] for row in own_cases(jury.round, by=jury.office.users[first])}
    assert mine[jury.case("c-3").reference] == "answers changed"
    for who in others:
        jury.give("c-3", who, 40, 30, 20, 10)
    assert jury.case("c-3").state == "screened"
    jury.give("c-3", first, 40, 30, 20, 10)
    assert jury.case("c-3").state == "reviewed"


def test_nobody_is_given_a_case_on_a_gap(jury: Jury) -> None:
    from almoner.flow.reviews.models import Assignment
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.actions import create_user, grant_role

    silent = jury.office.users["sam"] = create_user("sam", "Sam")
    grant_role(silent, "reviewer")
    with pytest.raises(StepRefusedError, match="have not declared their ties: sam"):
        jury.share_out("rita", "ron", "ruth", "sam")
    with pytest.raises(StepRefusedError, match="No reviewer of science_talents: eve"):
        jury.share_out("rita", "ron", "ruth", "eve")
    with pytest.raises(StepRefusedError, match="Fewer than 3 of these may review"):
        jury.share_out("rita", "ron", "ruth")
    assert Assignment.objects.count() == 0


def test_ties_are_declared_whole_and_only_what_the_file_asks(jury: Jury) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.reviewing import declare_ties
    from almoner.people.access import NotPermitted

    for wrong in ({}, {"institution": [NORTH], "school": ["x"]}):
        with pytest.raises(StepRefusedError, match="Declare each of these, and nothing else: institution"):
            declare_ties(jury.programme, wrong, request=jury.office.request("ron", JUDGED))
    with pytest.raises(NotPermitted):
        declare_ties(jury.programme, {"institution": []}, request=jury.office.request("alice", JUDGED))
    # Width, case and blanks do not make another institution of it.
    declare_ties(
        jury.programme,
        {"institution": [f" {WIDE} plain  college "]},
        request=jury.office.request("ron", JUDGED),
    )
    jury.share_out()
    assert "ron" not in jury.holders("c-3")


def test_a_reviewer_reads_the_answers_and_nothing_of_cases_that_are_not_theirs(jury: Jury) -> None:
    from almoner.flow.reviews.queries import assignment_of
    from almoner.flow.steps.judging import overview, sheet_to_judge
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    jury.share_out()
    mine = assignment_of(jury.case("c-1").reference, jury.office.users["ron"])
    assert mine is not None
    found = sheet_to_judge(mine, by=jury.office.users["ron"])
    assert found["answers"]["Field"] == "discovery"
    assert found["rubric"]["people"] == {"ask": "Whom has the candidate taught and led", "most": 10}
    with pytest.raises(StepRefusedError):
        sheet_to_judge(mine, by=jury.office.users["rita"])
    for who in ("ron", "carol", "eve"):
        with pytest.raises(NotPermitted):
            overview(jury.round, by=jury.office.users[who])
    assert assignment_of(jury.case("c-1").reference, jury.office.users["rita"]) is None
