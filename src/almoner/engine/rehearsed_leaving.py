"""Plays in an example how an award goes on and ends: an answered renewal, and what a person does with the award."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from almoner.definitions.programme import Step
from almoner.definitions.sections.leaving import LEAVING
from almoner.engine.casefile import CaseFile, Renewed
from almoner.engine.ends import ending
from almoner.engine.renewals import LIVING, fallings, opened_by
from almoner.values.language import _

__all__ = ["LEAVING", "LeavingProblem", "answered", "left"]

_FROM: Mapping[str, frozenset[str]] = {
    "suspend": frozenset({"active", "on probation"}),
    "resume": frozenset({"suspended"}),
    "end": LIVING,
}
"""The states in which a person may do it."""


class LeavingProblem(ValueError):
    """A step that cannot be taken; the message says why."""


def answered(case: CaseFile, step: Step) -> CaseFile:
    """The renewal that opened last by the day of the step is answered.

    Raises:
        LeavingProblem: none is open, another is named, nothing is answered, or the award is over.
    """
    renewal = case.programme.renewal
    if renewal is None or case.state not in LIVING:
        raise LeavingProblem(_("Nothing is renewed: the award is {state}.").format(state=case.state))
    opened = opened_by(renewal, case.awarded_on, step.on)
    if not opened:
        first = next(fallings(renewal, case.awarded_on), None)
        raise LeavingProblem(
            _("No renewal is open on {day}; the first opens on {opens}.").format(
                day=step.on, opens=first.opens_on if first else _("no day")
            )
        )
    number = opened[-1].number
    if step.period not in {"", str(number)}:
        raise LeavingProblem(
            _("On {day} renewal {number} is open, not {named}.").format(
                day=step.on, number=number, named=step.period
            )
        )
    if all(value is None for value in step.answers.values()):
        raise LeavingProblem(_("The renewal answers nothing; silence is a step with nothing but its day."))
    sheet = Renewed(number=number, came_on=step.on, answers=step.answers)
    return replace(case, renewals=(*case.renewals, sheet))


def left(case: CaseFile, step: Step) -> CaseFile:
    """A person suspends, resumes or ends the award.

    Raises:
        LeavingProblem: its state does not allow it, or what was brought is not paid yet.
    """
    if case.state not in _FROM[step.step]:
        raise LeavingProblem(
            _("'{step}' is not possible: the award is {state}.").format(step=step.step, state=case.state)
        )
    if step.step == "suspend":
        return replace(case, state="suspended")
    if step.step == "resume":
        return replace(case, state="active", resumed_on=step.on)
    if not case.programme.exit_reasons:
        raise LeavingProblem(
            _("{file} names no reasons in 'exit' for which an award may end.").format(
                file=case.programme.file
            )
        )
    try:
        return ending(case, step.on)
    except ValueError as owed:
        raise LeavingProblem(_("It was brought and is not paid yet: {owed}.").format(owed=owed)) from None
