"""Reads what follows from records: `standing` and `comparison`; and who takes part."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from almoner.definitions import nodes
from almoner.definitions.grammar import asked, given
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import Comparison, FollowUp, Participant, Standing
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.sections.rules import in_days
from almoner.values.language import _


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


def read_participants(
    node: nodes.Node | None, records: Collection[str], context: Context
) -> dict[str, Participant]:
    """Who takes part and does not apply."""
    context = context.of("participants")
    found = {}
    for name, key, value in entries(node, context):
        values = read_shape(value, asked.PARTICIPANT, context.of(name))
        joins = values.get("joins")
        if joins is not None and joins not in records:
            message = _("'{name}' joins by '{record}', which is no record.")
            text = message.format(name=name, record=joins) + did_you_mean(joins, records)
            context.report.problem(key.line, text)
        found[name] = Participant(name, values.get("is") or "", key.line, others(values, asked.PARTICIPANT))
    return found
