"""The demonstration's stage: an office made anew, its people, its clock, and how a round is played on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.cli.import_file import Brought, bring
from almoner.cli.import_order import Order
from almoner.definitions.load import find, load
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.figures import Period
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.steps import awarding, collecting, deciding, delivering, following, staffing
from almoner.flow.steps.recipe import Request
from almoner.flow.steps.rounds import open_round, record_cost
from almoner.people.models import User
from almoner.values.clock import FixedClock, current
from almoner.values.money import Money

NOON = timedelta(hours=4)
"""Four hours after midnight UTC it is noon in the invented office."""

USERS = (
    ("demo-manager", "manager"),
    ("demo-officer", "officer"),
    ("demo-approver", "approver"),
    ("demo-auditor", "auditor"),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """How the demonstration decides a round. It is recorded with each step, in the audit trail.

    After the days of grace silence lapses; what waits for the office is set aside with `reason`; the round is cut with
    `seed` within `budget`; the officer proposes and the approver approves.
    """

    budget: Decimal
    seed: int
    reason: str
    fund: str = "general"


@dataclass(frozen=True, slots=True)
class Later:
    """A file that comes on a day: late papers before the cut; after it follow-ups, or records, which are verified.

    What stands in it may depend on how the round stands, so it is made when its day has come.
    """

    on: date
    kind: str
    mapping: Path
    make: Callable[[Round], Path | None]
    """None where nothing came."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does on a day, beside the files and before them: a consignment, a recall."""

    on: date
    do: Callable[[Stage, Round, date], Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What the office spends on a day, from an account of the ledger."""

    account: str
    amount: Decimal
    on: date


@dataclass(frozen=True, slots=True)
class Play:
    """One round to be played: its files, its policy, and the days on which things happen.

    `file`, `mapping` and `cut_on` are None where nobody applies.
    """

    programme: str
    name: str
    year: int
    policy: Policy
    opens: date
    period: Period
    closed_on: date
    real: bool
    file: Path | None = None
    mapping: Path | None = None
    cut_on: date | None = None
    received_on: date | None = None
    deliver_on: Sequence[date] = ()
    late_papers: Sequence[Later] = ()
    later: Sequence[Later] = ()
    acts: Sequence[Act] = ()
    costs: Sequence[Cost] = ()


@dataclass(slots=True)
class Played:
    """What became of a round: each step's own words."""

    round: Round
    play: Play
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


Happening = tuple[date, str, Callable[[date], None]]
"""A day, the place of what happens among the rest of the day, and what it is."""


class Stage:
    """An office with its four users, and those who join it for one programme.

    The clock is moved to each day on which something happens.
    """

    def __init__(self) -> None:
        first = staffing.add_user(*_with_role(USERS[0]), by=None)
        self.users: dict[str, User] = {USERS[0][1]: first}
        for name, role in USERS[1:]:
            self.users[role] = staffing.add_user(*_with_role((name, role)), by=first)

    def join(self, name: str, role: str, programme: str) -> None:
        """Somebody holds a role in a programme; whoever is not in the office yet comes to it."""
        manager = self.users["manager"]
        if name not in self.users:
            self.users[name] = staffing.add_user(name, [(role, programme)], by=manager)
        else:
            staffing.give_role(self.users[name], role, programme, by=manager)

    def request(self, role: str, on: date, key: str) -> Request:
        """Somebody of a role, or who joined under that name, asks for something on a day."""
        clock = current()
        if isinstance(clock, FixedClock):
            clock.move_to(datetime(on.year, on.month, on.day, tzinfo=UTC) + NOON)
        return Request(by=self.users[role], happened_on=on, key=key)

    def play(self, play: Play) -> Played:
        """Play a round to its last day, in the order of the days."""
        played = Played(self._opened(play), play)
        for on, _kind, do in sorted(self._happenings(played), key=lambda one: one[:2]):
            do(on)
        return played

    def spend(self, round_: Round, cost: Cost, fund: str, what: str) -> None:
        """The office spends something for a round; `what` tells one cost of an account and a day from another."""
        request = self.request("manager", cost.on, f"{round_.uid} {cost.account} {cost.on} {what}")
        amount = Money.of(cost.amount, round_.currency)
        record_cost(round_, amount, cost.account, fund=fund, request=request)

    def _opened(self, play: Play) -> Round:
        programme = load(find(play.programme), round_=_restated(play))
        return open_round(
            programme,
            name=play.name,
            year=play.year,
            budget=Money.of(play.policy.budget, programme.currency),
            fund=play.policy.fund,
            real=play.real,
            request=self.request("manager", play.opens, f"open {play.name}"),
        )

    def _take_over(self, played: Played, brought: Brought, on: date) -> None:
        order = Order(brought, played.round.name, self.request("officer", on, brought.key))
        played.told.append((brought.mapping.kind, order.carry_out()))

    def _decide(self, played: Played, on: date) -> None:
        round_, play, key = played.round, played.play, str(played.round.uid)
        steps: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
            ("lapse", lambda: deciding.lapse_silent(round_, request=self.request("officer", on, key))),
            (
                "set aside",
                lambda: deciding.set_aside(
                    round_, reason=play.policy.reason, request=self.request("officer", on, key)
                ),
            ),
            ("decide", lambda: self._decide_now(round_, play, self.request("officer", on, key))),
            ("approve", lambda: awarding.approve_awards(round_, request=self.request("approver", on, key))),
            ("start", lambda: awarding.start_awards(round_, request=self.request("officer", on, key))),
        )
        for name, do in steps:
            played.told.append((name, do()))

    def _decide_now(self, round_: Round, play: Play, request: Request) -> dict[str, Any]:
        """A round is cut where the programme's file says how; else each case is decided by itself."""
        decision = queries.programme_of(round_.edition).decision
        if decision is None or decision.cut is None:
            return deciding.decide_each(round_, request=request)
        return deciding.cut_round(round_, seed=play.policy.seed, request=request)

    def _happenings(self, played: Played) -> list[Happening]:
        """What happens, each with its day.

        On one day applications come first, then the decision, what people do, files, hand-overs, costs.
        """
        play = played.play
        received = play.received_on or play.opens
        first: list[Happening] = []
        if play.file is not None and play.mapping is not None:
            first.append((received, "0 applications", self._applications(played, play.file, play.mapping)))
        first += [(one.on, "1 late", self._late(played, one)) for one in play.late_papers]
        if play.cut_on is not None:
            first.append((play.cut_on, "2 decide", lambda on: self._decide(played, on)))
        return [
            *first,
            *((one.on, f"3 act {place:04d}", self._act(played, one)) for place, one in enumerate(play.acts)),
            *(
                (one.on, f"4 file {place:04d}", self._file(played, one))
                for place, one in enumerate(play.later)
            ),
            *((on, "5 deliver", self._deliver(played)) for on in play.deliver_on),
            *((one.on, "6 cost", self._cost(played, one, place)) for place, one in enumerate(play.costs)),
        ]

    def _applications(self, played: Played, file: Path, mapping: Path) -> Callable[[date], None]:
        def do(on: date) -> None:
            self._take_over(played, bring(played.play.programme, file, "applications", mapping), on)

        return do

    def _late(self, played: Played, late: Later) -> Callable[[date], None]:
        def do(on: date) -> None:
            file = late.make(played.round)
            if file is not None:
                self._take_over(played, bring(played.play.programme, file, late.kind, late.mapping), on)

        return do

    def _file(self, played: Played, later: Later) -> Callable[[date], None]:
        def do(on: date) -> None:
            file = later.make(played.round)
            if file is None:
                return
            brought = bring(played.play.programme, file, later.kind, later.mapping)
            key = f"{played.round.uid} {brought.file.name}"
            if later.kind == "follow-ups":
                following.settle_follow_ups(played.round, request=self.request("officer", on, key))
            self._take_over(played, brought, on)
            if later.kind == "records":
                request = self.request("approver", on, key)
                verified = following.verify_records(played.round, brought.mapping.about, request=request)
                played.told.append(("verify", verified))

        return do

    def _act(self, played: Played, act: Act) -> Callable[[date], None]:
        def do(on: date) -> None:
            played.told.append(("act", act.do(self, played.round, on)))

        return do

    def _deliver(self, played: Played) -> Callable[[date], None]:
        def do(on: date) -> None:
            request = self.request("officer", on, f"{played.round.uid} {on}")
            if any(one.call_off for one in queries.programme_of(played.round.edition).benefits.values()):
                played.told.append(("settle", collecting.settle_deliveries(played.round, request=request)))
            done = delivering.deliver_due(
                played.round, evidence=f"demonstration, run of {on}", request=request
            )
            played.told.append(("deliver", done))

        return do

    def _cost(self, played: Played, cost: Cost, place: int) -> Callable[[date], None]:
        return lambda _on: self.spend(played.round, cost, played.play.policy.fund, f"cost {place}")


def _restated(play: Play) -> dict[str, Any] | None:
    """What the round states anew, as its mapping says."""
    stated = load_mapping(play.mapping).round if play.mapping is not None else None
    return stated.restatement() if stated is not None else None


def _with_role(user: tuple[str, str]) -> tuple[str, list[tuple[str, str]]]:
    return user[0], [(user[1], "")]
