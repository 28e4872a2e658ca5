"""Writes the facts of a round's sessions: the sessions, the records about them and about those, and the follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.facts import FactTable, Pseudonyms
from almoner.flow.applications.models import Round
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records.models import FollowUp, Record
from almoner.flow.records.queries import (
    asked_after_records,
    session_of,
    state_of_follow_up,
    written_at_sessions,
)
from almoner.flow.reports.sheet_cells import sheet_cells
from almoner.flow.sessions.queries import sessions_of

Row = Mapping[str, Any]


def session_sources(
    programme: Programme,
    round_: Round,
    named: Pseudonyms,
    tables: Mapping[str, FactTable],
    until: date,
) -> dict[str, Iterator[Row]]:
    """The rows of every table of sessions, by its name; none where the programme has no sessions."""
    if not programme.sessions:
        return {}
    of_a_session = of_sessions(programme)
    found: dict[str, Iterator[Row]] = {"sessions": _sessions(round_, named)}
    for name in programme.records:
        if name in of_a_session:
            table = tables[f"record_{name}"]
            found[table.name] = _records(programme, table, name, written_at_sessions(round_, name), named)
    for name, follow_up in programme.follow_ups.items():
        if follow_up.about in of_a_session:
            table = tables[f"follow_up_{name}"]
            rows = asked_after_records(round_, name, until)
            found[table.name] = _follow_ups(programme, table, name, rows, named)
    return found


def _sessions(round_: Round, named: Pseudonyms) -> Iterator[Row]:
    for session in sessions_of(round_):
        yield {
            "session": named("session", session.uid),
            "kind": session.kind,
            "party": None,
            "state": session.state,
            "happened": session.held_on,
        }


def _records(
    programme: Programme, table: FactTable, name: str, rows: Sequence[Record], named: Pseudonyms
) -> Iterator[Row]:
    answers = [record_answers(programme, row) for row in rows]
    outer = [{"as_of": session_of(row).held_on, "today": session_of(row).held_on} for row in rows]
    for row, cells in zip(rows, sheet_cells(programme, table, name, answers, outer), strict=True):
        about: Row = {"about": named("record", row.about.uid)} if row.about is not None else {}
        if row.session is not None:
            about = {
                "session": named("session", row.session.uid),
                "closed": row.session.state == "closed",
            }
        yield {
            "record": named("record", row.uid),
            **about,
            "party": _party(row, named),
            "state": row.state,
            "happened": row.happened_on,
            **cells,
        }


def _follow_ups(
    programme: Programme, table: FactTable, name: str, rows: Sequence[FollowUp], named: Pseudonyms
) -> Iterator[Row]:
    sheets = [getattr(row, "answer", None) for row in rows]
    answers = [record_answers(programme, sheet) if sheet is not None else {} for sheet in sheets]
    outer = [{"as_of": row.due_on, "today": row.due_on} for row in rows]
    cells = sheet_cells(programme, table, name, answers, outer)
    for row, sheet, own in zip(rows, sheets, cells, strict=True):
        if row.about is None:
            continue
        yield {
            "follow_up": named("follow_up", row.uid),
            "about": named("record", row.about.uid),
            "party": _party(row.about, named),
            "due": row.due_on,
            "state": state_of_follow_up(row),
            "happened": sheet.happened_on if sheet is not None else None,
            **own,
        }


def _party(record: Record, named: Callable[[str, object], str]) -> str | None:
    """Who it is about, where it opened a file for somebody."""
    return None if record.party_id is None else named("party", record.party_id)
