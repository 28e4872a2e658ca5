"""Reads `records`, `follow_ups`, and the tasks that their answers raise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import carried_out, given
from almoner.definitions.instruments import WrittenOut
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Benefit, Derived, Duration, FollowUp, Record
from almoner.definitions.reading import Context, entries, others, read_shape
from almoner.definitions.scope import Known, Rows, Scope
from almoner.definitions.sections.deliveries import WHO
from almoner.definitions.sections.dues import note_anchor
from almoner.definitions.sections.figures import BUILT_IN_CALENDARS
from almoner.definitions.sections.form import Questions, read_questions, scope_of, with_conditions
from almoner.definitions.sections.registers import is_listed
from almoner.definitions.sections.returns import read_doubt, with_rhythm
from almoner.definitions.sections.rules import in_days, read_derive
from almoner.definitions.sections.samples import DELIVERY, check_due, read_sample
from almoner.definitions.sections.sessions import belong_to_sessions, check_sheets
from almoner.definitions.sections.tasks import read_raises
from almoner.definitions.spans import SpanProblem, duration
from almoner.definitions.tree import Expression, Name, Origin, Type
from almoner.definitions.typed import CONDITION
from almoner.definitions.walk import every_node
from almoner.values.language import _

ABOUT = ("award", "application", "session", "site", "entity", "party", "delivery")
"""What a record can be about, beside participants, comparisons and other records."""

RHYTHMS = ("days", "weeks", "months", "years")
"""The units of a rhythm that needs no calendar."""

PARTY, PARTY_WHEN = "party", "party when "
PAYEE = "payee"


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
    written: WrittenOut | None = None
    """The instrument that a follow-up names, in the words of a follow-up."""

    def rows(self) -> Rows:
        """The sheets as rows."""
        fields = self.questions.known(Origin.ROW, self.name)
        for name, derived in self.derive.items():
            fields[name] = Known(derived.type, Origin.ROW, rows=self.name)
        return Rows(self.name, fields, dated=True, broken=self.questions.broken | self.own.broken)


Written = Callable[[nodes.Node, Context], WrittenOut | None]
"""Reads the instrument that a follow-up names."""


def open_sheets(
    node: nodes.Node | None, section: str, context: Context, instrument: Written | None = None
) -> dict[str, OpenSheet]:
    """The questions of records or follow-ups and what follows from them, those of an instrument first."""
    shape = given.RECORD if section == "records" else given.FOLLOW_UP
    context = context.of(section)
    found = {}
    for name, key, value in entries(node, context):
        here = context.of(name)
        values = read_shape(value, shape, here)
        if not isinstance(value, nodes.Mapping):
            continue
        named = value.get("instrument")
        written = instrument(named, here) if instrument is not None and named is not None else None
        form = _together(written.form if written else None, values.get("form"), here)
        questions = read_questions(form, replace(here, place=f"{here.place}.form"))
        scope = scope_of(questions, here.scope)
        derive, own = read_derive(
            _together(written.derive if written else None, values.get("derive"), here),
            replace(here, place=f"{here.place}.derive", scope=scope),
        )
        for derived in derive:
            if derived in questions.fields:
                message = _("'{name}' of '{record}' is both a field and a derived name; rename one.")
                context.report.problem(key.line, message.format(name=derived, record=name))
        found[name] = OpenSheet(name, key, value, values, questions, derive, own, written)
    return found


def dates_of(sheets: Mapping[str, OpenSheet]) -> list[str]:
    """The dates in records, which a follow-up may be counted from."""
    return [
        name
        for sheet in sheets.values()
        for name, one in sheet.questions.fields.items()
        if one.type is Type.DATE
    ]


def _together(first: nodes.Mapping | None, second: nodes.Node | None, context: Context) -> nodes.Node | None:
    """What an instrument brings before what the file says itself; no name of the one may stand in the other."""
    if first is None or not first.pairs:
        return second
    if not isinstance(second, nodes.Mapping):
        return first if second is None else second
    for key, _value in second:
        if first.get(key.text) is not None:
            message = _("'{name}' of '{owner}' is a name of its instrument; rename one.")
            context.report.problem(key.line, message.format(name=key.text, owner=context.owner))
    return nodes.Mapping(second.line, (*first.pairs, *second.pairs))


@dataclass(frozen=True, slots=True)
class Around:
    """What records may name: calendars, everything that one may be about, sessions and participants among it."""

    calendars: Collection[str] = ()
    about: Collection[str] = ()
    sessions: Collection[str] = ()
    participants: Collection[str] = ()


def close_records(sheets: Mapping[str, OpenSheet], around: Around, context: Context) -> dict[str, Record]:
    """The records whole; `context` is what every later place knows, rows included."""
    found = {}
    of_sessions = belong_to_sessions(_subjects(sheets), around.sessions)
    for name, sheet in sheets.items():
        here = _inside(sheet, "records", context)
        values, key = sheet.values, sheet.key
        has_case = values.get("about") == "award" or is_listed(values.get("about") or "", around.participants)
        other = others(values, given.RECORD)
        every, rhythm = values.get("every") or "", None
        if every and every not in (*around.calendars, *BUILT_IN_CALENDARS):
            rhythm = _rhythm(every, key, around.calendars, here)
            if rhythm is not None and not has_case:
                other["every"] = rhythm
                what = _("the rhythm '{every}' of '{name}'").format(every=every, name=name)
                here.report.not_carried_out(key.line, what)
            every = ""
        if (every or rhythm) and values.get("when"):
            message = _(
                "'{name}' has both 'every' and 'when'; it is a period's, or it is written when it happens."
            )
            context.report.problem(key.line, message.format(name=name))
        _check_about(values.get("about"), key, around.about, here)
        signed_by = values.get("signed_by") or ()
        if signed_by and not has_case:
            other["signed_by"] = signed_by
            here.report.not_carried_out(key.line, _("'signed_by' of '{name}'").format(name=name))
        if name not in of_sessions:
            if not has_case:
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
            signed_by=signed_by,
            derive=sheet.derive,
            raises=read_raises(values.get("raises"), sheet.questions.fields, here),
            doubt=read_doubt(values.get("doubt") or {}, sheet.questions.fields, key, here),
            other=other,
        )
        found[name] = with_rhythm(found[name], values, around.calendars, here)
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
    benefits: Mapping[str, Benefit] = field(default_factory=dict)


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
        _check_instrument(sheet, here)
        subjects = values.get("about") or ("award",)
        for subject in subjects:
            _check_about(subject, key, about.names, here)
            if subject == DELIVERY == subjects[0]:
                continue
            if subject not in of_sessions and (subject not in about.comparisons or subject == subjects[0]):
                _note_later(subject, key, here)
        for due in values.get("due") or ():
            note_anchor(due, key, here, _dates(records.get(subjects[0]), of_sessions))
        other = others(values, given.FOLLOW_UP)
        compared = tuple(subject for subject in subjects[1:] if subject in about.comparisons)
        if len(subjects) > 1 + len(compared):
            other["about"] = subjects[1:]
            context.report.not_carried_out(key.line, _("'{name}' about several").format(name=name))
        sample = read_sample(values["sample"], key, here) if values.get("sample") else None
        check_due(subjects[0], values.get("due") or (), sample, key, here)
        if sample is not None and (compared or subjects[0] in of_sessions):
            other["sample"] = sample.text
            context.report.not_carried_out(key.line, _("the sample of '{name}'").format(name=name))
        found[name] = FollowUp(
            name=name,
            about=subjects[0],
            due=values.get("due") or (),
            form=with_conditions(sheet.questions, replace(here, place=f"{here.place}.form")),
            attempts=values.get("attempts") or 1,
            line=key.line,
            raises=read_raises(values.get("raises"), sheet.questions.fields, here),
            compared=compared,
            sample=sample,
            derive=sheet.derive,
            instrument=sheet.written.instrument if sheet.written else None,
            other=other,
        )
        found[name] = _independent(found[name], sheet, about.benefits, here)
        _check_safety(found[name], sheet, here)
    return found


def _independent(
    follow_up: FollowUp, sheet: OpenSheet, benefits: Mapping[str, Benefit], context: Context
) -> FollowUp:
    """Who asks and who must not: compared where both are questions, read and checked where `by` is a role."""
    by, not_by = sheet.values.get("by") or "", tuple(sheet.values.get("not_by") or ())
    if by in sheet.questions.fields and sheet.questions.fields[by].type not in WHO:
        message = _(
            "'by' of '{name}' names '{question}', which says no person: a party, a code or a choice does."
        )
        context.report.problem(sheet.key.line, message.format(name=follow_up.name, question=by))
    known = {name for one in benefits.values() for name in _asked_at_delivery(one)}
    paid = any(one.payee in _asked_at_delivery(one) for one in benefits.values())
    for name in not_by:
        if name == PAYEE and not paid and by in sheet.questions.fields:
            message = _(
                "'{name}' may not be asked by the payee, and no 'payee' names a question of each_delivery."
            )
            context.report.problem(sheet.key.line, message.format(name=follow_up.name))
        elif name not in {PAYEE, *known}:
            message = _("'not_by' of '{name}' names '{question}', which no each_delivery asks.")
            text = message.format(name=follow_up.name, question=name) + did_you_mean(name, known)
            context.report.problem(sheet.key.line, text)
    if not_by and (by not in sheet.questions.fields or follow_up.about != "award"):
        context.report.not_carried_out(sheet.key.line, _("'not_by' of '{name}'").format(name=follow_up.name))
        return replace(follow_up, by=by, other={**follow_up.other, "not_by": not_by})
    return replace(follow_up, by=by, not_by=not_by)


def _asked_at_delivery(benefit: Benefit) -> Collection[str]:
    return benefit.each_delivery.form if benefit.each_delivery is not None else ()


def _check_instrument(sheet: OpenSheet, context: Context) -> None:
    """An instrument whose questions are not reproduced is a place for a licensed form."""
    if sheet.written is None or sheet.written.instrument.score or sheet.node.get("form") is not None:
        return
    instrument = sheet.written.instrument
    message = _("'{name}' names {instrument}, and has no 'form'. {licence}")
    text = message.format(name=sheet.name, instrument=instrument.name, licence=instrument.licence)
    context.report.problem(sheet.key.line, text)


def _check_safety(follow_up: FollowUp, sheet: OpenSheet, context: Context) -> None:
    """What an instrument says must alarm somebody, does."""
    for alarm in sheet.written.safety if sheet.written else ():
        conditions = [one.when.node for one in follow_up.raises.values() if one.when is not None]
        named = {node.name for one in conditions for node in every_node(one) if isinstance(node, Name)}
        if alarm not in named:
            message = _("'{name}' asks {instrument}, and nobody is told of an alarm. Add {hint}.")
            hint = f"raises: {{safety: {{when: {alarm}, to: …, within: …}}}}"
            instrument = sheet.written.instrument.name if sheet.written else ""
            text = message.format(name=follow_up.name, instrument=instrument, hint=hint)
            context.report.problem(sheet.key.line, text)


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
