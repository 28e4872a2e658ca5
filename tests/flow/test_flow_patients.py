"""A charity's medicine: invoices that count once, issues that fall due, lots that run out; the books whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from almoner.definitions.load import find, load
from databases import together
from flow.conftest import Office
from flow.patient_office import (
    BOUGHT,
    COLLECTED,
    check,
    clinic,
    collect,
    enrolled,
    event,
    invoice,
    ready,
    received,
    reported,
    sheet,
    verified,
)
from flow.test_flow_collecting import books

APRIL = date(2025, 4, 7)


@pytest.fixture
def charity(office: Office) -> Office:
    return replace(office, programme=load(find("patient_assistance")))


def stock_of(lot: str = "CN-01") -> tuple[Decimal, Decimal]:
    """What is free and what was issued of a lot, as its row and its postings both say."""
    from almoner.flow.stock.models import Lot
    from almoner.flow.stock.queries import disagreements

    assert disagreements() == []
    row = Lot.objects.get(number=lot)
    return Decimal(row.free_thousandths) / 1000, Decimal(row.issued_thousandths) / 1000


def test_an_issue_is_handed_over_once_disbursed_and_taken_from_its_lot(charity: Office) -> None:
    from almoner.flow.deliveries.models import Delivery, Instalment

    round_ = ready(charity, ["p-1"])
    free = books(round_)[0]
    told = collect(charity, round_, [sheet("p-1", "S-1")])
    assert (told["created"], told["taken"], told["worth_minor"]) == (1, 1, 93_000)
    made = Instalment.objects.get(name="delivery_1")
    assert (made.state, made.quantity_thousandths, made.due_on) == ("paid", 3000, BOUGHT)
    assert Delivery.objects.get().happened_on == COLLECTED
    assert books(round_) == (free, 8 * 31_000 - 93_000, 93_000)
    assert stock_of() == (97, 3)


def test_the_office_sees_which_issues_wait_to_be_collected_and_others_do_not(charity: Office) -> None:
    from almoner.flow.steps.delivering import deliver_due, list_due
    from almoner.people.access import NotPermitted

    round_ = ready(charity, ["p-1", "p-2"])
    collect(charity, round_, [sheet("p-1", "S-1")])
    (row,) = list_due(round_, COLLECTED, by=charity.users["alice"])
    assert (row["what"], row["figure"], row["unit"]) == ("cycle_1_issue_1", "3", "packs")
    assert (row["due_on"], row["held"]) == ("2025-03-12", False)
    assert deliver_due(round_, evidence="x", request=charity.request("alice", COLLECTED))["to_collect"] == 1
    for who in ("carol", "eve"):
        with pytest.raises(NotPermitted):
            list_due(round_, COLLECTED, by=charity.users[who])


def test_an_issue_that_a_cap_leaves_nothing_of_is_listed_as_held_under_its_name(
    charity: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.delivering import deliver_due, list_due

    small = clinic(charity, tmp_path, "[24, 6 per 84 days]", "2")
    round_ = ready(small, ["p-1"])
    collect(small, round_, [sheet("p-1", "S-1", packs=2)])
    (row,) = list_due(round_, COLLECTED, by=small.users["alice"])
    assert (row["figure"], row["held"], row["waits_for"]) == ("1", True, ["packs"])
    assert deliver_due(round_, evidence="x", request=small.request("alice", COLLECTED))["to_collect"] == 0


def test_nothing_is_handed_over_twice_whoever_sends_the_file_again(charity: Office) -> None:
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.steps import delivering

    round_ = ready(charity, ["p-1", "p-2"])
    rows = [sheet("p-1", "S-1"), sheet("p-2", "S-2")]
    first = collect(charity, round_, rows, "file one")
    assert collect(charity, round_, rows, "file one") == first
    again = collect(charity, round_, rows, "file two")
    assert (again["created"], again["unchanged"]) == (0, 2)
    delivering.deliver_due(round_, evidence="run", request=charity.request("alice", APRIL))
    assert (Delivery.objects.count(), stock_of()) == (2, (94, 6))


def test_the_next_issue_waits_for_its_day_and_a_fresh_check(charity: Office) -> None:
    round_ = ready(charity, ["p-1"])
    collect(charity, round_, [sheet("p-1", "S-1")])
    early = collect(charity, round_, [sheet("p-1", "S-2", date(2025, 4, 2), 2)])
    stale = collect(charity, round_, [sheet("p-1", "S-3", date(2025, 4, 12), 2)])
    reported(charity, round_, [check("p-1", date(2025, 4, 12))], date(2025, 4, 12))
    there = collect(charity, round_, [sheet("p-1", "S-4", date(2025, 4, 13), 2)])
    assert (early["held"], stale["held"], there["taken"]) == (1, 1, 1)
    assert stock_of() == (95, 5)


def test_more_than_was_set_aside_is_taken_from_what_is_free(charity: Office) -> None:
    round_ = ready(charity, ["p-1"], on_register=True)
    free, committed, _ = books(round_)
    for number, wanted in enumerate(
        [3, 2, 1, 2, 3]
    ):  # the rolling cap leaves one of the third issue, two come later
        on = date.fromordinal(COLLECTED.toordinal() + 28 * number)
        reported(charity, round_, [check("p-1", on)], on)
        assert collect(charity, round_, [sheet("p-1", f"S-{number}", on, wanted)])["taken"] == 1
        if number == 3:
            assert books(round_) == (free, committed - 8 * 31_000, 8 * 31_000)
    assert books(round_) == (free - 3 * 31_000, 0, 11 * 31_000)


@pytest.mark.parametrize(
    ("lot", "why"), [("XX-99", "unknown_lot"), ("OLD-1", "expired_lot"), ("BAD-1", "recalled_lot")]
)
def test_a_lot_that_may_not_be_given_is_refused_by_name_and_stays(
    charity: Office, lot: str, why: str
) -> None:
    from almoner.flow.steps.stocking import Named, recall_lot

    round_ = ready(charity, ["p-1"])
    received(charity, "OLD-1", 10, date(2025, 3, 12))
    received(charity, "BAD-1", 10)
    recall_lot(
        Named("patient_assistance", "medicine", "BAD-1"),
        why="glass",
        request=charity.request("alice", BOUGHT),
    )
    told = collect(charity, round_, [sheet("p-1", "S-1", lot=lot)])
    assert (told["refused"], told["because"]) == (1, {why: 1})
    assert collect(charity, round_, [sheet("p-1", "S-2")])["taken"] == 1


def test_a_sheet_that_names_a_recalled_lot_is_a_task_for_the_officer_once(charity: Office) -> None:
    from almoner.flow.records.models import Task
    from almoner.flow.steps.stocking import Named, recall_lot

    round_ = ready(charity, ["p-1", "p-2"])
    collect(charity, round_, [sheet("p-1", "S-1", packs=1)])
    recall_lot(
        Named("patient_assistance", "medicine", "CN-01"),
        why="glass",
        request=charity.request("alice", COLLECTED),
    )
    for paper in ("S-2", "S-3"):
        rows = [sheet("p-1", f"{paper}-1", packs=1), sheet("p-2", f"{paper}-2", packs=1, lot="cn-01")]
        assert collect(charity, round_, rows)["refused"] == 2
    tasks = Task.objects.filter(name="recalled_lot")
    assert sorted(tasks.values_list("award__application__row_key", "cause")) == [
        ("p-1", "medicine CN-01"),
        ("p-2", "medicine CN-01"),
    ]


def test_the_last_packs_of_a_lot_go_to_whoever_comes_first(charity: Office) -> None:
    round_ = ready(charity, ["p-1", "p-2"])
    received(charity, "CN-02", 4)
    told = collect(charity, round_, [sheet("p-1", "S-1", lot="CN-02"), sheet("p-2", "S-2", lot="cn-02")])
    assert (told["taken"], told["because"], stock_of("CN-02")) == (2, {"stock": 1}, (0, 4))
    rest = collect(charity, round_, [sheet("p-2", "S-3", packs=2)])
    assert (rest["taken"], stock_of()) == (1, (98, 2))


def test_a_cap_of_people_counts_every_round(charity: Office, tmp_path: Path) -> None:
    small = clinic(charity, tmp_path, "people: 500", "people: 2")
    round_ = ready(small, ["p-1", "p-2"])
    assert collect(small, round_, [sheet("p-1", "S-1"), sheet("p-2", "S-2")])["taken"] == 2
    later = enrolled(small, ["p-3"], "Patients, second round")
    reported(
        small,
        later,
        [
            invoice("p-3", "F-9"),
        ],
        BOUGHT,
    )
    reported(small, later, [check("p-3")], BOUGHT)
    verified(small, later)
    told = collect(small, later, [sheet("p-3", "S-3")])
    assert (told["refused"], told["because"]) == (1, {"people": 1})


def test_an_invoice_counts_once_in_all_rounds_and_the_officer_hears_of_the_second(charity: Office) -> None:
    from almoner.flow.records.models import Record, Task

    round_ = ready(charity, ["p-1", "p-2"])
    other = enrolled(charity, ["p-3"], "Patients, second round")
    told = reported(charity, other, [invoice("p-3", "f - p-1"), invoice("p-3", "F-new", 2)], BOUGHT)
    assert (told["created"], told["queried"]) == (2, 1)
    verified(charity, other)
    states = sorted(Record.objects.filter(award__round=other, name="invoice").values_list("state", flat=True))
    assert states == ["queried", "verified"]
    assert Task.objects.get(name="number_is_known").role == "officer"
    reported(charity, other, [check("p-3")], BOUGHT)
    assert collect(charity, other, [sheet("p-3", "S-1")])["held"] == 1
    assert collect(charity, round_, [sheet("p-1", "S-2")])["taken"] == 1


def test_two_invoices_of_one_file_with_one_number_count_once(charity: Office) -> None:
    round_ = enrolled(charity, ["p-1", "p-2"])
    told = reported(charity, round_, [invoice("p-1", "F-1"), invoice("p-2", "F-1")], BOUGHT)
    assert (told["created"], told["queried"]) == (2, 1)


def test_an_invoice_that_says_otherwise_under_its_number_is_refused_whole(charity: Office) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = enrolled(charity, ["p-1"])
    reported(charity, round_, [invoice("p-1", "F-1", 5)], BOUGHT)
    assert reported(charity, round_, [invoice("p-1", "F-1", 5)], BOUGHT)["unchanged"] == 1
    with pytest.raises(StepRefusedError):
        reported(charity, round_, [invoice("p-1", "F-2"), invoice("p-1", "F-1", 9)], BOUGHT)
    assert Record.objects.filter(name="invoice").count() == 1


def test_two_things_that_happen_on_one_day_are_two_records(charity: Office) -> None:
    from almoner.flow.records.models import Record, Task

    round_ = enrolled(charity, ["p-1"])
    rows = [event("p-1", "rash", APRIL), event("p-1", "fainted", APRIL, serious=None)]
    told = reported(charity, round_, rows, APRIL)
    assert (told["created"], told["tasks"]) == (2, 4)
    assert reported(charity, round_, rows, APRIL)["unchanged"] == 2
    unclear = Task.objects.exclude(unclear=[]).get()
    assert (unclear.name, unclear.unclear) == ("tell_the_maker", ["serious"])
    assert Record.objects.filter(name="adverse_event").count() == 2


def test_every_adverse_event_of_a_patient_is_counted_in_the_facts(charity: Office, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from almoner.engine.facts import Pseudonyms
    from almoner.flow.reports.facts import FactWriter

    round_ = enrolled(charity, ["p-1"])
    rows = [
        event("p-1", "rash", APRIL),
        event("p-1", "fainted", APRIL),
        event("p-1", "rash", date(2025, 5, 1)),
    ]
    reported(charity, round_, rows, date(2025, 5, 1))
    paths = FactWriter(charity.programme, round_, Pseudonyms(b"k" * 32)).write(
        tmp_path, until=date(2025, 12, 31), with_stock=False
    )
    (events,) = [path for path in paths if path.stem == "record_adverse_event"]
    assert pq.read_table(events).num_rows == 3


def test_two_checks_within_a_month_are_both_kept_and_stand_for_one(charity: Office) -> None:
    from almoner.flow.records.models import Record

    round_ = enrolled(charity, ["p-1"])
    rows = [check("p-1", date(2025, 3, 20)), check("p-1", date(2025, 4, 1)), check("p-1", date(2025, 4, 20))]
    assert reported(charity, round_, rows, date(2025, 4, 20))["created"] == 3
    assert reported(charity, round_, rows, date(2025, 4, 20))["unchanged"] == 3
    periods = (
        Record.objects.filter(name="medical_check").order_by("happened_on").values_list("period", flat=True)
    )
    assert list(periods) == ["2025-04-07", "", "2025-05-05"]


def test_two_desks_that_hand_over_the_last_packs_at_once_give_them_once(charity: Office) -> None:
    round_ = ready(charity, ["p-1", "p-2"])
    received(charity, "CN-02", 3)
    rows = {"one": sheet("p-1", "S-1", lot="CN-02"), "other": sheet("p-2", "S-2", lot="CN-02")}
    asked = {name: charity.request("alice", COLLECTED, name) for name in rows}

    def at_once(name: str) -> str:
        from almoner.flow.steps.collecting import receive_deliveries
        from flow.patient_office import source

        told = receive_deliveries(round_, "medicine", [rows[name]], source=source(name), request=asked[name])
        return "taken" if told.get("taken") else "refused"

    assert sorted(together(lambda: at_once("one"), lambda: at_once("other"))) == ["refused", "taken"]
    assert stock_of("CN-02") == (0, 3)
    assert books(round_)[2] == 93_000


@pytest.mark.parametrize("who", ["bob", "carol", "dave", "eve"])
def test_nobody_but_an_officer_hands_over(charity: Office, who: str) -> None:
    from almoner.flow.deliveries.models import CalledOff
    from almoner.people.access import NotPermitted

    round_ = ready(charity, ["p-1"])
    with pytest.raises(NotPermitted):
        collect(charity, round_, [sheet("p-1", "S-1")], who=who)
    assert not CalledOff.objects.exists()
