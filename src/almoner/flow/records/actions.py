"""Every write about records, follow-ups and tasks, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Field
from almoner.engine import casefile
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.records.models import Attempt, FollowUp, PaperNumber, Record, Sample, Task
from almoner.flow.records.queries import Subject, columns_of, data_key_of
from almoner.people.models import Party
from almoner.values.progress import WRITING, each
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
    paper: str = ""


def plan_follow_ups(
    planned: Sequence[tuple[Award | Record, str, date, str]], *, stamp: Stamp
) -> list[FollowUp]:
    """The follow-ups of awards, deliveries, or records with a date in them: about what, name, day, which delivery."""
    return FollowUp.objects.bulk_create(
        [
            FollowUp(
                **columns_of(subject),
                name=name,
                due_on=due_on,
                delivery=delivery,
                state="scheduled",
                **stamp.columns(),
            )
            for subject, name, due_on, delivery in planned
        ],
        batch_size=CHUNK,
    )


def keep_sample(  # noqa: PLR0913 -- a draw has these sides
    round_: Round,
    name: str,
    *,
    wanted: str,
    seed: int,
    frame: Sequence[tuple[str, str, str]],
    drawn: Sequence[int],
    stamp: Stamp,
) -> Sample:
    """A draw, with everything that is needed to draw it again."""
    return Sample.objects.create(
        round=round_,
        name=name,
        wanted=wanted,
        seed=str(seed),
        frame=[list(one) for one in frame],
        drawn=list(drawn),
        **stamp.columns(),
    )


def report(sheets: Sequence[tuple[Answered, Mapping[str, Field]]], *, stamp: Stamp) -> list[Record]:
    """New records: reported, and not yet verified. Each sheet comes with its form."""
    records = []
    for sheet, form in each(WRITING, sheets):
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
            paper=sheet.paper,
            reported_on=stamp.happened_on,
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


def paper_mac(number: str) -> str:
    """A keyed digest of the number on a paper, alike in all programmes."""
    return mac("paper number", number)


def claim_numbers(claims: Sequence[tuple[Record, str]], *, stamp: Stamp) -> None:
    """Numbers on papers, as keyed digests, are known from now on. The database takes each once."""
    PaperNumber.objects.bulk_create(
        [PaperNumber(record=record, index=index, **stamp.columns()) for record, index in claims],
        batch_size=CHUNK,
    )


def query(records: Sequence[Record], *, why: str, stamp: Stamp) -> None:
    """Something about the papers is not right: they count nowhere until somebody has looked."""
    move_all(records, "queried", stamp=stamp, why=why)


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
                entry=record.entry,
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


def raise_for_awards(awards: Sequence[Award], task: casefile.Task, *, cause: str, stamp: Stamp) -> list[Task]:
    """The same task about each of these awards, once a cause, where no answer demands it."""
    return _raise_about([(award, task, cause) for award in awards], stamp)


def raise_about_awards(raised: Sequence[tuple[Award, casefile.Task]], *, stamp: Stamp) -> list[Task]:
    """What the officer has to find out about an award: no record raised it, but what is missing."""
    return _raise_about([(award, task, "") for award, task in raised], stamp)


def _raise_about(raised: Sequence[tuple[Award, casefile.Task, str]], stamp: Stamp) -> list[Task]:
    return Task.objects.bulk_create(
        [
            Task(
                **columns_of(award),
                name=task.name,
                role=task.to,
                due_at=task.deadline,
                unclear=list(task.missing),
                cause=cause,
                state="open",
                **stamp.columns(),
            )
            for award, task, cause in raised
        ],
        batch_size=CHUNK,
    )


def finish_tasks(tasks: Sequence[Task], *, why: str, stamp: Stamp) -> None:
    """What was demanded is done."""
    move_all(tasks, "done", stamp=stamp, why=why)


def verify_task(task: Task, *, why: str, stamp: Stamp) -> None:
    """Somebody else than who did it has looked at what shows it."""
    move_all([task], "verified", stamp=stamp, why=why)
