"""Every read about a programme's figures that another layer needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from almoner.engine.walled_figures import HandOver, Move
from almoner.flow.applications.models import Edition
from almoner.flow.applications.queries import programme_of
from almoner.flow.decisions.models import Award
from almoner.flow.deliveries.models import Delivery
from almoner.vault.models import Event

SMALLEST = 10
"""The smallest group that is shown where no edition says otherwise."""
MONTHS_A_YEAR = 12


def month_of(day: date) -> int:
    """A day's month, counted from the year 0."""
    return day.year * MONTHS_A_YEAR + day.month - 1


def known_in(happened_on: date, recorded_at: datetime, zone: str) -> int:
    """The month to which a fact belongs for good: when it happened, or the later one in which it was recorded."""
    return max(month_of(happened_on), month_of(recorded_at.astimezone(ZoneInfo(zone)).date()))


def moves_of(programme: str, zone: str) -> list[Move]:
    """How the awards of the office's own rounds moved, in order: no move of an award is known before the one before."""
    awards = Award.objects.filter(round__programme=programme, round__real=False)
    party = dict(awards.values_list("pk", "party_id"))
    events = Event.objects.filter(kind=Award._meta.db_table, row__in=awards.values("pk")).order_by("id")
    last: dict[int, int] = {}
    found = []
    for row, state, day, at in events.values_list("row", "to_state", "happened_on", "recorded_at"):
        last[row] = max(known_in(day, at, zone), last.get(row, 0))
        found.append(Move(party[row], row, last[row], state))
    return found


def hand_overs_of(programme: str, zone: str) -> list[HandOver]:
    """What was handed over in the office's own rounds. What tops up an earlier hand-over is its money alone."""
    rows = Delivery.objects.filter(award__round__programme=programme, award__round__real=False)
    columns = (
        "award__party_id",
        "happened_on",
        "recorded_at",
        "benefit",
        "instalment__benefit__unit",
        "currency",
        "quantity_thousandths",
        "instalment__reckoning__quantity_thousandths",
        "cost_minor",
        "instalment__reckoning__is_top_up",
    )
    found = []
    for party, day, at, benefit, unit, currency, own, reckoned, cost, tops_up in rows.values_list(*columns):
        quantity = None if tops_up else (reckoned if own is None else own)
        month = known_in(day, at, zone)
        found.append(HandOver(party, month, benefit, unit, currency, quantity, cost, counts=not tops_up))
    return found


def smallest_by_month(programme: str, zone: str) -> Callable[[int], int]:
    """The smallest group that may be shown, by month: the largest that any edition of that time asks for."""
    asked = sorted(
        (known_in(edition.happened_on, edition.recorded_at, zone), _smallest(edition))
        for edition in Edition.objects.filter(programme=programme)
    )

    def smallest(month: int) -> int:
        return max((size for since, size in asked if since <= month), default=SMALLEST)

    return smallest


def _smallest(edition: Edition) -> int:
    publish = programme_of(edition).publish
    return publish.smallest_group if publish is not None else SMALLEST


def last_closed_month(on: date) -> int:
    """The last month that was over on a day."""
    return month_of(on) - 1


def month_named(month: int) -> str:
    """A month as it is written: 2026-03."""
    year, number = divmod(month, MONTHS_A_YEAR)
    return datetime(year, number + 1, 1, tzinfo=UTC).strftime("%Y-%m")
