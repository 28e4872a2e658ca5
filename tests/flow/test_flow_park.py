"""Firms of a park: no move-in without figures, returns that leap are asked about, and survival after they left."""

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
from flow.conftest import Office
from flow.park_office import BEGUN, admitted, report, returned

Q1, Q2 = date(2026, 4, 20), date(2026, 7, 20)


@pytest.fixture
def park(office: Office) -> Office:
    return replace(office, programme=load(find("biotech_park")))


def due(office: Office, round_: Any, day: date) -> list[tuple[str, bool]]:
    from almoner.flow.steps.delivering import list_due

    return [(one["what"], one["held"]) for one in list_due(round_, day, by=office.users["alice"])]


def test_a_panel_admits_and_nobody_moves_in_without_a_baseline(park: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.deliveries.models import Delivery, Instalment
    from almoner.flow.steps.delivering import deliver_due

    round_ = admitted(park, ["f-1", "f-2", "f-3"], weak=("f-3",))
    assert Award.objects.filter(state="active").count() == 2
    assert Instalment.objects.count() == 2 * 60
    assert due(park, round_, BEGUN) == [("month_1", True), ("month_1", True)]
    report(park, round_, [returned("f-1", "baseline")], BEGUN, seen=False)
    assert sorted(due(park, round_, BEGUN)) == [("month_1", False), ("month_1", True)]
    deliver_due(round_, evidence="keys", request=park.request("alice", BEGUN))
    # 100 square metres at 45, of which half is given; the other half is a bill and in no book.
    (let,) = Delivery.objects.all()
    assert (let.quantity_thousandths, let.cost_minor, let.amount_minor) == (100_000, 225_000, None)


def test_a_second_person_may_do_without_a_baseline_for_a_reason(park: Office) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.ending import waive_baseline
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.people.access import NotPermitted

    round_ = admitted(park, ["f-1"])
    award = Award.objects.get()
    with pytest.raises(StepRefusedError, match="--why"):
        waive_baseline(award, "quarterly_return", why=" ", request=park.request("bob", BEGUN))
    with pytest.raises(NotPermitted):
        waive_baseline(award, "quarterly_return", why="fire", request=park.request("alice", BEGUN))
    with pytest.raises(StepRefusedError, match="waits for no 'milestone'"):
        waive_baseline(award, "milestone", why="fire", request=park.request("bob", BEGUN))
    assert due(park, round_, BEGUN) == [("month_1", True)]
    waive_baseline(award, "quarterly_return", why="fire in the archive", request=park.request("bob", BEGUN))
    assert due(park, round_, BEGUN) == [("month_1", False)]


def test_a_leap_is_asked_about_once_and_the_return_counts(park: Office) -> None:
    from almoner.flow.records.models import Record, Task
    from almoner.flow.steps.tasking import find_task, finish_task, list_tasks

    round_ = admitted(park, ["f-1", "f-2"])
    report(park, round_, [returned("f-1", "baseline"), returned("f-2", "baseline")], BEGUN)
    rows = [returned("f-1", "2026-Q1", jobs=Decimal(10)), returned("f-2", "2026-Q1", jobs=Decimal(9))]
    assert report(park, round_, rows, Q1)["doubtful"] == 1
    task = Task.objects.get(name="doubt")
    assert (task.role, task.unclear, task.due_at, task.state) == ("officer", ["jobs"], None, "open")
    assert set(Record.objects.values_list("state", flat=True)) == {"verified"}
    (listed,) = list_tasks(round_.programme, by=park.users["alice"])
    assert (listed.task, listed.is_overdue, listed.missing) == ("doubt", False, ("jobs",))
    # The same file asks nothing anew.
    assert "doubtful" not in report(park, round_, rows, Q1, seen=False)
    found = find_task(str(task.uid), by=park.users["alice"])
    finish_task(found, evidence="payroll of March", request=park.request("alice", Q1))
    report(park, round_, [returned("f-1", "2026-Q2", jobs=Decimal(11))], Q2)
    assert Task.objects.filter(name="doubt").count() == 1


def test_a_return_that_comes_late_puts_the_one_after_it_in_doubt(park: Office) -> None:
    from almoner.flow.records.models import Task

    round_ = admitted(park, ["f-1"])
    report(park, round_, [returned("f-1", "baseline", jobs=None)], BEGUN)
    report(park, round_, [returned("f-1", "2026-Q2", jobs=Decimal(10))], Q2)
    assert not Task.objects.filter(name="doubt").exists()
    report(park, round_, [returned("f-1", "2026-Q1", jobs=Decimal(4))], Q2)
    (task,) = Task.objects.filter(name="doubt")
    assert task.record is not None
    assert task.record.period == "2026-Q2"


def test_a_period_that_nobody_knows_is_refused(park: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    round_ = admitted(park, ["f-1"])
    with pytest.raises(StepRefusedError, match="no period '2026-Q5'"):
        report(park, round_, [returned("f-1", "2026-Q5")], Q1)


def ended(park: Office, firm: str, reason: str, on: date) -> None:
    from almoner.flow.decisions.models import Award
    from almoner.flow.steps.ending import end_award

    award = Award.objects.get(application__row_key=firm)
    end_award(award, reason, why="as the file says", request=park.request("bob", on))


def test_from_the_panel_to_survival_that_is_computed_anew(park: Office, tmp_path: Path) -> None:
    from almoner.flow.steps import delivering
    from almoner.flow.steps.keeping import keep_standing

    firms = ["f-1", "f-2", "f-3", "f-4"]
    round_ = admitted(park, firms)
    report(park, round_, [returned(firm, "baseline") for firm in firms], BEGUN)
    delivering.deliver_due(round_, evidence="keys", request=park.request("alice", BEGUN))
    first = [returned(firm, "2026-Q1") for firm in firms[1:]]
    report(park, round_, [returned("f-1", "2026-Q1", raised=Decimal(5_000_000)), *first], Q1)
    told = keep_standing(round_, request=park.request("alice", Q1))
    assert [one["by"] for one in told["proposed"]] == ["graduated"]
    for firm, reason in (("f-1", "graduated"), ("f-2", "graduated"), ("f-3", "closed")):
        ended(park, firm, reason, date(2026, 5, 20))
    # A year later: one still trades, one failed, one was never heard of again; the fourth is still in the park.
    january = date(2027, 1, 20)
    rows = [
        returned("f-1", "2026"),
        returned("f-2", "2026", trading=False, jobs=Decimal(0), revenue=Decimal(0)),
        *(returned("f-4", period) for period in ("2026-Q2", "2026-Q3", "2026-Q4")),
    ]
    report(park, round_, rows, january)
    part = account(park, round_, 2026, date(2027, 3, 5), tmp_path)
    assert (part["firms"]["value"], part["space_let"]["value"]) == ("4", "400")
    survival = part["survival"]
    # From February to December are ten months: nobody was watched for a year yet.
    assert (survival["n"], survival["N"], survival["survival"]["failed"]) == (4, 4, 1)
    assert [one["share"] for one in survival["survival"]["times"]] == [None, None, None]
    assert part["jobs_told"]["reported"]["verified"] == "1"
    january = date(2028, 1, 20)
    quarters = [returned("f-4", f"2027-Q{number}") for number in range(1, 5)]
    report(park, round_, [returned("f-1", "2027"), *quarters], january)
    part = account(park, round_, 2027, date(2028, 3, 5), tmp_path)
    # Counted from February 2026: at ten months three were at risk, of whom one failed; two were seen for a year.
    survival = part["survival"]["survival"]
    times = [(one["share"], one["at_risk"]) for one in survival["times"]]
    assert times == [("0.666667", 2), (None, 0), (None, 0)]
    assert (survival["failed"], survival["lost"]) == (1, 1)
    # Of three who left in May one failed by December, one was seen until then, and one was never heard of again.
    after = part["survival_after_exit"]
    assert (after["n"], after["N"], after["survival"]["since"]) == (3, 3, "exit")
    assert (after["survival"]["failed"], after["survival"]["lost"]) == (1, 1)


def account(park: Office, round_: Any, year: int, on: date, folder: Path) -> dict[str, Any]:
    """The figures of a year's statement, by name, computed anew from its bundle."""
    from almoner.flow.steps import closing

    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period.year(year),
        folder=folder / f"published-{year}",
        first_line="",
        request=park.request("carol", on),
    )
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    return {one["name"]: one for one in part["figures"]}


def test_a_corrected_return_stands_for_the_old_one_only_once_it_was_verified(
    park: Office, tmp_path: Path
) -> None:
    from almoner.flow.steps.following import verify_records

    round_ = admitted(park, ["f-1"])
    report(park, round_, [returned("f-1", "baseline")], BEGUN)
    report(park, round_, [returned("f-1", "2026-Q1", ip_filed=Decimal(60))], Q1)
    right = replace(returned("f-1", "2026-Q1", ip_filed=Decimal(6)), period="", corrects="2026-Q1")
    report(park, round_, [right], date(2026, 5, 4), seen=False)
    before = account(park, round_, 2026, date(2027, 1, 5), tmp_path / "before")["patents"]
    verify_records(round_, "quarterly_return", request=park.request("bob", date(2027, 1, 6)))
    after = account(park, round_, 2026, date(2027, 1, 7), tmp_path / "after")["patents"]
    assert (before["value"], after["value"]) == ("60", "6")
    assert (before["n"], before["N"]) == (after["n"], after["N"])
