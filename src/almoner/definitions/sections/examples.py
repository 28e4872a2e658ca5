"""Reads `examples`: answers typed by the form, what must come of them, and the steps after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import shown
from almoner.definitions.names import MAY_BE_GIVEN
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Benefit, Example, Field, Step
from almoner.definitions.reading import Context, day, entries, number, plain, read_shape
from almoner.definitions.sections.answered import answer_of
from almoner.definitions.sections.example_world import World
from almoner.definitions.sections.leaving import LEAVING
from almoner.definitions.tree import Type
from almoner.values.language import _
from almoner.values.numbers import from_micros

OUTCOMES = ("eligible", "not eligible", "needs information")
NAME_LENGTH = 80
AWARD = "award"
HOLDING = ("open", "hold", "close", "cancel")
"""What a step may do with a session, where a programme has some."""

LISTING = ("register", "strike off")
"""What a step may do with what stands on a register, where a programme keeps one."""

SCREENING_WORDS = ("outcome", "points", "refused_by", "missing", "blocked", "criteria", "rules")
"""What an example may expect of the screening, beside names of rules, derived values, criteria and benefits."""

STEP_WORDS = (
    "due",
    "held",
    "standing",
    "state",
    "amount",
    "paid",
    "task",
    "tasks",
    "unclear",
    "deadline",
    "refused",
    "missing",
    "owed",
    "done",
    "overdue",
    "quantity",
    "cancelled",
    "topped_up",
    "stand_ins",
    "advance_left",
    "cycle_no",
    "issue_no",
    "renewal",
    "reminder",
    "refused_by",
    "proposed_end",
)
"""What a step may expect, beside names of indicators, follow-ups, standings, instalments and benefits."""


def read_examples(node: nodes.Node | None, world: World, context: Context) -> dict[str, Example]:
    """The examples, each with `like` already followed."""
    context = context.of("examples")
    listed = {name: (key, value) for name, key, value in entries(node, context, length=NAME_LENGTH)}
    givens = {
        name: value.get("given") for name, (_key, value) in listed.items() if isinstance(value, nodes.Mapping)
    }
    found = {}
    for name, (key, value) in listed.items():
        here = context.of(name)
        values = read_shape(value, shown.EXAMPLE, here)
        given = _given(_followed(name, givens, here), world, here)
        if "expect" not in values and "then" not in values:
            message = _("'{name}' expects nothing. Add 'expect' or 'then'.")
            context.report.problem(key.line, message.format(name=name))
        told_of_a_register = bool(world.registers) and "given" not in values
        if world.needs_day and given.as_of is None and not (given.of_session or told_of_a_register):
            message = _("'{name}' has no 'as_of' in 'given', the day by which it is judged.")
            context.report.problem(key.line, message.format(name=name))
        expect = _expected(values.get("expect"), world, here)
        steps = _steps(values.get("then"), world, here)
        found[name] = Example(name, given.as_of, given.answers, given.extra, expect, steps, key.line)
    return found


@dataclass(slots=True)
class _Given:
    as_of: date | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Decimal] = field(default_factory=dict)
    of_session: bool = False


def _followed(name: str, givens: Mapping[str, nodes.Node | None], context: Context) -> dict[str, nodes.Node]:
    """The nodes of `given`, those of the example that it is `like` first; a key given again replaces the whole."""
    chain: list[nodes.Mapping] = []
    seen = [name]
    current: nodes.Node | None = givens.get(name)
    while isinstance(current, nodes.Mapping):
        chain.append(current)
        like = current.get("like")
        if like is None:
            break
        other = like.text if isinstance(like, nodes.Scalar) else ""
        if other in seen:
            message = _("'{name}' is like itself: {circle}.")
            context.report.problem(like.line, message.format(name=name, circle=" → ".join([*seen, other])))
            break
        if other not in givens:
            message = _("'{name}' is like '{other}', which is no example.")
            text = message.format(name=name, other=other) + did_you_mean(other, givens)
            context.report.problem(like.line, text)
            break
        seen.append(other)
        current = givens[other]
    if current is not None and not isinstance(current, nodes.Mapping):
        message = _("'given' of '{name}' must be a mapping of answers.")
        context.report.problem(current.line, message.format(name=seen[-1]))
    merged: dict[str, nodes.Node] = {}
    for mapping in reversed(chain):
        merged.update({key.text: value for key, value in mapping if key.text != "like"})
    return merged


def _given(values: Mapping[str, nodes.Node], world: World, context: Context) -> _Given:
    given = _Given()
    for name, value in values.items():
        try:
            if name == "as_of":
                given.as_of = day(value.text if isinstance(value, nodes.Scalar) else "")
            elif name in MAY_BE_GIVEN:
                given.extra[name] = from_micros(number(value.text if isinstance(value, nodes.Scalar) else ""))
            elif name in world.form:
                given.answers[name] = answer_of(name, world.form[name], value, context)
            elif name in world.papers:
                given.answers[name] = answer_of(name, world.papers[name], value, context)
                given.of_session = True
            else:
                message = _("'{owner}' answers '{name}', which the form does not ask.")
                text = message.format(owner=context.owner, name=name)
                context.report.problem(value.line, text + did_you_mean(name, (*world.form, *world.papers)))
        except ValueError as problem:
            context.report.problem(value.line, f"'{name}' of '{context.owner}' {problem}")
    if given.of_session and (given.as_of or any(name in world.form for name in given.answers)):
        message = _(
            "'{name}' answers the form and gives the papers of a session: an example tells of one of them."
        )
        context.report.problem(next(iter(values.values())).line, message.format(name=context.owner))
    return given


def _expected(node: nodes.Node | None, world: World, context: Context) -> dict[str, Any]:
    """What the screening must be, typed: outcomes and names checked, figures as Decimal."""
    if node is None:
        return {}
    known = (*SCREENING_WORDS, *world.screened)
    found: dict[str, Any] = {}
    for key, value in _expectations(node, known, context):
        found[key.text] = _expectation(key.text, value, world, context)
    return found


def _expectations(
    node: nodes.Node, known: Collection[str], context: Context
) -> list[tuple[nodes.Scalar, nodes.Node]]:
    if not isinstance(node, nodes.Mapping):
        message = _("'expect' of '{name}' must be a mapping: {{outcome: eligible}}.")
        context.report.problem(node.line, message.format(name=context.owner))
        return []
    good = []
    for key, value in node:
        if key.text in known:
            good.append((key, value))
            continue
        message = _("'{owner}' expects '{name}', which nothing can be asked for.")
        hint = did_you_mean(key.text, known) or " " + _("Known: {known}.").format(known=one_of(known))
        context.report.problem(key.line, message.format(owner=context.owner, name=key.text) + hint)
    return good


def _expectation(name: str, node: nodes.Node, world: World, context: Context) -> Any:
    value = plain(node)
    if name == "outcome" and value not in OUTCOMES:
        message = _("'{owner}' expects the outcome '{value}', which is none of: {outcomes}.")
        text = message.format(owner=context.owner, value=value, outcomes=", ".join(OUTCOMES))
        context.report.problem(node.line, text)
    if name in {"missing", "refused_by", "blocked"} and not isinstance(value, tuple):
        message = _("'{name}' of '{owner}' must be a list: [a, b].")
        context.report.problem(node.line, message.format(name=name, owner=context.owner))
        return ()
    if name == "refused_by":
        for rule in value:
            if rule not in world.rules:
                message = _("'{owner}' expects to be refused by '{rule}', which is no rule.")
                text = message.format(owner=context.owner, rule=rule)
                context.report.problem(node.line, text + did_you_mean(str(rule), world.rules))
    if (name == "points" or name in world.benefits) and value is not None:
        return _decimal(name, node, context)
    return value


def _decimal(name: str, node: nodes.Node, context: Context) -> Decimal | None:
    try:
        return from_micros(number(node.text if isinstance(node, nodes.Scalar) else ""))
    except ValueError as problem:
        context.report.problem(node.line, f"'{name}' of '{context.owner}' {problem}")
        return None


def _steps(node: nodes.Node | None, world: World, context: Context) -> tuple[Step, ...]:
    if node is None:
        return ()
    if not isinstance(node, nodes.Sequence):
        message = _("'then' of '{name}' must be a list of steps.")
        context.report.problem(node.line, message.format(name=context.owner))
        return ()
    steps = [_step(item, world, context) for item in node.items]
    found = [step for step in steps if step is not None]
    for earlier, later in pairwise(found):
        if later.on < earlier.on:
            message = _("A step of '{name}' is on {day}, before the step above it.")
            context.report.problem(later.line, message.format(name=context.owner, day=later.on))
    return tuple(found)


def _step(node: nodes.Node, world: World, context: Context) -> Step | None:
    if not isinstance(node, nodes.Mapping):
        message = _("A step of '{name}' must be a mapping: {{on: 2026-10-01, step: award}}.")
        context.report.problem(node.line, message.format(name=context.owner))
        return None
    acts = [key for key in node.names() if key not in shown.STEP_KEYS]
    forms = {**world.sheets, **{name: _delivery_form(benefit) for name, benefit in world.benefits.items()}}
    for act in acts:
        if act not in forms:
            message = _("A step of '{owner}' is '{name}', which is no record, follow-up or benefit.")
            key = node.key(act)
            text = message.format(owner=context.owner, name=act) + did_you_mean(
                act, (*forms, *shown.STEP_KEYS)
            )
            context.report.problem(key.line if key else node.line, text)
    happens = node.get("step")
    what = happens.text if isinstance(happens, nodes.Scalar) else ""
    happenings = (
        AWARD,
        *LEAVING,
        *(HOLDING if world.sessions else ()),
        *(LISTING if world.registers else ()),
    )
    if happens is not None and what not in happenings:
        message = _("'step' is '{name}', which is none of: {known}.")
        context.report.problem(happens.line, message.format(name=what, known=one_of(happenings)))
    if len(acts) + (happens is not None) > 1:
        message = _("A step of '{name}' does two things; give each a step of its own.")
        context.report.problem(node.line, message.format(name=context.owner))
    on = _day(node.get("on"), node, context)
    answers = _step_answers(node, acts, forms, context)
    verified = _flag(node.get("verified"), context)
    period = plain(node.get("for")) or ""
    expect = _step_expected(node.get("expect"), world, forms, context)
    if on is None:
        return None
    return Step(on, acts[0] if acts else what, answers, verified, str(period), expect, node.line)


def _day(node: nodes.Node | None, step: nodes.Mapping, context: Context) -> date | None:
    if node is None:
        message = _("A step of '{owner}' has no 'on', the day on which it happens.")
        context.report.problem(step.line, message.format(owner=context.owner))
        return None
    try:
        return day(node.text if isinstance(node, nodes.Scalar) else "")
    except ValueError as problem:
        context.report.problem(node.line, f"'on' of a step of '{context.owner}' {problem}")
        return None


def _flag(node: nodes.Node | None, context: Context) -> bool:
    text = plain(node)
    if text not in {None, "true", "false"}:
        message = _("'verified' of a step of '{owner}' must be true or false, not '{text}'.")
        context.report.problem(node.line if node else 0, message.format(owner=context.owner, text=text))
    return bool(text == "true")


def _delivery_form(benefit: Benefit) -> Mapping[str, Field]:
    form = dict(benefit.each_delivery.form) if benefit.each_delivery else {}
    form.setdefault("delivered_on", Field("delivered_on", Type.DATE, benefit.line))
    return form


def _step_answers(
    node: nodes.Mapping, acts: list[str], forms: Mapping[str, Mapping[str, Field]], context: Context
) -> dict[str, Any]:
    if not acts or acts[0] not in forms:
        return {}
    given, form = node.get(acts[0]), forms[acts[0]]
    if given is None or (isinstance(given, nodes.Scalar) and given.null):
        return {}
    if not isinstance(given, nodes.Mapping):
        message = _("'{step}' of '{owner}' must be a mapping of answers.")
        context.report.problem(given.line, message.format(step=acts[0], owner=context.owner))
        return {}
    answers = {}
    for key, value in given:
        if key.text in form:
            answers[key.text] = answer_of(key.text, form[key.text], value, context)
        else:
            message = _("'{owner}' answers '{name}', which '{step}' does not ask.")
            text = message.format(owner=context.owner, name=key.text, step=acts[0])
            context.report.problem(key.line, text + did_you_mean(key.text, form))
    return answers


def _step_expected(
    node: nodes.Node | None, world: World, forms: Mapping[str, Any], context: Context
) -> dict[str, Any]:
    if node is None:
        return {}
    deliveries: set[str] = set()
    for benefit in world.benefits.values():
        if benefit.each_delivery:
            deliveries |= {*benefit.each_delivery.derive, *benefit.each_delivery.deduct}
    instalments = [name for benefit in world.benefits.values() for name in benefit.instalments]
    known = (*STEP_WORDS, *world.later, *forms, *deliveries, *instalments)
    found = {}
    for key, value in _expectations(node, known, context):
        found[key.text] = plain(value)
    return found
