"""Tasks that an answer demands: of a named role, by a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from almoner.definitions.programme import Duration, Field, Programme, Raise
from almoner.definitions.sections.leaving import RENEWAL
from almoner.engine.casefile import Answers, CaseFile, Task
from almoner.engine.conditions import ask
from almoner.engine.derived import Answer
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.dates import deadline


def tasks_from(case: CaseFile, form_name: str, answers: Answers, at: datetime) -> tuple[Task, ...]:
    """The tasks that a record's or follow-up's answers raise.

    TRUE: a task. FALSE: none. Unknown: a task marked *unclear*, with what is missing; a gap silences no
    alarm. A task without a condition is always raised.

    Args:
        case: the case.
        form_name: the record or follow-up that was filled in.
        answers: its answers.
        at: when they were given, an aware instant; deadlines run from it.

    Raises:
        NotYetCarriedOut: a task asks for more than a condition, a role and a time.
    """
    programme = case.programme
    raises = raises_of(programme, form_name)
    if not raises:
        return ()
    day = at.astimezone(ZoneInfo(programme.time_zone)).date()
    asked = {name: answers.get(name) for name in form_of(programme, form_name)}
    found = []
    for one in raises.values():
        for key in one.other:
            raise NotYetCarriedOut(programme, f"{form_name}.raises.{one.name}.{key}")
        answer = Answer(value=True) if one.when is None else ask(case, [one.when], day, sheet=asked)[0]
        if answer.value is not False:
            found.append(task_of(programme, form_name, one, answer, answers=answers, at=at))
    return tuple(found)


def is_overdue(due_at: datetime | None, at: datetime, *, session_closed: bool) -> bool:
    """Whether a task that is still open is late: bound to its session once that is closed, else from its instant on.

    Args:
        due_at: by when it must be done; None where it is bound to a session.
        at: the instant at which somebody looks.
        session_closed: whether the session it is bound to is closed.
    """
    return session_closed if due_at is None else due_at <= at


def raises_of(programme: Programme, form_name: str) -> Mapping[str, Raise]:
    """What the answers of a record or follow-up may raise."""
    if form_name in programme.records:
        return programme.records[form_name].raises
    return programme.follow_ups[form_name].raises


def form_of(programme: Programme, form_name: str) -> Mapping[str, Field]:
    """The questions of a record or follow-up, or those that a renewal asks again."""
    if form_name == RENEWAL and programme.renewal is not None:
        return programme.renewal_form
    if form_name in programme.records:
        return programme.records[form_name].form
    return programme.follow_ups[form_name].form


def task_of(  # noqa: PLR0913 -- a task is these things
    programme: Programme, form_name: str, one: Raise, answer: Answer, *, answers: Answers, at: datetime
) -> Task:
    """The task that a condition raises which is not FALSE; *unclear*, with what is missing, where it is unknown."""
    unclear = answer.value is None
    missing = (*answer.missing, *(blocked.place for blocked in answer.blocked)) if unclear else ()
    within, occasion = _clocks(one, form_of(programme, form_name), answers), ""
    if isinstance(one.within, str) and not within:
        occasion = one.within
    by = min(
        (deadline(at, span.count, span.unit, time_zone=programme.time_zone) for span in within), default=None
    )
    return Task(
        name=one.name,
        raised_by=form_name,
        to=one.to,
        deadline=by,
        occasion=occasion,
        unclear=unclear,
        missing=missing,
        sends=one.sends,
        done_by=one.done_by,
        closed_by=one.closed_by,
    )


def _clocks(one: Raise, form: Mapping[str, Field], answers: Answers) -> tuple[Duration, ...]:
    """How long a task may take: its one clock, or that of the answer. Of an unknown answer all, so the shortest holds.

    Empty where it is bound to an occasion. What is not always asked counts as unknown.
    """
    if not one.clocks:
        return () if isinstance(one.within, str) else (one.within,)
    said = answers.get(one.clock_by) if form[one.clock_by].when is None else None
    known = one.clocks.get(str(said))
    return (known,) if known else tuple(one.clocks.values())
