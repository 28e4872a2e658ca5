"""Reads `consent`, `derive`, `eligibility`, `scoring`, `review` and `decision`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.expressions import Place, parse_value
from almoner.definitions.grammar import asked
from almoner.definitions.problems import did_you_mean
from almoner.definitions.programme import (
    Consent,
    Criterion,
    Cut,
    Decision,
    Derived,
    Duration,
    Field,
    Review,
    Rule,
    Tie,
)
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.scope import Known, Scope
from almoner.definitions.tree import Expression, Origin, Type
from almoner.definitions.tree_text import type_words
from almoner.definitions.typed import NUMBER
from almoner.definitions.words import ORDERED
from almoner.values.language import _

LOTTERY = "lottery"
HIGHEST = "highest "
SHOWN_ALWAYS = ("name_masked", "amount")
"""What a public notice may show beside fields."""

NAMING = (Type.TEXT, Type.CHOICE, Type.CODE, Type.PARTY)
"""The types of questions whose answer somebody may share: a school, a firm, a field."""


def read_consent(node: nodes.Node | None, context: Context) -> dict[str, Consent]:
    """What a person is asked to allow."""
    context = context.of("consent")
    found = {}
    for name, _key, value in entries(node, context):
        values = read_shape(value, asked.CONSENT, context.of(name))
        found[name] = Consent(name, bool(values.get("required")), values.get("text") or "")
    return found


def read_derive(node: nodes.Node | None, context: Context) -> tuple[dict[str, Derived], Scope]:
    """Derived names in their order, and the scope that knows them all. Each may use only those above it."""
    scope = context.scope
    listed = entries(node, context)
    message = _("uses '{name}', which 'derive' defines only further down; move it up")
    later = {name: message.format(name=name) for name, _key, _value in listed}
    found: dict[str, Derived] = {}
    for name, _key, value in listed:
        # A name of the form outside must not be read where the file means its own derived name further down.
        hidden = {known: what for known, what in scope.names.items() if known not in later}
        inside = replace(scope, names=hidden, elsewhere={**scope.elsewhere, **later})
        place = Place(name, f"{context.place}.{name}")
        worth = parse_value(value, scope=inside, place=place, want=None, report=context.report)
        del later[name]
        if worth is None:
            scope = replace(scope, broken=scope.broken | {name})
            continue
        found[name] = Derived(name, Expression(place.place, value.line, source_of(value), worth.node))
        scope = scope.plus({name: Known(worth.type, Origin.DERIVED, worth.choices)})
        scope = replace(scope, broken=scope.broken - {name})
    return found, scope


def source_of(node: nodes.Node) -> str:
    """An expression's text as it stands in the file; bands in one line."""
    if isinstance(node, nodes.Mapping):
        return "; ".join(f"{key.text}: {source_of(value)}" for key, value in node)
    return node.text if isinstance(node, nodes.Scalar) else ""


def read_eligibility(node: nodes.Node | None, context: Context) -> dict[str, Rule]:
    """The rules."""
    context = context.of("eligibility")
    found = {}
    for name, key, value in entries(node, context):
        values = read_shape(value, asked.RULE, context.of(name))
        if values.get("rule") is not None:
            refusal, basis = values.get("refusal") or "", values.get("basis") or ""
            found[name] = Rule(name, values["rule"], refusal, basis, key.line)
    return found


def read_scoring(node: nodes.Node | None, context: Context) -> dict[str, Expression]:
    """The criteria."""
    context = context.of("scoring")
    read_all = {
        name: context.of(name).expression(value, NUMBER) for name, _key, value in entries(node, context)
    }
    return {name: criterion for name, criterion in read_all.items() if criterion is not None}


def read_review(node: nodes.Node | None, form: Mapping[str, Field], context: Context) -> Review | None:
    """How an application is reviewed, and by how many."""
    if node is None:
        return None
    values = read_shape(node, asked.REVIEW, context.of("review"))
    for name in values.get("conflicts") or ():
        if name not in form:
            message = _("'conflicts' of 'review' names '{name}', which is no field of the form.")
            context.report.problem(node.line, message.format(name=name) + did_you_mean(name, form))
        elif form[name].type not in NAMING:
            message = _(
                "'conflicts' of 'review' names '{name}', which is {type}: nobody has one of their own."
            )
            context.report.problem(node.line, message.format(name=name, type=type_words(form[name].type)))
    rubric = {
        name: Criterion(name, one.get("ask") or "", one.get("max") or 0)
        for name, one in (values.get("rubric") or {}).items()
    }
    if not rubric and "rubric" in values:
        context.report.problem(node.line, _("'rubric' of 'review' is empty: nothing would be judged."))
    return Review(
        values.get("reviewers") or 0, rubric, values.get("within"), tuple(values.get("conflicts") or ())
    )


def read_decision(
    node: nodes.Node | None,
    *,
    ranks: Collection[str],
    form: Mapping[str, Field],
    tables: Mapping[str, object],
    context: Context,
) -> Decision | None:
    """Who decides, and how. `ranks` are what the file has to rank cases by: `points`, `review`."""
    if node is None:
        return None
    context = context.of("decision")
    values = read_shape(node, asked.DECISION, context)
    information = values.get("information") or {}
    notice = values.get("notice") or {}
    _check_notice(node, notice, form, context)
    _check_quota(node, values.get("quota") or {}, form, tables, context)
    cut = _cut(node, values["cut"], ranks=ranks, context=context) if "cut" in values else None
    if values.get("by") == LOTTERY:
        cut = cut or Cut(None, LOTTERY, ())
        if cut.rank != LOTTERY:
            message = _(
                "'by: lottery' is a ballot, and 'cut' ranks by {rank}. Say 'cut: {{rank: lottery}}', or who decides."
            )
            context.report.problem(node.line, message.format(rank=cut.rank))
    if values.get("together"):
        cut = _together(node, values["together"], cut, form, context)
    return Decision(
        by=values.get("by") or "",
        within=values.get("within"),
        remind=information.get("remind") or (),
        lapse=information.get("lapse"),
        cut=cut,
        notice_days=notice.get("days"),
        notice_shows=notice.get("shows") or (),
        objections=notice.get("objections") or "",
        appeal_days=in_days(values.get("appeal"), node, "appeal", context),
        other=others(values, asked.DECISION),
    )


def in_days(span: Duration | None, node: nodes.Node, key: str, context: Context) -> int | None:
    """A duration that must be written in days, as a number."""
    if span is None:
        return None
    if span.unit != "days":
        found = node.get(key) if isinstance(node, nodes.Mapping) else None
        message = _("'{key}' of '{owner}' must be written in days: 30 days.")
        line = found.line if found is not None else node.line
        context.report.problem(line, message.format(key=key, owner=context.owner))
        return None
    return span.count


def _cut(node: nodes.Node, values: Mapping[str, Any], *, ranks: Collection[str], context: Context) -> Cut:
    cut = node.get("cut") if isinstance(node, nodes.Mapping) else None
    line = cut.line if cut is not None else node.line
    if values.get("rank") == "points" and "points" not in ranks:
        message = _("'cut' ranks by points, and there is no 'scoring'. Add the criteria, or remove 'cut'.")
        context.report.problem(line, message)
    if values.get("rank") == "review" and "review" not in ranks:
        message = _("'cut' ranks by the reviews, and there is no 'review'. Add its rubric, or remove 'cut'.")
        context.report.problem(line, message)
    if values.get("rank") == LOTTERY and (values.get("threshold") is not None or values.get("ties")):
        context.report.problem(line, _("A ballot has no 'threshold' and no 'ties': the lot alone decides."))
    listed = cut.get("ties") if isinstance(cut, nodes.Mapping) else None
    ties = [
        _tie(item, context)
        for item in (listed.items if isinstance(listed, nodes.Sequence) else ())
        if isinstance(item, nodes.Scalar)
    ]
    names = [tie.name for tie in ties if tie is not None]
    if LOTTERY in names[:-1]:
        context.report.problem(
            line, _("'ties' names something after 'lottery', which leaves no tie. Put it last.")
        )
    return Cut(
        values.get("threshold"), values.get("rank") or "", tuple(tie for tie in ties if tie is not None)
    )


def _together(
    node: nodes.Node, name: str, cut: Cut | None, form: Mapping[str, Field], context: Context
) -> Cut | None:
    """The cut with the question whose equal answers stand together."""
    found = node.get("together") if isinstance(node, nodes.Mapping) else None
    line = found.line if found is not None else node.line
    if cut is None or cut.rank != LOTTERY:
        message = _(
            "'together' stands in a ballot alone: 'cut: {{rank: lottery}}'. Points are a person's own."
        )
        context.report.problem(line, message.format())
        return cut
    if name not in form:
        message = _("'together' names '{name}', which is no field of the form.")
        context.report.problem(line, message.format(name=name) + did_you_mean(name, form))
    elif form[name].type not in NAMING:
        message = _("'together' names '{name}', which is {type}: it names no group.")
        context.report.problem(line, message.format(name=name, type=type_words(form[name].type)))
    return replace(cut, together=name)


def _tie(item: nodes.Scalar, context: Context) -> Tie | None:
    if item.text == LOTTERY:
        return Tie(LOTTERY)
    highest = item.text.startswith(HIGHEST)
    name = item.text.removeprefix(HIGHEST).strip()
    here = replace(context, owner="ties", place="decision.cut.ties")
    expression: Expression | None = here.expression(nodes.Scalar(item.line, name), None)
    if expression is None:
        return None
    if expression.type not in ORDERED:
        message = _("'ties' names '{name}', which is {type} and has no order.")
        context.report.problem(item.line, message.format(name=name, type=type_words(expression.type)))
    return Tie(name, highest, expression)


def _check_notice(
    node: nodes.Node, notice: Mapping[str, Any], form: Mapping[str, Field], context: Context
) -> None:
    for name in notice.get("shows") or ():
        field = form.get(name)
        if field is not None and field.sensitive:
            message = _(
                "'notice' shows '{name}', which is sensitive; a public notice never shows circumstances."
            )
            context.report.problem(node.line, message.format(name=name))
        elif field is None and name not in SHOWN_ALWAYS:
            message = _("'notice' shows '{name}', which is neither a field nor name_masked nor amount.")
            known = [*form, *SHOWN_ALWAYS]
            context.report.problem(node.line, message.format(name=name) + did_you_mean(name, known))


def _check_quota(
    node: nodes.Node,
    quota: Mapping[str, Any],
    form: Mapping[str, Field],
    tables: Mapping[str, object],
    context: Context,
) -> None:
    for key, known, what in (("by", form, _("field")), ("table", tables, _("lookup"))):
        name = quota.get(key)
        if name is not None and name not in known:
            message = _("'{key}' of 'quota' names '{name}', which is no {what}.")
            text = message.format(key=key, name=name, what=what)
            context.report.problem(node.line, text + did_you_mean(name, known))
