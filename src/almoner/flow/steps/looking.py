"""Shows the figures of a programme to those behind its wall, and to who answers for it. Every look is entered."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from almoner.engine.walled_figures import Look, look
from almoner.flow.applications import queries
from almoner.flow.reports.queries import (
    hand_overs_of,
    last_closed_month,
    month_named,
    moves_of,
    smallest_by_month,
)
from almoner.flow.steps.recipe import Request, StepRefusedError
from almoner.people.access import require
from almoner.values.clock import current
from almoner.values.language import _
from almoner.vault import audit
from almoner.vault.models import Stamp

SEE = "see figures"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a programme, and the benefits of which nothing is."""

    programme: str
    look: Look
    withheld: tuple[str, ...]


def look_at_figures(programme: str, *, request: Request) -> Figures:
    """The figures of a programme as of the last month that was closed on the day asked for.

    Everybody who may see them sees the same: a manager what the donor sees. The entry in the audit trail says who
    looked, at which month, and which figures were there; it is written before anything is returned.

    Raises:
        NotPermitted: the person may not see figures there.
        StepRefusedError: the programme has no round, or the day lies ahead.
    """
    require(request.by, SEE, programme)
    editions = queries.editions_of(programme)
    if not editions:
        raise StepRefusedError(_("There is no round of {programme}.").format(programme=programme))
    zone = editions[0].time_zone  # of the first: a later one must not move what was seen
    if request.happened_on > current().today(zone):
        raise StepRefusedError(_("The day {day} lies ahead.").format(day=request.happened_on))
    until = last_closed_month(request.happened_on)
    stamp = Stamp(who=request.by, happened_on=request.happened_on, key=request.key)
    with transaction.atomic():
        seen = look(
            moves_of(programme, zone),
            hand_overs_of(programme, zone),
            smallest=smallest_by_month(programme, zone),
            until=until,
        )
        audit.append("look_at_figures", stamp=stamp, before={"programme": programme}, after=_entry(seen))
    there = {one.benefit for one in seen.goods}
    named = sorted({name for edition in editions for name in edition.benefits})
    return Figures(programme, seen, tuple(name for name in named if name not in there))


def _entry(seen: Look) -> dict[str, object]:
    """What was seen, without a figure: each cell's name and its month."""
    people = {one.name: month_named(one.month) if one.month is not None else None for one in seen.people}
    goods = [[one.benefit, one.unit, one.currency, month_named(one.month)] for one in seen.goods]
    return {"until": month_named(seen.until), "people": people, "goods": goods}
