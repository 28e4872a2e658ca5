"""A season of weighings: each taken once, paid on Fridays, topped up, capped; the books whole, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.definitions.load import find, load
from flow.conftest import Office

SOWN, STARTED, WEIGHED = date(2026, 3, 10), date(2026, 3, 20), date(2026, 9, 20)
FIELD = {"gross_kg": Decimal(1040), "tare_kg": Decimal(40), "moisture": Decimal("0.12"), "grade": "B"}
SURVEY = {
    "sales": Decimal(15000),
    "rent": Decimal(0),
    "wages": Decimal(9000),
    "costs": Decimal(6000),
    "hungry_months": Decimal(1),
}


@pytest.fixture
def park(office: Office) -> Office:
    return replace(office, programme=load(find("agricultural_park")))


def source(name: str) -> Any:
    from almoner.flow.imports.actions import Source

    return Source("deliveries", f"{name}.csv", name, "")


def contracts(park: Office, farmers: list[str], *, budget: str = "100000", **changed: Any) -> Any:
    """A round of contracts, decided case by case, begun, the first questions answered, the seed handed over."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding, delivering, following
    from almoner.flow.steps.following import Arrived

    round_ = park.open_round("Season 2026", budget)
    typical = {**park.programme.examples["typical"].answers, **changed}
    park.receive(round_, [Sheet(farmer, SOWN, typical) for farmer in farmers], SOWN)
    deciding.decide_each(round_, request=park.request("alice", SOWN))
    awarding.approve_awards(round_, request=park.request("bob", STARTED))
    awarding.start_awards(round_, request=park.request("alice", STARTED))
    asked = [Arrived(farmer, "season_survey", "", STARTED, SURVEY) for farmer in farmers]
    following.receive_follow_ups(
        round_, asked, source=source("survey"), request=park.request("alice", STARTED, "survey")
    )
    delivering.deliver_due(round_, evidence="seed", request=park.request("alice", STARTED))
    return round_


def weighed(farmer: str, day: date, paper: str, **changed: Any) -> Any:
    from almoner.flow.steps.collecting import BroughtRow

    return BroughtRow(farmer, day, paper, {**FIELD, "slip": paper, **changed})


def collect(park: Office, round_: Any, rows: list[Any], key: str = "", who: str = "alice") -> dict[str, Any]:
    from almoner.flow.steps.collecting import receive_deliveries

    request = park.request(who, WEIGHED, key)
    return receive_deliveries(round_, "maize", rows, source=source(request.key), request=request)


def books(round_: Any) -> tuple[int, int, int]:
    from almoner.flow.ledger.queries import budget_of, disagreements, unbalanced_awards

    assert disagreements() == []
    assert unbalanced_awards() == []
    budget = budget_of(round_)
    assert budget is not None
    return budget.free_minor, budget.committed_minor, budget.disbursed_minor


def test_a_weighing_makes_its_own_instalment_and_is_paid_on_friday_less_the_advance(park: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff, Deduction, Instalment
    from almoner.flow.steps import delivering

    round_ = contracts(park, ["f-1"])
    assert books(round_) == (8_530_000, 1_440_000, 30_000)
    told = collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1")])
    assert (told["created"], told["taken"], told["worth_minor"]) == (1, 1, 240_000)
    assert Deduction.objects.get().amount_minor == 30_000
    made = Instalment.objects.get(name="delivery_1")
    assert (made.amount_minor, made.due_on) == (210_000, date(2026, 9, 18))
    assert books(round_) == (8_560_000, 1_410_000, 30_000)
    early = delivering.deliver_due(round_, evidence="run", request=park.request("alice", date(2026, 9, 17)))
    paid = delivering.deliver_due(round_, evidence="run", request=park.request("alice", date(2026, 9, 18)))
    assert (early["delivered"], paid["delivered"], paid["cost_minor"]) == (0, 1, 210_000)
    assert books(round_) == (8_560_000, 1_200_000, 240_000)
    assert CalledOff.objects.get().state == "taken"


def test_the_same_file_again_and_the_same_row_in_another_file_change_nothing(park: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff, Reckoning

    round_ = contracts(park, ["f-1", "f-2"])
    rows = [weighed("f-1", date(2026, 9, 12), "W-1"), weighed("f-2", date(2026, 9, 12), "W-2")]
    first = collect(park, round_, rows, "file one")
    assert collect(park, round_, rows, "file one") == first
    again = collect(park, round_, [*rows, weighed("f-1", date(2026, 9, 15), "W-3")], "file two")
    assert (again["created"], again["unchanged"]) == (1, 2)
    assert (CalledOff.objects.count(), Reckoning.objects.count()) == (3, 3)


def test_a_sheet_that_says_otherwise_under_the_same_paper_is_refused_whole(park: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = contracts(park, ["f-1"])
    collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1")])
    changed = weighed("f-1", date(2026, 9, 12), "W-1", gross_kg=Decimal(9040))
    for rows in ([changed], [weighed("f-1", date(2026, 9, 13), "W-2"), replace(changed, paper="W-2")]):
        with pytest.raises(StepRefusedError):
            collect(park, round_, rows)
    assert CalledOff.objects.count() == 1


@pytest.mark.parametrize(
    ("farmer", "paper"), [("nobody", "W-1"), ("f-1", "")], ids=["a stranger", "nothing signed"]
)
def test_a_row_about_nobody_or_without_its_paper_takes_in_nothing(
    park: Office, farmer: str, paper: str
) -> None:
    from almoner.flow.deliveries.models import CalledOff
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = contracts(park, ["f-1"])
    rows = [weighed("f-1", date(2026, 9, 12), "W-9"), weighed(farmer, date(2026, 9, 12), paper)]
    with pytest.raises(StepRefusedError):
        collect(park, round_, rows)
    assert not CalledOff.objects.exists()


def test_what_is_refused_or_held_is_kept_with_its_reason_and_pays_nothing(park: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff, Reckoning

    round_ = contracts(park, ["f-1"])
    told = collect(
        park,
        round_,
        [
            weighed("f-1", date(2026, 9, 12), "W-1", tare_kg=Decimal(2000)),
            weighed("f-1", date(2026, 9, 12), "W-2", grade=None),
        ],
    )
    assert (told["refused"], told["held"]) == (1, 1)
    assert told["because"] == {"tare_exceeds_gross": 1, "grade": 1}
    assert not Reckoning.objects.exists()
    later = collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-2")])
    assert later["taken"] == 1
    states = dict(CalledOff.objects.values_list("number", "state"))
    assert states == {1: "refused", 2: "corrected", 3: "taken"}


def test_the_floor_is_paid_first_and_topped_up_once_the_bulletin_is_out(park: Office) -> None:
    from almoner.flow.deliveries.models import Instalment
    from almoner.flow.steps.collecting import settle_deliveries

    round_ = contracts(park, ["f-1"], wants_seed=False)
    told = collect(park, round_, [weighed("f-1", date(2026, 9, 14), "W-1")])
    assert (told["provisional"], told["worth_minor"]) == (1, 240_000)
    for day, settled in ((date(2026, 9, 17), 0), (date(2026, 9, 18), 1), (date(2026, 9, 19), 0)):
        assert settle_deliveries(round_, request=park.request("alice", day))["settled"] == settled
    more = Instalment.objects.get(name="delivery_1_top_up")
    assert (more.amount_minor, more.due_on, more.reckoning.is_top_up) == (15_000, date(2026, 9, 18), True)
    books(round_)


def test_what_goes_over_the_contract_is_cancelled_with_the_caps_name(park: Office) -> None:
    from almoner.flow.deliveries.models import Instalment
    from almoner.vault.models import Event

    round_ = contracts(park, ["f-1"], contracted_kg=Decimal(1000), wants_seed=False)
    days = (date(2026, 9, 12), date(2026, 9, 13), date(2026, 9, 15))
    told = collect(park, round_, [weighed("f-1", day, f"W-{day.day}") for day in days])
    assert (told["taken"], told["refused"], told["because"]) == (2, 1, {"up_to": 2})
    rest = Instalment.objects.get(name="delivery_2_up_to")
    assert (rest.state, rest.quantity_thousandths) == ("cancelled", 900_000)
    assert Event.objects.get(kind="flow_instalment", row=rest.pk).why == "up_to"
    free, committed, disbursed = books(round_)
    assert (free, committed, disbursed) == (9_736_000, 264_000, 0), "240 yuan more than was set aside"


def test_a_price_above_what_was_set_aside_cannot_overdraw_the_budget(park: Office) -> None:
    from almoner.flow.deliveries.models import CalledOff
    from almoner.flow.ledger.actions import BudgetExceededError

    round_ = contracts(park, ["f-1"], budget="2400", contracted_kg=Decimal(1000), wants_seed=False)
    with pytest.raises(BudgetExceededError):
        collect(park, round_, [weighed("f-1", date(2026, 9, 15), "W-1", gross_kg=Decimal(1090))])
    assert not CalledOff.objects.exists()
    assert books(round_) == (0, 240_000, 0)


def test_nothing_is_bought_before_the_first_questions_are_answered(park: Office) -> None:
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding

    round_ = park.open_round("Season 2026")
    park.receive(round_, [Sheet("f-1", SOWN, park.programme.examples["typical"].answers)], SOWN)
    deciding.decide_each(round_, request=park.request("alice", SOWN))
    awarding.approve_awards(round_, request=park.request("bob", STARTED))
    awarding.start_awards(round_, request=park.request("alice", STARTED))
    told = collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1")])
    assert (told["held"], told["because"]) == (1, {"season_survey": 1})


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_else_takes_in_a_weighing(park: Office, who: str) -> None:
    from almoner.people.access import NotPermitted

    round_ = contracts(park, ["f-1"])
    with pytest.raises(NotPermitted):
        collect(park, round_, [weighed("f-1", date(2026, 9, 12), "W-1")], who=who)


def test_an_edition_that_only_adds_prices_is_taken_and_any_other_refused(
    park: Office, tmp_path: Path
) -> None:
    from almoner.flow.deliveries.models import Reckoning
    from almoner.flow.steps.collecting import receive_deliveries
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = contracts(park, ["f-1"], wants_seed=False)
    folder = find("agricultural_park").parent
    for name in ("agricultural_park.yaml", "market_price.csv", "grade_factor.csv", "rural_prices.csv"):
        (tmp_path / name).write_text((folder / name).read_text())
    with (tmp_path / "market_price.csv").open("a") as table:
        table.write("2026-10-09,maize,2026-10-09,3.00\n")
    later = load(tmp_path / "agricultural_park.yaml")
    request = park.request("alice", date(2026, 10, 9))
    rows = [weighed("f-1", date(2026, 10, 9), "W-1")]
    told = receive_deliveries(
        round_, "maize", rows, source=source("later"), request=request, continuing=later
    )
    assert (told["taken"], told["worth_minor"]) == (1, 300_000)
    assert Reckoning.objects.get().edition_digest == later.digest != round_.edition.digest
    (tmp_path / "grade_factor.csv").write_text("grade,factor\nA,1.05\nB,9\nC,0.90\n")
    other = load(tmp_path / "agricultural_park.yaml")
    with pytest.raises(StepRefusedError):
        receive_deliveries(
            round_,
            "maize",
            [weighed("f-1", date(2026, 10, 9), "W-2")],
            source=source("other"),
            request=park.request("alice", date(2026, 10, 10)),
            continuing=other,
        )


def test_cases_are_decided_one_by_one_and_only_within_what_is_free(park: Office) -> None:
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.applications.models import Application
    from almoner.flow.steps import deciding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = park.open_round("Season 2026", "20000")
    typical = park.programme.examples["typical"].answers
    sheets = [
        Sheet("f-1", SOWN, typical),
        Sheet("f-2", SOWN, {**typical, "area_mu": Decimal(60)}),
        Sheet("f-3", SOWN, {**typical, "area_mu": None}),
    ]
    park.receive(round_, sheets, SOWN)
    done = deciding.decide_each(round_, request=park.request("alice", SOWN))
    assert done == {"awarded": 1, "refused": 1}
    assert {one.row_key: one.state for one in Application.objects.all()} == {
        "f-1": "decided",
        "f-2": "decided",
        "f-3": "needs information",
    }
    park.receive(round_, [*sheets[:2], Sheet("f-3", SOWN, typical)], date(2026, 3, 12))
    with pytest.raises(StepRefusedError, match="are free"):
        deciding.decide_each(round_, request=park.request("alice", date(2026, 3, 12)))


def test_a_round_that_is_cut_by_points_is_not_decided_case_by_case(office: Office) -> None:
    from almoner.flow.steps import deciding
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = office.open_round()
    with pytest.raises(StepRefusedError):
        deciding.decide_each(round_, request=office.request("alice", date(2026, 10, 26)))
