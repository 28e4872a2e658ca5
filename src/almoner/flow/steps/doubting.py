"""Asks whether numbers are right that moved far since the last sheet about the same thing; refuses none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from almoner.definitions.programme import Programme
from almoner.engine.doubts import DOUBT, Told, doubts_among, task_of_doubt
from almoner.engine.sheets import happened_on, is_after_exit
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records import actions as records
from almoner.flow.records import queries as record_queries
from almoner.flow.records.models import Record
from almoner.vault.models import Stamp


def ask_whether_right(programme: Programme, reported: Sequence[Record], stamp: Stamp) -> int:
    """Raise a task about each sheet whose numbers moved far, once a sheet; how many.

    A sheet that comes late stands between two others: the one after it is looked at again too.
    """
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in reported:
        if record.name in programme.records and programme.records[record.name].doubt:
            by_name[record.name].append(record)
    return sum(_ask(programme, name, rows, stamp) for name, rows in by_name.items())


def _ask(programme: Programme, name: str, reported: Sequence[Record], stamp: Stamp) -> int:
    definition = programme.records[name]
    wanted: list[tuple[Record, tuple[str, ...]]] = []
    for sheets in record_queries.sheets_alike(reported).values():
        told = [
            Told(
                str(row.uid),
                happened_on(programme, name, row.period, row.happened_on),
                record_answers(programme, row),
                is_after_exit(programme, definition, row.period),
            )
            for row in sheets
        ]
        found = doubts_among(definition, told)
        wanted += [(row, found[str(row.uid)]) for row in sheets if str(row.uid) in found]
    asked = record_queries.asked_whether([row for row, _names in wanted], DOUBT)
    raised = [(row, task_of_doubt(definition, names)) for row, names in wanted if row.pk not in asked]
    return len(records.raise_tasks(raised, stamp=stamp))
