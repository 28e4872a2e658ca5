"""Sites and their meters: what is read is added up by the factor of its month, and what nobody read is unknown."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from almoner.definitions.load import PROGRAMMES, find, load
from almoner.engine.figures import Period
from almoner.engine.verify import verify
from almoner.values.money import Money
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.following import Arrived

OPENED = date(2025, 1, 1)
READ = {"P-1": (90_000, 82_000, 85_500), "P-2": (41_000, 40_200)}
"""kWh of January, February, March; nobody read the meter of P-2 in March."""


@cache
def green() -> Programme:
    return load(find("green_production"))


@pytest.fixture
def sites(office: Office) -> Round:
    """A round with two sites on its register."""
    from almoner.flow.steps.listing import Listed, register
    from almoner.flow.steps.rounds import open_round

    round_ = open_round(
        green(),
        name="Sites 2025",
        year=2025,
        budget=Money.of(Decimal(1000), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", OPENED),
    )
    told = register(
        round_,
        [Listed("site", "P-1", "East plant"), Listed("site", "P-2", "South plant")],
        request=office.request("alice", OPENED),
    )
    assert told == {"listed": 2}
    return round_


def reading(site: str, month: int, kwh: int | None, **other: Any) -> Arrived:
    from almoner.flow.steps.following import Arrived

    answers = {
        "kwh": None if kwh is None else Decimal(kwh),
        "renewable_kwh": Decimal(1000),
        "grid": "east" if site == "P-1" else "south",
    }
    day = date(2025, month + 1, 6)
    said = {"period": f"2025-{month:02d}", **other}
    return Arrived(site, "electricity", said["period"], day, answers, corrects=said.get("corrects", ""))


def report(office: Office, round_: Round, on: date, *rows: Arrived) -> dict[str, Any]:
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.following import receive_records

    source = Source("records", "bills.csv", f"bills {on} {len(rows)} {rows[0].corrects}", "")
    return receive_records(round_, rows, source=source, request=office.request("alice", on))


def verified(office: Office, round_: Round, on: date) -> dict[str, Any]:
    from almoner.flow.steps.following import verify_records

    return verify_records(round_, "electricity", request=office.request("bob", on))


def quarter(office: Office, round_: Round, folder: Path, on: date = date(2025, 4, 15)) -> dict[str, Any]:
    """The figures of the first three months, as a statement that verifies from its file alone has them."""
    from almoner.flow.steps import closing

    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period(date(2025, 1, 1), date(2025, 3, 31)),
        folder=folder,
        first_line="",
        request=office.request("carol", on),
    )
    assert verify(published.bundle, published.root).agrees
    (part,) = json.loads(published.statement.read_text(encoding="utf-8"))["programmes"]
    return {figure["name"]: figure for figure in part["figures"]}


def factor(grid: str) -> Decimal:
    """The factor of 2023, which is the last one that was published, from the table itself."""
    with (PROGRAMMES / "grid_factor.csv").open(encoding="utf-8") as file:
        return next(
            Decimal(row["kg_a_kwh"])
            for row in csv.DictReader(file)
            if row["grid"] == grid and row["from"] == "2023-01-01"
        )


def all_read(office: Office, round_: Round) -> None:
    for month in (1, 2, 3):
        rows = [reading(site, month, read[month - 1]) for site, read in READ.items() if len(read) >= month]
        report(office, round_, date(2025, month + 1, 8), *rows)
    verified(office, round_, date(2025, 4, 12))


def test_what_was_read_adds_up_and_says_how_many_months_are_in_it(
    office: Office, sites: Round, tmp_path: Path
) -> None:
    all_read(office, sites)
    figures = quarter(office, sites, tmp_path)
    used = figures["electricity_used"]
    assert Decimal(used["value"]) == sum(sum(read) for read in READ.values())
    assert (used["n"], used["N"], used["unknown"]) == (5, 6, 1)
    kilograms = sum(READ["P-1"]) * factor("east") + sum(READ["P-2"]) * factor("south")
    assert Decimal(figures["scope_2_by_location"]["value"]) == kilograms
    assert figures["sites"]["value"] == "2"
    # Nobody read water or fuel at all: of six months each none is known.
    assert (figures["scope_1"]["n"], figures["scope_1"]["N"]) == (0, 6)


def test_what_nobody_else_looked_at_is_in_no_figure(office: Office, sites: Round, tmp_path: Path) -> None:
    report(office, sites, date(2025, 2, 8), reading("P-1", 1, 90_000))
    figures = quarter(office, sites, tmp_path)
    assert (figures["electricity_used"]["n"], figures["electricity_used"]["N"]) == (0, 6)


def test_a_correction_counts_once_it_was_verified_and_the_period_is_restated(
    office: Office, sites: Round, tmp_path: Path
) -> None:
    from almoner.flow.reports.models import PublishedStatement

    all_read(office, sites)
    before = quarter(office, sites, tmp_path / "first")["electricity_used"]["value"]
    slip = reading("P-1", 2, 28_000, corrects="2025-02", period="")
    assert report(office, sites, date(2025, 5, 2), slip)["created"] == 1
    assert report(office, sites, date(2025, 5, 3), slip) | {"tasks": 0} == {
        "created": 0,
        "unchanged": 1,
        "tasks": 0,
    }
    waiting = quarter(office, sites, tmp_path / "second", date(2025, 5, 4))["electricity_used"]
    assert waiting["value"] == before
    verified(office, sites, date(2025, 5, 5))
    after = quarter(office, sites, tmp_path / "third", date(2025, 5, 6))["electricity_used"]
    assert Decimal(after["value"]) == Decimal(before) - 82_000 + 28_000
    assert (after["n"], after["N"]) == (5, 6)
    assert list(PublishedStatement.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_jump_is_asked_about_and_counts_all_the_same(office: Office, sites: Round, tmp_path: Path) -> None:
    from almoner.flow.records.models import Task

    report(office, sites, date(2025, 2, 8), reading("P-1", 1, 90_000))
    told = report(office, sites, date(2025, 3, 8), reading("P-1", 2, 900_000))
    assert told["tasks"] == 1
    (task,) = Task.objects.all()
    assert (task.name, task.role, task.entry.code if task.entry else "") == (
        "doubt",
        "officer",
        "P-1",
    )
    verified(office, sites, date(2025, 3, 9))
    assert quarter(office, sites, tmp_path)["electricity_used"]["value"] == "990000"


def test_a_site_that_was_given_up_owes_nothing_afterwards(
    office: Office, sites: Round, tmp_path: Path
) -> None:
    from almoner.flow.registers.queries import entries_by_code
    from almoner.flow.steps.listing import listed_on, strike_off
    from almoner.flow.steps.recipe import StepRefusedError

    all_read(office, sites)
    south = entries_by_code(sites, "site", ["P-2"])["P-2"]
    owed = {
        one["code"]: one["owed"]
        for one in listed_on(sites, request=office.request("dave", date(2025, 4, 14)))
    }
    assert "electricity[2025-03]" in owed["P-2"]
    assert "electricity[2025-03]" not in owed["P-1"]
    with pytest.raises(StepRefusedError, match="Say why"):
        strike_off(south, why=" ", request=office.request("alice", date(2025, 3, 10)))
    strike_off(south, why="sold (invented)", request=office.request("alice", date(2025, 3, 10)))
    with pytest.raises(StepRefusedError, match="was struck off before"):
        strike_off(south, why="again", request=office.request("alice", date(2025, 3, 11)))
    figures = quarter(office, sites, tmp_path)
    assert (figures["electricity_used"]["n"], figures["electricity_used"]["N"]) == (5, 5)
    assert figures["sites"]["value"] == "2"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"site": "P-9"}, "about nothing on the register, the first is 'P-9'"),
        ({"period": ""}, "name no period, the first is 'P-1'"),
        ({"period": "2025-13"}, "has no period '2025-13'"),
        ({"corrects": "2025-01", "period": ""}, "corrects '2025-01', which is not there"),
    ],
)
def test_a_row_that_nobody_can_place_is_refused_and_nothing_is_kept(
    office: Office, sites: Round, row: dict[str, Any], why: str
) -> None:
    from almoner.flow.records.models import Record
    from almoner.flow.steps.recipe import StepRefusedError

    wrong = reading(**{"site": "P-1", "month": 1, "kwh": 5, **row})
    with pytest.raises(StepRefusedError, match=why):
        report(office, sites, date(2025, 2, 8), reading("P-2", 1, 7), wrong)
    assert not Record.objects.exists()


def test_a_reading_that_says_otherwise_is_corrected_by_name_and_not_overwritten(
    office: Office, sites: Round
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    report(office, sites, date(2025, 2, 8), reading("P-1", 1, 90_000))
    with pytest.raises(StepRefusedError, match="correct it by name"):
        report(office, sites, date(2025, 2, 9), reading("P-1", 1, 91_000), reading("P-2", 1, 5))


def test_only_what_the_programme_keeps_a_register_of_comes_on_one_and_each_code_once(
    office: Office, sites: Round
) -> None:
    from almoner.flow.registers.models import RegisterEntry
    from almoner.flow.steps.listing import Listed, register
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    for one, why in (
        (Listed("supplier", "S-1"), "keeps no register of 'supplier'; it keeps: site"),
        (Listed("site", "P-1"), "'P-1' stands on the register already"),
        (Listed("site", " "), "has a code"),
    ):
        with pytest.raises(StepRefusedError, match=why):
            register(sites, [Listed("site", "P-7"), one], request=office.request("alice", OPENED))
    for who in ("bob", "carol", "dave", "eve"):
        with pytest.raises(NotPermitted):
            register(sites, [Listed("site", "P-7")], request=office.request(who, OPENED))
    assert RegisterEntry.objects.count() == 2
