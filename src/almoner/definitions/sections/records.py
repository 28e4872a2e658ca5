"""Reads `records`, `follow_ups`, and the tasks that their answers raise."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import carried_out, given
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Derived, Duration, FollowUp, Record
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.sections.dues import note_anchor
from almoner.definitions.sections.figures import BUILT_IN_CALENDARS
from almoner.definitions.sections.form import Questions, read_questions, scope_of, with_conditions
from almoner.definitions.sections.rules import in_days, read_derive
from almoner.definitions.sections.sessions import belong_to_sessions, check_sheets
from almoner.definitions.sections.tasks import read_raises
from almoner.definitions.spans import SpanProblem, duration
from almoner.definitions.tree import Expression, Origin, Type
from almoner.definitions.typed import CONDITION
from almoner.values.language import _

ABOUT = ("award", "application", "session", "site", "party", "delivery")
"""What a record can be about, beside participants, comparisons and other records."""

RHYTHMS = ("days", "weeks", "months", "years")
"""The units of a rhythm that needs no calendar."""

PARTY, PARTY_WHEN = "party", "party when "


@dataclass(slots=True)
class OpenSheet:
    """A record or follow-up as first read: its questions and derived names, before anything else reads its rows."""

    name: str
    key: nodes.Scalar
    node: nodes.Mapping
    values: Mapping[str, Any]
    questions: Questions
    derive: Mapping[str, Derived]
    own: Scope

    def rows(self) -> Rows:
        """The sheets as rows."""
        fields = self.questions.known(Origin.ROW, self.name)
        for name, derived in self.derive.items():
            fields[name] = Known(derived.type, Origin.ROW, rows=self.name)
        return Rows(self.name, fields, dated=True, broken=self.questions.broken | self.own.broken)


def open_sheets(node: nodes.Node | None, section: str, context: Context) -> dict[str, OpenSheet]:
    """The questions of records or follow-ups and what follows from them."""
    shape = given.RECORD if section == "records" else given.FOLLOW_UP
    context = context.of(section)
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, shape, here)
        if not isinstance(value, nodes.Mapping):
            continue
        questions = read_questions(values.get("form"), replace(here, place=f"{here.place}.form"))
        scope = scope_of(questions, here.scope)
        derive, own = read_derive(
            values.get("derive"), replace(here, place=f"{here.place}.derive", scope=scope)
        )
        for derived in derive:
            if derived in questions.fields:
                message = _("'{name}' of '{record}' is both a field and a derived name; rename one.")
                context.report.problem(key.line, message.format(name=derived, record=name))
        found[name] = OpenSheet(name, key, value, values, questions, derive, own)
    return found


def dates_of(sheets: Mapping[str, OpenSheet]) -> list[str]:
    """The dates in records, which a follow-up may be counted from."""
    return [
        name
        for sheet in sheets.values()
        for name, field in sheet.questions.fields.items()
        if field.type is Type.DATE
    ]


def close_records(
    sheets: Mapping[str, OpenSheet],
    calendars: Collection[str],
    about: Collection[str],
    context: Context,
    sessions: Collection[str] = (),
) -> dict[str, Record]:
    """The records whole; `context` is what every later place knows, rows included."""
    found = {}
    of_sessions = belong_to_sessions(_subjects(sheets), sessions)
    for name, sheet in sheets.items():
        here = _inside(sheet, "records", context)
        values, key = sheet.values, sheet.key
        other = others(values, given.RECORD)
        every, rhythm = values.get("every") or "", None
        if every and every not in (*calendars, *BUILT_IN_CALENDARS):
            rhythm = _rhythm(every, key, calendars, here)
            if rhythm is not None and values.get("about") != "award":
                other["every"] = rhythm
                what = _("the rhythm '{every}' of '{name}'").format(every=every, name=name)
                here.report.not_carried_out(key.line, what)
            every = ""
        if (every or rhythm) and values.get("when"):
            message = _(
                "'{name}' has both 'every' and 'when'; it is a period's, or it is written when it happens."
            )
            context.report.problem(key.line, message.format(name=name))
        _check_about(values.get("about"), key, about, here)
        if name not in of_sessions:
            _note_later(values.get("about") or "", key, here)
        elif values.get("names") not in {"none", "optional"} and values.get("about") not in sheets:
            here.report.not_carried_out(key.line, _("the names in '{name}'").format(name=name))
        opens_party, opens = _opens(sheet, sheets, here)
        found[name] = Record(
            name=name,
            about=values.get("about") or "",
            form=with_conditions(sheet.questions, replace(here, place=f"{here.place}.form")),
            line=key.line,
            every=every,
            rhythm=rhythm,
            when=values.get("when") or "",
            due_days=in_days(values.get("due"), sheet.node, "due", here) or 0,
            by=values.get("by") or "officer",
            verified_by=values.get("verified_by") or "",
            named=values.get("names") not in {"none", "optional"},
            may_name=values.get("names") == "optional",
            people=values.get("people") or "",
            opens_party=opens_party,
            opens=opens,
            derive=sheet.derive,
            raises=read_raises(values.get("raises"), sheet.questions.fields, here),
            other=other,
        )
        _check_doubt(values.get("doubt") or {}, sheet, here)
    check_sheets(found, context)
    return found


def _subjects(sheets: Mapping[str, OpenSheet]) -> dict[str, str]:
    return {name: sheet.values.get("about") or "" for name, sheet in sheets.items()}


def _opens(
    sheet: OpenSheet, sheets: Mapping[str, OpenSheet], context: Context
) -> tuple[bool, Expression | None]:
    """Whether a record opens a party, and on what condition: over its own answers and those of what it is about."""
    text = sheet.values.get("opens")
    node = sheet.node.get("opens")
    if text is None or not isinstance(node, nodes.Scalar):
        return False, None
    if text == PARTY:
        return True, None
    if not text.startswith(PARTY_WHEN):
        message = _("'opens' of '{name}' must say: party, or party when and a condition.")
        context.report.problem(node.line, message.format(name=sheet.name))
        return False, None
    subject = sheets.get(sheet.values.get("about") or "")
    names = subject.rows().fields if subject else {}
    known = {name: replace(one, origin=Origin.FIELD, rows="") for name, one in names.items()}
    scope = replace(context.scope, names={**context.scope.names, **known, **sheet.own.names})
    condition = nodes.Scalar(node.line, text.removeprefix(PARTY_WHEN))
    return True, context.within(scope).expression(condition, CONDITION, "opens")


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a follow-up can be about: every name, and which are records, sessions and comparisons."""

    names: Collection[str]
    records: Mapping[str, Record]
    sessions: Collection[str]
    comparisons: Collection[str]


def close_follow_ups(
    sheets: Mapping[str, OpenSheet], about: Subjects, context: Context
) -> dict[str, FollowUp]:
    """The follow-ups whole."""
    found = {}
    records = about.records
    of_sessions = belong_to_sessions({name: record.about for name, record in records.items()}, about.sessions)
    for name, sheet in sheets.items():
        here = _inside(sheet, "follow_ups", context)
        values, key = sheet.values, sheet.key
        if sheet.node.get("form") is None and sheet.node.get("instrument") is None:
            message = _("'{name}' asks nothing. Add a 'form', or name an 'instrument'.")
            context.report.problem(key.line, message.format(name=name))
        subjects = values.get("about") or ("award",)
        for subject in subjects:
            _check_about(subject, key, about.names, here)
            if subject not in of_sessions and (subject not in about.comparisons or subject == subjects[0]):
                _note_later(subject, key, here)
        for due in values.get("due") or ():
            note_anchor(due, key, here, _dates(records.get(subjects[0]), of_sessions))
        other = others(values, given.FOLLOW_UP)
        compared = tuple(subject for subject in subjects[1:] if subject in about.comparisons)
        if len(subjects) > 1 + len(compared):
            other["about"] = subjects[1:]
            context.report.not_carried_out(key.line, _("'{name}' about several").format(name=name))
        found[name] = FollowUp(
            name=name,
            about=subjects[0],
            due=values.get("due") or (),
            form=with_conditions(sheet.questions, replace(here, place=f"{here.place}.form")),
            attempts=values.get("attempts") or 1,
            line=key.line,
            raises=read_raises(values.get("raises"), sheet.questions.fields, here),
            compared=compared,
            other=other,
        )
    return found


def _dates(subject: Record | None, of_sessions: Collection[str]) -> tuple[str, ...]:
    """The dates in the record that a follow-up is about, where something carries it out."""
    if subject is None or subject.name not in of_sessions:
        return ()
    return tuple(name for name, asked in subject.form.items() if asked.type is Type.DATE)


def _inside(sheet: OpenSheet, section: str, context: Context) -> Context:
    own = replace(sheet.own, rows={**context.scope.rows, **sheet.own.rows})
    return replace(context, place=f"{section}.{sheet.name}", owner=sheet.name, scope=own)


def _rhythm(every: str, key: nodes.Scalar, calendars: Collection[str], context: Context) -> Duration | None:
    try:
        span = duration(every)
        if span.count and span.unit in RHYTHMS:
            return span
        message = _("'{name}' comes every '{every}'; a rhythm is in days, weeks, months or years, and not 0.")
        context.report.problem(key.line, message.format(name=key.text, every=every))
    except SpanProblem:
        message = _(
            "'{name}' comes every '{every}', which is neither a calendar nor a duration. Calendars: {known}."
        )
        known = (*calendars, *BUILT_IN_CALENDARS)
        text = message.format(name=key.text, every=every, known=one_of(known)) + did_you_mean(every, known)
        context.report.problem(key.line, text)
    return None


def _note_later(subject: str, key: nodes.Scalar, context: Context) -> None:
    if subject and subject not in carried_out.RECORDS_ABOUT:
        what = _("'{name}', which is about '{about}',").format(name=key.text, about=subject)
        context.report.not_carried_out(key.line, what)


def _check_about(subject: str | None, key: nodes.Scalar, about: Collection[str], context: Context) -> None:
    if subject is not None and subject not in about:
        message = _("'{name}' is about '{about}', which is none of: {known}.")
        text = message.format(name=key.text, about=subject, known=one_of(about)) + did_you_mean(
            subject, about
        )
        context.report.problem(key.line, text)


def _check_doubt(doubt: Mapping[str, Any], sheet: OpenSheet, context: Context) -> None:
    for name, text in doubt.items():
        if name not in sheet.questions.fields:
            message = _("'doubt' of '{record}' names '{name}', which its form does not ask.")
            told = message.format(record=sheet.name, name=name) + did_you_mean(name, sheet.questions.fields)
            context.report.problem(sheet.key.line, told)
        if text is not None and re.fullmatch(r"moves more than \d{1,5} %", text) is None:
            message = _("'doubt' of '{name}' must say: moves more than 50 %.")
            context.report.problem(sheet.key.line, message.format(name=name))
