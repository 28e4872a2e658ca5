"""What went wrong elsewhere and must not happen here: failures of other systems, by their numbers in our notes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from flow.conftest import Office, sheet

RICH = [{"relation": "parent", "age": Decimal(40), "income": Decimal(9000)}]
CUT, APPROVED, STARTED = date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 28)


def awarded(office: Office, sheets: list[Any], budget: str = "100000", name: str = "Autumn 2026") -> Any:
    """A round with these students, cut, approved and begun."""
    from almoner.flow.steps import awarding, deciding

    round_ = office.open_round(name, budget)
    office.receive(round_, sheets)
    deciding.cut_round(round_, seed=7, request=office.request("alice", CUT))
    awarding.approve_awards(round_, request=office.request("bob", APPROVED))
    awarding.start_awards(round_, request=office.request("alice", STARTED))
    return round_


def test_peers_2_the_condition_of_a_benefit_is_never_thrown_away(office: Office) -> None:
    from almoner.flow.deliveries.models import Instalment

    awarded(office, [sheet("second year"), sheet("first year", first_year=True)])
    laptops = Instalment.objects.filter(benefit__name="laptop")
    assert [one.award.application.row_key for one in laptops] == ["first year"]


def test_peers_3_a_maximum_is_a_maximum_and_not_the_amount(office: Office) -> None:
    from almoner.flow.decisions.models import AwardBenefit

    awarded(office, [sheet("s-1", other_grant=True, other_amount=Decimal(3000))])
    assert AwardBenefit.objects.get().amount_minor == 410_000


def test_peers_4_where_nobody_is_eligible_nobody_is_paid(office: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.delivering import deliver_due

    round_ = awarded(office, [sheet("s-1", members=RICH), sheet("s-2", members=RICH)])
    done = deliver_due(round_, evidence="run", request=office.request("alice", STARTED))
    assert (done["delivered"], done["held"], Award.objects.count()) == (0, 0, 0)


def test_peers_5_only_the_approved_are_paid_and_not_everybody_who_is_eligible(office: Office) -> None:
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.steps.delivering import deliver_due

    better = sheet("better", average=Decimal(90))
    round_ = awarded(office, [better, sheet("eligible too")], budget="5000")
    deliver_due(round_, evidence="run", request=office.request("alice", STARTED))
    assert [one.award.application.row_key for one in Delivery.objects.all()] == ["better"]


def test_peers_6_a_second_check_asks_the_same_rules_as_the_first(office: Office) -> None:
    from almoner.flow.applications.models import StoredScreening

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1")])
    office.receive(round_, [sheet("s-1", members=RICH)], date(2026, 9, 12))
    outcomes = StoredScreening.objects.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["eligible", "not eligible"]


def test_peers_7_verifying_one_round_touches_no_other(office: Office) -> None:
    from almoner.flow.imports.actions import Source
    from almoner.flow.records.models import Record
    from almoner.flow.steps import following
    from almoner.flow.steps.following import Arrived

    answers = {"enrolled": True, "credits": Decimal(15), "gpa": Decimal(3)}
    rounds = [awarded(office, [sheet("s-1")], name=name) for name in ("one", "other")]
    for round_ in rounds:
        following.receive_records(
            round_,
            [Arrived("s-1", "term_result", "2026-autumn", date(2027, 1, 20), answers)],
            source=Source("records", "f", round_.name, ""),
            request=office.request("alice", date(2027, 2, 1), round_.name),
        )
    following.verify_records(rounds[0], "term_result", request=office.request("bob", date(2027, 2, 2)))
    states = {one.award.round.name: one.state for one in Record.objects.all()}
    assert states == {"one": "verified", "other": "reported"}


def test_peers_8_every_row_of_a_long_file_is_taken_over(office: Office) -> None:
    from almoner.flow.applications.models import Application, StoredScreening

    round_ = office.open_round()
    taken = office.receive(round_, [sheet(f"s-{number}") for number in range(1203)])
    assert taken["created"] == 1203
    assert taken["outcomes"]["eligible"] == 1203
    assert Application.objects.filter(state="screened").count() == 1203
    assert StoredScreening.objects.count() == 1203


def test_peers_9_two_people_who_answered_alike_are_two_people(office: Office) -> None:
    from almoner.flow.applications.models import Application

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1"), sheet("s-2")])
    parties = Application.objects.values_list("party_id", flat=True)
    assert len(set(parties)) == 2


def test_peers_10_a_row_is_looked_for_in_the_whole_round_and_not_in_its_file_alone(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1")])
    again = office.receive(round_, [sheet("s-1"), sheet("s-2")], date(2026, 9, 11))
    assert (again["created"], again["unchanged"]) == (1, 1)
    with pytest.raises(StepRefusedError, match="s-3"):
        office.receive(round_, [sheet("s-3"), sheet("s-3", home_district="town")], date(2026, 9, 12))
    assert Application.objects.count() == 2


def test_peers_11_what_cannot_be_known_is_asked_and_never_refused(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.flow.decisions.models import Decision

    round_ = office.open_round()
    office.receive(round_, [sheet("s-1", accredited=None), sheet("s-2", members=[])])
    assert {one.state for one in Application.objects.all()} == {"needs information"}
    assert not Decision.objects.exists()


def test_peers_12_one_row_that_fails_stops_the_file_and_loses_no_other(office: Office) -> None:
    from almoner.flow.applications.models import Application
    from almoner.people.models import Party

    round_ = office.open_round()
    bad = sheet("s-2", tuition=Decimal(123456789012345678901))
    with pytest.raises(ValueError, match="10\\^12"):
        office.receive(round_, [sheet("s-1"), bad, sheet("s-3")], key="one file")
    assert (Application.objects.count(), Party.objects.count()) == (0, 0)
    mended = office.receive(round_, [sheet("s-1"), sheet("s-2"), sheet("s-3")], key="the mended file")
    assert mended["created"] == 3
