"""Opens a record for a person. Reading a health record leaves an entry in the audit trail, as writing does."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from almoner.definitions.programme import Programme
from almoner.engine.tasks import form_of
from almoner.flow.applications import queries
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records.models import Record
from almoner.flow.sessions.access import READ_HEALTH
from almoner.flow.steps.recipe import Request
from almoner.people.access import require
from almoner.vault import audit
from almoner.vault.models import Stamp

HEALTH = "health"


def health_answers(programme: Programme, record: Record) -> tuple[str, ...]:
    """The questions of a record whose answers are about health."""
    form = form_of(programme, record.name)
    return tuple(name for name, field in form.items() if field.sensitive == HEALTH)


def read_record(record: Record, *, request: Request) -> dict[str, Any]:
    """The answers of a record, for a person to read. Whose record, which questions and who read are entered; no value.

    The entry is written before anything is returned; without it nothing is read. The result is kept nowhere.

    Raises:
        NotPermitted: the person may not see cases, or not health records.
    """
    programme = queries.programme_of(record.round.edition)
    health = health_answers(programme, record)
    require(request.by, READ_HEALTH if health else "see cases", programme.key)
    stamp = Stamp(who=request.by, happened_on=request.happened_on, key=request.key)
    with transaction.atomic():
        answers = record_answers(programme, record)
        if health:
            read = {"record": str(record.uid), "name": record.name, "health": list(health)}
            audit.append("read_record", stamp=stamp, before={}, after=read)
    return answers
