"""Reads a whole definition, section after section, in the order in which names become known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from almoner.definitions import nodes
from almoner.definitions.grammar.sections import BY_NAME, CALLED, SECTIONS
from almoner.definitions.instruments import WrittenOut, read_instrument
from almoner.definitions.names import GIVEN_LATER, Names, first_scope
from almoner.definitions.problems import Report, did_you_mean
from almoner.definitions.programme import Parameter
from almoner.definitions.reading import Context, read, unknown_key
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.sections import (
    after,
    benefits,
    deliveries,
    examples,
    figures,
    form,
    leaving,
    records,
    registers,
    rules,
    sends,
    sessions,
    shown,
    valued,
    walls,
)
from almoner.definitions.sections.example_world import world_of
from almoner.definitions.spans import ANCHORS
from almoner.definitions.tree import Origin
from almoner.values.language import _
from almoner.values.money import EXPONENTS

RANKS = {"points": "scoring", "review": "review"}
"""The section in which what ranks a case is made."""

HEAD = ("programme", "theme", "purpose", "serves", "operated_by", "currency", "time_zone")


def read_whole(
    definition: nodes.Mapping, restated: nodes.Mapping | None, read_table: figures.ReadTable, report: Report
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of a `Programme`, and the text of every table that was read. Problems go to the report."""
    check_order(definition, report)
    whole = _Whole(definition, Context(report), read_table)
    whole.head()
    whole.figures(restated)
    whole.asked()
    whole.given()
    whole.shown()
    return whole.values, whole.texts


def check_order(definition: nodes.Mapping, report: Report) -> None:
    """Sections that are unknown, out of order, or missing; and those that nothing carries out yet."""
    order = list(BY_NAME)
    if not definition.pairs or definition.pairs[0][0].text != "almoner":
        line = definition.pairs[0][0].line if definition.pairs else 1
        report.problem(line, _("The first line must be 'almoner: 1', the version of the grammar."))
    last = ""
    for key, _value in definition:
        name = key.text
        if name not in BY_NAME:
            message = _("'{name}' is not a section.").format(name=name)
            hint = did_you_mean(name, order) or " " + _("The sections: {names}.").format(
                names=", ".join(order)
            )
            report.problem(key.line, message + hint)
            continue
        if last and order.index(name) < order.index(last):
            message = _(
                "'{name}' stands after '{last}'. Move it up: sections stand in the order of the flow."
            )
            report.problem(key.line, message.format(name=name, last=last))
        else:
            last = name
        if BY_NAME[name].later:
            report.not_carried_out(key.line, f"'{name}'")
    serves = definition.get("serves")
    public = isinstance(serves, nodes.Scalar) and serves.text == "public"
    for section in SECTIONS:
        needed = section.obligatory == "always" or (section.obligatory == "unless public" and not public)
        if needed and definition.get(section.name) is None and section.name != "almoner":
            message = _("'{name}' is missing. {name}: {meaning}")
            report.problem(1, message.format(name=section.name, meaning=section.meaning))


class _Whole:
    """A definition while it is read; each method reads a part of the flow."""

    def __init__(self, definition: nodes.Mapping, context: Context, read_table: figures.ReadTable) -> None:
        self.definition = definition
        self.read_table = read_table
        self.context = context
        self.report = context.report
        self.values: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.other: dict[str, Any] = {}
        self.names = Names(context.report)
        self.scope = Scope()
        self.later = Scope()

    def node(self, section: str) -> nodes.Node | None:
        """The node of a section."""
        return self.definition.get(section)

    def head(self) -> None:
        """What the programme is, before its first rule."""
        found: dict[str, Any] = {}
        for name in ("almoner", *HEAD, "wall", "called", "codes"):
            node = self.node(name)
            found[name] = None if node is None else read(node, BY_NAME[name].kind, self.context.of(name), "")
        self._check_head(found)
        self.values.update(
            title=found["programme"] or "",
            theme=found["theme"] or "",
            purpose=found["purpose"] or "",
            serves=found["serves"] or "",
            currency=found["currency"] or "",
            time_zone=found["time_zone"] or "UTC",
            called=found["called"] or {},
            operated_by=found["operated_by"] or "",
            wall=found["wall"] or (),
            codes=found["codes"] or {},
        )

    def _check_head(self, found: Mapping[str, Any]) -> None:
        called = self.node("called")
        if isinstance(called, nodes.Mapping):
            for key, _value in called:
                if key.text not in CALLED:
                    unknown_key(key, list(CALLED), self.context.of("called"))
        self._check_currency(found["currency"], self.node("currency"))
        zone, node = found["time_zone"], self.node("time_zone")
        if zone is not None and node is not None and zone not in available_timezones():
            message = _("'{zone}' is not a time zone of the IANA list.").format(zone=zone)
            self.report.problem(node.line, message + did_you_mean(zone, available_timezones()))

    def _check_currency(self, currency: str | None, node: nodes.Node | None) -> None:
        if currency is not None and node is not None and currency not in EXPONENTS:
            message = _("'{currency}' is not a currency of ISO 4217. Write its three letters, such as CNY.")
            self.report.problem(
                node.line, message.format(currency=currency) + did_you_mean(currency, EXPONENTS)
            )

    def figures(self, restated: nodes.Mapping | None) -> None:
        """Parameters, what a round restates of them, lookups and calendars."""
        parameters = figures.read_parameters(self.node("parameters"), self.context)
        if restated is not None:
            self._restate(parameters, restated)
        tables, calendars, self.texts = figures.read_lookups(
            self.node("lookups"), self.read_table, self.context
        )
        self._claim("parameters")
        self.values["parameters"] = _whole_ones(parameters)
        self.values["lookups"] = _whole_ones(tables)
        self.values["calendars"] = _whole_ones(calendars)
        self.calendars = list(calendars)
        self.scope = self._with_what_comes_later(first_scope(parameters, tables))

    def _with_what_comes_later(self, scope: Scope) -> Scope:
        """Say of names that later sections define why they may not be used before an award."""
        message = _("reads '{name}' of '{section}', which is known only once there is an award")
        later = {
            name: message.format(name=name, section=section)
            for section in ("benefits", "records", "follow_ups")
            for name in self._keys(section)
        }
        return replace(scope, elsewhere={**scope.elsewhere, **later})

    def _restate(self, parameters: dict[str, Parameter | None], restated: nodes.Mapping) -> None:
        for key, value in restated:
            here = self.context.of("round")
            if key.text == "currency":
                currency = read(value, BY_NAME["currency"].kind, here, "currency")
                self._check_currency(currency, value)
                self.values["currency"] = currency or ""
            elif key.text == "parameters":
                self._restate_parameters(parameters, value)
            else:
                unknown_key(key, ["currency", "parameters"], here)

    def _restate_parameters(self, parameters: dict[str, Parameter | None], node: nodes.Node) -> None:
        if not isinstance(node, nodes.Mapping):
            self.report.problem(node.line, _("'parameters' of 'round' must be a mapping."))
            return
        typed = nodes.Mapping(
            node.line, tuple((key, _with_type(value, parameters.get(key.text))) for key, value in node)
        )
        for name, parameter in figures.read_parameters(typed, self.context).items():
            if name not in parameters:
                message = _("A round restates '{name}', which the programme does not define.")
                self.report.problem(node.line, message.format(name=name) + did_you_mean(name, parameters))
                continue
            before = parameters[name]
            if before is not None and parameter is not None and before.type != parameter.type:
                message = _("A round restates '{name}' as {new}; it is {old}.")
                text = message.format(name=name, new=parameter.type, old=before.type)
                self.report.problem(node.line, text)
            parameters[name] = parameter

    def asked(self) -> None:
        """Consent, form, derived names, rules, points, the decision."""
        values, context = self.values, self.context.within(self.scope)
        values["consent"] = rules.read_consent(self.node("consent"), context)
        self._claim("sessions")
        values["sessions"] = sessions.read_sessions(self.node("sessions"), context)
        questions = form.read_questions(self.node("form"), context.of("form"))
        self._claim("form")
        self._claim("derive")
        scope = form.scope_of(questions, self.scope)
        message = _(
            "uses '{name}', which 'derive' makes from answers; a question may depend on answers alone"
        )
        derived = {name: message.format(name=name) for name in self._keys("derive")}
        inside = context.of("form").within(replace(scope, elsewhere={**scope.elsewhere, **derived}))
        values["form"] = form.with_conditions(questions, inside)
        derive = context.of("derive").within(scope)
        values["derive"], self.scope = rules.read_derive(self.node("derive"), derive)
        context = context.within(self.scope)
        values["eligibility"] = rules.read_eligibility(self.node("eligibility"), context)
        values["scoring"] = rules.read_scoring(self.node("scoring"), context)
        values["review"] = rules.read_review(self.node("review"), values["form"], context)
        values["decision"] = rules.read_decision(
            self.node("decision"),
            ranks=[rank for rank, section in RANKS.items() if self.node(section) is not None],
            form=values["form"],
            tables=values["lookups"],
            context=context,
        )

    def _claim(self, section: str) -> None:
        node = self.node(section)
        if isinstance(node, nodes.Mapping):
            for key, _value in node:
                self.names.claim(key.text, section, key.line)

    def _keep(self, section: str, value: Any) -> None:
        if self.node(section) is not None:
            self.other[section] = value

    def given(self) -> None:
        """Benefits, records, follow-ups and what follows from them."""
        for section in ("benefits", "records", "follow_ups"):
            self._claim(section)
        context = self.context.within(self.scope)
        opened = benefits.open_benefits(self.node("benefits"), context)
        base = self._later_scope()
        context = self.context.within(base)
        deliveries.open_deliveries(opened, context)
        sheets = records.open_sheets(self.node("records"), "records", context)
        anchors = (*ANCHORS, *records.dates_of(sheets), *self.calendars)
        asked_later = records.open_sheets(
            self.node("follow_ups"), "follow_ups", replace(context, anchors=anchors), self._instrument
        )
        rows: dict[str, Rows] = {name: deliveries.delivery_rows(benefit) for name, benefit in opened.items()}
        rows.update({name: sheet.rows() for name, sheet in (*sheets.items(), *asked_later.items())})
        self.later = replace(base, rows={**base.rows, **rows}, elsewhere={})
        context = replace(self.context.within(self.later), anchors=anchors)
        about = self._subjects(sheets, asked_later)
        values = self.values
        values["benefits"] = benefits.close_benefits(opened, self.calendars, context)
        held = values["sessions"]
        around = records.Around(self.calendars, about, held, self._keys("participants"))
        values["records"] = records.close_records(sheets, around, context)
        subjects = records.Subjects(
            about, values["records"], held, self._keys("comparison"), values["benefits"]
        )
        values["follow_ups"] = records.close_follow_ups(asked_later, subjects, context)
        sent = sends.Sends(values["benefits"], values["consent"], self.report)
        asked = {**values["records"], **values["follow_ups"]}
        sent.check(asked)
        walls.check_wall(self.node("wall"), values["wall"], asked, self.report)
        values["standing"] = after.read_standing(self.node("standing"), context)
        self._after(context)

    def _instrument(self, node: nodes.Node, context: Context) -> WrittenOut | None:
        return read_instrument(node, self.read_table, self.texts, context)

    def _later_scope(self) -> Scope:
        """What schedules, deliveries, standing, renewal and exit know beside the form; rows come when they are read."""
        given = {name: Known(kind, Origin.GIVEN) for name, kind in GIVEN_LATER.items()}
        elsewhere = dict.fromkeys(
            (name for section in ("benefits", "records", "follow_ups") for name in self._keys(section)),
            _("reads records or deliveries here, where none is known yet"),
        )
        return replace(self.scope, names={**self.scope.names, **given}, elsewhere=elsewhere)

    def _keys(self, section: str) -> list[str]:
        node = self.node(section)
        return node.names() if isinstance(node, nodes.Mapping) else []

    def _subjects(self, *sheets: Mapping[str, Any]) -> list[str]:
        named = [name for mapping in sheets for name in mapping]
        return [
            *records.ABOUT,
            *self._keys("participants"),
            *self._keys("comparison"),
            *self._keys("sessions"),
            *named,
        ]

    def _after(self, context: Context) -> None:
        values = self.values
        values["participants"] = after.read_participants(
            self.node("participants"), values["records"], context
        )
        renewal = self.node("renewal")
        if renewal is not None:
            self.names.claim(leaving.RENEWAL, "renewal", renewal.line)
        values["renewal"] = leaving.read_renewal(renewal, values["form"], values["eligibility"], context)
        found = leaving.read_exit(self.node("exit"), context)
        for rule in found.rules.values():
            self.names.claim(rule.name, "exit", rule.line)
        values["exit_reasons"], values["exit_rules"] = found.reasons, found.rules
        values["wind_down"] = found.wind_down
        values["comparison"] = after.read_comparison(
            self.node("comparison"), values["follow_ups"], values["consent"], context
        )

    def shown(self) -> None:
        """Contributions, indicators, values, what is published, and the examples."""
        values, context = self.values, self.context
        values["contributions"] = shown.read_contributions(
            self.node("contributions"), values["benefits"], context
        )
        sheets = shown.Sheets(
            values["records"],
            values["follow_ups"],
            values["sessions"],
            values["lookups"],
            self.scope.broken,
            registers.BUILT_IN + tuple(values["participants"]),
        )
        values["indicators"] = shown.read_indicators(
            self.node("indicators"), self.scope, self.later, sheets, context
        )
        known = self._keys("indicators")
        values.update(self._valued(context))
        values["publish"] = shown.read_publish(self.node("publish"), known, context)
        world = world_of(values, self._keys, needs_day=self.node("eligibility") is not None)
        values["examples"] = examples.read_examples(self.node("examples"), world, context)
        values["other"] = self.other

    def _valued(self, context: Context) -> dict[str, Any]:
        """What outcomes are worth, in the currency of the file; a round that restates it restates no proxy."""
        currency = self.node("currency")
        asked = valued.Measured(
            self.values["indicators"],
            self.values["records"],
            self.values["follow_ups"],
            self._keys("indicators"),
            currency.text if isinstance(currency, nodes.Scalar) else "",
        )
        found = valued.read_valuation(self.node("valuation"), asked, context)
        if found.other:
            self.other["valuation"] = found.other
        return {
            "values": found.values,
            "not_valued": found.none,
            "not_valued_for_the_group": found.for_the_group,
        }


def _whole_ones(found: Mapping[str, Any]) -> dict[str, Any]:
    """Those without a problem of their own."""
    return {name: thing for name, thing in found.items() if thing is not None}


def _with_type(node: nodes.Node, before: Parameter | None) -> nodes.Node:
    """A restated parameter with the type it has already, where the round does not repeat it."""
    if before is None or not isinstance(node, nodes.Mapping) or node.get("type") is not None:
        return node
    kind = (nodes.Scalar(node.line, "type"), nodes.Scalar(node.line, str(before.type)))
    return nodes.Mapping(node.line, (kind, *node.pairs))
