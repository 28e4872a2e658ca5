"""What answers demand of people: the list with its clocks, and the one door through which a task moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Programme
from almoner.definitions.roles import closer_of, every_raise, wants_evidence
from almoner.engine.tasks import is_overdue
from almoner.flow.applications import queries
from almoner.flow.records import actions as records
from almoner.flow.records.access import FINISH_TASKS, SEE_TASKS
from almoner.flow.records.models import Record, Task
from almoner.flow.records.queries import (
    doer_of,
    raised_by,
    reference_of,
    session_of_task,
    tasks_called,
    tasks_of,
)
from almoner.flow.steps.naming import tells_who
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people.access import NotPermitted, may, require, roles_held_in, roles_in
from almoner.people.models import User
from almoner.values.clock import current
from almoner.values.language import _
from almoner.vault.keys import Erased
from almoner.vault.models import Stamp

OPEN, DONE = "open", "done"
LONGEST_EVIDENCE = 200
OFFICER = "officer"
"""To whom a task goes that no answer raised."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A task with the roles of its edition: who must act or may in their place; '' : nobody verifies, or is told."""

    task: Task
    programme: Programme
    to: frozenset[str]
    closer: str = ""
    closes_with_evidence: bool = False
    escalation: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody still has something to do."""
        return self.task.state == OPEN or (self.task.state == DONE and bool(self.closer))


@dataclass(frozen=True, slots=True)
class Listed:
    """A task as the list shows it: no name, and no answer.

    `due_at` is in the programme's time zone; None where the task is bound to an occasion. `missing` is what would tell
    whether an unclear alarm is right.
    """

    uid: str
    reference: str
    task: str
    role: str
    state: str
    due_at: datetime | None
    occasion: str
    is_overdue: bool
    is_unclear: bool
    missing: tuple[str, ...]
    is_nobodys: bool  # nobody holds a role that may do it


def list_tasks(
    programme: str, *, by: User, role: str = "", overdue: bool = False, everything: bool = False
) -> list[Listed]:
    """A programme's tasks: all for whoever may see all, else those addressed to a role that the person holds.

    A task that is late is listed for its `escalation` too, who may not act on it.

    Args:
        programme: the programme's key.
        by: who looks.
        role: only those addressed to this role.
        overdue: only those that are late by the clock in use.
        everything: those that nobody has to act on any more too.

    Raises:
        NotPermitted: no role of the person has tasks there.
        StepRefusedError: the programme has no round, or no task is addressed to such a role.
    """
    sees_all = may(by, SEE_TASKS, programme)
    if not sees_all:
        require(by, FINISH_TASKS, programme)
    if not queries.rounds_of(programme):
        raise StepRefusedError(_("There is no round of {programme}.").format(programme=programme))
    if role:
        _check_role(programme, role)
    held = roles_in(by, programme)
    now = current().now()
    everybody = roles_held_in(programme)
    duties = [duty_of(task) for task in tasks_of(programme, verified=everything)]
    asked = [
        (duty, _listed(duty, now, everybody))
        for duty in duties
        if (not role or role == duty.task.role) and (everything or duty.waits)
    ]
    chosen = [
        one
        for duty, one in asked
        if (one.is_overdue or not overdue)
        and (sees_all or held & {*duty.to, duty.closer} or (one.is_overdue and duty.escalation in held))
    ]
    return sorted(chosen, key=lambda one: (not one.is_overdue, one.due_at is not None, one.due_at or now))


def _check_role(programme: str, role: str) -> None:
    known = {raised.to for edition in queries.editions_of(programme) for raised in every_raise(edition)}
    known |= {OFFICER}
    if role not in known:
        message = _("No task goes to '{role}'; tasks go to: {known}.")
        text = message.format(role=role, known=one_of(sorted(known))) + did_you_mean(role, known)
        raise StepRefusedError(text)


def duty_of(task: Task) -> Duty:
    """A task with what its edition says of it."""
    programme = queries.programme_of(task.round.edition)
    raised = raised_by(programme, task)
    if raised is None:
        return Duty(task, programme, frozenset({task.role}))
    to = frozenset({task.role, raised.deputy} - {""})
    return Duty(task, programme, to, closer_of(raised), wants_evidence(raised), raised.escalation)


def _listed(duty: Duty, now: datetime, held: frozenset[str]) -> Listed:
    task = duty.task
    zone = ZoneInfo(duty.programme.time_zone)
    return Listed(
        uid=str(task.uid),
        reference=reference_of(task),
        task=task.name,
        role=task.role,
        state=task.state,
        due_at=None if task.due_at is None else task.due_at.astimezone(zone),
        occasion=task.occasion,
        is_overdue=task.state == OPEN and _is_late(task, now),
        is_unclear=bool(task.unclear),
        missing=tuple(task.unclear),
        is_nobodys=not duty.to & held,
    )


def _is_late(task: Task, now: datetime) -> bool:
    session = session_of_task(task)
    closed = session is not None and session.state == "closed"
    return is_overdue(task.due_at, now, session_closed=closed)


def find_task(word: str, *, by: User, verifying: bool = False) -> Task:
    """The one task that a person may act on now under a name for machines or a reference.

    Raises:
        StepRefusedError: there is none that they may act on, or there are several; the message then names them.
    """
    state = DONE if verifying else OPEN
    duties = [duty_of(task) for task in tasks_called(word)]
    theirs = [duty for duty in duties if _may_act(by, duty, verifying=verifying)]
    waiting = [duty for duty in theirs if duty.task.state == state] or theirs
    if not waiting:
        message = _("There is no task {word} on which {user} may act.")
        raise StepRefusedError(message.format(word=word, user=by.username))
    if len(waiting) > 1:
        names = ", ".join(f"{duty.task.name} {duty.task.uid}" for duty in waiting)
        raise StepRefusedError(
            _("{word} has several tasks; name one: {names}.").format(word=word, names=names)
        )
    return waiting[0].task


def _may_act(by: User, duty: Duty, *, verifying: bool) -> bool:
    """Whether the person holds a role that must do the task, or that verifies it.

    Where nobody verifies a task, those who do it are told so.
    """
    held = roles_in(by, duty.task.round.programme)
    roles = {duty.closer} if verifying and duty.closer else duty.to
    return may(by, FINISH_TASKS, duty.task.round.programme) and bool(held & roles)


def require_role(by: User, roles: Sequence[str] | frozenset[str], task: Task) -> None:
    """Go on only if the person holds one of the roles in the task's programme.

    Raises:
        NotPermitted: they hold none.
    """
    require(by, FINISH_TASKS, task.round.programme)
    if not roles_in(by, task.round.programme) & set(roles):
        message = _("{user} does not hold {roles} in {programme}.")
        text = message.format(user=by.username, roles=one_of(sorted(roles)), programme=task.round.programme)
        raise NotPermitted(text)


def finish_task(task: Task, *, evidence: str, request: Request) -> Result:
    """Say that a task is done, and what shows it.

    Args:
        task: the task.
        evidence: the paper that shows it: no name, and no answer, for it stands in the open.
        request: who asks; they hold the role that the task is addressed to, or its deputy's.

    Raises:
        NotPermitted: they hold neither.
        StepRefusedError: no evidence is named.
        NotAllowed: the task is not open.
    """
    duty = duty_of(task)
    require_role(request.by, duty.to, task)
    shown = _shown(evidence, task)

    def do(stamp: Stamp) -> Result:
        late = _is_late(task, stamp.recorded_at)
        records.finish_tasks([task], why=shown, stamp=stamp)
        return {"reference": reference_of(task), "task": task.name, "state": task.state, "late": late}

    return _carry_out("finish_task", task, shown, request, do)


def verify_task(task: Task, *, evidence: str = "", request: Request) -> Result:
    """Look at what shows that a task is done: somebody who holds the role that the file names, never who did it.

    Raises:
        NotPermitted: they do not hold it, or did the task themselves.
        StepRefusedError: nobody has to verify the task, or the file asks for evidence and none is named.
        NotAllowed: the task is not done, or its verifier recorded what raised it.
    """
    duty = duty_of(task)
    if not duty.closer:
        raise StepRefusedError(_("The file names nobody who verifies '{task}'.").format(task=task.name))
    require_role(request.by, (duty.closer,), task)
    shown = _shown(evidence, task) if evidence or duty.closes_with_evidence else ""

    def do(stamp: Stamp) -> Result:
        if doer_of(task) == request.by.pk:
            message = _("{user} did '{task}'; somebody else verifies it.")
            raise NotPermitted(message.format(user=request.by.username, task=task.name))
        records.verify_task(task, why=shown or "seen", stamp=stamp)
        return {"reference": reference_of(task), "task": task.name, "state": task.state}

    return _carry_out("verify_task", task, shown, request, do)


def _carry_out(step: str, task: Task, shown: str, request: Request, do: Callable[[Stamp], Result]) -> Result:
    arguments = {"task": str(task.uid), "evidence": shown}
    return carry_out(
        step, request, may=FINISH_TASKS, programme=task.round.programme, arguments=arguments, do=do
    )


def _shown(evidence: str, task: Task) -> str:
    """The evidence as it is kept.

    Raises:
        StepRefusedError: there is none, it is no name of a paper any more, or it tells who the task is about.
    """
    text = " ".join(evidence.split())
    if not text:
        raise StepRefusedError(_("Say which paper shows it, with --evidence."))
    if len(text) > LONGEST_EVIDENCE:
        message = _("Evidence is the name of a paper, of {most} characters at most.")
        raise StepRefusedError(message.format(most=LONGEST_EVIDENCE))
    if task.record is not None and _tells_who(text, task.record):
        raise StepRefusedError(
            _(
                "The evidence holds something of who it is about. It stands in the open: name the paper otherwise."
            )
        )
    return text


def _tells_who(text: str, record: Record) -> bool:
    """Whether a text that will stand in the open tells who a record is about; of whom was erased nothing is known."""
    try:
        return tells_who(text, record)
    except Erased:
        return False
