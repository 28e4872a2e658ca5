"""Awards that another body decided: taken over with their paper and balance, approved here, and never paid twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from almoner.definitions.load import find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.conftest import Office, sheet

if TYPE_CHECKING:
    from almoner.engine.intake.decided import DecidedAward
    from almoner.flow.applications.models import Round

TAKEN, APPROVED, BEGUN = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)
DECIDED = date(2026, 3, 2)


def award(name: str, before: str = "2500", **changed: Any) -> DecidedAward:
    """A grant that the old board decided in March, half of it given."""
    from almoner.engine.intake.decided import DecidedAward

    made = DecidedAward(
        row=1,
        name=name,
        by="The old board",
        on=DECIDED,
        paper="Minute 4 of 2026",
        granted={"grant": Decimal(5000)},
        given={"grant": Decimal(before)},
        answers={"home_district": "rural"},
    )
    return replace(made, **changed)


def take_over(
    office: Office, round_: Round, rows: list[DecidedAward], *, who: str = "alice", key: str = ""
) -> dict[str, Any]:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.taking_over import take_over_awards

    request = office.request(who, TAKEN, key)
    source = Source("awards", "old board.csv", request.key, "")
    return take_over_awards(round_, rows, source=source, request=request)


def begun(office: Office, round_: Round) -> None:
    from almoner.flow.steps import awarding

    awarding.approve_awards(round_, request=office.request("bob", APPROVED))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))


def deliver(office: Office, round_: Round, on: date) -> dict[str, Any]:
    from almoner.flow.steps.delivering import deliver_due

    return deliver_due(round_, evidence="run", request=office.request("alice", on))


def budget(round_: Round) -> tuple[int, int, int]:
    from almoner.flow.ledger.queries import budget_of, disagreements, unbalanced_awards

    found = budget_of(round_)
    assert found is not None
    assert disagreements() == []
    assert unbalanced_awards() == []
    return found.free_minor, found.committed_minor, found.disbursed_minor


def test_only_the_rest_is_set_aside_and_handed_over(office: Office) -> None:
    round_ = office.open_round(budget="4000")
    told = take_over(office, round_, [award("a-1"), award("a-2", before="4500")])
    assert told == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "identified": 0,
        "ambiguous": 0,
        "refused": 0,
        "cost_minor": 300_000,
    }
    assert budget(round_) == (400_000, 0, 0)
    begun(office, round_)
    assert budget(round_) == (100_000, 300_000, 0)
    waiting = deliver(office, round_, BEGUN)
    assert (waiting["delivered"], waiting["held"]) == (0, 2)  # the second parts wait for the term's result
    report(office, round_, "a-1", "a-2")
    paid = deliver(office, round_, date(2027, 2, 3))
    assert (paid["delivered"], paid["cost_minor"]) == (2, 300_000)
    assert budget(round_) == (100_000, 0, 300_000)
    assert deliver(office, round_, date(2028, 1, 1))["delivered"] == 0
    assert budget(round_) == (100_000, 0, 300_000)


def report(office: Office, round_: Round, *names: str) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    answers = {"enrolled": True, "credits": Decimal(15), "gpa": Decimal(3)}
    rows = [Arrived(name, "term_result", "2026-autumn", date(2027, 1, 20), answers) for name in names]
    source = Source("records", "results.csv", "results", "")
    following.receive_records(
        round_, rows, source=source, request=office.request("alice", date(2027, 2, 1), "results")
    )
    following.verify_records(round_, "term_result", request=office.request("bob", date(2027, 2, 2)))


def test_the_first_part_that_nobody_gave_is_due_at_once_as_the_paper_promised(office: Office) -> None:
    round_ = office.open_round()
    take_over(office, round_, [award("a-1", before="0")])
    begun(office, round_)
    assert deliver(office, round_, BEGUN)["cost_minor"] == 250_000


def test_what_was_given_whole_sets_nothing_aside_and_hands_nothing_over(office: Office) -> None:
    round_ = office.open_round(budget="0")
    take_over(office, round_, [award("a-1", before="5000")])
    begun(office, round_)
    assert deliver(office, round_, date(2028, 1, 1)) == {
        "delivered": 0,
        "held": 0,
        "cost_minor": 0,
        "waits_for": {},
    }
    assert budget(round_) == (0, 0, 0)


def test_who_took_it_over_does_not_approve_it_and_nothing_is_handed_over_before(office: Office) -> None:
    from almoner.flow.steps import awarding
    from almoner.people.actions import grant_role
    from almoner.vault.models import NotAllowed

    round_ = office.open_round()
    take_over(office, round_, [award("a-1", before="0")])
    grant_role(office.users["alice"], "approver")
    with pytest.raises(NotAllowed):
        awarding.approve_awards(round_, request=office.request("alice", APPROVED))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    assert deliver(office, round_, BEGUN)["delivered"] == 0
    told = awarding.approve_awards(round_, request=office.request("bob", APPROVED))
    assert told == {"approved": 1, "decided_elsewhere": 1, "committed_minor": 500_000}


def test_a_budget_that_does_not_cover_the_rest_of_all_takes_over_none(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round(budget="4999.99")
    take_over(office, round_, [award("a-1")])
    with pytest.raises(StepRefusedError, match=r"2500\.00 CNY would be set aside, and 2499\.99 are free"):
        take_over(office, round_, [award("a-2")])
    assert Award.objects.count() == 1


def test_a_cut_gives_away_only_what_the_proposed_awards_leave(office: Office) -> None:
    from almoner.flow.steps import deciding

    round_ = office.open_round(budget="7000")
    office.receive(round_, [sheet("s-1"), sheet("s-2")])
    take_over(office, round_, [award("a-1")])
    told = deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 10, 26)))
    assert (told["awarded"], told["waiting_list"], told["budget"]) == (0, 2, "4500.00")
    begun(office, round_)
    assert budget(round_) == (450_000, 250_000, 0)


def test_taken_over_again_it_changes_nothing(office: Office) -> None:
    from almoner.flow.decisions.models import Award

    round_ = office.open_round()
    rows = [award("a-1"), award("a-2", before="0")]
    first = take_over(office, round_, rows, key="the file")
    assert take_over(office, round_, rows, key="the file") == first
    begun(office, round_)
    again = take_over(office, round_, [*rows, award("a-3")])
    assert (again["created"], again["unchanged"], again["cost_minor"]) == (1, 2, 250_000)
    assert Award.objects.count() == 3


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"paper": "Minute 5 of 2026"}, "under another paper"),
        ({"by": "A new board"}, "under another paper"),
        ({"on": date(2026, 3, 3)}, "under another paper"),
        ({"granted": {"grant": Decimal(6000)}}, "say otherwise"),
        ({"given": {"grant": Decimal(2000)}}, "say otherwise"),
        ({"answers": {"home_district": "town"}}, "say otherwise"),
    ],
)
def test_the_same_award_that_says_otherwise_is_refused(
    office: Office, changed: dict[str, Any], why: str
) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    take_over(office, round_, [award("a-1")])
    with pytest.raises(StepRefusedError, match=f"{why}.*'a-1'"):
        take_over(office, round_, [award("a-2"), award("a-1", **changed)])
    assert Award.objects.count() == 1


def test_an_award_that_stands_twice_in_a_file_or_was_asked_here_is_refused(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1")])
    with pytest.raises(StepRefusedError, match="row 1 has the same reference"):
        take_over(office, round_, [award("a-1"), award("a-1", row=2, before="0")])
    with pytest.raises(StepRefusedError, match="decided here, the first is 's-1'"):
        take_over(office, round_, [award("s-1")])
    assert not Award.objects.exists()


def test_what_the_rounds_own_rules_do_not_know_is_refused(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    strange = award("a-1", granted={"bicycle": Decimal(1)}, given={"bicycle": Decimal(0)})
    with pytest.raises(StepRefusedError, match="knows no 'bicycle'"):
        take_over(office, round_, [strange])


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve", "ivan"])
def test_nobody_else_takes_over_awards(office: Office, who: str) -> None:
    from almoner.flow.applications.models import Application
    from almoner.people.access import NotPermitted
    from almoner.people.actions import create_user, grant_role

    office.users["ivan"] = create_user("ivan", "Ivan")
    grant_role(office.users["ivan"], "importer")
    round_ = office.open_round()
    with pytest.raises(NotPermitted):
        take_over(office, round_, [award("a-1")], who=who)
    assert not Application.objects.exists()


def test_nothing_is_invented_and_a_replay_has_nothing_to_run(office: Office) -> None:
    from almoner.flow.applications.models import Application, StoredScreening
    from almoner.flow.decisions.models import Decision
    from almoner.flow.decisions.queries import count_decided_elsewhere
    from almoner.flow.steps.auditing import audit_everything
    from almoner.flow.steps.replaying import replay

    round_ = office.open_round()
    take_over(office, round_, [award("a-1")])
    begun(office, round_)
    decision = Decision.objects.get()
    assert (decision.screening, decision.texts) == (None, {})
    assert decision.elsewhere == {"by": "The old board", "on": "2026-03-02", "paper": "Minute 4 of 2026"}
    assert Application.objects.get().state == "decided"
    assert not StoredScreening.objects.exists()
    assert list(replay()) == []
    assert (count_decided_elsewhere(), count_decided_elsewhere("agricultural_park")) == (1, 0)
    assert audit_everything(by=office.users["dave"]).findings == ()


def test_the_database_keeps_the_paper_and_what_was_given(office: Office) -> None:
    from django.db import DatabaseError, transaction

    from almoner.flow.decisions.models import AwardBenefit, Decision

    round_ = office.open_round()
    take_over(office, round_, [award("a-1")])
    for rows, changed in (
        (Decision.objects.all(), {"elsewhere": None}),
        (Decision.objects.all(), {"elsewhere": {"by": "us"}}),
        (AwardBenefit.objects.all(), {"given_minor": 0}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**changed)
    made = AwardBenefit.objects.get()
    for wrong in ({"given_minor": 500_001}, {"given_minor": -1}, {"given_thousandths": 1}):
        kept = {
            "award": made.award,
            "name": "another",
            "kind": "cash",
            "amount_minor": 500_000,
            "cost_minor": 0,
            "happened_on": TAKEN,
            "recorded_by_id": office.users["alice"].pk,
        }
        with pytest.raises(DatabaseError, match="given"), transaction.atomic():
            AwardBenefit.objects.create(**kept | wrong)


def test_an_advance_given_before_is_repaid_from_what_is_brought_here(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.deliveries.queries import case_files

    park = replace(office, programme=load(find("agricultural_park")))
    round_ = park.open_round(budget="100000")
    figures = {"seed_advance": Decimal(300), "maize": Decimal(0)}
    given = {"seed_advance": Decimal(200), "maize": Decimal(0)}
    take_over(park, round_, [award("f-1", granted=figures, given=given, answers={})])
    begun(park, round_)
    (case,) = case_files(park.programme, list(Award.objects.all()))
    assert case.all_advances_left() == Decimal(2000)  # 200 kg of seed at 10
    assert [(one.quantity, str(one.cost)) for one in case.instalments] == [(Decimal(100), "1000.00")]


def test_figures_mark_what_others_decided_and_the_verification_file_agrees(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps import awarding, closing, deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", home_district="town")])
    take_over(office, round_, [award("a-1", before="0"), award("a-2")])
    deciding.cut_round(round_, seed=7, request=office.request("alice", APPROVED))
    awarding.approve_awards(round_, request=office.request("bob", APPROVED))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    deliver(office, round_, BEGUN)
    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period.year(2026),
        folder=tmp_path / "published",
        first_line="",
        request=office.request("carol", date(2027, 1, 5)),
    )
    report = verify(published.bundle, published.root)
    assert report.problems == ()
    assert report.agrees
    part = json.loads(published.statement.read_text())["programmes"][0]
    funnel = {name: part["funnel"][name] for name in ("asked", "eligible", "awarded", "decided_elsewhere")}
    assert funnel == {"asked": 1, "eligible": 1, "awarded": 3, "decided_elsewhere": 2}
    figures = {one["name"]: one for one in part["figures"]}
    rural = figures["from_rural_homes"]
    assert (rural["yes"], rural["no"], rural["unknown"], rural["decided_elsewhere"]) == (2, 1, 0, 2)
    paid = figures["grants_disbursed"]
    assert (paid["value"], paid["rows"], paid["decided_elsewhere"]) == ("5000.00", 2, 1)
    assert any("decided elsewhere" in line for line in part["not_claimed"])
    page = published.page.read_text()
    assert "of these decided elsewhere" in page
    assert "2 decided elsewhere" in page
