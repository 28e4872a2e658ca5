"""Every write about records, follow-ups and tasks, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Field
from almoner.engine import casefile
from almoner.flow.decisions.models import Award
from almoner.flow.records.models import Attempt, FollowUp, Record, Task
from almoner.flow.records.queries import Subject, columns_of, data_key_of
from almoner.people.models import Party
from almoner.vault.blind import mac
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer sheet about an award, a session or another record, as it arrives.

    `party` is who it opens a file for.
    """

    subject: Subject
    name: str
    period: str
    row_key: str
    happened_on: date
    answers: Mapping[str, Any]
    follow_up: FollowUp | None = None
    party: Party | None = None
    corrects: Record | None = None


def plan_follow_ups(planned: Sequence[tuple[Award | Record, str, date]], *, stamp: Stamp) -> list[FollowUp]:
    """The follow-ups of awards that became active, or of records with a date in them: about what, name, day."""
    return FollowUp.objects.bulk_create(
        [
            FollowUp(**columns_of(subject), name=name, due_on=due_on, state="scheduled", **stamp.columns())
            for subject, name, due_on in planned
        ],
        batch_size=CHUNK,
    )


def report(sheets: Sequence[tuple[Answered, Mapping[str, Field]]], *, stamp: Stamp) -> list[Record]:
    """New records: reported, and not yet verified. Each sheet comes with its form."""
    records = []
    for sheet, form in sheets:
        stored = encode(form, sheet.answers)
        open_part, sealed_part = split(form, stored)
        record = Record(
            **columns_of(sheet.subject),
            party=sheet.party,
            name=sheet.name,
            period=sheet.period,
            follow_up=sheet.follow_up,
            corrects=sheet.corrects,
            answers=open_part,
            answers_mac=record_mac(sheet, form),
            row_key=sheet.row_key,
            state="reported",
            **(stamp.columns() | {"happened_on": sheet.happened_on}),
        )
        record.answers_sealed = seal(
            data_key_of(record), row=record, field="answers_sealed", value=sealed_part
        )
        records.append(record)
    return Record.objects.bulk_create(records, batch_size=CHUNK)


def record_mac(sheet: Answered, form: Mapping[str, Field]) -> str:
    """A keyed digest of a sheet: a second import tells an unchanged sheet from a changed one by it."""
    return mac("record", [sheet.happened_on.isoformat(), encode(form, sheet.answers)])


def verify(records: Sequence[Record], *, stamp: Stamp) -> None:
    """Somebody else than the reporter has looked at the papers."""
    move_all(records, "verified", stamp=stamp, why="papers seen")


def move_follow_ups(follow_ups: Sequence[FollowUp], state: str, *, why: str, stamp: Stamp) -> None:
    """Follow-ups fall due, are answered, or are lost after the attempts that the file asks for."""
    move_all(follow_ups, state, stamp=stamp, why=why)


def attempt(tries: Sequence[tuple[FollowUp, int, str]], *, stamp: Stamp) -> list[Attempt]:
    """Tries to reach somebody: follow-up, number, result."""
    return Attempt.objects.bulk_create(
        [
            Attempt(follow_up=follow_up, number=number, result=result, **stamp.columns())
            for follow_up, number, result in tries
        ],
        batch_size=CHUNK,
    )


def raise_tasks(raised: Sequence[tuple[Record, casefile.Task]], *, stamp: Stamp) -> list[Task]:
    """What answers demand of a role by a time."""
    return Task.objects.bulk_create(
        [
            Task(
                round=record.round,
                award=record.award,
                session=record.session,
                about=record.about,
                record=record,
                name=task.name,
                role=task.to,
                due_at=task.deadline,
                occasion=task.occasion,
                unclear=list(task.missing) if task.unclear else [],
                state="open",
                **stamp.columns(),
            )
            for record, task in raised
        ],
        batch_size=CHUNK,
    )


def raise_about_awards(raised: Sequence[tuple[Award, casefile.Task]], *, stamp: Stamp) -> list[Task]:
    """What the officer has to find out about an award: no record raised it, but what is missing."""
    return Task.objects.bulk_create(
        [
            Task(
                **columns_of(award),
                name=task.name,
                role=task.to,
                due_at=task.deadline,
                unclear=list(task.missing),
                state="open",
                **stamp.columns(),
            )
            for award, task in raised
        ],
        batch_size=CHUNK,
    )


def finish_tasks(tasks: Sequence[Task], *, why: str, stamp: Stamp) -> None:
    """What was demanded is done."""
    move_all(tasks, "done", stamp=stamp, why=why)
