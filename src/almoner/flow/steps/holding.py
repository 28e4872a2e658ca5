"""Plans, opens, holds, closes and cancels sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.session_sheets import closes_by, papers_asked, papers_due
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.records import queries as records
from almoner.flow.sessions import actions as sessions
from almoner.flow.sessions.access import HOLD, PLAN
from almoner.flow.sessions.actions import Planned
from almoner.flow.sessions.models import Session
from almoner.flow.sessions.queries import lock_session, missing_papers, papers_of, sessions_by_code
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp

__all__ = [
    "Planned",
    "cancel_session",
    "close_session",
    "file_papers",
    "hold_session",
    "open_session",
    "plan_sessions",
]


def plan_sessions(round_: Round, planned: Sequence[Planned], *, request: Request) -> list[Session]:
    """New sessions of a round, all or none; asked again under the same key, those that are there.

    Raises:
        StepRefusedError: the programme has no such session, or a code is taken.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        strangers = [one.kind for one in planned if one.kind not in programme.sessions]
        if strangers:
            message = _("{file} has no session '{name}'.")
            raise StepRefusedError(message.format(file=programme.file, name=strangers[0]))
        codes = [one.code for one in planned]
        taken = [*sessions_by_code(locked, codes), *(code for code in codes if codes.count(code) > 1)]
        if taken:
            raise StepRefusedError(_("There is a session '{code}' already.").format(code=taken[0]))
        made = sessions.plan(locked, planned, stamp=stamp)
        return {"planned": [str(one.uid) for one in made]}

    arguments = {
        "round": str(round_.uid),
        "sessions": [[one.kind, one.code, one.site, one.held_on.isoformat()] for one in planned],
    }
    carry_out("plan_sessions", request, may=PLAN, programme=round_.programme, arguments=arguments, do=do)
    found = sessions_by_code(round_, [one.code for one in planned])
    return [found[one.code] for one in planned]


def file_papers(session: Session, answers: Mapping[str, Any], *, request: Request) -> Result:
    """What is there of the papers that a session needs before it opens; the whole of it, as known on that day.

    Raises:
        StepRefusedError: the session is over, or a paper is named that nobody asks for.
    """

    def do(locked: Session, programme: Programme, stamp: Stamp) -> Result:
        before = programme.sessions[locked.kind].before
        unknown = sorted(set(answers) - set(before))
        if unknown:
            message = _("'{session}' asks for no paper '{name}'.")
            raise StepRefusedError(message.format(session=locked.kind, name=unknown[0]))
        if locked.state != "planned":
            raise StepRefusedError(
                _("The session '{code}' is {state}.").format(code=locked.code, state=locked.state)
            )
        sessions.file_papers(locked, before, answers, stamp=stamp)
        return {"missing": list(missing_papers(programme, locked))}

    named = sorted(name for name, value in answers.items() if value is not None)
    return _carried_out("file_papers", session, request, do, may=PLAN, arguments={"papers": named})


def open_session(session: Session, *, request: Request) -> Result:
    """Open a session: from here it takes records. What was filed later than it was due is said.

    Raises:
        StepRefusedError: a paper that must be there is missing.
    """

    def do(locked: Session, programme: Programme, stamp: Stamp) -> Result:
        missing = missing_papers(programme, locked)
        if missing:
            message = _("The session '{code}' does not open: {missing} must be there before.")
            raise StepRefusedError(message.format(code=locked.code, missing=", ".join(missing)))
        late = _filed_late(programme, locked)
        why = "papers there" + (", late: " + ", ".join(late) if late else "")
        sessions.move(locked, "open", why=why, stamp=stamp)
        return {"state": "open", "late": list(late)}

    return _carried_out("open_session", session, request, do)


def _filed_late(programme: Programme, session: Session) -> tuple[str, ...]:
    """The papers that came after their day: they are asked for, and as known by then they were missing."""
    due = papers_due(programme, session.kind, session.held_on)
    asked = papers_asked(programme, session.kind, papers_of(programme, session), session.held_on)
    rows = list(session.papers.order_by("number"))
    late = []
    for name in asked:
        by = due[name]
        known = [row for row in rows if row.happened_on <= by]
        if not known or papers_of(programme, session, known[-1]).get(name) in (None, []):
            late.append(name)
    return tuple(late)


def hold_session(session: Session, *, request: Request) -> Result:
    """A session took place.

    Raises:
        StepRefusedError: its day has not come.
    """

    def do(locked: Session, programme: Programme, stamp: Stamp) -> Result:
        del programme
        if request.happened_on < locked.held_on:
            message = _("The session '{code}' is on {day}; it was not held before.")
            raise StepRefusedError(message.format(code=locked.code, day=locked.held_on))
        sessions.move(locked, "held", why="it took place", stamp=stamp)
        return {"state": "held"}

    return _carried_out("hold_session", session, request, do)


def close_session(session: Session, *, counted: Mapping[str, int], request: Request) -> Result:
    """Close a session's sheet: what was counted on paper is what is stored. Tasks bound to it and open are late.

    Args:
        session: the session.
        counted: how many sheets there are of each record about it.
        request: who closes it, when.

    Raises:
        StepRefusedError: a count is missing, or differs from what is stored.
    """

    def do(locked: Session, programme: Programme, stamp: Stamp) -> Result:
        stored = records.counted_by_name(locked)
        asked = [one.name for one in programme.records.values() if one.about in ("session", locked.kind)]
        for name in asked:
            if counted.get(name) != stored.get(name, 0):
                message = _(
                    "'{name}': {counted} sheets were counted, {stored} are stored; nothing is closed."
                )
                raise StepRefusedError(
                    message.format(name=name, counted=counted.get(name, "–"), stored=stored.get(name, 0))
                )
        late = records.late_tasks(locked)
        by = closes_by(programme, locked.kind, locked.held_on)
        days = 0 if by is None else max((request.happened_on - by).days, 0)
        why = "counted and closed" + (f", {days} days late" if days else "")
        sessions.move(locked, "closed", why=why, stamp=stamp)
        return {"state": "closed", "counted": dict(counted), "late_tasks": len(late), "days_late": days}

    return _carried_out("close_session", session, request, do, arguments={"counted": dict(counted)})


def cancel_session(session: Session, *, why: str, request: Request) -> Result:
    """Cancel a session with the reason. One at which people were seen took place and is not cancelled.

    Raises:
        StepRefusedError: no reason is given, or there are records about it.
    """

    def do(locked: Session, programme: Programme, stamp: Stamp) -> Result:
        del programme
        if not why.strip():
            raise StepRefusedError(_("A session is cancelled with a reason."))
        if records.session_records(locked):
            message = _("People were seen at the session '{code}': hold it and close it.")
            raise StepRefusedError(message.format(code=locked.code))
        sessions.move(locked, "cancelled", why=why, stamp=stamp)
        return {"state": "cancelled"}

    return _carried_out("cancel_session", session, request, do, arguments={"why": why})


def _carried_out(  # noqa: PLR0913 -- a step is these things
    step: str,
    session: Session,
    request: Request,
    do: Callable[[Session, Programme, Stamp], Result],
    *,
    may: str = HOLD,
    arguments: Mapping[str, Any] | None = None,
) -> Result:
    """One step with one session, under the lock of its round and then its own."""
    round_ = session.round
    programme = queries.programme_of(round_.edition)

    def locked(stamp: Stamp) -> Result:
        queries.lock_round(round_)
        return do(lock_session(session), programme, stamp)

    asked = {"session": str(session.uid), "on": request.happened_on.isoformat(), **(arguments or {})}
    return carry_out(step, request, may=may, programme=round_.programme, arguments=asked, do=locked)
