"""Therapy that is paid by the session, within the month; who treats is in one place, and does not measure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from almoner.definitions.load import find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from databases import together
from flow.conftest import Office
from flow.rehabilitation_office import (
    BEGUN,
    FIRST,
    bring,
    function,
    in_care,
    measured,
    session,
    source,
    wellbeing,
)
from flow.test_flow_collecting import books

FRIDAY = date(2026, 3, 13)
HALF_A_YEAR = date(2026, 9, 8)


@pytest.fixture
def care(office: Office) -> Office:
    return replace(office, programme=load(find("rehabilitation_care")))


def test_a_session_is_paid_on_friday_and_the_books_know_it(care: Office) -> None:
    from almoner.flow.deliveries.models import Delivery, Instalment
    from almoner.flow.steps import delivering

    round_ = in_care(care, ["c-1"])
    free = books(round_)[0]
    told = bring(care, round_, [session("c-1", "S-1")])
    assert (told["taken"], told["worth_minor"]) == (1, 19_200)
    made = Instalment.objects.get(name="delivery_1")
    assert (made.state, made.amount_minor, made.quantity_thousandths, made.due_on) == (
        "scheduled",
        19_200,
        None,
        FRIDAY,
    )
    assert books(round_) == (free, 1_800_000, 0)
    (due,) = delivering.list_due(round_, FRIDAY, by=care.users["alice"])
    assert (due["figure"], due["unit"], due["payee"]) == ("192.00", "CNY", "C-1")
    delivering.deliver_due(round_, evidence="run 1", request=care.request("alice", FRIDAY))
    assert Delivery.objects.get().amount_minor == 19_200
    assert books(round_) == (free, 1_800_000 - 19_200, 19_200)


def test_what_goes_over_the_month_is_cancelled_in_money_and_the_minutes_stay(care: Office) -> None:
    from almoner.flow.deliveries.models import Instalment, Reckoning

    round_ = in_care(care, ["c-1"])
    days = [date(2026, 3, day) for day in (10, 11, 12, 16, 17, 18)]
    rows = [session("c-1", f"S-{day.day}", day, minutes=Decimal(120)) for day in days]
    told = bring(care, round_, rows)
    assert (told["taken"], told["refused"], told["worth_minor"]) == (5, 1, 180_000)
    assert told["because"] == {"amount_per_month": 2}
    cut = Instalment.objects.get(name="delivery_5_amount_per_month")
    assert (cut.state, cut.amount_minor, cut.quantity_thousandths) == ("cancelled", 12_000, None)
    last = Reckoning.objects.get(called_off__number=5)
    assert (last.worth_minor, last.quantity_thousandths) == (26_400, 120_000)
    # The next file finds the month used up, and the next month open.
    told = bring(
        care,
        round_,
        [session("c-1", "S-30", date(2026, 3, 30)), session("c-1", "S-31", date(2026, 4, 1))],
    )
    assert (told["taken"], told["refused"], told["worth_minor"]) == (1, 1, 19_200)


def test_a_therapist_is_in_one_place_over_all_children_files_and_rounds(care: Office) -> None:
    round_, other = in_care(care, ["c-1", "c-2"]), in_care(care, ["c-3"], "Care 2026 b")
    told = bring(care, round_, [session("c-1", "S-1"), session("c-2", "S-2", began="09:59")])
    assert (told["taken"], told["refused"], told["because"]) == (1, 1, {"two_places_at_once": 1})
    later = bring(care, round_, [session("c-2", "S-3", began="09:30"), session("c-2", "S-4", began="10:00")])
    assert (later["taken"], later["refused"]) == (1, 1)
    elsewhere = bring(care, other, [session("c-3", "S-5", began="10:30", therapist=" t-1 ")])
    assert elsewhere["because"] == {"two_places_at_once": 1}
    free = bring(care, other, [session("c-3", "S-6", began="10:30", therapist="T-2")])
    assert free["taken"] == 1


def test_two_files_at_once_cannot_book_a_therapist_twice(care: Office) -> None:
    from almoner.flow.steps.collecting import receive_deliveries

    rounds = {"one": in_care(care, ["c-1"]), "other": in_care(care, ["c-2"], "Care 2026 b")}
    rows = {"one": [session("c-1", "S-1")], "other": [session("c-2", "S-2", began="09:30")]}
    asked = {name: care.request("alice", FIRST, name) for name in rounds}

    def at_once(name: str) -> str:
        told = receive_deliveries(
            rounds[name], "therapy", rows[name], source=source(name), request=asked[name]
        )
        return "taken" if told.get("taken") else "refused"

    assert sorted(together(lambda: at_once("one"), lambda: at_once("other"))) == ["refused", "taken"]


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_but_an_officer_takes_sessions_in(care: Office, who: str) -> None:
    from almoner.flow.steps.collecting import receive_deliveries
    from almoner.people.access import NotPermitted

    round_ = in_care(care, ["c-1"])
    request = care.request(who, FIRST)
    with pytest.raises(NotPermitted):
        receive_deliveries(round_, "therapy", [session("c-1", "S-1")], source=source(), request=request)


def test_a_session_without_its_time_is_held_until_it_is_said(care: Office) -> None:
    round_ = in_care(care, ["c-1"])
    told = bring(care, round_, [session("c-1", "S-1", began=None)])
    assert (told["held"], told["because"]) == (1, {"began": 1})
    told = bring(care, round_, [session("c-1", "S-1")])
    assert (told["taken"], told["worth_minor"]) == (1, 19_200)


def test_the_same_file_again_pays_nothing(care: Office) -> None:
    round_ = in_care(care, ["c-1"])
    first = bring(care, round_, [session("c-1", "S-1")], "file one")
    assert bring(care, round_, [session("c-1", "S-1")], "file one") == first
    again = bring(care, round_, [session("c-1", "S-1")], "file two")
    assert (again["created"], again["unchanged"]) == (0, 1)


def test_whoever_is_paid_does_not_measure_and_whoever_measured_is_not_paid(care: Office) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = in_care(care, ["c-1"], assessor="T-9")
    told = bring(care, round_, [session("c-1", "S-1", therapist="t-9")])
    assert (told["refused"], told["because"]) == (1, {"function": 1})
    bring(care, round_, [session("c-1", "S-2")])
    answers = function("10 10 5 5 0 5 0 5 5 5", "T-1")
    before = Record.objects.count()
    for who, why in (
        ("T-1", "therapist of therapy"),
        ("C-1", "provider of therapy"),
        (None, "'assessor' is open"),
    ):
        with pytest.raises(StepRefusedError, match=why):
            measured(care, round_, "c-1", "function", date(2026, 4, 7), {**answers, "assessor": who})
    assert Record.objects.count() == before
    told = measured(care, round_, "c-1", "function", date(2026, 4, 7), {**answers, "assessor": "A-2"})
    assert told["answered"] == 1


def test_from_the_application_to_a_statement_that_verifies(care: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import closing, delivering

    round_ = in_care(care, ["c-1", "c-2", "c-3"])
    bring(
        care,
        round_,
        [
            session(child, f"S-{child}", began=began)
            for child, began in (("c-1", "08:00"), ("c-2", "10:00"), ("c-3", "12:00"))
        ],
    )
    delivering.deliver_due(round_, evidence="run 1", request=care.request("alice", FRIDAY))
    middle = date(2026, 4, 7)
    measured(care, round_, "c-1", "function", middle, function("5 5 5 5 0 5 0 5 5 5", "A-2"))
    measured(care, round_, "c-1", "function", date(2026, 6, 2), function("5 10 5 5 0 5 0 5 5 5", "A-2"))
    measured(care, round_, "c-1", "function", HALF_A_YEAR, function("10 10 5 10 0 10 0 5 5 5", "A-2"))
    measured(care, round_, "c-2", "function", HALF_A_YEAR, function("5 5 0 5 5 5 0 5 5 5", "A-2"))
    measured(care, round_, "c-3", "function", HALF_A_YEAR, {}, "lost")
    measured(care, round_, "c-1", "wellbeing", HALF_A_YEAR, wellbeing("4 3 3 3 4"))
    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period.year(2026),
        folder=tmp_path / "published",
        first_line="",
        request=care.request("carol", date(2027, 1, 5)),
    )
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    found: dict[str, Any] = {one["name"]: one for one in part["figures"]}
    assert [found[name]["value"] for name in ("children", "sessions", "minutes_given")] == ["3", "3", "180"]
    gained = found["function_gained"]
    # 35 became 60 and 40; the third was tried three times in vain.
    assert (gained["mean"], gained["n"], gained["N"], gained["lost"]) == ("15", 2, 3, 1)
    assert gained["at"] == "26 weeks after first delivery"
    assert (gained["important"]["reached"], gained["important"]["n"], gained["important"]["N"]) == (1, 2, 3)
    well = found["wellbeing_gained"]
    assert (well["value"], well["n"], well["N"], well["not_tried"]) == ("36", 1, 3, 2)
    assert well["important"]["reached"] == 1


def test_the_first_session_waits_for_the_measure_before_it(care: Office) -> None:
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding

    round_ = care.open_round("Care unmeasured", "100000")
    typical = dict(care.programme.examples["typical"].answers)
    care.receive(round_, [Sheet("c-1", BEGUN, typical)], BEGUN)
    deciding.decide_each(round_, request=care.request("alice", BEGUN))
    awarding.approve_awards(round_, request=care.request("bob", BEGUN))
    awarding.start_awards(round_, request=care.request("alice", BEGUN))
    told = bring(care, round_, [session("c-1", "S-1", FIRST)])
    assert (told["held"], told["because"]) == (1, {"function": 1, "wellbeing": 1})
