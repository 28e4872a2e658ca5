"""Writes what leaves the office with a task, without a name. What left, and to whom, is entered; no value is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from almoner.definitions.parts.given import delivery_of
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Field, Programme, Raise
from almoner.engine.casefile import CaseFile
from almoner.engine.conditions import ask
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.outgoing import Outgoing, Sent, last_answer, texts_of
from almoner.engine.tasks import form_of
from almoner.flow.deliveries.queries import case_files
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.records.models import Record, Task
from almoner.flow.records.queries import raised_by, reference_of
from almoner.flow.steps.naming import tells_who
from almoner.flow.steps.recipe import Request, StepRefusedError
from almoner.flow.steps.tasking import duty_of, require_role
from almoner.values.language import _
from almoner.vault import audit
from almoner.vault.blind import mac
from almoner.vault.keys import Erased
from almoner.vault.models import Stamp

PSEUDONYM = 12


def send_report(task: Task, *, withhold: Collection[str] = (), request: Request) -> Outgoing:
    """The report of a task: the answers that its file sends, and no name. It is kept nowhere.

    The entry in the audit trail is written before anything is returned; without it nothing leaves.

    Args:
        task: the task.
        withhold: questions whose answers stay here.
        request: who asks; they hold the role that the task is addressed to, or its deputy's.

    Raises:
        NotPermitted: they hold neither.
        StepRefusedError: nothing of the task leaves the office, an answer holds something of who it is about, or the
            key of what is sealed was erased.
        NotYetCarriedOut: a question is asked only sometimes, and nothing can tell yet whether it was.
    """
    duty = duty_of(task)
    require_role(request.by, duty.to, task)
    raised = raised_by(duty.programme, task)
    if task.record is None or raised is None or not raised.sends:
        raise StepRefusedError(_("Nothing of '{task}' leaves the office.").format(task=task.name))
    for name in withhold:
        if name not in raised.sends:
            message = _("'{task}' sends no '{name}'; it sends: {sent}.")
            text = message.format(task=task.name, name=name, sent=one_of(raised.sends))
            raise StepRefusedError(text + did_you_mean(name, raised.sends))
    stamp = Stamp(who=request.by, happened_on=request.happened_on, key=request.key)
    with transaction.atomic():
        try:
            sent = _answers(duty.programme, raised, task.record, frozenset(withhold))
            _refuse_names(task, task.record, sent)
        except Erased as error:
            raise StepRefusedError(_("What was answered was erased.")) from error
        audit.append(
            "send_report",
            stamp=stamp,
            before={"task": str(task.uid), "name": task.name},
            after={
                "to": task.role,
                "fields": [one.field.name for one in sent if not one.withheld],
                "withheld": [one.field.name for one in sent if one.withheld],
            },
        )
    return Outgoing(
        programme=duty.programme.title,
        task=task.name,
        role=task.role,
        about=_pseudonym(task),
        unclear=tuple(task.unclear),
        sent=sent,
    )


def _pseudonym(task: Task) -> str:
    """What stands for the case in the report of this task, and in no other."""
    return mac("report of a task", str(task.uid))[:PSEUDONYM]


def _answers(
    programme: Programme, raised: Raise, record: Record, withhold: frozenset[str]
) -> tuple[Sent, ...]:
    """Each answer that is sent: of the record, or of the last delivery up to its day."""
    form = form_of(programme, record.name)
    answers = record_answers(programme, record)
    case = case_files(programme, [record.award])[0] if record.award is not None else None
    sent = []
    for name in raised.sends:
        if name in form:
            field, value = form[name], answers.get(name)
            if field.when is not None and not _was_asked(programme, field, case, record, answers):
                value = None
        else:
            field = next(iter(delivery_of(name, programme.benefits).values()))
            if field.when is not None:
                raise NotYetCarriedOut(programme, f"sends.{name}")
            delivered = case.delivered if case is not None else ()
            value = last_answer(programme, name, delivered, record.happened_on)
        kept = name in withhold
        sent.append(Sent(field, None if kept else value, withheld=kept))
    return tuple(sent)


def _was_asked(
    programme: Programme, field: Field, case: CaseFile | None, record: Record, answers: dict[str, Any]
) -> bool:
    """Whether a question that is asked only sometimes was asked: what was stored in another case does not leave."""
    if case is None or field.when is None:
        raise NotYetCarriedOut(programme, f"sends.{field.name}")
    sheet = {name: answers.get(name) for name in form_of(programme, record.name)}
    return ask(case, [field.when], record.happened_on, sheet=sheet)[0].value is True


def _refuse_names(task: Task, record: Record, sent: Collection[Sent]) -> None:
    """Look at every text that would leave for what is known of the person.

    Raises:
        StepRefusedError: it holds something of who it is about.
    """
    references = {reference_of(task)}
    if record.award is not None:
        references.add(record.award.application.reference)
    for one in sent:
        text = " ".join(texts_of(one.value))
        if tells_who(text, record, besides=references):
            message = _(
                "The answer to '{name}' holds something of who it is about. Withhold it (--withhold {name}), and tell "
                "it in other words."
            )
            raise StepRefusedError(message.format(name=one.field.name))
