"""Whose time is taken: the deliveries of a programme around some days, whatever the round and the award."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from almoner.definitions.programme import Programme
from almoner.engine.overlaps import Busy, Held
from almoner.flow.deliveries.models import CalledOff
from almoner.flow.deliveries.queries import called_off_answers

TAKEN = ("taken", "provisional", "settled")
"""The states of a delivery that took place, as far as anybody knows."""


def busy_around(programme: Programme, days: Collection[date]) -> Busy:
    """The deliveries that say when they began, on these days and those beside them; opened with each party's key."""
    timed = [
        name
        for name, one in programme.benefits.items()
        if one.each_delivery is not None and one.each_delivery.begins
    ]
    near = {day + timedelta(days=step) for day in days for step in (-1, 0, 1)}
    rows = CalledOff.objects.select_related("award__party__data_key", "benefit").filter(
        award__round__programme=programme.key,
        benefit__name__in=timed,
        state__in=TAKEN,
        happened_on__in=near,
    )
    busy = Busy()
    for row in rows.order_by("id"):
        busy.add(Held(row.benefit.name, row.happened_on, called_off_answers(programme, row)))
    return busy
