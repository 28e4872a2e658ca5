"""How the invented office's clinic days are played: planned, opened, written down, closed, and called after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_clinics import DAYS, NAME, ClinicDay, attendees, calls, referrals
from almoner.cli.demo_office import write_sheet
from almoner.cli.demo_stage import COSTS, Stage
from almoner.cli.import_file import bring
from almoner.cli.import_order import Order
from almoner.definitions.load import find, load
from almoner.engine.figures import Period
from almoner.flow.applications.models import Round
from almoner.flow.sessions.models import Session
from almoner.flow.steps import following, holding
from almoner.flow.steps.recipe import Request
from almoner.flow.steps.rounds import open_round, record_cost
from almoner.values.dates import add_days
from almoner.values.money import Money

PROGRAMME = "community_clinics"
SUPPLIES = "clinic supplies"
BUDGET, SUPPLIES_A_DAY, OFFICE_A_YEAR = Decimal(120_000), Decimal(6_400), Decimal(21_000)
FILED_DAYS, CALLED_DAYS = 20, (34, 110)
"""How long before the day the filing is there, and how long after it the calls of each occasion are made."""

FUND = "health"


@dataclass(frozen=True, slots=True)
class Season:
    """A year of clinic days to be played."""

    work: Path
    mapping: Path = MAPPINGS / "cedar_clinic_attendees.yaml"
    period: Period = field(default_factory=lambda: Period.year(2025))
    closed_on: date = date(2026, 1, 20)
    real: bool = False


@dataclass(slots=True)
class PlayedSeason:
    """What became of a season: each step's own words."""

    round: Round
    play: Season
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


Happening = tuple[date, Callable[[date], None]]


def play_season(season: Season, stage: Stage) -> PlayedSeason:
    """Play a season to its last day, in the order of the days."""
    programme = load(find(PROGRAMME))
    opens = date(2025, 1, 15)
    round_ = open_round(
        programme,
        name=NAME,
        year=2025,
        budget=Money.of(BUDGET, programme.currency),
        fund=FUND,
        real=False,
        request=stage.request("manager", opens, f"open {NAME}"),
    )
    planned = [holding.Planned("clinic_day", one.code, one.site, one.on) for one in DAYS]
    sessions = holding.plan_sessions(round_, planned, request=stage.request("officer", opens, f"plan {NAME}"))
    played = PlayedSeason(round_, season)
    players = [_Player(played, stage, day, session) for day, session in zip(DAYS, sessions, strict=True)]
    happenings = [happening for player in players for happening in player.happenings()]
    happenings.append((date(2025, 12, 20), partial(players[0].cost, COSTS, OFFICE_A_YEAR)))
    for on, do in sorted(happenings, key=lambda one: one[0]):
        if on <= season.closed_on:
            do(on)
    return played


@dataclass(frozen=True, slots=True)
class _Player:
    """One day as it is played."""

    played: PlayedSeason
    stage: Stage
    day: ClinicDay
    session: Session

    def happenings(self) -> list[Happening]:
        """What happens with it, each with the day on which it does."""
        day = self.day
        filed = (add_days(day.on, -FILED_DAYS), self.file)
        if day.cancelled:
            return [filed, (day.on, self.cancel)]
        calls_after = [
            (add_days(day.on, after), partial(self.call, occasion))
            for occasion, after in enumerate(CALLED_DAYS, start=1)
        ]
        return [filed, (day.on, self.hold), *calls_after]

    def file(self, on: date) -> None:
        """The papers are there in time."""
        team = [
            {"person": f"volunteer {number} (invented)", "licence": f"INVENTED-{number:04d}"}
            for number in (1, 2, 3)
        ]
        papers = {"filing": f"{self.day.code}-filing.pdf", "team": team}
        holding.file_papers(self.session, papers, request=self._asked("papers", on))

    def cancel(self, on: date) -> None:
        """Nobody comes, for a reason."""
        holding.cancel_session(self.session, why=self.day.cancelled, request=self._asked("cancel", on))

    def hold(self, on: date) -> None:
        """From the opening to the closed sheet."""
        holding.open_session(self.session, request=self._asked("open", on))
        sheets = attendees(self.day)
        self._take_over("attendees", sheets, on)
        self._take_over("referrals", referrals(self.day), on)
        holding.hold_session(self.session, request=self._asked("hold", on))
        counted = {"attendee": len(sheets)}
        closed = holding.close_session(self.session, counted=counted, request=self._asked("close", on))
        self.played.told.append(("close", closed))
        self.cost(SUPPLIES, SUPPLIES_A_DAY, on)

    def call(self, occasion: int, on: date) -> None:
        """The calls that are due are made, or not."""
        request = self._asked(f"due {occasion}", on)
        following.settle_follow_ups(self.played.round, request=request)
        self._take_over("calls", calls(self.day, occasion, on), on)

    def cost(self, account: str, amount: Decimal, on: date) -> None:
        """What it costs the office."""
        request = self.stage.request("manager", on, f"{account} {on}")
        cost = Money.of(amount, self.played.round.currency)
        record_cost(self.played.round, cost, account, fund=FUND, request=request)

    def _asked(self, what: str, on: date) -> Request:
        return self.stage.request("officer", on, f"{what} {self.day.code}")

    def _take_over(self, what: str, rows: Sequence[Mapping[str, Any]], on: date) -> None:
        file = self.played.play.work / f"{self.day.code}-{what}-{on}.csv"
        write_sheet(file, [dict(row) for row in rows])
        kind = "follow-ups" if what == "calls" else "records"
        brought = bring(PROGRAMME, file, kind, MAPPINGS / f"cedar_clinic_{what}.yaml")
        order = Order(brought, self.played.round.name, self.stage.request("officer", on, brought.key))
        self.played.told.append((what, order.carry_out()))
