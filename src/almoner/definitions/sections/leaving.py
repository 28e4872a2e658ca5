"""Reads how an award goes on and how it ends: `renewal` and `exit`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import given
from almoner.definitions.grammar.kinds import TEXTS
from almoner.definitions.problems import Report, did_you_mean
from almoner.definitions.programme import Duration, ExitRule, Renewal, Silence, WindDown
from almoner.definitions.reading import Context, day, entries, read, read_shape
from almoner.definitions.spans import SpanProblem, duration
from almoner.values.dates import DATE_UNITS, DateProblem, add_duration
from almoner.values.language import _

RENEWAL = "renewal"
"""The name under which the answers of a renewal come, are kept and are rehearsed."""

SILENCE = "silence"
WIND_DOWN = "wind_down"
PROPOSES = (RENEWAL, SILENCE, WIND_DOWN)
"""What may propose an end, beside the rules of `exit` by their names."""

LEAVING = ("suspend", "resume", "end")
"""What a person may do with an award."""

_BEFORE = re.compile(r"(?P<span>.+) before")
_AFTER = re.compile(r"after (?P<span>.+)")
_UNTIL = re.compile(r"until (?P<what>.+)")
_EXIT = "exit"
_SOME_DAY = date(2000, 3, 1)  # a day on which durations of different units are compared


@dataclass(frozen=True, slots=True)
class Leaving:
    """What `exit` says: reasons, rules by name, and how the programme winds down."""

    reasons: tuple[str, ...] = ()
    rules: Mapping[str, ExitRule] = field(default_factory=dict)
    wind_down: WindDown | None = None


def read_renewal(
    node: nodes.Node | None, fields: Collection[str], rules: Collection[str], context: Context
) -> Renewal | None:
    """What is asked again, on which rhythm."""
    if node is None:
        return None
    context, report = context.of(RENEWAL), context.report
    values = read_shape(node, given.RENEWAL, context)
    for key, known, what in (("asks", fields, _("field of the form")), ("again", rules, _("rule"))):
        for name in values.get(key) or ():
            if name not in known:
                message = _("'{key}' of 'renewal' names '{name}', which is no {what}.")
                text = message.format(key=key, name=name, what=what)
                report.problem(node.line, text + did_you_mean(name, known))
    said = values.get("no_answer") or {}
    every = _dated("every", values.get("every"), node.line, report)
    opens = _within(_BEFORE, values.get("opens"))
    if "opens" in values and opens is None:
        report.problem(node.line, _("'opens' of 'renewal' must say: 60 days before."))
    end = _within(_AFTER, said.get("end"))
    if "end" in said and end is None:
        report.problem(node.line, _("'end' of 'no_answer' must say: after 90 days."))
    remind = tuple(
        span for one in said.get("remind") or () if (span := _dated("remind", one, node.line, report))
    )
    if every is None:
        return None
    found = Renewal(
        every=every,
        line=node.line,
        opens=opens,
        asks=values.get("asks") or (),
        again=values.get("again") or (),
        no_answer=Silence(remind, said.get("then") == "suspend", end),
    )
    _check_order(found, report)
    return found


def _within(shape: re.Pattern[str], text: str | None) -> Duration | None:
    """The duration in `60 days before` or `after 90 days`; None where it says something else."""
    match = shape.fullmatch(text or "")
    if match is None:
        return None
    try:
        span = duration(match["span"])
    except SpanProblem:
        return None
    return span if span.unit in DATE_UNITS else None


def _dated(key: str, span: Duration | None, line: int, report: Report) -> Duration | None:
    """A duration of at least a day, counted in days or longer."""
    if span is None:
        return None
    if span.unit in DATE_UNITS and span.count:
        return span
    message = _("'{key}' of 'renewal' must be at least one day, counted in: {units}.")
    report.problem(line, message.format(key=key, units=", ".join(DATE_UNITS)))
    return None


def _check_order(renewal: Renewal, report: Report) -> None:
    """It opens after the one before it fell due, and reminds after it opened."""
    try:
        due = add_duration(_SOME_DAY, renewal.every.count, renewal.every.unit)
        opens = _before(due, renewal.opens) if renewal.opens else due
        reminders = [_before(due, span) for span in renewal.no_answer.remind]
        if renewal.no_answer.end:
            add_duration(due, renewal.no_answer.end.count, renewal.no_answer.end.unit)
    except DateProblem as problem:
        report.problem(renewal.line, _("'renewal': {problem}").format(problem=problem))
        return
    if opens <= _SOME_DAY:
        message = _(
            "'opens' of 'renewal' must be shorter than 'every', or two renewals would be open at once."
        )
        report.problem(renewal.line, message)
    if any(one < opens for one in reminders):
        message = _("'remind' of 'no_answer' reminds before the renewal opens. Make 'opens' longer.")
        report.problem(renewal.line, message)


def _before(due: date, span: Duration) -> date:
    return add_duration(due, -span.count, span.unit)


def read_exit(node: nodes.Node | None, context: Context) -> Leaving:
    """The reasons an award may end for, the rules that propose an end, and how the programme winds down."""
    if node is None:
        return Leaving()
    context = context.of(_EXIT)
    reasons: tuple[str, ...] = ()
    rules: dict[str, ExitRule] = {}
    wind_down: WindDown | None = None
    for name, key, value in entries(node, context):
        here = context.of(name)
        if name == "reasons":
            reasons = tuple(read(value, TEXTS, context, "reasons"))
        elif name == WIND_DOWN:
            wind_down = _wind_down(value, here)
        elif name in PROPOSES:
            message = _("'{name}' of 'exit' proposes ends already; choose another name for the rule.")
            context.report.problem(key.line, message.format(name=name))
        else:
            when = read_shape(value, given.EXIT_RULE, here).get("when")
            if when is not None:
                rules[name] = ExitRule(name, when, key.line)
    if not reasons:
        message = _("'exit' has no 'reasons'. Name the reasons for which an award may end.")
        context.report.problem(node.line, message)
    return Leaving(reasons, rules, wind_down)


def _wind_down(node: nodes.Node, context: Context) -> WindDown | None:
    values: dict[str, Any] = read_shape(node, given.WIND_DOWN, context)
    match = _UNTIL.fullmatch(values.get("present") or "")
    if match is not None and match["what"] == _EXIT:
        return WindDown()
    try:
        if match is not None:
            return WindDown(day(match["what"]))
    except ValueError:
        pass
    if values.get("present") is not None:
        message = _("'present' of 'wind_down' must say: until exit, or until 2027-12-31.")
        context.report.problem(node.line, message)
    return None
