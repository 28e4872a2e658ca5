"""Reads `sessions`, and which records and follow-ups belong to one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import asked
from almoner.definitions.programme import Duration, Programme, Session
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.scope import Known
from almoner.definitions.sections.form import read_questions, with_conditions
from almoner.definitions.spans import SpanProblem, duration
from almoner.definitions.tree import Origin, Type
from almoner.values.language import _

SAME_DAY = "the same day"
_BEFORE = re.compile(r"(?P<span>\d{1,6} [a-z ]+) before")


def read_sessions(node: nodes.Node | None, context: Context) -> dict[str, Session]:
    """Dated occasions at a site."""
    context = context.of("sessions")
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, asked.SESSION, here)
        before = values.get("before")
        inside = here.of("before")
        questions = read_questions(before, inside, shape=asked.BEFORE_FIELD)
        given = {"places": Known(Type.INTEGER, Origin.GIVEN)}
        own = inside.within(context.scope.plus({**context.scope.names, **questions.known(), **given}))
        found[name] = Session(
            name=name,
            line=key.line,
            at=values.get("at") or "",
            before=with_conditions(questions, own),
            before_due=_dues(before, inside),
            close_days=_close_days(values.get("close"), value, here),
            ends=values.get("ends") or (),
            other=others(values, asked.SESSION),
        )
    return found


def _dues(node: nodes.Node | None, context: Context) -> dict[str, Duration]:
    """How long before the day each paper is due; `15 days before`."""
    found: dict[str, Duration] = {}
    for key, field in node if isinstance(node, nodes.Mapping) else ():
        due = field.get("due") if isinstance(field, nodes.Mapping) else None
        if not isinstance(due, nodes.Scalar):
            continue
        match = _BEFORE.fullmatch(due.text)
        try:
            found[key.text] = duration(match["span"] if match else due.text + " ?")
        except SpanProblem:
            message = _("'due' of '{name}' must say how long before the day: 15 days before.")
            context.report.problem(due.line, message.format(name=key.text))
    return found


def _close_days(text: str | None, node: nodes.Node, context: Context) -> int | None:
    """Within how many days the sheet is closed; `the same day` is within none."""
    if text is None or text == SAME_DAY:
        return None if text is None else 0
    try:
        span = duration(text.removeprefix("within "))
    except SpanProblem:
        span = None
    if span is None or span.unit != "days":
        message = _("'close' of '{name}' must say: the same day, or a number of days: 2 days.")
        context.report.problem(node.line, message.format(name=context.owner))
        return None
    return span.count


def belong_to_sessions(about: Mapping[str, str], sessions: Collection[str]) -> set[str]:
    """The records about a session, and those about such a record, however far down.

    Args:
        about: what each record is about.
        sessions: the names of the sessions.
    """
    found = {name for name, subject in about.items() if subject == "session" or subject in sessions}
    while more := {name for name, subject in about.items() if subject in found} - found:
        found |= more
    return found


def of_sessions(programme: Programme) -> set[str]:
    """The records of a programme about a session, and those about such a record."""
    about = {name: record.about for name, record in programme.records.items()}
    return belong_to_sessions(about, programme.sessions)


def check_sheets(records: Mapping[str, Any], context: Context) -> None:
    """A record without names counts attendances; only one about a record, or with optional names, opens a party."""
    for record in records.values():
        if record.people == "people" and not record.named:
            message = _("'{name}' has no names, so its rows are attendances, not people.")
            context.report.problem(record.line, message.format(name=record.name))
        if record.opens_party and record.about not in records and not record.may_name:
            message = _("'{name}' opens a party, and is about no record that the party could be in.")
            context.report.problem(record.line, message.format(name=record.name))
