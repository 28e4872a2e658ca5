"""Whatever happens to lots, in whatever order: they hold what a model beside them holds, never less than nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from flow.conftest import Office

if TYPE_CHECKING:
    from almoner.flow.stock.models import Lot
    from almoner.vault.models import Stamp

LOTS = st.sampled_from(["A1", "B1", "C1"])
EXPIRIES = st.sampled_from([date(2027, 6, 30), date(2027, 6, 30), date(2027, 7, 1)])
AMOUNTS = st.integers(0, 6000).map(lambda units: Decimal(units) / 1000)
DAY = date(2026, 9, 10)


@dataclass
class Held:
    """What the model says of a lot."""

    expires_on: date
    received: Decimal = Decimal(0)
    issued: Decimal = Decimal(0)
    gone: Decimal = Decimal(0)
    recalled: bool = False

    @property
    def free(self) -> Decimal:
        return self.received - self.issued - self.gone


class Stock(RuleBasedStateMachine):
    """A model of a programme's lots beside the real rows."""

    office: Office
    programmes = count(1)
    keys = count(1)
    done: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.programme = f"programme {next(self.programmes)}"
        self.lots: dict[str, Held] = {}
        self.went_to: dict[tuple[str, str], Decimal] = {}

    @property
    def stamp(self) -> Stamp:
        from almoner.vault.models import Stamp

        return Stamp(who=self.office.users["alice"], happened_on=DAY)

    def row(self, lot: str) -> Lot | None:
        from almoner.flow.stock.queries import find_lot

        return find_lot(self.programme, "packs", lot)

    @contextmanager
    def accepted_only_if(self, allowed: bool, what: str) -> Iterator[None]:  # noqa: FBT001 -- it is the whole question
        """What is done inside happens if it is allowed, and is refused as a whole if it is not."""
        from almoner.flow.stock.actions import LotDiffersError, StockShortError
        from almoner.vault.models import NotAllowed

        try:
            with transaction.atomic():
                yield
        except (LotDiffersError, StockShortError, NotAllowed, ValueError) as refused:
            if allowed:
                raise AssertionError("refused what is allowed") from refused
            self.done[f"{what} refused"] = self.done.get(f"{what} refused", 0) + 1
        else:
            assert allowed, "accepted what is forbidden"
            self.done[what] = self.done.get(what, 0) + 1

    @rule(lot=LOTS, expires_on=EXPIRIES, amount=AMOUNTS)
    def receive(self, lot: str, expires_on: date, amount: Decimal) -> None:
        from almoner.flow.stock import actions

        held = self.lots.get(lot)
        allowed = bool(amount) and (held is None or (held.expires_on == expires_on and not held.recalled))
        arrival = actions.Arrival(self.programme, "packs", lot, "pack", expires_on, amount, "note")
        with self.accepted_only_if(allowed, "receive"):
            actions.receive(arrival, stamp=self.stamp)
        if allowed:
            self.lots.setdefault(lot, Held(expires_on)).received += amount

    @rule(wanted=st.lists(st.tuples(LOTS, AMOUNTS, st.sampled_from(["SG-1", "SG-2"])), max_size=4))
    def issue(self, wanted: list[tuple[str, Decimal, str]]) -> None:
        from almoner.flow.stock import actions

        sums: dict[str, Decimal] = {}
        for lot, amount, _award in wanted:
            sums[lot] = sums.get(lot, Decimal(0)) + amount
        allowed = all(
            not amount or (lot in self.lots and not self.lots[lot].recalled and self.lots[lot].free >= amount)
            for lot, amount in sums.items()
        )
        issues = [
            actions.Issue(self.programme, "packs", lot, amount, award, f"k{next(self.keys)}")
            for lot, amount, award in wanted
        ]
        with self.accepted_only_if(allowed, "issue"):
            actions.issue(issues, stamp=self.stamp)
        if allowed:
            for lot, amount, award in wanted:
                if amount:
                    self.lots[lot].issued += amount
                    self.went_to[lot, award] = self.went_to.get((lot, award), Decimal(0)) + amount

    @rule(lot=LOTS, amount=AMOUNTS)
    def write_off(self, lot: str, amount: Decimal) -> None:
        from almoner.flow.stock import actions

        row, held = self.row(lot), self.lots.get(lot)
        if row is None or held is None:
            assert row is held is None
            return
        allowed = 0 < amount <= held.free
        with self.accepted_only_if(allowed, "write off"):
            actions.write_off(row, amount, why="broken", stamp=self.stamp)
        if allowed:
            held.gone += amount

    @rule(lot=LOTS)
    def recall(self, lot: str) -> None:
        from almoner.flow.stock import actions

        row, held = self.row(lot), self.lots.get(lot)
        if row is None or held is None:
            return
        with self.accepted_only_if(not held.recalled, "recall"):
            actions.recall(row, why="glass", stamp=self.stamp)
        held.recalled = True

    @invariant()
    def the_lots_hold_what_the_model_holds(self) -> None:
        from almoner.engine.stock import LotOnHand
        from almoner.flow.stock.queries import lots_of

        assert lots_of(self.programme, "packs") == {
            lot: LotOnHand(lot, held.free, held.expires_on, held.recalled) for lot, held in self.lots.items()
        }

    @invariant()
    def each_award_received_what_the_model_says(self) -> None:
        from almoner.flow.stock.queries import issued_to, quantity, stock_of

        found = {
            (lot.number, award): quantity(units)
            for lot in stock_of(self.programme)
            for award, units in issued_to(lot).items()
        }
        assert found == self.went_to

    def teardown(self) -> None:
        from almoner.flow.stock.queries import disagreements

        assert disagreements() == []


def test_any_sequence_keeps_the_balance_and_never_goes_below_nothing(office: Office) -> None:
    Stock.office, Stock.done = office, {}
    run_state_machine_as_test(
        Stock,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    steps: Any = {"receive", "issue", "write off", "recall"}
    assert steps <= set(Stock.done), Stock.done
    assert any(step.endswith("refused") for step in Stock.done), Stock.done
