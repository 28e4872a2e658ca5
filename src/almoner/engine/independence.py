"""Who is paid for the help does not measure what came of it: the same person is refused on either side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from almoner.definitions.programme import FollowUp, Programme
from almoner.definitions.sections.records import PAYEE
from almoner.engine.casefile import CaseFile
from almoner.values.language import _
from almoner.values.printed import printed_number

NOT_BY = "not_by"
"""How the answers of a follow-up are refused in an example."""


def barred_questions(programme: Programme, benefit: str, follow_up: FollowUp) -> tuple[str, ...]:
    """The questions at a hand-over of a benefit that say who must not ask a follow-up."""
    defined = programme.benefits[benefit]
    asked = defined.each_delivery.form if defined.each_delivery is not None else {}
    named = (defined.payee if name == PAYEE else name for name in follow_up.not_by)
    return tuple(name for name in named if name in asked)


def why_not_asked_by(case: CaseFile, name: str, answers: Mapping[str, Any]) -> str:
    """Why the answers of a follow-up are not taken from whoever asked; '' where they are.

    Args:
        case: the case, with what was handed over.
        name: the follow-up.
        answers: its answers.
    """
    follow_up = case.programme.follow_ups[name]
    if not follow_up.not_by:
        return ""
    who = _known(answers.get(follow_up.by))
    if who is None:
        return _("'{name}' does not say who asked: '{question}' is open.").format(
            name=name, question=follow_up.by
        )
    for delivery in case.delivered:
        for question in barred_questions(case.programme, delivery.benefit, follow_up):
            if _known(delivery.answers.get(question)) == who:
                message = _("'{name}' was asked by who is the {question} of {benefit}.")
                return message.format(name=name, question=question, benefit=delivery.benefit)
    return ""


def who_asked_before(case: CaseFile, benefit: str, answers: Mapping[str, Any]) -> Iterator[str]:
    """The follow-ups that were asked by somebody who may not be paid for a hand-over with these answers."""
    for name, follow_up in case.programme.follow_ups.items():
        mine = {_known(answers.get(one)) for one in barred_questions(case.programme, benefit, follow_up)}
        asked = {_known((one.answers or {}).get(follow_up.by)) for one in case.follow_ups if one.name == name}
        if (mine & asked) - {None}:
            yield name


def _known(said: Any) -> str | None:
    """Who is named, as numbers on paper are compared; None where nobody is."""
    return None if said is None else printed_number(str(said))
