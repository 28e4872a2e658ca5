"""The story of a lot: received with its paper, issued, recalled, traced to every award, destroyed, proved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from databases import together
from flow.conftest import Office
from flow.test_flow_together import begun

if TYPE_CHECKING:
    from almoner.flow.steps.recipe import Result
    from almoner.flow.steps.stocking import Received

DAY = date(2026, 11, 2)
EXPIRES = date(2028, 6, 30)


def consignment(**changed: Any) -> Received:
    """Five laptops of a lot with a delivery note, but for what is changed."""
    from almoner.flow.steps.stocking import Received

    usual = {
        "benefit": "laptop",
        "lot": "LX-7",
        "expires_on": EXPIRES,
        "quantity": Decimal(5),
        "paper": "note 7",
    }
    return Received(**{**usual, **changed})


def receive(office: Office, who: str = "alice", key: str = "", **changed: Any) -> Result:
    """A consignment is received."""
    from almoner.flow.steps.stocking import receive_lot

    return receive_lot(office.programme, consignment(**changed), request=office.request(who, DAY, key))


def named(lot: str = "LX-7") -> Any:
    from almoner.flow.steps.stocking import Named

    return Named("student_grants", "laptop", lot)


def recall(office: Office, who: str = "alice", lot: str = "LX-7", why: str = "batteries burn") -> Result:
    from almoner.flow.steps.stocking import recall_lot

    return recall_lot(named(lot), why=why, request=office.request(who, DAY))


def write_off(office: Office, who: str = "alice", amount: str = "1", why: str = "destroyed") -> Result:
    from almoner.flow.steps.stocking import write_off as step

    return step(named(), Decimal(amount), why=why, request=office.request(who, DAY))


def trace(office: Office, who: str = "alice", lot: str = "LX-7") -> Result:
    from almoner.flow.steps.stocking import trace_lot

    return trace_lot(named(lot), request=office.request(who, DAY))


def listed(office: Office, who: str = "alice", day: date = DAY) -> list[dict[str, str]]:
    from almoner.flow.steps.stocking import list_lots

    return list_lots("student_grants", day, by=office.users[who])


def references(round_: Any) -> list[str]:
    from almoner.flow.decisions.queries import awards_in

    return [award.reference for award in awards_in(round_, "active")]


def issue(office: Office, about: str, quantity: int, key: str, lot: str = "LX-7") -> None:
    """What a hand-over does: it issues of a lot to an award, inside its own transaction."""
    from almoner.flow.stock import actions
    from almoner.vault.models import Stamp

    with transaction.atomic():
        actions.issue(
            [actions.Issue("student_grants", "laptop", lot, Decimal(quantity), about, key)],
            stamp=Stamp(who=office.users["alice"], happened_on=DAY),
        )


def findings(office: Office) -> tuple[str, ...]:
    from almoner.flow.steps.auditing import audit_everything

    return audit_everything(by=office.users["dave"]).findings


def test_a_recall_finds_everybody_who_received_from_the_lot(office: Office) -> None:
    from almoner.flow.records.models import Task
    from almoner.vault.models import AuditEntry

    first, second = references(begun(office))
    assert receive(office, lot=" lx–7 ") | {"expires": "…"} == {
        "lot": "LX-7",
        "received": "5",
        "free": "5",
        "unit": "piece",
        "expires": "…",
        "short_dated": False,
    }
    receive(office, lot="LX-8", paper="note 8")
    issue(office, first, 1, "i1")
    issue(office, first, 1, "i2")
    issue(office, second, 1, "i3", lot="LX-8")
    recalled = recall(office, "carol")
    assert recalled == {"lot": "LX-7", "left": "3", "issued": "2", "awards": 1, "tasks": 1, "also_under": []}
    (task,) = Task.objects.all()
    assert (task.name, task.role, task.state, task.cause) == (
        "recalled_lot",
        "officer",
        "open",
        "laptop LX-7",
    )
    assert task.award is not None
    assert task.award.reference == first
    assert task.due_at == datetime(2026, 11, 3, 4, tzinfo=UTC)
    assert trace(office)["issued"] == [{"award": first, "quantity": "2"}]
    entry = AuditEntry.objects.latest("seq")
    assert entry.step == "trace_lot"
    assert first not in entry.after
    assert write_off(office, amount="3")["free"] == "0"
    assert [(row["lot"], row["state"], row["free"], row["written_off"]) for row in listed(office)] == [
        ("LX-7", "recalled", "0", "3"),
        ("LX-8", "usable", "4", "0"),
    ]
    assert findings(office) == ()


def test_a_lot_is_recalled_once_and_its_tasks_are_raised_once(office: Office) -> None:
    from almoner.flow.records.models import Task
    from almoner.flow.steps.recipe import StepRefusedError

    first, second = references(begun(office))
    receive(office)
    issue(office, first, 1, "i1")
    issue(office, second, 1, "i2")
    assert recall(office)["tasks"] == 2
    with pytest.raises(StepRefusedError, match="LX-7 was recalled before"):
        recall(office)
    assert Task.objects.count() == 2


def test_a_recall_says_under_which_other_benefit_the_number_is_still_usable(office: Office) -> None:
    from almoner.flow.stock import actions
    from almoner.vault.models import Stamp

    receive(office)
    other = actions.Arrival("student_grants", "charger", "lx-7", "piece", EXPIRES, Decimal(1), "note 7")
    elsewhere = actions.Arrival("agricultural_park", "seed", "LX-7", "kg", EXPIRES, Decimal(1), "note 7")
    with transaction.atomic():
        for arrival in (other, elsewhere):
            actions.receive(arrival, stamp=Stamp(who=office.users["alice"], happened_on=DAY))
    assert recall(office)["also_under"] == ["charger"]


def test_two_recalls_at_once_are_one_recall(office: Office) -> None:
    from almoner.flow.records.models import Task
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.vault.models import NotAllowed

    first, _second = references(begun(office))
    receive(office)
    issue(office, first, 1, "i1")
    outcomes = together(*(_later(recall, office, who) for who in ("alice", "carol")))
    assert sum(isinstance(one, dict) for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, StepRefusedError | NotAllowed) for one in outcomes) == 1, outcomes
    assert Task.objects.count() == 1


def test_a_recall_during_a_hand_over_raises_a_task_for_every_pack_that_went_out(office: Office) -> None:
    from almoner.flow.applications.queries import lock_round
    from almoner.flow.records.models import Task
    from almoner.flow.stock.actions import StockShortError

    round_ = begun(office)
    first, second = references(round_)
    receive(office)

    def hand_over() -> None:
        with transaction.atomic():
            lock_round(round_)
            issue(office, first, 1, "i1")
            issue(office, second, 1, "i2")

    recalled, handed = together(lambda: recall(office), hand_over)
    assert isinstance(recalled, dict), recalled
    assert handed is None or isinstance(handed, StockShortError), handed
    assert recalled["tasks"] == Task.objects.count() == (0 if handed else 2)
    assert len(trace(office)["issued"]) == (0 if handed else 2)


def test_a_recall_locks_the_rounds_before_the_lot_as_a_hand_over_does(office: Office) -> None:
    round_ = begun(office)
    receive(office)
    said: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        recall(office)
    of_round = f'FROM "{round_._meta.db_table}" WHERE "{round_._meta.db_table}"."id"'
    locked = next(place for place, sql in enumerate(said) if of_round in sql)
    assert "FOR UPDATE" in said[locked] or connection.vendor == "sqlite"
    assert locked < next(place for place, sql in enumerate(said) if sql.startswith('UPDATE "flow_lot"'))


def test_a_delivery_note_that_is_typed_twice_counts_once(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    assert receive(office, key="note 7") == receive(office, key="note 7")
    assert listed(office)[0]["received"] == "5"
    with pytest.raises(StepRefusedError, match="Name each part of a delivery apart"):
        receive(office, key="note 7", quantity=Decimal(6))
    receive(office, key="note 8", paper="note 8")
    assert listed(office)[0]["received"] == "10"


def test_a_lot_with_less_than_a_year_left_is_received_and_said_to_be_short(office: Office) -> None:
    assert receive(office, expires_on=date(2027, 11, 1))["short_dated"] is True
    assert receive(office, lot="LX-8", expires_on=date(2027, 11, 2))["short_dated"] is False


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"expires_on": DAY - timedelta(days=1)}, "expired on 2026-11-01"),
        ({"benefit": "grant"}, "gives no 'grant' in kind"),
        ({"benefit": "laptops"}, "Did you mean 'laptop'"),
        ({"lot": " "}, "is no lot number"),
        ({"lot": "9" * 41}, "at most 40"),
        ({"paper": " "}, "which paper"),
        ({"paper": "n" * 201}, "which paper"),
        ({"quantity": Decimal(0)}, "is no quantity"),
        ({"quantity": Decimal(-1)}, "is no quantity"),
        ({"quantity": Decimal("0.0001")}, "is no quantity"),
        ({"quantity": Decimal(10) ** 13}, "is no quantity"),
    ],
)
def test_what_is_not_a_consignment_is_refused_and_nothing_is_stored(
    office: Office, changed: dict[str, Any], told: str
) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.stock.models import Lot

    with pytest.raises(StepRefusedError, match=told):
        receive(office, **changed)
    assert not Lot.objects.exists()


def test_a_lot_that_differs_or_is_not_there_is_refused_with_its_reason(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError

    receive(office)
    with pytest.raises(StepRefusedError, match="expire on 2028-06-30"):
        receive(office, expires_on=date(2028, 7, 1), paper="note 8")
    with pytest.raises(StepRefusedError, match="5 left; 6 is more"):
        write_off(office, amount="6")
    with pytest.raises(StepRefusedError, match="Say why"):
        write_off(office, why=" ")
    with pytest.raises(StepRefusedError, match="Say why"):
        recall(office, why="")
    for step in (recall, trace):
        with pytest.raises(StepRefusedError, match="no lot 'LX-9' of laptop"):
            step(office, lot="LX-9")
    recall(office)
    with pytest.raises(StepRefusedError, match="recalled"):
        receive(office, paper="note 8")


def test_the_list_says_expired_by_the_day_and_nothing_of_an_unknown_programme(office: Office) -> None:
    from almoner.flow.steps.recipe import StepRefusedError
    from almoner.flow.steps.stocking import list_lots

    receive(office)
    receive(office, lot="LX-6", expires_on=date(2028, 6, 29))
    on = [[row["state"] for row in listed(office, day=day)] for day in (EXPIRES, date(2028, 7, 1))]
    assert on == [["expired", "usable"], ["expired", "expired"]]
    with pytest.raises(StepRefusedError, match="Nothing was received for student_grant"):
        list_lots("student_grant", DAY, by=office.users["carol"])


MAY = {
    "receive": {"officer"},
    "write off": {"officer"},
    "recall": {"officer", "manager"},
    "list": {"officer", "manager", "auditor"},
    "trace": {"officer", "approver", "auditor"},
}


@pytest.mark.parametrize(
    "role", ["officer", "approver", "finance", "reviewer", "auditor", "manager", "importer", ""]
)
def test_each_step_is_for_its_roles_alone(office: Office, role: str) -> None:
    from almoner.people.access import NotPermitted
    from almoner.people.actions import grant_role
    from almoner.vault.models import AuditEntry

    receive(office)
    if role:
        grant_role(office.users["eve"], role, "student_grants")
    steps: dict[str, Callable[[], Any]] = {
        "receive": lambda: receive(office, "eve", paper="note 8"),
        "write off": lambda: write_off(office, "eve"),
        "list": lambda: listed(office, "eve"),
        "trace": lambda: trace(office, "eve"),
        "recall": lambda: recall(office, "eve"),
    }
    done = set()
    for name, step in steps.items():
        entries = AuditEntry.objects.count()
        try:
            step()
            done.add(name)
        except NotPermitted:
            assert AuditEntry.objects.count() == entries
    assert done == {name for name, roles in MAY.items() if role in roles}


def _later(call: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: call(*arguments)
