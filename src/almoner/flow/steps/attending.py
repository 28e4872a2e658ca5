"""Takes over what is written down at a session: records about it, and records about those."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.session_sheets import Concluded, conclude, follow_ups_of, opens_party, unanswered
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.records import actions as records
from almoner.flow.records import queries as record_queries
from almoner.flow.records.actions import Answered
from almoner.flow.records.models import Record
from almoner.flow.records.queries import Subject
from almoner.flow.sessions.access import RECORD
from almoner.flow.sessions.models import Session
from almoner.flow.sessions.queries import TAKES_RECORDS, sessions_by_code
from almoner.flow.steps.doubting import ask_whether_right
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people import actions as people
from almoner.values.language import _
from almoner.vault.models import Stamp


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet of a session's file.

    `row_key` is the sheet's own key in the round, and of the record it is about where it is about one. `session` is
    what the office calls the session; `happened_on` counts where the sheet is about a record.
    """

    row_key: str
    name: str
    happened_on: date
    answers: Mapping[str, Any]
    session: str = ""


def receive_session_records(
    round_: Round, rows: Sequence[Written], *, source: Source, request: Request
) -> Result:
    """Take over sheets of one name, whole: records, whom they open a file for, tasks, what is done, calls to come.

    A sheet that is there already and says the same changes nothing.

    Raises:
        StepRefusedError: a row is about nothing that is there, comes when the session takes none, lacks a required
            answer, or says otherwise than the sheet that is there.
        NotYetCarriedOut: the file asks of the record what nothing carries out yet.
    """
    programme = queries.programme_of(round_.edition)
    names = sorted({row.name for row in rows})
    _refuse_unbuilt(programme, names)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        (name,) = names
        sheets = _new_sheets(locked, programme, rows)
        imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts={"created": len(sheets), "unchanged": len(rows) - len(sheets)},
            stamp=stamp,
        )
        opened = _open_parties(programme, name, sheets, stamp)
        form = programme.records[name].form
        reported = records.report([(sheet, form) for sheet in opened], stamp=stamp)
        pairs = list(zip(reported, opened, strict=True))
        tasks = _raise_tasks(programme, name, pairs, stamp)
        doubts = ask_whether_right(programme, reported, stamp)
        planned = [
            (record, follow_up, due_on, "")
            for record, sheet in pairs
            for follow_up, due_on in follow_ups_of(programme, name, sheet.answers)
        ]
        return {
            "created": len(reported),
            "unchanged": len(rows) - len(sheets),
            "parties": sum(sheet.party is not None for sheet in opened),
            **tasks,
            **({"doubtful": doubts} if doubts else {}),
            "done": _finish(programme, name, pairs, stamp),
            "follow_ups": len(records.plan_follow_ups(planned, stamp=stamp)),
        }

    arguments = {
        "round": str(round_.uid),
        "file": source.file_digest,
        "mapping": source.mapping_digest,
        "records": names,
    }
    return carry_out(
        "report_session", request, may=RECORD, programme=round_.programme, arguments=arguments, do=do
    )


def _refuse_unbuilt(programme: Programme, names: Sequence[str]) -> None:
    if len(names) != 1:
        raise StepRefusedError(_("A file holds the sheets of one record."))
    record = programme.records.get(names[0])
    if record is None or record.name not in of_sessions(programme):
        raise StepRefusedError(
            _("'{name}' is no record of a session in {file}.").format(name=names[0], file=programme.file)
        )
    for key in record.other:
        raise NotYetCarriedOut(programme, f"records.{record.name}.{key}")
    if record.named and record.about not in programme.records:
        raise NotYetCarriedOut(programme, f"records.{record.name}.names")
    if record.every:
        raise NotYetCarriedOut(programme, f"records.{record.name}.every")


def _new_sheets(round_: Round, programme: Programme, rows: Sequence[Written]) -> list[Answered]:
    """The rows that are new, each with what it is about."""
    record = programme.records[rows[0].name]
    keys = [row.row_key for row in rows]
    _refuse(_("{count} keys stand for several rows, the first is '{row}'."), _twice(keys))
    if record.about in programme.records:
        found: Mapping[str, Subject] = record_queries.records_by_key(round_, record.about, keys)
        about = {row.row_key: found.get(row.row_key) for row in rows}
    else:
        held = sessions_by_code(round_, [row.session for row in rows])
        about = {row.row_key: held.get(row.session) for row in rows}
    _refuse(_("{count} rows are about nothing that is there, the first is '{row}'."), _none(about))
    closed = (
        key for key, one in about.items() if isinstance(one, Session) and one.state not in TAKES_RECORDS
    )
    _refuse(_("{count} rows are about a session that takes none, the first is '{row}'."), list(closed))
    gaps = [f"{row.row_key}: {name}" for row in rows for name in unanswered(record.form, row.answers)]
    _refuse(_("{count} required answers are missing, the first is '{row}'."), gaps)
    known = record_queries.records_by_key(round_, record.name, keys)
    new, changed = [], []
    for row in rows:
        subject = about[row.row_key]
        if subject is None:
            continue
        day = subject.held_on if isinstance(subject, Session) else row.happened_on
        sheet = Answered(subject, row.name, "", row.row_key, day, row.answers)
        before = known.get(row.row_key)
        if before is None:
            new.append(sheet)
        elif before.answers_mac != records.record_mac(sheet, record.form):
            changed.append(row.row_key)
    _refuse(
        _("{count} rows differ from the record that is there, the first is '{row}': correct it by name."),
        changed,
    )
    return new


def _twice(keys: Sequence[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


def _none(about: Mapping[str, Any]) -> list[str]:
    return [key for key, one in about.items() if one is None]


def _refuse(message: str, rows: Sequence[str]) -> None:
    if rows:
        raise StepRefusedError(message.format(count=len(rows), row=rows[0]))


def _open_parties(
    programme: Programme, name: str, sheets: Sequence[Answered], stamp: Stamp
) -> list[Answered]:
    """A file of their own for each person whose sheet opens one."""
    if not programme.records[name].opens_party:
        return list(sheets)
    pairs = [
        (sheet.answers, record_answers(programme, sheet.subject) if isinstance(sheet.subject, Record) else {})
        for sheet in sheets
    ]
    opens = opens_party(programme, name, pairs)
    parties = iter(people.register_parties([people.NewParty("person") for one in opens if one], stamp=stamp))
    return [
        replace(sheet, party=next(parties)) if one else sheet
        for sheet, one in zip(sheets, opens, strict=True)
    ]


def _raise_tasks(
    programme: Programme, name: str, pairs: Sequence[tuple[Record, Answered]], stamp: Stamp
) -> dict[str, int]:
    """What the answers demand, by the figures in force on the day of the session."""
    if not programme.records[name].raises:
        return {"tasks": 0, "unclear": 0}
    by_day: dict[date, list[tuple[Record, Answered]]] = defaultdict(list)
    for record, sheet in pairs:
        by_day[record_queries.session_of(record).held_on].append((record, sheet))
    raised = []
    for day, group in by_day.items():
        concluded: Iterable[Concluded] = conclude(
            programme, name, [sheet.answers for _record, sheet in group], day, stamp.recorded_at
        )
        raised += [
            (record, task)
            for (record, _sheet), found in zip(group, concluded, strict=True)
            for task in found.tasks
        ]
    made = records.raise_tasks(raised, stamp=stamp)
    return {"tasks": len(made), "unclear": sum(bool(task.unclear) for task in made)}


def _finish(programme: Programme, name: str, pairs: Sequence[tuple[Record, Answered]], stamp: Stamp) -> int:
    """The tasks that these records do: `done_by` names them."""
    subjects = [sheet.subject for _record, sheet in pairs if isinstance(sheet.subject, Record)]
    names = [
        task.name
        for record in programme.records.values()
        for task in record.raises.values()
        if task.done_by == name
    ]
    done = record_queries.tasks_done_by(subjects, names) if subjects and names else []
    records.finish_tasks(done, why=f"done by {name}", stamp=stamp)
    return len(done)
