"""Two people do the same at the same time, on both databases: nothing is done twice, nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from databases import together
from flow.conftest import Office, sheet


def begun(office: Office) -> Any:
    """A round with two active awards."""
    from almoner.flow.steps import awarding, deciding

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2")])
    deciding.cut_round(round_, seed=7, request=office.request("alice", date(2026, 10, 26)))
    awarding.approve_awards(round_, request=office.request("bob", date(2026, 10, 27)))
    awarding.start_awards(round_, request=office.request("alice", date(2026, 10, 28)))
    return round_


def test_two_hand_overs_at_once_pay_each_instalment_once(office: Office) -> None:
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.ledger.queries import budget_of, disagreements
    from almoner.flow.steps.delivering import deliver_due

    round_ = begun(office)
    requests = [office.request("alice", date(2026, 10, 28)) for _ in range(3)]
    outcomes = together(*(_later(deliver_due, round_, evidence="run", request=one) for one in requests))
    done = [one for one in outcomes if isinstance(one, dict)]
    assert sum(one["delivered"] for one in done) == 2, outcomes
    assert Delivery.objects.count() == 2
    budget = budget_of(round_)
    assert budget is not None
    assert budget.disbursed_minor == 500_000
    assert disagreements() == []


def test_two_cuts_at_once_cut_the_round_once(office: Office) -> None:
    from almoner.flow.decisions.models import Award, Decision, RoundCut
    from almoner.flow.steps.deciding import cut_round

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2")])
    requests = [office.request("alice", date(2026, 10, 26)) for _ in range(2)]
    outcomes = together(*(_later(cut_round, round_, seed=7, request=one) for one in requests))
    assert sum(isinstance(one, dict) for one in outcomes) == 1, outcomes
    assert (RoundCut.objects.count(), Decision.objects.count(), Award.objects.count()) == (1, 2, 2)


def test_the_same_request_from_two_places_is_one_request(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import receive_applications

    round_ = office.open_round()
    source = Source("applications", "students.csv", "the file", "")
    request = office.request("alice", date(2026, 9, 10), "the file")
    sheets = [sheet("s-1"), sheet("s-2")]
    outcomes = together(
        *(_later(receive_applications, round_, sheets, source=source, request=request) for _ in range(3))
    )
    assert all(one == outcomes[0] for one in outcomes), outcomes
    assert outcomes[0]["created"] == 2
    assert Application.objects.count() == 2


def test_two_files_at_once_are_both_taken_over(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import receive_applications

    round_ = office.open_round()
    calls = [
        _later(
            receive_applications,
            round_,
            [sheet(f"{file}-{number}") for number in range(3)],
            source=Source("applications", file, file, ""),
            request=office.request("alice", date(2026, 9, 10), file),
        )
        for file in ("a", "b")
    ]
    outcomes = together(*calls)
    assert [one["created"] for one in outcomes] == [3, 3]
    references = set(Application.objects.values_list("reference", flat=True))
    assert len(references) == 6


def test_a_budget_cannot_go_below_zero_whoever_asks_at_once(office: Office) -> None:
    from django.db import transaction

    from almoner.flow.ledger import actions as ledger
    from almoner.flow.ledger.queries import budget_of, disagreements
    from almoner.vault.models import Stamp

    round_ = office.open_round(budget="100")

    def commit(reference: str) -> None:
        with transaction.atomic():
            stamp = Stamp(who=office.users["alice"], happened_on=date(2026, 9, 10))
            ledger.commit(round_, [(reference, 6000)], fund="general", stamp=stamp)

    outcomes = together(*(_later(commit, f"award-{number}") for number in range(3)))
    assert sum(one is None for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, ledger.BudgetExceededError) for one in outcomes) == 2, outcomes
    budget = budget_of(round_)
    assert budget is not None
    assert (budget.free_minor, budget.committed_minor) == (4000, 6000)
    assert disagreements() == []


def _later(call: Any, *arguments: Any, **named: Any) -> Any:
    return lambda: call(*arguments, **named)
