"""Plans the follow-ups that an event brings: those that everybody is asked, each once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from almoner.definitions.programme import Programme
from almoner.engine import casefile
from almoner.flow.decisions.models import Award
from almoner.flow.records import actions as records
from almoner.flow.records.queries import planned_already
from almoner.vault.models import Stamp


def plan_asked(programme: Programme, asked: Sequence[tuple[Award, casefile.FollowUp]], stamp: Stamp) -> int:
    """Plan follow-ups of awards, and say how many. Of whom a sample is asked its draw decides, not the event.

    What falls due on the same day under the same name, and is about no delivery, is asked once.
    """
    wanted = [(award, one) for award, one in asked if programme.follow_ups[one.name].sample is None]
    if not wanted:
        return 0
    there = planned_already(wanted[0][0].round_id, {one.name for _award, one in wanted})
    new: dict[tuple[object, ...], tuple[Award, str, date, str]] = {}
    for award, one in wanted:
        key = (award.pk, one.name, one.due_on, one.delivery)
        if key not in there:
            new[key] = (award, one.name, one.due_on, one.delivery)
    return len(records.plan_follow_ups(list(new.values()), stamp=stamp))
