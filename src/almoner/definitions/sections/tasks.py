"""Reads `raises`: the tasks that answers demand, of whom, by when, and what leaves the office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import given
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import Duration, Field, Raise
from almoner.definitions.reading import NAME_LENGTH, Context, entries, is_name, others, read_shape
from almoner.definitions.roles import WITH_EVIDENCE
from almoner.definitions.spans import SpanProblem, duration
from almoner.values.language import _

SAME_SESSION = "same session"


def read_raises(node: nodes.Node | None, form: Mapping[str, Field], context: Context) -> dict[str, Raise]:
    """The tasks that the answers of a form may raise, by name."""
    found = {}
    inside = context.of("raises")
    for name, key, value in entries(node, inside):
        here = inside.of(name)
        values = read_shape(value, given.RAISE, here)
        _check_roles(values, key, here)
        node_within = values.get("within")
        by_choice = isinstance(node_within, nodes.Mapping)
        within = None if by_choice else _within(node_within, here)
        clock_by, clocks = _by_choice(node_within, form, here)
        found[name] = Raise(
            name=name,
            when=values.get("when"),
            to=values.get("to") or "",
            within=within if within is not None else "",
            line=key.line,
            sends=values.get("sends") or (),
            done_by=values.get("done_by") or "",
            closed_by=values.get("closed_by") or "",
            deputy=values.get("deputy") or "",
            escalation=values.get("escalation") or "",
            clock_by=clock_by,
            clocks=clocks,
            other=others(values, given.RAISE),
        )
    return found


def _by_choice(
    node: nodes.Node | None, form: Mapping[str, Field], context: Context
) -> tuple[str, dict[str, Duration]]:
    """The choice by which a clock goes, and the time of each of its values. No value may be without one."""
    if not isinstance(node, nodes.Mapping):
        return "", {}
    choices = {choice for field in form.values() for choice in field.choices}
    said = {key.text: value for key, value in node}
    for key, _value in node:
        if key.text not in choices:
            message = _("'within' of '{name}' names '{value}', which is the value of no choice in the form.")
            text = message.format(name=context.owner, value=key.text) + did_you_mean(key.text, choices)
            context.report.problem(key.line, text)
    spans = {value: _duration(one, context) for value, one in said.items()}
    clocks = {value: span for value, span in spans.items() if span is not None}
    fitting = [name for name, field in form.items() if field.choices and set(field.choices) == set(said)]
    if len(fitting) != 1 and set(said) <= choices:
        message = _("'within' of '{name}' must have a time for every value of one choice, and of no other.")
        context.report.problem(node.line, message.format(name=context.owner))
    return (fitting[0] if fitting else ""), clocks


def _within(node: nodes.Node | None, context: Context) -> Duration | str | None:
    if isinstance(node, nodes.Scalar) and node.text == SAME_SESSION:
        return SAME_SESSION
    return _duration(node, context) if node is not None else None


def _duration(node: nodes.Node, context: Context) -> Duration | None:
    try:
        return duration(node.text if isinstance(node, nodes.Scalar) else "")
    except SpanProblem as problem:
        context.report.problem(node.line, f"'within' of '{context.owner}': {problem}")
        return None


def _check_roles(values: Mapping[str, Any], key: nodes.Scalar, context: Context) -> None:
    """A role is written as a name, so that a user can hold it."""
    roles = {name: values.get(name) or "" for name in ("to", "deputy", "closed_by", "escalation")}
    roles["closed_by"] = roles["closed_by"].removesuffix(WITH_EVIDENCE)
    for name, role in roles.items():
        if role and not is_name(role, NAME_LENGTH):
            message = _(
                "'{name}' of '{task}' is '{role}', which is no role: write a name, such as safety_desk."
            )
            text = message.format(name=name, task=key.text, role=role)
            context.report.problem(key.line, text)
