"""Asks a programme's later expressions about a case on a day: conditions of instalments, standing, tasks.

What such an expression may name beside the answers of the form: `today`, `last_instalment`, `advance_left`,
and records, follow-ups and deliveries as rows. What is missing is named as people know it:
`term_result[2026-autumn]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from almoner.definitions.tree import Expression, Summary
from almoner.engine.casefile import CaseFile
from almoner.engine.derived import Answer, derived_values
from almoner.engine.evaluation import evaluate_many
from almoner.engine.sheets import Row, next_owed, reported_rows

__all__ = ["Answer", "ask", "rows_of"]

_IN_A_ROW = re.compile(r"^(?P<rows>[a-z][a-z0-9_]*)(\[(?P<number>\d+)\])?(\.(?P<field>.+))?$")


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
    return ask_many([(case, day, sheet or {})], expressions)[0]


def ask_many(
    asked: Sequence[tuple[CaseFile, date, Mapping[str, Any]]], expressions: Sequence[Expression]
) -> list[list[Answer]]:
    """What expressions come to for several cases of one programme, each on a day with a sheet: one question in all."""
    if not asked:
        return []
    programme = asked[0][0].programme
    read = {name for one in expressions for name in _rows_read(one.node)} - programme.form.keys()
    known = [
        (case, day, sheet, {name: rows_of(case, name, day) for name in sorted(read)})
        for case, day, sheet in asked
    ]
    names = [_names(case, day, sheet, rows) for case, day, sheet, rows in known]
    found = evaluate_many(programme, expressions, names)
    return [
        [Answer(one.value, _named(case, rows, one.missing, day), tuple(one.blocked)) for one in answers]
        for (case, day, _sheet, rows), answers in zip(known, found, strict=True)
    ]


def _names(
    case: CaseFile, day: date, sheet: Mapping[str, Any], rows: Mapping[str, tuple[Row, ...]]
) -> dict[str, Any]:
    """What expressions may name about a case on a day; the sheet's own answers come before those of the form."""
    return {
        **case.answers,
        "as_of": case.judged_on(day),
        "today": day,
        "last_instalment": case.amount_last_paid(day),
        "advance_left": case.all_advances_left(),
        **{name: [dict(row.answers or {}) for row in found] for name, found in rows.items()},
        **sheet,
    }


def rows_of(case: CaseFile, name: str, day: date) -> tuple[Row, ...]:
    """A record, a follow-up or the deliveries of a benefit, as rows in order of their days."""
    if name in case.programme.records:
        return reported_rows(case, name, day)
    if name in case.programme.follow_ups:
        return _follow_up_rows(case, name, day)
    if name in case.programme.benefits and case.programme.benefits[name].call_off:
        return _called_off_rows(case, name, day)
    paid = [(one.paid_on, one) for one in case.instalments if one.benefit == name and one.paid_on]
    return tuple(
        Row(name, one.name, on, {"amount": one.money.amount if one.money else None, "quantity": one.quantity})
        for on, one in sorted(paid, key=lambda pair: pair[0])
        if on <= day
    )


def _follow_up_rows(case: CaseFile, name: str, day: date) -> tuple[Row, ...]:
    """A follow-up as rows, with what was derived; one that is due and not answered is a row of unknowns."""
    due = [one for one in case.follow_ups if one.name == name and (one.due_on <= day or one.answers)]
    due.sort(key=lambda one: one.due_on)
    answered = [one.answers or {} for one in due]
    derived: list[dict[str, Any]] = [{} for _each in due]
    if case.programme.follow_ups[name].derive:
        outer = [{**case.answers, "as_of": case.as_of, "today": one.due_on} for one in due]
        derived = derived_values(case.programme, name, answered, outer)
    return tuple(
        Row(
            name, one.due_on.isoformat(), one.due_on, None if one.answers is None else {**one.answers, **more}
        )
        for one, more in zip(due, derived, strict=True)
    )


def _called_off_rows(case: CaseFile, name: str, day: date) -> tuple[Row, ...]:
    """The deliveries of what is called off, with their answers and what was derived."""
    found = [one for one in case.delivered if one.benefit == name and one.delivered_on <= day]
    return tuple(
        Row(
            name,
            str(one.number),
            one.delivered_on,
            {
                **one.answers,
                **one.derived,
                "delivered_on": one.delivered_on,
                "amount": one.amount.amount,
                "quantity": one.quantity,
                "cost": one.amount.amount,
            },
        )
        for one in sorted(found, key=lambda one: (one.delivered_on, one.number))
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
