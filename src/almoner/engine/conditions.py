"""Asks a programme's later expressions about a case on a day: conditions of instalments, standing, tasks.

What such an expression may name beside the answers of the form: `today`, `last_instalment`, `advance_left`,
and records, follow-ups and deliveries as rows. What is missing is named as people know it:
`term_result[2026-autumn]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from almoner.definitions.tree import Expression, Summary
from almoner.engine.casefile import CaseFile
from almoner.engine.results import Blocked
from almoner.engine.screening import evaluate
from almoner.engine.sheets import Row, next_owed, reported_rows

_IN_A_ROW = re.compile(r"^(?P<rows>[a-z][a-z0-9_]*)(\[(?P<number>\d+)\])?(\.(?P<field>.+))?$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an expression came to: its value, or None with what is missing and what could not be computed."""

    value: Any
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()


def ask(
    case: CaseFile,
    expressions: Sequence[Expression],
    day: date,
    *,
    sheet: Mapping[str, Any] | None = None,
) -> list[Answer]:
    """What expressions of the programme come to for a case on a day.

    Args:
        case: the case.
        expressions: of the schedule, the standing or a form about the award.
        day: the day they are looked at: `today`.
        sheet: the answers of the record or follow-up at hand; its names come before those of the form.
    """
    read = {name for one in expressions for name in _rows_read(one.node)}
    rows = {name: rows_of(case, name, day) for name in sorted(read) if name not in case.programme.form}
    names = {
        **case.answers,
        "as_of": case.as_of,
        "today": day,
        "last_instalment": case.amount_last_paid(day),
        "advance_left": case.advance_left,
        **{name: [dict(row.answers or {}) for row in found] for name, found in rows.items()},
        **(sheet or {}),
    }
    found = evaluate(case.programme, expressions, names)
    return [Answer(one.value, _named(case, rows, one.missing, day), tuple(one.blocked)) for one in found]


def rows_of(case: CaseFile, name: str, day: date) -> tuple[Row, ...]:
    """A record, a follow-up or the deliveries of a benefit, as rows in order of their days."""
    if name in case.programme.records:
        return reported_rows(case, name, day)
    if name in case.programme.follow_ups:
        due = [one for one in case.follow_ups if one.name == name and (one.due_on <= day or one.answers)]
        return tuple(
            Row(name, one.due_on.isoformat(), one.due_on, one.answers)
            for one in sorted(due, key=lambda one: one.due_on)
        )
    paid = [(one.paid_on, one) for one in case.instalments if one.benefit == name and one.paid_on]
    return tuple(
        Row(name, one.name, on, {"amount": one.money.amount if one.money else None, "quantity": one.quantity})
        for on, one in sorted(paid, key=lambda pair: pair[0])
        if on <= day
    )


def _rows_read(node: Any) -> Iterator[str]:
    """The rows that an expression summarises."""
    if isinstance(node, Summary):
        yield node.rows
    if isinstance(node, tuple):
        for inner in node:
            yield from _rows_read(inner)
    elif is_dataclass(node):
        for one in fields(node):
            yield from _rows_read(getattr(node, one.name))


def _named(
    case: CaseFile, rows: Mapping[str, tuple[Row, ...]], missing: Sequence[Any], day: date
) -> tuple[str, ...]:
    """What is missing in the words of the case, each once: a whole record where nothing of it is known."""
    return tuple(dict.fromkeys(_name(case, rows, one.name, day) for one in missing))


def _name(case: CaseFile, rows: Mapping[str, tuple[Row, ...]], name: str, day: date) -> str:
    match = _IN_A_ROW.match(name)
    if match is None or match["rows"] not in rows:
        return name
    if match["number"] is None:
        owed = next_owed(case, match["rows"], day) if match["rows"] in case.programme.records else None
        return owed.label if owed else name
    row = rows[match["rows"]][int(match["number"]) - 1]
    return row.label if row.answers is None or not match["field"] else f"{row.label}.{match['field']}"
