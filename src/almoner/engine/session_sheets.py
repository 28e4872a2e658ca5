"""What follows from the sheets of a session, from its papers, and from a date in a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from almoner.definitions.programme import Field, Programme
from almoner.definitions.tree import Type
from almoner.engine.casefile import Answers, Task
from almoner.engine.derived import Answer, names_of, refuse_rows
from almoner.engine.evaluation import evaluate_many
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Evaluated
from almoner.engine.tasks import task_of
from almoner.values.dates import add_days, add_duration


@dataclass(frozen=True, slots=True)
class Concluded:
    """What follows from one sheet. A derived value that is unknown is None."""

    derived: Mapping[str, Any]
    tasks: tuple[Task, ...]


def conclude(
    programme: Programme, form_name: str, sheets: Sequence[Answers], on: date, at: datetime
) -> list[Concluded]:
    """What follows from the sheets of a session on its day: its figures are those in force on that day.

    Args:
        programme: the programme.
        form_name: the record that they are.
        sheets: the answers of each.
        on: the day of the session.
        at: when they were given, an aware instant; deadlines run from it.

    Raises:
        NotYetCarriedOut: an expression summarises other records or deliveries.
    """
    record = programme.records[form_name]
    for one in record.raises.values():
        for key in one.other:
            raise NotYetCarriedOut(programme, f"{form_name}.raises.{one.name}.{key}")
    asked = [one for one in record.raises.values() if one.when is not None]
    expressions = [one.expression for one in record.derive.values()]
    expressions += [one.when for one in asked if one.when is not None]
    refuse_rows(programme, form_name, expressions)
    names = [names_of(programme, form_name, sheet, {"as_of": on, "today": on}) for sheet in sheets]
    concluded = []
    for sheet, row in zip(sheets, evaluate_many(programme, expressions, names), strict=True):
        derived = {name: one.value for name, one in zip(record.derive, row, strict=False)}
        answers = dict(zip((one.name for one in asked), row[len(derived) :], strict=True))
        tasks = [
            task_of(programme, form_name, one, answer, answers=sheet, at=at)
            for one in record.raises.values()
            if (answer := _answer(answers.get(one.name))).value is not False
        ]
        concluded.append(Concluded(derived, tuple(tasks)))
    return concluded


def _answer(found: Evaluated | None) -> Answer:
    """A task without a condition is always raised."""
    return Answer(value=True) if found is None else Answer.of(found)


def opens_party(programme: Programme, record: str, sheets: Sequence[tuple[Answers, Answers]]) -> list[bool]:
    """Whether each sheet opens a party. Unknown opens none: a gap makes nobody a file.

    Args:
        programme: the programme.
        record: the record's name.
        sheets: the answers of each, and those of the record that it is about (none where it is about a session).
    """
    definition = programme.records[record]
    if not definition.opens_party or definition.opens is None:
        return [definition.opens_party for _each in sheets]
    about_record = programme.records.get(definition.about)
    subject = about_record.form if about_record else {}
    names = [
        {**{name: about.get(name) for name in subject}, **names_of(programme, record, own, {})}
        for own, about in sheets
    ]
    return [row[0].value is True for row in evaluate_many(programme, [definition.opens], names)]


def unanswered(form: Mapping[str, Field], answers: Answers) -> tuple[str, ...]:
    """The required questions of a sheet without an answer, rows within it too: `team[2].licence`."""
    found = []
    for name, field in form.items():
        value = answers.get(name)
        if value is None:
            found += [name] if field.required else []
        elif field.type is Type.ROWS:
            for number, row in enumerate(value, start=1):
                found += [f"{name}[{number}].{inner}" for inner in unanswered(field.of, row)]
    return tuple(found)


def papers_asked(programme: Programme, session: str, answers: Answers, on: date) -> tuple[str, ...]:
    """The papers that a session asks for. What may be asked, or nobody knows whether, counts."""
    before = programme.sessions[session].before
    conditional = [field for field in before.values() if field.when is not None]
    names = {**answers, "as_of": on, "today": on}
    asked = evaluate_many(programme, [field.when for field in conditional if field.when], [names])[0]
    unasked = {field.name for field, one in zip(conditional, asked, strict=True) if one.value is False}
    return tuple(name for name in before if name not in unasked)


def papers_missing(programme: Programme, session: str, answers: Answers, on: date) -> tuple[str, ...]:
    """What must be there before a session opens and is not."""
    before = programme.sessions[session].before
    asked = papers_asked(programme, session, answers, on)
    needed = [name for name in asked if answers.get(name) in (None, [])]
    inner = unanswered({name: before[name] for name in asked}, answers)
    return (*needed, *(name for name in inner if name not in needed))


def papers_due(programme: Programme, session: str, held_on: date) -> dict[str, date]:
    """The day by which each paper of a session must be there; the day itself where nothing is said."""
    definition = programme.sessions[session]
    days = {}
    for name in definition.before:
        due = definition.before_due.get(name)
        days[name] = held_on if due is None else add_duration(held_on, -due.count, due.unit)
    return days


def closes_by(programme: Programme, session: str, held_on: date) -> date | None:
    """The day by which the sheet of a session is counted and closed; None where nothing is said."""
    days = programme.sessions[session].close_days
    return None if days is None else add_days(held_on, days)


def follow_ups_of(programme: Programme, record: str, answers: Answers) -> tuple[tuple[str, date], ...]:
    """The follow-ups that a record brings, each with the day it falls due: counted from a date in it.

    A date that is not known brings none yet.

    Raises:
        NotYetCarriedOut: a follow-up is counted from something else, or asks for a sample or an instrument.
    """
    found = []
    for name, follow_up in programme.follow_ups.items():
        if follow_up.about != record:
            continue
        for key in follow_up.other:
            raise NotYetCarriedOut(programme, f"follow_ups.{name}.{key}")
        for due in follow_up.due:
            if due.anchor not in programme.records[record].form:
                raise NotYetCarriedOut(programme, f"follow_ups.{name}.due: {due.anchor}")
            day = answers.get(due.anchor)
            if day is not None:
                found.append((name, add_duration(day, due.count if due.after else -due.count, due.unit)))
    return tuple(found)
