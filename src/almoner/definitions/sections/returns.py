"""Reads what records of periods say beside their rhythm: doubt, the baseline, and what is owed after the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Due, Duration, Field, Record
from almoner.definitions.reading import Context
from almoner.definitions.sections.figures import BUILT_IN_CALENDARS
from almoner.definitions.spans import SpanProblem, duration
from almoner.definitions.tree import Type
from almoner.values.language import _

DOUBT = "doubt"
"""The task that asks whether a number is right; no task of `raises` may be called so beside it."""

AFTER_EXIT = " after exit"
_MOVES = re.compile(r"moves more than (\d{1,5}) %")
_NUMBERS = (Type.INTEGER, Type.NUMBER, Type.MONEY)
_CALENDAR_UNITS = ("days", "weeks", "months", "years")


def read_doubt(
    doubt: Mapping[str, Any], fields: Mapping[str, Field], key: nodes.Scalar, context: Context
) -> dict[str, int]:
    """By how many percent each number may move before somebody is asked whether it is right."""
    found = {}
    for name, text in doubt.items():
        asked = fields.get(name)
        moves = _MOVES.fullmatch(text or "")
        if asked is None:
            message = _("'doubt' of '{record}' names '{name}', which its form does not ask.")
            told = message.format(record=key.text, name=name) + did_you_mean(name, fields)
            context.report.problem(key.line, told)
        elif asked.type not in _NUMBERS:
            message = _(
                "'doubt' of '{record}' names '{name}', which is no number and moves by no percentage."
            )
            context.report.problem(key.line, message.format(record=key.text, name=name))
        elif moves is None and text is not None:
            message = _("'doubt' of '{name}' must say: moves more than 50 %.")
            context.report.problem(key.line, message.format(name=name))
        elif moves is not None:
            found[name] = int(moves[1])
    return found


def with_rhythm(
    record: Record, values: Mapping[str, Any], calendars: Collection[str], context: Context
) -> Record:
    """The record with its baseline and with what is owed after the end."""
    if record.doubt and DOUBT in record.raises:
        message = _("'{name}' has a doubt, and raises a task of that name too; rename the task.")
        context.report.problem(record.line, message.format(name=record.name))
    until = _until(record, values.get("until"), context)
    after = values.get("rhythm_after_exit") or ""
    if after and until is None:
        message = _("'rhythm_after_exit' of '{name}' needs 'until': how long after the exit.")
        context.report.problem(record.line, message.format(name=record.name))
    if after and after not in (*calendars, *BUILT_IN_CALENDARS):
        known = (*calendars, *BUILT_IN_CALENDARS)
        message = _("'rhythm_after_exit' of '{name}' is '{after}', which is none of: {known}.")
        text = message.format(name=record.name, after=after, known=one_of(known))
        context.report.problem(record.line, text + did_you_mean(after, known))
    record = replace(record, until=until, rhythm_after_exit=after)
    return _with_baseline(record, values.get("first"), context)


def _until(record: Record, text: str | None, context: Context) -> Duration | None:
    if text is None:
        return None
    try:
        span = duration(text.removesuffix(AFTER_EXIT)) if text.endswith(AFTER_EXIT) else None
    except SpanProblem:
        span = None
    if span is None or not span.count or span.unit not in _CALENDAR_UNITS:
        message = _("'until' of '{name}' must say how long after the exit: 5 years after exit.")
        context.report.problem(record.line, message.format(name=record.name))
        return None
    if not record.every or record.about != "award":
        message = _("'{name}' goes on after the exit, and is not asked every period of an award.")
        context.report.problem(record.line, message.format(name=record.name))
        return None
    return span


def _with_baseline(record: Record, first: Due | None, context: Context) -> Record:
    if first is None:
        return record
    if first.anchor != "first delivery" or first.after or first.count or not record.every:
        context.report.not_carried_out(record.line, _("'first' of '{name}'").format(name=record.name))
        return replace(record, other={**record.other, "first": first})
    if record.about != "award":
        context.report.not_carried_out(record.line, _("'first' of '{name}'").format(name=record.name))
        return replace(record, other={**record.other, "first": first})
    return replace(record, has_baseline=True)
