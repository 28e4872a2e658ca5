"""The records about a case as its case file has them, and the case file of what stands on a register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from almoner.definitions.answers import decode
from almoner.definitions.programme import Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.engine import casefile
from almoner.engine.tasks import form_of
from almoner.flow.decisions.models import Award
from almoner.flow.records.models import Record
from almoner.flow.records.queries import about_column, data_key_of
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.registers.queries import struck_off_on
from almoner.vault.models import Event
from almoner.vault.sealed import open_sealed


def entry_files(programme: Programme, entries: Sequence[RegisterEntry]) -> list[casefile.CaseFile]:
    """What is known of each thing on a register, as a case that nobody applied for."""
    sheets, struck = sheets_of(programme, entries), struck_off_on(entries)
    return [
        replace(
            casefile.listed(programme, entry.kind, entry.happened_on),
            state="ended" if entry.pk in struck else "active",
            ended_on=struck.get(entry.pk),
            sheets=tuple(sheets[entry.pk]),
        )
        for entry in entries
    ]


def sheets_of(
    programme: Programme, subjects: Sequence[Award] | Sequence[RegisterEntry]
) -> dict[int | None, list[casefile.Sheet]]:
    """The records about awards or entries, all of the one sort, by the id of what they are about."""
    column = about_column(subjects)
    rows = Record.objects.select_related("award__party__data_key", "entry__data_key", "corrects").filter(
        **{f"{column}__in": subjects}, follow_up__isnull=True
    )
    if programme.renewal is not None:
        rows = rows.exclude(name=RENEWAL)
    verified = dict(
        Event.objects.filter(
            kind=Record._meta.db_table, to_state="verified", row__in=rows.values_list("pk", flat=True)
        ).values_list("row", "happened_on")
    )
    found: dict[int | None, list[casefile.Sheet]] = defaultdict(list)
    for row in rows:
        found[getattr(row, f"{column}_id")].append(
            casefile.Sheet(
                key=str(row.uid),
                record=row.name,
                period=row.period,
                happened_on=row.happened_on,
                reported_on=row.reported_on,
                answers=record_answers(programme, row),
                state=row.state,
                verified_on=verified.get(row.pk),
                corrects=str(row.corrects.uid) if row.corrects else "",
            )
        )
    return found


def record_answers(programme: Programme, record: Record) -> dict[str, object]:
    """The typed answers of a record or a follow-up, opened with the party's key."""
    sealed = open_sealed(data_key_of(record), row=record, field="answers_sealed", value=record.answers_sealed)
    return decode(form_of(programme, record.name), {**record.answers, **sealed})
