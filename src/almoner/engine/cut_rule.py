"""How a programme's rounds are cut, and what breaks a tie between two of its applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from almoner.definitions.programme import Cut, Programme
from almoner.engine.cut import TieValue, named_ties
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case
from almoner.engine.screening import evaluate


def rule_of(programme: Programme) -> Cut:
    """How a round of the programme is cut.

    Raises:
        NotYetCarriedOut: it has no cut, or a quota.
    """
    decision = programme.decision
    if decision is None or decision.cut is None:
        raise NotYetCarriedOut(programme, "a round without decision.cut")
    for key in decision.other:
        raise NotYetCarriedOut(programme, f"decision.{key}")
    return decision.cut


def tie_values(
    programme: Programme, rule: Cut, case: Case, derived: Mapping[str, Any]
) -> tuple[TieValue, ...]:
    """The value of each named tie, None where it is unknown.

    A question that was not asked is worth its `unasked`, whatever was stored; a derived value is taken as it was
    screened.
    """
    names = {**case.answers, "as_of": case.as_of, **derived}
    found: list[TieValue] = []
    for tie in named_ties(rule):
        if tie.name in derived:
            found.append(derived[tie.name])
        elif tie.expression is None:
            found.append(case.answers.get(tie.name))
        else:
            found.append(evaluate(programme, [tie.expression], names)[0].value)
    return tuple(found)
