"""Lots move by statements that guard themselves, and the rows, the postings and the papers say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from databases import together
from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.flow.stock.models import Lot
    from almoner.vault.models import Stamp

DAY = date(2026, 9, 10)
EXPIRES = date(2027, 12, 31)
PLACE = ("student_grants", "laptop")


def by_alice(office: Office) -> Stamp:
    from almoner.vault.models import Stamp

    return Stamp(who=office.users["alice"], happened_on=DAY)


def receive(office: Office, lot: str, quantity: str, **changed: Any) -> Lot:
    from almoner.flow.stock import actions

    arrival = actions.Arrival(*PLACE, lot, "piece", EXPIRES, Decimal(quantity), "delivery note 7")
    with transaction.atomic():
        return actions.receive(
            actions.Arrival(**{**{name: getattr(arrival, name) for name in arrival.__slots__}, **changed}),
            stamp=by_alice(office),
        )


def issue(office: Office, *wanted: tuple[str, str, str]) -> None:
    """Lots with quantities under keys, all to one award."""
    from almoner.flow.stock import actions

    with transaction.atomic():
        actions.issue(
            [actions.Issue(*PLACE, lot, Decimal(quantity), "SG-1", key) for lot, quantity, key in wanted],
            stamp=by_alice(office),
        )


def free(lot: str) -> Decimal:
    from almoner.flow.stock.queries import lots_of

    return lots_of(*PLACE)[lot].free


def holds() -> None:
    from almoner.flow.stock.queries import disagreements

    assert disagreements() == []


def test_a_second_consignment_of_a_lot_adds_to_it(office: Office) -> None:
    from almoner.engine.stock import LotOnHand
    from almoner.flow.stock.queries import lots_of

    receive(office, "A 1", "5")
    receive(office, "a1", "2.5")
    assert lots_of(*PLACE) == {"A1": LotOnHand("A1", Decimal("7.5"), EXPIRES, recalled=False)}
    assert lots_of("student_grants", "grant") == {}
    holds()


def test_a_second_consignment_with_another_expiry_is_another_lot_and_refused(office: Office) -> None:
    from almoner.flow.stock.actions import LotDiffersError

    receive(office, "A1", "5")
    with pytest.raises(LotDiffersError, match="2027-12-31"):
        receive(office, "A1", "5", expires_on=date(2027, 12, 30))
    with pytest.raises(LotDiffersError, match="in piece"):
        receive(office, "A1", "5", unit="box")
    assert free("A1") == 5
    holds()


def test_all_is_issued_or_nothing(office: Office) -> None:
    from almoner.flow.stock.actions import StockShortError

    receive(office, "A1", "5")
    receive(office, "B1", "1")
    with pytest.raises(StockShortError, match="B1 has 1 left; 2 is more"):
        issue(office, ("A1", "3", "k1"), ("B1", "2", "k2"))
    with pytest.raises(StockShortError, match="No lot C1"):
        issue(office, ("A1", "3", "k1"), ("C1", "1", "k2"))
    assert (free("A1"), free("B1")) == (5, 1)
    issue(office, ("A1", "3", "k1"), ("B1", "1", "k2"), ("a 1", "1", "k3"), ("nowhere", "0", "k4"))
    assert (free("A1"), free("B1")) == (1, 0)
    holds()


def test_a_refused_issue_leaves_the_step_around_it_as_it_was(office: Office) -> None:
    from almoner.flow.stock import actions
    from almoner.vault.models import NotAllowed

    receive(office, "A1", "5")
    receive(office, "B1", "5")
    one, another, short, again = (
        actions.Issue(*PLACE, lot, Decimal(quantity), "SG-1", key)
        for lot, quantity, key in (("A1", 1, "k1"), ("A1", 1, "k2"), ("B1", 6, "k3"), ("B1", 1, "k1"))
    )
    stamp = by_alice(office)
    with transaction.atomic():
        actions.issue([one], stamp=stamp)
        with pytest.raises(actions.StockShortError):
            actions.issue([another, short], stamp=stamp)
        with pytest.raises(NotAllowed):
            actions.issue([another, again], stamp=stamp)
        assert (free("A1"), free("B1")) == (4, 5)
        actions.issue([another], stamp=stamp)
    assert free("A1") == 3
    holds()


def test_what_was_issued_under_a_key_is_not_issued_again(office: Office) -> None:
    from almoner.vault.models import NotAllowed

    receive(office, "A1", "5")
    issue(office, ("A1", "1", "k1"))
    with pytest.raises(NotAllowed, match="before"):
        issue(office, ("A1", "1", "k1"))
    assert free("A1") == 4
    holds()


def test_nothing_of_a_recalled_lot_is_issued_or_received_and_what_is_left_is_written_off(
    office: Office,
) -> None:
    from almoner.flow.stock import actions
    from almoner.vault.models import NotAllowed

    lot = receive(office, "A1", "5")
    issue(office, ("A1", "2", "k1"))
    lot.refresh_from_db()
    with transaction.atomic():
        actions.recall(lot, why="glass in the packs", stamp=by_alice(office))
    with pytest.raises(actions.StockShortError, match="recalled"):
        issue(office, ("A1", "1", "k2"))
    with pytest.raises(actions.LotDiffersError, match="recalled"):
        receive(office, "A1", "1")
    with pytest.raises(NotAllowed), transaction.atomic():
        actions.recall(lot, why="again", stamp=by_alice(office))
    with pytest.raises(actions.StockShortError, match="3 left"), transaction.atomic():
        actions.write_off(lot, Decimal(4), why="destroyed", stamp=by_alice(office))
    with transaction.atomic():
        actions.write_off(lot, Decimal(3), why="destroyed", stamp=by_alice(office))
    assert free("A1") == 0
    holds()


@pytest.mark.parametrize("quantity", ["-1", "0.0001", "NaN"])
def test_what_cannot_be_stored_as_it_is_is_not_rounded(office: Office, quantity: str) -> None:
    receive(office, "A1", "5")
    with pytest.raises(ValueError, match=r"quantity|number"):
        issue(office, ("A1", quantity, "k1"))
    with pytest.raises(ValueError, match=r"quantity|number"):
        receive(office, "A1", quantity)
    with pytest.raises(ValueError, match="arrives"):
        receive(office, "A1", "0")
    assert free("A1") == 5


def test_stock_is_issued_only_inside_a_step(office: Office) -> None:
    from almoner.flow.stock import actions
    from almoner.vault.models import NotAllowed

    with pytest.raises(NotAllowed, match="step"):
        actions.issue([], stamp=by_alice(office))


def test_of_two_who_issue_the_last_pack_one_wins(office: Office) -> None:
    from almoner.flow.stock.actions import StockShortError

    receive(office, "A1", "1")
    outcomes = together(*(_later(issue, office, ("A1", "1", f"k{number}")) for number in range(3)))
    assert sum(one is None for one in outcomes) == 1, outcomes
    assert sum(isinstance(one, StockShortError) for one in outcomes) == 2, outcomes
    assert free("A1") == 0
    holds()


def test_a_recall_and_an_issue_at_once_leave_no_pack_that_nobody_knows_of(office: Office) -> None:
    from almoner.flow.stock import actions
    from almoner.flow.stock.queries import issued_to

    lot = receive(office, "A1", "2")

    def recall() -> None:
        with transaction.atomic():
            actions.recall(lot, why="glass", stamp=by_alice(office))

    outcomes = together(recall, _later(issue, office, ("A1", "1", "k1")))
    assert outcomes[0] is None, outcomes
    assert outcomes[1] is None or isinstance(outcomes[1], actions.StockShortError), outcomes
    assert issued_to(lot) == ({} if outcomes[1] else {"SG-1": 1000})
    holds()


def test_two_first_consignments_at_once_make_one_lot(office: Office) -> None:
    outcomes = together(*(_later(receive, office, "A1", "2") for _ in range(3)))
    assert not any(isinstance(one, Exception) for one in outcomes), outcomes
    assert free("A1") == 6
    holds()


def test_two_who_issue_the_same_lots_in_other_orders_do_not_wait_for_good(office: Office) -> None:
    receive(office, "A1", "20")
    receive(office, "B1", "20")

    def often(first: str, second: str) -> None:
        for number in range(5):
            issue(office, (first, "1", f"{first}{number}a"), (second, "1", f"{first}{number}b"))

    outcomes = together(_later(often, "A1", "B1"), _later(often, "B1", "A1"))
    assert outcomes == [None, None]
    assert (free("A1"), free("B1")) == (10, 10)
    holds()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE flow_lot SET received_thousandths = 6000, free_thousandths = 6000",
            "given in kind is -6000 in the stock and -5000 in the postings",
        ),
        ("UPDATE flow_lot SET free_thousandths = 4000, issued_thousandths = 1000", "issued in kind is 1000"),
    ],
)
def test_a_row_that_was_changed_past_the_books_is_found(office: Office, statement: str, told: str) -> None:
    from almoner.flow.steps.auditing import audit_everything

    receive(office, "A1", "5")
    assert audit_everything(by=office.users["dave"]).findings == ()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    findings = audit_everything(by=office.users["dave"]).findings
    assert any(f"student_grants, laptop, lot A1: {told}" in one for one in findings), findings


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE flow_lot SET free_thousandths = free_thousandths + 1",
        "UPDATE flow_lot SET free_thousandths = -1, issued_thousandths = 5001",
        "UPDATE flow_lot SET state = 'recalled', version = 1",
        "UPDATE flow_lot SET expires_on = '2030-01-01'",
        "UPDATE flow_consignment SET quantity_thousandths = 1",
        "DELETE FROM flow_lot",
    ],
)
def test_the_database_itself_refuses_what_does_not_add_up(office: Office, statement: str) -> None:
    from django.db import DatabaseError

    receive(office, "A1", "5")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    holds()


def _later(call: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: call(*arguments)
