"""Every read about records, follow-ups and tasks that another layer needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from almoner.definitions.programme import Programme
from almoner.engine.sheets import obligations
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.records.models import FollowUp, Record, Task


def owed_periods(
    programme: Programme, name: str, awards: Sequence[Award], begun: Mapping[int, date], until: date
) -> Iterator[tuple[Award, str, date]]:
    """The periods for which a record is owed by the end of a day: award, period, day it fell due."""
    for award in awards:
        start = begun.get(award.pk)
        if start is None:
            continue
        for one in obligations(programme, start, until):
            if one.record == name and one.due_on <= until:
                yield award, one.period, one.due_on


def state_of_follow_up(follow_up: FollowUp) -> str:
    """How far it has come, in the words of the facts: one that fell due and was never tried is *not tried*."""
    if follow_up.state in {"scheduled", "due"}:
        return "due" if follow_up.attempts.exists() else "not tried"
    return follow_up.state


def open_follow_ups(round_: Round, name: str) -> list[FollowUp]:
    """A round's follow-ups of a name that may still be answered; a late answer reopens a lost one."""
    rows = FollowUp.objects.select_related("award__application", "award__party__data_key")
    return list(rows.filter(award__round=round_, name=name, state__in=("scheduled", "due", "lost")))


def records_of(round_: Round, name: str, *, state: str) -> list[Record]:
    """A round's records of a name in a state."""
    return list(Record.objects.select_related("award").filter(award__round=round_, name=name, state=state))


def existing(round_: Round, name: str) -> Mapping[tuple[int, str], Record]:
    """A round's records of a name by award and row of the giver's file."""
    rows = Record.objects.select_related("award").filter(award__round=round_, name=name)
    return {(row.award_id, row.row_key): row for row in rows}


def open_tasks(round_: Round) -> list[Task]:
    """What is still to be done in a round, the earliest deadline first."""
    return list(Task.objects.filter(award__round=round_, state="open").order_by("due_at"))
