"""A year of student grants, from the file of applications to the verification file, on both databases."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.conftest import Office, sheet

AUTUMN, SPRING = date(2027, 2, 1), date(2027, 7, 20)


def decided(office: Office, budget: str = "100000") -> object:
    """A round with a poor student, a richer one, one who did not say what the father earns: cut and approved."""
    from almoner.flow.steps import awarding, deciding

    round_ = office.open_round(budget=budget)
    office.receive(
        round_,
        [
            sheet("s-1"),
            sheet("s-2", tuition=Decimal(3000), first_generation=False),
            sheet("s-3", members=[{"relation": "parent", "age": Decimal(40), "income": Decimal(9000)}]),
            sheet("s-4", members=[{"relation": "parent", "age": Decimal(40), "income": None}]),
        ],
    )
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 10, 25)))
    deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 10, 26)))
    awarding.approve_awards(round_, request=office.request("bob", date(2026, 10, 27)))
    awarding.start_awards(round_, request=office.request("alice", date(2026, 10, 28)))
    return round_


def test_a_year_of_grants_ends_in_figures_that_anybody_can_compute_again(
    office: Office, tmp_path: Path
) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps import closing, delivering, following, rounds
    from almoner.flow.steps.following import Arrived
    from almoner.values.money import Money

    round_ = decided(office)
    first = delivering.deliver_due(
        round_, evidence="run 1", request=office.request("alice", date(2026, 10, 28))
    )
    assert (first["delivered"], first["held"]) == (2, 0)
    results = [
        Arrived("s-1", "term_result", "2026-autumn", date(2027, 1, 20), _result("yes", 15, "3.1")),
        Arrived("s-2", "term_result", "2026-autumn", date(2027, 1, 20), _result("no", 0, "0")),
    ]
    source = Source("records", "results.csv", "results", "")
    following.receive_records(
        round_, results, source=source, request=office.request("alice", AUTUMN, "results")
    )
    held = delivering.deliver_due(round_, evidence="run 2", request=office.request("alice", date(2027, 4, 1)))
    assert held["delivered"] == 0
    assert held["waits_for"] == {"term_result[2026-autumn]": 2}
    following.verify_records(round_, "term_result", request=office.request("bob", date(2027, 4, 2)))
    second = delivering.deliver_due(
        round_, evidence="run 3", request=office.request("alice", date(2027, 4, 3))
    )
    assert (second["delivered"], second["held"]) == (1, 1)
    rounds.record_cost(
        round_,
        Money.of(Decimal(1200), "CNY"),
        "programme costs",
        fund="general",
        request=office.request("carol", date(2027, 5, 1)),
    )
    asked = [Arrived("s-1", "a_year_later", "", date(2027, 11, 1), {"moved_up": True})]
    following.settle_follow_ups(round_, request=office.request("alice", date(2027, 10, 30)))
    following.receive_follow_ups(
        round_, asked, source=source, request=office.request("alice", date(2027, 11, 1), "calls")
    )
    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period(date(2026, 9, 1), date(2027, 12, 31)),
        folder=tmp_path / "published",
        first_line="demonstration: no company's results",
        request=office.request("carol", date(2028, 1, 5)),
    )
    report = verify(published.bundle, published.root)
    assert report.problems == ()
    assert report.agrees
    content = json.loads(published.statement.read_text())
    funnel = content["programmes"][0]["funnel"]
    assert {
        name: funnel[name] for name in ("asked", "eligible", "needs_information", "not_eligible", "awarded")
    } == {
        "asked": 4,
        "eligible": 2,
        "needs_information": 1,
        "not_eligible": 1,
        "awarded": 2,
    }
    assert (funnel["followed_up"], funnel["due_for_follow_up"]) == (1, 2)
    put_in = {one["name"]: one["amount"] for one in content["programmes"][0]["contributions"]}
    assert put_in == {"grants": "7500.00", "laptops": None, "office": "1200.00"}


def _result(enrolled: str, points: int, gpa: str) -> dict[str, object]:
    return {"enrolled": enrolled == "yes", "credits": Decimal(points), "gpa": Decimal(gpa)}


def test_the_books_balance_after_every_step(office: Office) -> None:
    from almoner.flow.ledger.queries import balances, budget_of, disagreements
    from almoner.flow.steps import delivering

    round_ = decided(office)
    delivering.deliver_due(round_, evidence="run 1", request=office.request("alice", date(2026, 10, 28)))
    budget = budget_of(round_)
    assert budget is not None
    assert (budget.free_minor, budget.committed_minor, budget.disbursed_minor) == (
        9_000_000,
        500_000,
        500_000,
    )
    assert disagreements() == []
    assert sum(balances(round_).values()) == 0


def test_whoever_proposed_an_award_cannot_approve_it(office: Office) -> None:
    from almoner.flow.steps import awarding, deciding
    from almoner.people.actions import grant_role
    from almoner.vault.models import NotAllowed

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1")])
    deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 10, 26)))
    grant_role(office.users["alice"], "approver")
    with pytest.raises(NotAllowed):
        awarding.approve_awards(round_, request=office.request("alice", date(2026, 10, 27)))


def test_a_round_whose_cases_may_still_be_answered_is_not_cut(office: Office) -> None:
    from almoner.engine.cut import CutRefused
    from almoner.flow.decisions.models import RoundCut
    from almoner.flow.steps import deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2", home_district=None)])
    with pytest.raises(CutRefused):
        deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 9, 20)))
    assert not RoundCut.objects.exists()


def test_a_round_is_cut_once(office: Office) -> None:
    from almoner.flow.steps import deciding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1")])
    deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 10, 26)))
    with pytest.raises(StepRefusedError):
        deciding.cut_round(round_, seed=8, request=office.request("alice", date(2026, 10, 26)))


def test_a_step_asked_twice_under_one_key_is_done_once(office: Office) -> None:
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.steps import delivering

    round_ = decided(office)
    request = office.request("alice", date(2026, 10, 28), "the first run")
    first = delivering.deliver_due(round_, evidence="run 1", request=request)
    assert delivering.deliver_due(round_, evidence="run 1", request=request) == first
    assert Delivery.objects.count() == 2
    again = delivering.deliver_due(
        round_, evidence="run 1", request=office.request("alice", date(2026, 10, 28))
    )
    assert again["delivered"] == 0


def test_the_same_file_again_changes_nothing_and_a_changed_row_becomes_a_revision(office: Office) -> None:
    from almoner.flow.applications.models import Application, Revision

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2", home_district=None)])
    again = office.receive(round_, [sheet("s-1"), sheet("s-2", home_district=None)], date(2026, 9, 12))
    assert {name: again[name] for name in ("created", "updated", "unchanged")} == {
        "created": 0,
        "updated": 0,
        "unchanged": 2,
    }
    answered = office.receive(round_, [sheet("s-1"), sheet("s-2", home_district="town")], date(2026, 9, 14))
    assert answered["updated"] == 1
    assert answered["outcomes"] == {"eligible": 1, "needs information": 0, "not eligible": 0}
    assert (Application.objects.count(), Revision.objects.count()) == (2, 3)
    assert {one.state for one in Application.objects.all()} == {"screened"}


def test_a_late_answer_reopens_a_lapsed_case(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", home_district=None)])
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 10, 24)))
    assert Application.objects.get().state == "needs information"
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 10, 25)))
    assert Application.objects.get().state == "lapsed"
    office.receive(round_, [sheet("s-1")], date(2026, 11, 1))
    assert Application.objects.get().state == "screened"


def test_a_case_that_waits_for_the_office_is_not_lapsed_by_silence(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import deciding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", accredited=None)])
    deciding.lapse_silent(round_, request=office.request("alice", date(2027, 1, 1)))
    assert Application.objects.get().state == "needs information"
    with pytest.raises(StepRefusedError):
        deciding.set_aside(round_, reason=" ", request=office.request("alice", date(2027, 1, 1)))
    deciding.set_aside(
        round_, reason="the school is being accredited", request=office.request("alice", date(2027, 1, 1))
    )
    assert Application.objects.get().state == "lapsed"


def test_silence_is_counted_from_the_last_answer(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", home_district=None, tuition=None)])
    office.receive(round_, [sheet("s-1", home_district=None)], date(2026, 10, 1))
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 11, 14)))
    assert Application.objects.get().state == "needs information"
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 11, 15)))
    assert Application.objects.get().state == "lapsed"


def test_who_owes_an_answer_lapses_though_the_office_owes_one_too(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", accredited=None, home_district=None)])
    deciding.lapse_silent(round_, request=office.request("alice", date(2026, 10, 25)))
    assert Application.objects.get().state == "lapsed"


def test_an_answer_under_the_partys_key_is_nowhere_in_the_clear(office: Office) -> None:
    from django.db import connection

    round_ = office.open_round()
    marked = [{"relation": "parent", "age": Decimal(41), "income": Decimal("1234.56")}]
    office.receive(round_, [sheet("s-1", members=marked)])
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "1234.56" not in repr(cursor.fetchall()), table


def test_a_replay_finds_no_difference_and_sees_one_that_was_made(office: Office) -> None:
    from django.db import connection

    from almoner.flow.applications.models import StoredScreening
    from almoner.flow.steps.replaying import replay
    from almoner.vault.triggers import drop

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2", home_district=None)])
    assert [(count, found) for count, found in replay()] == [(2, [])]
    drop(connection)
    row = StoredScreening.objects.first()
    assert row is not None
    StoredScreening.objects.filter(pk=row.pk).update(result={**row.result, "points": "100"})
    ((count, (difference,)),) = replay()
    assert (count, difference.what, difference.stored, difference.now) == (2, "points", "100", "75")


def test_the_audit_proves_the_chain_and_every_state(office: Office) -> None:
    from almoner.flow.steps.auditing import audit_everything

    decided(office)
    report = audit_everything(by=office.users["dave"])
    assert report.findings == ()
    assert report.entries >= 6


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_else_takes_over_a_file(office: Office, who: str) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import receive_applications
    from almoner.people.access import NotPermitted

    round_ = office.open_round()
    with pytest.raises(NotPermitted):
        receive_applications(
            round_,
            [sheet("s-1")],
            source=Source("applications", "f.csv", "f", ""),
            request=office.request(who, date(2026, 9, 10)),
        )
    assert not Application.objects.exists()


def test_a_file_larger_than_a_piece_is_taken_over_to_its_last_row_and_each_row_once(office: Office) -> None:
    """Records are made piece by piece; a peer kept the last batch alone."""
    from almoner.flow.applications.models import Application, StoredScreening
    from almoner.flow.steps.receiving import PIECE

    round_ = office.open_round()
    rows = [sheet(f"s-{number}") for number in range(PIECE + 3)]
    told = office.receive(round_, rows)
    assert (told["created"], sum(told["outcomes"].values())) == (PIECE + 3, PIECE + 3)
    references = set(Application.objects.values_list("reference", flat=True))
    assert len(references) == PIECE + 3 == StoredScreening.objects.count()
    again = office.receive(round_, rows, key="the same rows in another file")
    assert (again["created"], again["unchanged"]) == (0, PIECE + 3)
