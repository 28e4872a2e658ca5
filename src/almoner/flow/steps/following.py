"""Takes over what comes after an award: records, their verification, follow-ups and the attempts to reach people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.registers import of_registers
from almoner.engine.follow_ups import state_of
from almoner.engine.independence import why_not_asked_by
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.sheets import happened_on as day_told_of
from almoner.engine.tasks import form_of, raises_of, tasks_from
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_by_row
from almoner.flow.deliveries.queries import begun_on, case_files, follow_up_file
from almoner.flow.deliveries.sheets import entry_files
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.records import actions as records
from almoner.flow.records import queries as record_queries
from almoner.flow.records.actions import Answered
from almoner.flow.records.models import FollowUp, Record
from almoner.flow.records.queries import subject_of
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.registers.queries import entries_by_code
from almoner.flow.steps.doubting import ask_whether_right
from almoner.flow.steps.papers import in_their_stretches, key_of, period_stated, query_seen_papers
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp


@dataclass(frozen=True, slots=True)
class Arrived:
    """A row of a file about an award, or something on a register: whose (by the file's name for it), what, of when.

    `paper` is what those signed whom the file names. `corrects` is the period, or the key, of the record that a row
    corrects. The period of a follow-up about a delivery is the delivery
    (`cash.first`), or its benefit. `result` is how following up ended: 'answered', or without answers 'refused', 'died'
    or 'lost' after every attempt.
    """

    row_key: str
    name: str
    period: str
    happened_on: date
    answers: Mapping[str, Any]
    result: str = "answered"
    paper: str = ""
    corrects: str = ""


def receive_records(round_: Round, rows: Sequence[Arrived], *, source: Source, request: Request) -> Result:
    """Take over a file of records, whole. A sheet that is there already and says the same changes nothing.

    Raises:
        StepRefusedError: a row is about nobody's award, or says otherwise than the sheet that is there.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        sheets = _new_sheets(locked, programme, rows)
        imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts={"created": len(sheets), "unchanged": len(rows) - len(sheets)},
            stamp=stamp,
        )
        reported = records.report([(sheet, form_of(programme, sheet.name)) for sheet in sheets], stamp=stamp)
        queried = query_seen_papers(programme, list(zip(reported, sheets, strict=True)), stamp)
        tasks = _raise_tasks(programme, reported, sheets, stamp) + queried
        doubts = ask_whether_right(programme, reported, stamp)
        told = {"created": len(reported), "unchanged": len(rows) - len(sheets), "tasks": tasks + doubts}
        return told | ({"queried": queried} if queried else {}) | ({"doubtful": doubts} if doubts else {})

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out("report", request, may="record", programme=round_.programme, arguments=arguments, do=do)


def _subjects(
    round_: Round, programme: Programme, rows: Sequence[Arrived]
) -> Mapping[str, Award] | Mapping[str, RegisterEntry]:
    """What the rows of a file are about, by the names that they give: awards, or what stands on one register.

    Raises:
        StepRefusedError: a row is about nothing that is there.
    """
    keys = [row.row_key for row in rows]
    listed = {programme.records[row.name].about for row in rows if row.name in of_registers(programme)}
    found: Mapping[str, Award] | Mapping[str, RegisterEntry]
    if listed:
        found = entries_by_code(round_, listed.pop(), keys)
        message = _("{count} rows are about nothing on the register, the first is '{row}'.")
    else:
        found = awards_by_row(round_, keys)
        message = _("{count} rows are about nobody's award, the first is '{row}'.")
    _refuse(message, [key for key in keys if key not in found])
    return found


def _refuse(message: str, rows: Sequence[str]) -> None:
    if rows:
        raise StepRefusedError(message.format(count=len(rows), row=rows[0]))


def _new_sheets(round_: Round, programme: Programme, rows: Sequence[Arrived]) -> list[Answered]:
    _refuse(
        _("{count} rows name no paper that was signed, the first is '{row}'."),
        [row.row_key for row in rows if _is_unsigned(programme, row)],
    )
    _refuse(
        _("{count} rows name no period, the first is '{row}'."),
        [row.row_key for row in rows if _lacks_period(programme, row)],
    )
    subjects = _subjects(round_, programme, rows)
    there = {name: dict(record_queries.existing(round_, name)) for name in {row.name for row in rows}}
    known = {name: {key: one.answers_mac for key, one in found.items()} for name, found in there.items()}
    new, changed = [], []
    for row in rows:
        subject = subjects[row.row_key]
        period = period_stated(programme, row.name, row.period, row.happened_on)
        sheet = Answered(subject, row.name, period, "", row.happened_on, row.answers, paper=row.paper)
        if row.corrects:
            sheet = _correcting(sheet, row, list(there[row.name].values()))
        if isinstance(subject, RegisterEntry):
            day = day_told_of(programme, row.name, sheet.period, row.happened_on)
            sheet = replace(sheet, happened_on=day)
        mac = records.record_mac(sheet, form_of(programme, row.name))
        key = f"{row.corrects} corrected {mac[:12]}" if row.corrects else key_of(programme, sheet)
        sheet = replace(sheet, row_key=key)
        found = known[row.name].setdefault((subject.pk, sheet.row_key), "")
        if not found:
            new.append(sheet)
            known[row.name][subject.pk, sheet.row_key] = mac
        elif found != mac:
            changed.append(row.row_key)
    _refuse(
        _("{count} rows differ from the record that is there, the first is '{row}': correct it by name."),
        changed,
    )
    return in_their_stretches(programme, new, _since(subjects))


def _correcting(sheet: Answered, row: Arrived, there: Sequence[Record]) -> Answered:
    """A sheet that names the one it corrects, by its period or its key: of several the last.

    Raises:
        StepRefusedError: there is none.
    """
    mine = [
        one
        for one in there
        if subject_of(one).pk == sheet.subject.pk and row.corrects in {one.period, one.row_key}
    ]
    if not mine:
        message = _("The row '{row}' corrects '{key}', which is not there.")
        raise StepRefusedError(message.format(row=row.row_key, key=row.corrects))
    last = max(mine, key=lambda one: one.pk)
    return replace(sheet, period=last.period, corrects=last)


def _since(subjects: Mapping[str, Award] | Mapping[str, RegisterEntry]) -> dict[int, date]:
    """The day from which records about each are owed."""
    entries = [one for one in subjects.values() if isinstance(one, RegisterEntry)]
    awards = [one for one in subjects.values() if isinstance(one, Award)]
    return {**begun_on(awards), **{one.pk: one.happened_on for one in entries}}


def _lacks_period(programme: Programme, row: Arrived) -> bool:
    """Whether a row about something on a register does not say of which period of the calendar it tells."""
    if row.name not in of_registers(programme):
        return False
    return bool(programme.records[row.name].every) and not (row.period or row.corrects)


def _is_unsigned(programme: Programme, row: Arrived) -> bool:
    record = programme.records.get(row.name)
    return record is not None and bool(record.signed_by) and not row.paper.strip()


def _raise_tasks(
    programme: Programme, reported: Sequence[Record], sheets: Sequence[Answered], stamp: Stamp
) -> int:
    """What the answers demand; a form that raises nothing asks nothing of the database.

    Raises:
        NotYetCarriedOut: the answers of a follow-up about a record demand something.
    """
    raising = [
        (record, sheet)
        for record, sheet in zip(reported, sheets, strict=True)
        if raises_of(programme, sheet.name)
    ]
    for record, sheet in raising:
        if record.award is None and record.entry is None:
            raise NotYetCarriedOut(programme, f"follow_ups.{sheet.name}.raises")
    of_awards = [one for one in raising if one[0].award is not None]
    of_entries = [one for one in raising if one[0].entry is not None]
    cases = case_files(programme, [record.award for record, _ in of_awards if record.award is not None])
    entries = entry_files(programme, [record.entry for record, _ in of_entries if record.entry is not None])
    raised = [
        (record, task)
        for (record, sheet), case in zip([*of_awards, *of_entries], [*cases, *entries], strict=True)
        for task in tasks_from(case, sheet.name, sheet.answers, stamp.recorded_at)
    ]
    return len(records.raise_tasks(raised, stamp=stamp))


def verify_records(round_: Round, name: str, *, request: Request) -> Result:
    """Verify what was reported of a name, by somebody else than who reported it.

    Raises:
        NotAllowed: the person reported one of them.
    """

    def do(stamp: Stamp) -> Result:
        reported = record_queries.records_of(queries.lock_round(round_), name, state="reported")
        records.verify(reported, stamp=stamp)
        return {"verified": len(reported)}

    arguments = {"round": str(round_.uid), "record": name, "on": request.happened_on.isoformat()}
    return carry_out(
        "verify_records",
        request,
        may="verify records",
        programme=round_.programme,
        arguments=arguments,
        do=do,
    )


def receive_follow_ups(round_: Round, rows: Sequence[Arrived], *, source: Source, request: Request) -> Result:
    """Take over a file of attempts: who answered, who refused, who was not reached. Late answers count.

    Raises:
        StepRefusedError: a row is about nobody's follow-up.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        matched = _match(locked, rows)
        imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts={"attempts": len(rows)},
            stamp=stamp,
        )
        numbers: dict[int, int] = {}
        tries = []
        for row, follow_up in matched:
            so_far = numbers.get(follow_up.pk, follow_up.attempts.count())
            made = _attempts_of(programme, row, so_far)
            tries += [(follow_up, so_far + place, result) for place, result in enumerate(made, start=1)]
            numbers[follow_up.pk] = so_far + len(made)
        records.attempt(tries, stamp=stamp)
        answered = [_answer(row, follow_up) for row, follow_up in matched if row.result == "answered"]
        _refuse_the_paid(programme, answered)
        reported = records.report(
            [(sheet, form_of(programme, sheet.name)) for sheet in answered], stamp=stamp
        )
        tasks = _raise_tasks(programme, reported, answered, stamp)
        touched = list({follow_up.pk: follow_up for _, follow_up in matched}.values())
        states = _settle(programme, touched, request.happened_on, stamp)
        return {"attempts": len(rows), "answered": len(answered), "tasks": tasks, "states": states}

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out(
        "follow_up", request, may="follow up", programme=round_.programme, arguments=arguments, do=do
    )


def _refuse_the_paid(programme: Programme, answered: Sequence[Answered]) -> None:
    """Whoever is paid for the help does not ask what came of it.

    Raises:
        StepRefusedError: one of the sheets was filled in by such a person, or does not say by whom.
    """
    asked = [
        (sheet, sheet.subject)
        for sheet in answered
        if programme.follow_ups[sheet.name].not_by and isinstance(sheet.subject, Award)
    ]
    cases = case_files(programme, [award for _sheet, award in asked])
    wrong = [
        (award.reference, why)
        for (sheet, award), case in zip(asked, cases, strict=True)
        if (why := why_not_asked_by(case, sheet.name, sheet.answers))
    ]
    if wrong:
        message = _("{count} answers are not taken, the first about {award}: {why}")
        raise StepRefusedError(message.format(count=len(wrong), award=wrong[0][0], why=wrong[0][1]))


def _answer(row: Arrived, follow_up: FollowUp) -> Answered:
    """The sheet of a follow-up that was answered."""
    return Answered(
        subject=subject_of(follow_up),
        name=row.name,
        period="",
        row_key=str(follow_up.uid),
        happened_on=row.happened_on,
        answers=row.answers,
        follow_up=follow_up,
    )


def _attempts_of(programme: Programme, row: Arrived, so_far: int) -> list[str]:
    """The attempts that a row stands for. *Lost* says that all that the file asks for were made in vain."""
    if row.result != "lost":
        return [row.result]
    return ["no answer"] * max(programme.follow_ups[row.name].attempts - so_far, 1)


def _match(round_: Round, rows: Sequence[Arrived]) -> list[tuple[Arrived, FollowUp]]:
    """Each row with the open follow-up of its award or record that was due last on its day, else the earliest."""
    found: dict[tuple[str, str], list[FollowUp]] = {}
    for name in {row.name for row in rows}:
        for one in sorted(record_queries.open_follow_ups(round_, name), key=lambda one: one.due_on):
            found.setdefault((record_queries.row_key_of(one), name), []).append(one)
    candidates = [_about_delivery(found.get((row.row_key, row.name), []), row) for row in rows]
    strangers = [row.row_key for row, open_ones in zip(rows, candidates, strict=True) if not open_ones]
    if strangers:
        raise StepRefusedError(
            _("{count} rows are about nobody's open follow-up, the first is '{row}'.").format(
                count=len(strangers), row=strangers[0]
            )
        )
    return [(row, _due_last(open_ones, row)) for row, open_ones in zip(rows, candidates, strict=True)]


def _about_delivery(open_ones: Sequence[FollowUp], row: Arrived) -> list[FollowUp]:
    """Of open follow-ups those about the delivery that a row names: whole (`cash.first`), or by its benefit."""
    if not row.period:
        return list(open_ones)
    return [one for one in open_ones if row.period in {one.delivery, one.delivery.partition(".")[0]}]


def _due_last(open_ones: Sequence[FollowUp], row: Arrived) -> FollowUp:
    """The one that was due last on the row's day, else the earliest.

    Raises:
        StepRefusedError: it is one of several about deliveries of one day, and the row does not say which.
    """
    chosen = next((one for one in reversed(open_ones) if one.due_on <= row.happened_on), open_ones[0])
    alike = [one.delivery for one in open_ones if one.due_on == chosen.due_on]
    if len(alike) > 1:
        message = _("The row '{row}' does not say which delivery it is about: {deliveries}.")
        raise StepRefusedError(message.format(row=row.row_key, deliveries=", ".join(sorted(alike))))
    return chosen


def settle_follow_ups(round_: Round, *, request: Request) -> Result:
    """Follow-ups whose day has come fall due; who was tried as often as the file says is lost."""
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        open_ones = [
            one for name in programme.follow_ups for one in record_queries.open_follow_ups(locked, name)
        ]
        return {"states": _settle(programme, open_ones, request.happened_on, stamp)}

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat()}
    return carry_out(
        "settle_follow_ups", request, may="follow up", programme=round_.programme, arguments=arguments, do=do
    )


def _settle(programme: Programme, follow_ups: Sequence[FollowUp], day: date, stamp: Stamp) -> dict[str, int]:
    """Move each follow-up to where its attempts put it on a day."""
    moving: dict[str, list[FollowUp]] = {}
    counted: dict[str, int] = {}
    for row in follow_ups:
        state = state_of(programme.follow_ups[row.name], follow_up_file(programme, row), day).state
        counted[state] = counted.get(state, 0) + 1
        if state == row.state:
            continue
        if row.state == "scheduled" and state != "answered":
            moving.setdefault("due", []).append(row)
        if state != "due":
            moving.setdefault(state, []).append(row)
    for state in ("due", *sorted(moving.keys() - {"due"})):
        records.move_follow_ups(moving.get(state, []), state, why="its day and its attempts", stamp=stamp)
    return dict(sorted(counted.items()))
