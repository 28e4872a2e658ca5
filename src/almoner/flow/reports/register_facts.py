"""Writes the facts of what stands on a round's registers: the entries, and the records about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.registers import of_registers, registers
from almoner.engine.facts import REGISTER, FactTable, Pseudonyms
from almoner.engine.sheets import obligations
from almoner.flow.applications.models import Round
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records.queries import about_entries, that_count
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.registers.queries import register_of, struck_off_on
from almoner.flow.reports.sheet_cells import sheet_cells

Row = Mapping[str, Any]


def register_sources(
    programme: Programme,
    round_: Round,
    named: Pseudonyms,
    tables: Mapping[str, FactTable],
    until: date,
) -> dict[str, Iterable[Row]]:
    """The rows of every table of registers, by its name; none where the programme keeps no register."""
    if not registers(programme):
        return {}
    entries = [one for one in register_of(round_) if one.happened_on <= until]
    struck = struck_off_on(entries)
    found: dict[str, Iterable[Row]] = {REGISTER: _register(entries, struck, named, until)}
    for name in sorted(of_registers(programme)):
        owed = list(_owed(programme, name, entries, struck, until))
        table = tables[f"record_{name}"]
        found[table.name] = _records(programme, round_, table, name, owed, named)
    return found


def _register(
    entries: Iterable[RegisterEntry], struck: Mapping[int, date], named: Pseudonyms, until: date
) -> Iterator[Row]:
    for entry in entries:
        left = struck.get(entry.pk)
        yield {
            "entry": named("entry", entry.uid),
            "kind": entry.kind,
            "party": None,
            "since": entry.happened_on,
            "last": until if left is None else min(left, until),
        }


_Owed = tuple[RegisterEntry, str, date]
"""An entry, a period that is over, and the day on which it ended."""


def _owed(
    programme: Programme,
    name: str,
    entries: Iterable[RegisterEntry],
    struck: Mapping[int, date],
    until: date,
) -> Iterator[_Owed]:
    for entry in entries:
        if entry.kind != programme.records[name].about:
            continue
        owed = obligations(
            programme, entry.happened_on, until, ended_on=struck.get(entry.pk), about=entry.kind
        )
        yield from ((entry, one.period, one.ends) for one in owed if one.record == name)


def _records(  # noqa: PLR0913, PLR0917 -- a table is made of these
    programme: Programme,
    round_: Round,
    table: FactTable,
    name: str,
    owed: Iterable[_Owed],
    named: Pseudonyms,
) -> Iterator[Row]:
    """A row for each record that counts, and one for each period that is over and has none: unknown, not nothing."""
    verified = bool(programme.records[name].verified_by)
    rows = that_count(about_entries(round_, name), verified=verified)
    reported = {(row.entry_id, row.period) for row in rows if row.period}
    missing = [one for one in owed if (one[0].pk, one[1]) not in reported]
    answers = [*(record_answers(programme, row) for row in rows), *({} for _each in missing)]
    days = [*(row.happened_on for row in rows), *(ended for _entry, _period, ended in missing)]
    cells = sheet_cells(programme, table, name, answers, [{"as_of": day, "today": day} for day in days])
    told: list[Row] = [
        {"record": named("record", row.uid), **_about(row.entry, row.period, named), "state": row.state}
        for row in rows
        if row.entry is not None
    ]
    told += [
        {"record": named("record", f"{entry.uid}:{period}"), **_about(entry, period, named), "state": "due"}
        for entry, period, _ended in missing
    ]
    for row, day, own in zip(told, days, cells, strict=True):
        yield {**row, "happened": day, **own}


def _about(entry: RegisterEntry, period: str, named: Pseudonyms) -> Row:
    return {"entry": named("entry", entry.uid), "party": None, "period": period or None}
