"""Reads what follows from records: `standing`, `renewal`, `exit`, `comparison`; and who takes part."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import asked, given
from almoner.definitions.grammar.kinds import TEXT, TEXTS
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import Comparison, FollowUp, Standing
from almoner.definitions.reading import Context, entries, read, read_shape
from almoner.definitions.sections.rules import in_days
from almoner.values.language import _

_BEFORE = re.compile(r"\d{1,5} (?:days?|weeks?|months?) before")
_AFTER = re.compile(r"after \d{1,5} (?:days?|weeks?|months?)")


def read_standing(node: nodes.Node | None, context: Context) -> dict[str, Standing]:
    """What follows from records."""
    context = context.of("standing")
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, given.STANDING, here)
        if values.get("when") is not None:
            appeal = in_days(values.get("appeal"), value, "appeal", here)
            found[name] = Standing(name, values["when"], key.line, values.get("amount"), appeal)
    return found


def read_renewal(
    node: nodes.Node | None, fields: Collection[str], rules: Collection[str], context: Context
) -> Any:
    """What is asked again, on which rhythm."""
    if node is None:
        return None
    context = context.of("renewal")
    values = read_shape(node, given.RENEWAL, context)
    for key, known, what in (("asks", fields, _("field or derived name")), ("again", rules, _("rule"))):
        for name in values.get(key) or ():
            if name not in known:
                message = _("'{key}' of 'renewal' names '{name}', which is no {what}.")
                text = message.format(key=key, name=name, what=what)
                context.report.problem(node.line, text + did_you_mean(name, known))
    opens = values.get("opens")
    if opens is not None and _BEFORE.fullmatch(opens) is None:
        context.report.problem(node.line, _("'opens' of 'renewal' must say: 60 days before."))
    end = (values.get("no_answer") or {}).get("end")
    if end is not None and _AFTER.fullmatch(end) is None:
        context.report.problem(node.line, _("'end' of 'no_answer' must say: after 90 days."))
    return values


def read_exit(node: nodes.Node | None, context: Context) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The reasons an award may end for; and what is not carried out yet: wind-down and rules."""
    if node is None:
        return (), {}
    context = context.of("exit")
    reasons: tuple[str, ...] = ()
    other: dict[str, Any] = {}
    for name, key, value in entries(node, context):
        if name == "reasons":
            reasons = _reasons(value, context)
            continue
        context.report.not_carried_out(key.line, _("'{key}' of 'exit'").format(key=name))
        here = context.of(name)
        if name == "wind_down":
            other[name] = {inner: read(text, TEXT, here, inner) for inner, _key, text in entries(value, here)}
        else:
            other[name] = read_shape(value, given.EXIT_RULE, here)
    if not reasons:
        message = _("'exit' has no 'reasons'. Name the reasons for which an award may end.")
        context.report.problem(node.line, message)
    return reasons, other


def _reasons(node: nodes.Node, context: Context) -> tuple[str, ...]:
    return tuple(read(node, TEXTS, context, "reasons"))


def read_comparison(
    node: nodes.Node | None, follow_ups: Mapping[str, FollowUp], consent: Collection[str], context: Context
) -> dict[str, Comparison]:
    """Who is asked the same and helped with nothing."""
    context = context.of("comparison")
    found = {}
    for name, key, value in entries(node, context):
        values = read_shape(value, given.COMPARISON, context.of(name))
        for asked_of in values.get("asked") or ():
            message = ""
            if asked_of not in follow_ups:
                message = _("'{name}' is asked '{follow_up}', which is no follow-up.") + did_you_mean(
                    asked_of, follow_ups
                )
            elif name not in follow_ups[asked_of].compared:
                message = _("'{name}' is asked '{follow_up}', which must say: about: [award, {name}].")
            if message:
                context.report.problem(key.line, message.format(name=name, follow_up=asked_of))
        for allowed in values.get("consent") or ():
            if allowed not in consent:
                message = _("'{name}' must allow '{consent}', which 'consent' does not have.")
                text = message.format(name=name, consent=allowed) + did_you_mean(allowed, consent)
                context.report.problem(key.line, text)
        found[name] = Comparison(
            name,
            values.get("who") or "",
            key.line,
            values.get("at_least"),
            values.get("asked") or (),
            values.get("consent") or (),
        )
    return found


def read_participants(node: nodes.Node | None, records: Collection[str], context: Context) -> dict[str, Any]:
    """Who takes part under somebody else's award."""
    context = context.of("participants")
    found = {}
    for name, key, value in entries(node, context):
        values = read_shape(value, asked.PARTICIPANT, context.of(name))
        joins = values.get("joins")
        if joins is not None and joins not in records:
            message = _("'{name}' joins by '{record}', which is no record.")
            text = message.format(name=name, record=joins) + did_you_mean(joins, records)
            context.report.problem(key.line, text)
        found[name] = values
    return found
