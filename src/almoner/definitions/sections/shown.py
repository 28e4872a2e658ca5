"""Reads `contributions`, `indicators` and `publish`: what is counted and shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.cascades import CascadeProblem, resolve
from almoner.definitions.grammar import shown
from almoner.definitions.names import not_yet
from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import (
    Benefit,
    Contribution,
    FollowUp,
    Indicator,
    LookupTable,
    Publish,
    Record,
)
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.scope import Known, Scope
from almoner.definitions.sections.codes import read_codes
from almoner.definitions.sections.deliveries import DELIVERED
from almoner.definitions.sections.measures import misplaced, read_measure, wanted_of
from almoner.definitions.sections.occasions import read_occasion, scored
from almoner.definitions.sections.survivals import read_of_records, told_by
from almoner.definitions.tree import Origin, Type
from almoner.definitions.typed import CONDITION, Want
from almoner.values.language import _
from almoner.values.numbers import text_of

DELIVERIES = "deliveries of "
LEDGER = "ledger of "
PARTY = "party"
SMALLEST_GROUP = 3
"""A group smaller than this hides nobody."""

"""The kinds of benefit in which money is paid."""

KINDS = ("count", "sum", "median", "share", "change", "cascade", "survival", *MEASURES)
_FIGURE = Want((Type.NUMBER, Type.INTEGER, Type.MONEY))


def read_contributions(
    node: nodes.Node | None, benefits: Mapping[str, Benefit], context: Context
) -> dict[str, Contribution]:
    """What the company puts in: each source once, and money as money."""
    context = context.of("contributions")
    found: dict[str, Contribution] = {}
    for name, key, value in entries(node, context):
        values = read_shape(value, shown.CONTRIBUTION, context.of(name))
        source = values.get("from") or ""
        if source and not source.startswith(LEDGER) and source.removeprefix(DELIVERIES) not in benefits:
            message = _(
                "'{name}' comes from '{source}'. Write 'deliveries of' one of {benefits}, or 'ledger of …'."
            )
            text = message.format(name=name, source=source, benefits=one_of(benefits))
            context.report.problem(key.line, text)
        codes = read_codes(values.get("codes") or (), name, key.line, context)
        one = Contribution(
            name, values.get("input") or "", values.get("motive") or "", source, key.line, codes
        )
        for said in _miscounted(one, found, benefits):
            context.report.problem(key.line, said)
        found[name] = one
    return found


def _miscounted(
    one: Contribution, before: Mapping[str, Contribution], benefits: Mapping[str, Benefit]
) -> Iterator[str]:
    """Why what the company puts in would be counted twice, or as what it is not."""
    twice = next((other.name for other in before.values() if other.source == one.source), "")
    if one.source and twice:
        message = _(
            "'{name}' comes from '{source}', and so does '{other}': it would be counted twice. Keep one."
        )
        yield message.format(name=one.name, source=one.source, other=twice)
    benefit = benefits.get(one.source.removeprefix(DELIVERIES)) if one.source.startswith(DELIVERIES) else None
    if benefit is None or not one.input:
        return
    allowed = ("cash",) if benefit.in_money else ("in_kind", "time")
    if one.input not in allowed:
        message = _("'{name}' counts '{benefit}' as {input}; what is given by {kind} is {allowed}.")
        yield message.format(
            name=one.name,
            benefit=benefit.name,
            input=one.input,
            kind=benefit.kind,
            allowed=one_of(allowed),
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """An indicator as it is written: the one key of `KINDS` that it has, and the values of all."""

    name: str
    key: nodes.Scalar
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheets:
    """What figures are made of beside applications and awards.

    `tables` are the lookups without a problem; those that have one are among the names that are `broken`.
    """

    records: Mapping[str, Record] = field(default_factory=dict)
    follow_ups: Mapping[str, FollowUp] = field(default_factory=dict)
    sessions: Collection[str] = ()
    tables: Mapping[str, LookupTable] = field(default_factory=dict)
    broken: Collection[str] = ()
    registers: Collection[str] = ()


def read_indicators(
    node: nodes.Node | None, awarded: Scope, later: Scope, sheets: Sheets, context: Context
) -> dict[str, Indicator]:
    """The figures. `awarded` knows the form and its derived names, `later` the rows of records and deliveries."""
    context = context.of("indicators")
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, shown.INDICATOR, here)
        kinds = [kind for kind in KINDS if kind in values]
        if len(kinds) != 1:
            message = _("'{name}' must have exactly one of {kinds}.")
            context.report.problem(key.line, message.format(name=name, kinds=", ".join(KINDS)))
            continue
        asked = _Asked(name, key, kinds[0], values)
        misplaced(name, values, kinds[0], key.line, here)
        if kinds[0] == "cascade":
            indicator = _cascade(asked, sheets, here)
        elif (
            kinds[0] == "count"
            and values["count"] in {*sheets.sessions, *sheets.registers}
            and not values.get("from")
        ):
            indicator = _plain(asked, values["count"], values["count"])
        else:
            indicator = _indicator(asked, awarded, later, sheets, here)
        if indicator is not None:
            codes = read_codes(values.get("codes") or (), name, key.line, here)
            found[name] = replace(indicator, codes=codes)
    return found


def _indicator(
    asked: _Asked, awarded: Scope, later: Scope, sheets: Sheets, context: Context
) -> Indicator | None:
    name, key, kind, values = asked.name, asked.key, asked.kind, asked.values
    counts = (values["count"] or "") if kind == "count" else ""
    source = values.get("from") or _source_unsaid(kind, values[kind], counts, sheets)
    if kind != "median" and values.get("spread"):
        message = _("'{name}' has a spread, and is no median. Remove 'spread'.")
        context.report.problem(key.line, message.format(name=name))
    scope = _source_scope(source, awarded, later)
    if scope is None:
        message = _(
            "'{name}' is from '{source}'. Write applications, awards, a record, a follow-up or deliveries of …."
        )
        hint = did_you_mean(source.removeprefix(DELIVERIES), ("applications", "awards", *later.rows))
        context.report.problem(key.line, message.format(name=name, source=source) + hint)
        return None
    if kind == "count":
        if counts not in {PARTY, source}:
            message = _("'{name}' counts '{counts}'. Write count: party, or the name of its source.")
            context.report.problem(key.line, message.format(name=name, counts=counts))
        return read_of_records(_plain(asked, source, counts), values, sheets.records, context)
    measured = scored(kind, values[kind], sheets.follow_ups)
    if measured is not None:
        # The change of a recognised instrument: its own score, not an expression.
        source = measured.name
        scope = _source_scope(source, awarded, later) or scope
        score = measured.instrument.score if measured.instrument else ""
        values = {**values, kind: nodes.Scalar(key.line, score)}
    want = CONDITION if kind in {"share", "survival"} else _FIGURE
    want = wanted_of(kind) if kind in MEASURES else want
    context = context.within(scope)
    expression = context.expression(values[kind], want)
    if expression is None:
        return None
    indicator = replace(_plain(asked, source), expression=expression)
    if kind in MEASURES:
        indicator = read_measure(indicator, key, values, context)
    return read_of_records(_changed(asked, indicator, sheets, context), values, sheets.records, context)


def _source_unsaid(kind: str, node: Any, counts: str, sheets: Sheets) -> str:
    """Where a figure comes from whose file does not say."""
    if kind == "count":
        return "" if counts == PARTY else counts
    if kind == "survival" and told_by(node, sheets.records):
        return told_by(node, sheets.records)
    # A figure whose expression summarises rows itself (`last(quarterly_return, jobs)`) is asked of each award.
    return "awards" if kind in {"change", "survival", "sum", "median", *MEASURES} else ""


def _changed(asked: _Asked, indicator: Indicator, sheets: Sheets, context: Context) -> Indicator:
    """A change, and the comparison beside which it stands: carried out over follow-ups."""
    against = asked.values.get("against") or ""
    if asked.kind == "change" and indicator.source not in sheets.follow_ups:
        what = _("'change' of '{name}', which is from no follow-up,").format(name=asked.name)
        context.report.not_carried_out(asked.key.line, what)
        return _later(indicator, "change")
    indicator = _deflated(asked, indicator, sheets, context)
    follow_up = sheets.follow_ups.get(indicator.source) if asked.kind == "change" else None
    if asked.kind != "survival":
        indicator = read_occasion(indicator, asked.values, follow_up, context)
    if against and indicator.at is not None:
        what = _("'against' with 'at' of '{name}'").format(name=asked.name)
        context.report.not_carried_out(asked.key.line, what)
        return _later(indicator, "against")
    if not against:
        return indicator
    if asked.kind != "change":
        context.report.not_carried_out(asked.key.line, _("'against' of '{name}'").format(name=asked.name))
        return _later(indicator, "against")
    known = sheets.follow_ups[indicator.source].compared
    if against not in known:
        message = _("'{name}' stands against '{against}', which is not asked '{source}'.")
        text = message.format(name=asked.name, against=against, source=indicator.source)
        context.report.problem(asked.key.line, text + did_you_mean(against, known))
    return replace(indicator, against=against)


def _deflated(asked: _Asked, indicator: Indicator, sheets: Sheets, context: Context) -> Indicator:
    """A change in money whose amounts are brought to the prices of one month by an index."""
    name = asked.values.get("deflate") or ""
    if not name:
        return indicator
    if asked.kind != "change":
        context.report.not_carried_out(asked.key.line, _("'deflate' of '{name}'").format(name=asked.name))
        return _later(indicator, "deflate")
    if indicator.expression is not None and indicator.expression.type is not Type.MONEY:
        message = _("'{name}' deflates what is no amount of money; only money has prices. Remove 'deflate'.")
        context.report.problem(asked.key.line, message.format(name=asked.name))
    elif name in sheets.tables:
        for said in index_problems(sheets.tables[name]):
            context.report.problem(sheets.tables[name].line, said)
    elif name not in sheets.broken:
        message = _("'{name}' deflates by '{index}', which is no table in 'lookups'.")
        text = message.format(name=asked.name, index=name) + did_you_mean(name, sheets.tables)
        context.report.problem(asked.key.line, text)
    return replace(indicator, deflate=name)


def index_problems(table: LookupTable) -> Iterator[str]:
    """Why a lookup is no index of prices by months."""
    if table.keys:
        yield _("'{name}' has keys. A price index has none: only 'from' and one value.").format(
            name=table.name
        )
    if len(table.values) != 1 or next(iter(table.values.values())) not in {Type.NUMBER, Type.INTEGER}:
        message = _("'{name}' must have one value, a number: how high prices stand.")
        yield message.format(name=table.name)
        return
    for row in table.rows:
        if row.starts is not None and row.starts.day != 1:
            message = _("'{name}' has an index from {day}. Rows know only their month: write its first day.")
            yield message.format(name=table.name, day=row.starts)
        (value,) = row.values
        if isinstance(value, int) and value <= 0:
            message = _(
                "'{name}' has the index {value} from {day}; prices are above 0. Leave unknown ones empty."
            )
            yield message.format(name=table.name, value=text_of(value), day=row.starts)


def _later(indicator: Indicator, key: str) -> Indicator:
    return replace(indicator, other={**indicator.other, key: key})


def _cascade(asked: _Asked, sheets: Sheets, context: Context) -> Indicator | None:
    steps = asked.values["cascade"] or ()
    try:
        resolve(steps, sheets.records, sheets.follow_ups)
    except CascadeProblem as problem:
        message = _(
            "'{name}' has the step '{step}', which nothing before it leads to. Possible here: {known}."
        )
        text = message.format(name=asked.name, step=problem.step, known=one_of(problem.known))
        context.report.problem(asked.key.line, text + did_you_mean(problem.step, problem.known))
        return None
    if not steps:
        return None
    return replace(_plain(asked, steps[0]), steps=tuple(steps))


def _plain(asked: _Asked, source: str, counts: str = "") -> Indicator:
    values = asked.values
    return Indicator(
        name=asked.name,
        level=values.get("level") or "",
        kind=asked.kind,
        source=source,
        line=asked.key.line,
        counts=counts,
        target=values.get("target"),
        unit=values.get("unit") or "",
        spread=values.get("spread") or "",
        other=others(values, shown.INDICATOR),
    )


def _source_scope(source: str, awarded: Scope, later: Scope) -> Scope | None:
    """The names that each row of a source has; parameters and lookups stand everywhere."""
    everywhere = {name: known for name, known in awarded.names.items() if known.origin is Origin.PARAMETER}
    if source == "awards":
        return replace(later, names={**awarded.names}, elsewhere=not_yet(("today", "delivered_on")))
    if source == "applications":
        return awarded
    if source == "deliveries":
        own = {name: Known(kind, Origin.FIELD) for name, kind in DELIVERED.items()}
        return replace(awarded, names={**everywhere, **own}, rows={})
    rows = later.rows.get(source.removeprefix(DELIVERIES))
    if rows is None or not rows.dated:
        return None
    own = {name: replace(known, origin=Origin.FIELD, rows="") for name, known in rows.fields.items()}
    return replace(awarded, names={**everywhere, **own}, rows={}, broken=rows.broken)


def read_publish(node: nodes.Node | None, indicators: Collection[str], context: Context) -> Publish | None:
    """What may be published."""
    if node is None:
        return None
    context = context.of("publish")
    values = read_shape(node, shown.PUBLISH, context)
    for name in values.get("indicators") or ():
        if name not in indicators:
            message = _("'publish' names '{name}', which is no indicator.")
            context.report.problem(node.line, message.format(name=name) + did_you_mean(name, indicators))
    smallest = values.get("smallest_group") or 0
    if smallest < SMALLEST_GROUP:
        message = _("'smallest_group' must be at least {least}; a smaller group hides nobody.")
        context.report.problem(node.line, message.format(least=SMALLEST_GROUP))
    return Publish(values.get("indicators") or (), values.get("protects") or "", smallest)
