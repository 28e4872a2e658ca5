"""Papers behind records: which sheet a row is, which stretch of time it stands for, which number came before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.casefile import Task
from almoner.engine.papers import count_once, number_on
from almoner.engine.sheets import happened_on, period_of
from almoner.flow.records import actions as records
from almoner.flow.records import queries as record_queries
from almoner.flow.records.actions import Answered, paper_mac, record_mac
from almoner.flow.records.models import Record
from almoner.flow.steps.recipe import StepRefusedError
from almoner.values.language import _
from almoner.vault.models import Stamp

SEEN = "number_is_known"
"""The officer's task where the number on a paper came before."""

_LENGTH = 24


def key_of(programme: Programme, sheet: Answered) -> str:
    """What makes a sheet the same sheet when its file comes again.

    Its period, the number on its paper, the day where one comes in a rhythm; else the day with what is answered,
    because two things may happen on one day.
    """
    if sheet.name not in programme.records:
        return sheet.happened_on.isoformat()
    record = programme.records[sheet.name]
    if record.every:
        return sheet.period or sheet.happened_on.isoformat()
    if record.rhythm is not None:
        return sheet.happened_on.isoformat()
    number = number_on(programme, sheet.name, sheet.answers)
    if number:
        return f"paper:{paper_mac(number)[:_LENGTH]}"
    return f"{sheet.happened_on}:{record_mac(sheet, record.form)[:_LENGTH]}"


def period_stated(programme: Programme, name: str, period: str, day: date) -> str:
    """The period that a row names, if the record's calendar has it.

    Raises:
        StepRefusedError: the calendar has no such period.
    """
    if not period or name not in programme.records:
        return period
    try:
        happened_on(programme, name, period, day)
    except (KeyError, ValueError):
        raise StepRefusedError(
            _("{name} has no period '{period}'.").format(name=name, period=period)
        ) from None
    return period


def in_their_stretches(
    programme: Programme, sheets: Sequence[Answered], begun: Mapping[int, date]
) -> list[Answered]:
    """New sheets, those that come in a rhythm each with the stretch of time that it stands for.

    The first one of a stretch stands for it; a second one is kept, and stands for none.
    """
    found: list[Answered] = []
    rhythmic: dict[str, dict[int, Any]] = defaultdict(dict)
    for sheet in sheets:
        if sheet.name in programme.records and programme.records[sheet.name].rhythm is not None:
            subject: Any = sheet.subject
            rhythmic[sheet.name][subject.pk] = subject
    taken = {
        name: record_queries.periods_taken(list(subjects.values()), name)
        for name, subjects in rhythmic.items()
    }
    for sheet in sorted(sheets, key=lambda one: one.happened_on):
        record = programme.records.get(sheet.name)
        award = sheet.subject
        if record is None or record.rhythm is None or sheet.period or award.pk not in begun:
            found.append(sheet)
            continue
        stretch = period_of(record, begun[award.pk], sheet.happened_on)
        mine = (award.pk, stretch)
        found.append(sheet if mine in taken[sheet.name] else replace(sheet, period=stretch))
        taken[sheet.name].add(mine)
    return found


def query_seen_papers(programme: Programme, reported: Sequence[tuple[Record, Answered]], stamp: Stamp) -> int:
    """Query each record whose number on paper came before, with a task for the officer; the others take theirs."""
    once = count_once(programme)
    numbers = [
        (record, paper_mac(number))
        for record, sheet in reported
        if sheet.name in once and (number := number_on(programme, sheet.name, sheet.answers))
    ]
    known = record_queries.numbers_known([index for _record, index in numbers])
    first: list[tuple[Record, str]] = []
    seen: list[Record] = []
    for record, index in numbers:
        if index in known:
            seen.append(record)
        else:
            known.add(index)
            first.append((record, index))
    records.claim_numbers(first, stamp=stamp)
    records.query(seen, why="a paper of this number came before", stamp=stamp)
    task = Task(name=SEEN, raised_by="", to="officer", deadline=None)
    return len(records.raise_tasks([(record, task) for record in seen], stamp=stamp))
