"""Every read about records, follow-ups and tasks that another layer needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from almoner.definitions.programme import Programme, Raise
from almoner.definitions.sections.leaving import RENEWAL
from almoner.engine.sheets import obligations
from almoner.engine.tasks import raises_of
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.records.models import FollowUp, PaperNumber, Record, Sample, Task
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.sessions.models import Session
from almoner.values.chance import Chance
from almoner.values.language import _
from almoner.vault.models import DataKey, Event

Subject = Award | Session | RegisterEntry | Record
"""What a record, a follow-up or a task may be about."""


def columns_of(subject: Subject) -> dict[str, Any]:
    """The columns that say what a row is about, and in which round."""
    kinds = {"award": Award, "session": Session, "entry": RegisterEntry, "about": Record}
    about = {name: subject if isinstance(subject, kind) else None for name, kind in kinds.items()}
    return {"round": subject.round, **about}


def data_key_of(record: Record) -> DataKey:
    """The key under which a record is sealed: of its own party, the award's, else the session's or the entry's own."""
    if record.party is not None:
        return record.party.data_key
    if record.award is not None:
        return record.award.party.data_key
    if record.session is not None:
        return record.session.data_key
    if record.entry is not None:
        return record.entry.data_key
    if record.about is None:
        raise ValueError(f"The record {record.uid} is about nothing.")
    return data_key_of(record.about)


def subject_of(row: FollowUp | Record) -> Subject:
    """What a row is about: exactly one thing."""
    return next(one for one in (row.award, row.session, row.entry, row.about) if one is not None)


def row_key_of(follow_up: FollowUp) -> str:
    """The row of the giver's file that a follow-up is about: the application's, or the record's."""
    if follow_up.award is not None:
        return follow_up.award.application.row_key
    if follow_up.entry is not None:
        return follow_up.entry.code
    return follow_up.about.row_key if follow_up.about is not None else ""


def session_of(record: Record) -> Session:
    """The session that a record of one belongs to, however far down."""
    while record.session is None and record.about is not None:
        record = record.about
    if record.session is None:
        raise ValueError(f"The record {record.uid} belongs to no session.")
    return record.session


WITH_KEYS = (
    "round",
    "party__data_key",
    "award__party__data_key",
    "session__data_key",
    "entry__data_key",
    "about__party__data_key",
    "about__session__data_key",
)
"""What is read with records, so that each can be opened without another question to the database."""


def periods_taken(subjects: Sequence[Award] | Sequence[RegisterEntry], name: str) -> set[tuple[int, str]]:
    """The periods for which there is a record of a name: pairs of the id of what it is about, and the period."""
    column = about_column(subjects)
    rows = Record.objects.filter(**{f"{column}__in": subjects}, name=name).values_list(column, "period")
    return {(subject, period) for subject, period in rows if subject is not None}


def about_column(subjects: Sequence[Any]) -> str:
    """The column that says that a row is about one of these."""
    return "entry" if subjects and isinstance(subjects[0], RegisterEntry) else "award"


def awards_warned(name: str, cause: str) -> set[int]:
    """The awards about which there is a task of a name for a cause."""
    return set(Task.objects.filter(name=name, cause=cause).values_list("award", flat=True))


def numbers_known(indexes: Sequence[str]) -> set[str]:
    """Which of these numbers on papers, as keyed digests, came before in any programme."""
    rows = PaperNumber.objects.filter(index__in=indexes)
    return set(rows.values_list("index", flat=True))


def owed_periods(  # noqa: PLR0913, PLR0917 -- what is owed hangs on these
    programme: Programme,
    name: str,
    awards: Sequence[Award],
    begun: Mapping[int, date],
    ended: Mapping[int, date],
    until: date,
) -> Iterator[tuple[Award, str, date]]:
    """The periods for which a record is owed by the end of a day: award, period, day it fell due.

    Nothing is owed for a period that ends after the award did.
    """
    for award in awards:
        start = begun.get(award.pk)
        if start is None:
            continue
        for one in obligations(programme, start, until, ended_on=ended.get(award.pk)):
            if one.record == name and one.due_on <= until:
                yield award, one.period, one.due_on


def state_of_follow_up(follow_up: FollowUp) -> str:
    """How far it has come, in the words of the facts: one that fell due and was never tried is *not tried*."""
    if follow_up.state in {"scheduled", "due"}:
        return "due" if follow_up.attempts.exists() else "not tried"
    return follow_up.state


def open_follow_ups(round_: Round, name: str) -> list[FollowUp]:
    """A round's follow-ups of a name that may still be answered; a late answer reopens a lost one."""
    rows = FollowUp.objects.select_related(
        "round",
        "award__application",
        "award__party__data_key",
        "about__party__data_key",
        "about__about__session__data_key",
    )
    return list(rows.filter(round=round_, name=name, state__in=("scheduled", "due", "lost")))


def planned_already(round_id: int, names: Iterable[str]) -> set[tuple[object, ...]]:
    """The follow-ups of awards that are planned in a round: award, name, day, delivery."""
    rows = FollowUp.objects.filter(round_id=round_id, award__isnull=False, name__in=list(names))
    return set(rows.values_list("award_id", "name", "due_on", "delivery"))


def samples_of(round_: Round, name: str = "") -> list[Sample]:
    """The draws of a round, in order; of one follow-up where it is named."""
    rows = Sample.objects.filter(round=round_)
    return list(rows.filter(name=name) if name else rows)


def sample_disagreements() -> list[str]:
    """Draws that their seed does not draw again, or of which somebody who was drawn is not asked."""
    found = []
    for one in Sample.objects.order_by("id"):
        again = Chance(int(one.seed)).sample(len(one.frame), len(one.drawn))
        if again != one.drawn:
            found.append(
                _("The sample {uid} of {name} is not what its seed draws.").format(uid=one.uid, name=one.name)
            )
        rows = FollowUp.objects.filter(round_id=one.round_id, name=one.name, award__isnull=False)
        asked = {
            (str(uid), due.isoformat(), delivery)
            for uid, due, delivery in rows.values_list("award__uid", "due_on", "delivery")
        }
        lost = sum(tuple(one.frame[place]) not in asked for place in one.drawn)
        if lost:
            message = _("The sample {uid} of {name} drew {count} who are not asked.")
            found.append(message.format(uid=one.uid, name=one.name, count=lost))
    return found


def records_of(round_: Round, name: str, *, state: str) -> list[Record]:
    """A round's records of a name in a state."""
    return list(Record.objects.select_related("award").filter(round=round_, name=name, state=state))


def existing(round_: Round, name: str) -> Mapping[tuple[int | None, str], Record]:
    """A round's records of a name, by the id of the award or entry they are about and the row of the giver's file."""
    rows = Record.objects.select_related("award", "entry").filter(round=round_, name=name)
    return {(row.award_id or row.entry_id, row.row_key): row for row in rows}


def that_count(rows: Sequence[Record], *, verified: bool) -> list[Record]:
    """Records without those that gave way to a correction that counts, and without corrections that do not count yet.

    Args:
        rows: records of one name, corrections among them.
        verified: whether only one that was verified counts; else every one that is not queried.
    """

    def counts(row: Record) -> bool:
        return row.state == "verified" if verified else row.state != "queried"

    gave_way = {row.corrects_id for row in rows if row.corrects_id is not None and counts(row)}
    return [row for row in rows if row.pk not in gave_way and (row.corrects_id is None or counts(row))]


def about_entries(round_: Round, name: str) -> list[Record]:
    """A round's records of a name about what stands on its registers, corrections among them."""
    rows = Record.objects.select_related("entry__data_key", "corrects")
    return list(rows.filter(round=round_, entry__isnull=False, name=name, follow_up__isnull=True))


def renewal_sheets(awards: Sequence[Award]) -> list[Record]:
    """The answers to renewals of awards, in the order in which they were recorded."""
    rows = Record.objects.select_related("award__party__data_key", "corrects")
    return list(rows.filter(award__in=awards, name=RENEWAL, follow_up__isnull=True).order_by("id"))


def tasks_about(awards: Sequence[Award], names: Sequence[str]) -> list[Task]:
    """The open tasks of these names about awards, that no record raised."""
    rows = Task.objects.filter(award__in=awards, record__isnull=True, name__in=names, state="open")
    return list(rows.order_by("id"))


def session_records(session: Session) -> int:
    """How many records are about a session itself."""
    return Record.objects.filter(session=session).count()


def sheets_alike(records: Sequence[Record]) -> dict[tuple[str, int], list[Record]]:
    """All sheets of the name of these, which is one, about the same things: by what they are about, in order.

    One that was corrected, or whose papers are queried, is none of them.
    """
    about: dict[str, set[int]] = {}
    for record in records:
        column, thing = _thing(record)
        about.setdefault(column, set()).add(thing)
    found: dict[tuple[str, int], list[Record]] = {}
    for column, things in about.items():
        rows = Record.objects.select_related(*WITH_KEYS).filter(
            name=records[0].name,
            corrected_by__isnull=True,
            follow_up__isnull=True,
            **{f"{column}__in": things},
        )
        for row in rows.exclude(state="queried").order_by("id"):
            found.setdefault(_thing(row), []).append(row)
    return found


def _thing(record: Record) -> tuple[str, int]:
    """What a record is about: the column that says so, and the row there."""
    columns = columns_of(subject_of(record))
    return next((name, one.pk) for name, one in columns.items() if name != "round" and one is not None)


def asked_whether(records: Sequence[Record], name: str) -> set[int]:
    """Which of these records raised a task of a name, open or not."""
    rows = Task.objects.filter(record__in=records, name=name).values_list("record", flat=True)
    return {one for one in rows if one is not None}


def counted_by_name(session: Session) -> dict[str, int]:
    """How many records of each name are about a session itself."""
    rows = Record.objects.filter(session=session).values_list("name").annotate(Count("id")).order_by("name")
    return dict(rows)


def records_by_key(round_: Round, name: str, keys: Sequence[str]) -> Mapping[str, Record]:
    """A round's records of a name about sessions or their records, by the row of the giver's file."""
    rows = Record.objects.select_related(*WITH_KEYS).filter(
        round=round_, award__isnull=True, name=name, corrected_by__isnull=True
    )
    wanted = set(keys)
    return {row.row_key: row for row in rows if row.row_key in wanted}


def sheets_together(record: Record) -> list[Record]:
    """All sheets that belong to the one that a record is about in the end: it, those about it, and so on down."""
    while record.about is not None:
        record = record.about
    rows = Record.objects.select_related(*WITH_KEYS, "about__about__session__data_key")
    found = level = list(rows.filter(pk=record.pk))
    while level:
        level = list(rows.filter(about__in=level).order_by("id"))
        found = [*found, *level]
    return found


def tasks_done_by(records: Sequence[Record], names: Sequence[str]) -> list[Task]:
    """The open tasks of these names that these records raised."""
    return list(Task.objects.filter(record__in=records, name__in=names, state="open"))


def tasks_of(programme: str, *, verified: bool) -> list[Task]:
    """The tasks of a programme, the earliest first; those that were verified only where they are asked for."""
    found = _tasks().filter(round__programme=programme).order_by("id")
    return list(found if verified else found.exclude(state="verified"))


def tasks_called(word: str) -> list[Task]:
    """The task whose name for machines this is, else those of the case or the sheet that people call so."""
    try:
        return list(_tasks().filter(uid=UUID(word)))
    except ValueError:
        called = Q(award__reference=word) | Q(entry__code=word)
        called |= Q(award__isnull=True, entry__isnull=True, record__row_key=word)
        return list(_tasks().filter(called).order_by("id"))


def _tasks() -> QuerySet[Task]:
    return Task.objects.select_related(
        "round__edition", "award", "session", "entry", "record", *_UP_TO_THE_SESSION
    )


_UP_TO_THE_SESSION = ("about__session", "about__about__session")
"""From what a task is about to the session it was raised at."""


def reference_of(task: Task) -> str:
    """What people call the case or the sheet that a task is about; never a name.

    Of a case its reference; of a sheet without a name the key that stands on it.
    """
    if task.award is not None:
        return task.award.reference
    if task.entry is not None:
        return task.entry.code
    return task.record.row_key if task.record is not None else ""


def raised_by(programme: Programme, task: Task) -> Raise | None:
    """What the programme's file says of a task; None where no answer raised it."""
    if task.record is None:
        return None
    return raises_of(programme, task.record.name).get(task.name)


def session_of_task(task: Task) -> Session | None:
    """The session at which a task was raised; None where it is about an award."""
    if task.session is not None or task.about is None:
        return task.session
    return session_of(task.about)


def doer_of(task: Task) -> int | None:
    """The id of the user who did a task last; None where nobody has."""
    done = Event.objects.filter(kind=Task._meta.db_table, row=task.pk, to_state="done")
    return done.order_by("-version").values_list("who", flat=True).first()


def late_tasks(session: Session) -> list[Task]:
    """What was to be done before people left a session and is still open."""
    return list(Task.objects.filter(session=session, state="open").exclude(occasion=""))


def find_record(uid: str) -> Record | None:
    """A record by its name for machines."""
    return Record.objects.select_related(*WITH_KEYS).filter(uid=uid).first()


def written_at_sessions(round_: Round, name: str) -> list[Record]:
    """A round's records of a name about sessions or their records, corrected ones left out."""
    rows = Record.objects.select_related(*WITH_KEYS, "about__about__session__data_key")
    return list(
        rows.filter(
            round=round_, award__isnull=True, follow_up__isnull=True, name=name, corrected_by__isnull=True
        )
    )


def asked_after_records(round_: Round, name: str, until: date) -> list[FollowUp]:
    """A round's follow-ups of a name about records that fell due by a day, with their answers and attempts."""
    rows = FollowUp.objects.select_related(
        "about__party__data_key", "about__about__session__data_key", "answer__about__party__data_key"
    )
    found = rows.filter(round=round_, about__isnull=False, name=name, due_on__lte=until)
    return list(found.prefetch_related("attempts"))
