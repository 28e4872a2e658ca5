"""From a screened application to a candidate of its round's cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from almoner.definitions.programme import Cut, Programme, Tie
from almoner.engine.costs import cost_of
from almoner.engine.cut import Candidate, Standing, TieValue, named_ties
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Case, Screening
from almoner.engine.screening import evaluate

APPLICANT = "applicant"


def rule_of(programme: Programme) -> Cut:
    """How a round of the programme is cut.

    Raises:
        NotYetCarriedOut: it is not cut by points: it has no cut, a quota, or ranks by something else.
    """
    decision = programme.decision
    if decision is None or decision.cut is None:
        raise NotYetCarriedOut(programme, "a round without decision.cut")
    for key in decision.other:
        raise NotYetCarriedOut(programme, f"decision.{key}")
    if decision.cut.rank != "points":
        raise NotYetCarriedOut(programme, f"decision.cut.rank: {decision.cut.rank}")
    return decision.cut


def candidate(
    programme: Programme,
    key: str,
    case: Case,
    screening: Screening,
    *,
    left_out: Standing | None = None,
) -> Candidate:
    """An application as the cut sees it.

    Args:
        programme: the edition it is judged by.
        key: its reference; it decides nothing.
        case: its answers.
        screening: what the engine says of them.
        left_out: *lapsed* or *set aside*, where the records say so and it is not eligible by now.

    Raises:
        CostUnknown: something is given in kind whose unit has no value.
        NotYetCarriedOut: the round is not cut by points.
    """
    rule = rule_of(programme)
    standing = _standing(screening)
    if standing is Standing.ELIGIBLE:
        ties = tuple(_tie(programme, tie, case, screening) for tie in named_ties(rule))
        if None in ties:
            standing = Standing.NEEDS_INFORMATION
        else:
            return Candidate(key, standing, screening.points, ties, cost_of(programme, screening.benefits))
    if left_out is not None and standing is not Standing.NOT_ELIGIBLE:
        standing = left_out
    return Candidate(key, standing)


def _standing(screening: Screening) -> Standing:
    if screening.outcome == "eligible":
        return Standing.ELIGIBLE
    if screening.outcome == "not eligible":
        return Standing.NOT_ELIGIBLE
    if any(one.by == APPLICANT for one in screening.missing):
        return Standing.NEEDS_INFORMATION
    return Standing.WAITS_FOR_OFFICE


def _tie(programme: Programme, tie: Tie, case: Case, screening: Screening) -> TieValue:
    """The value of a tie: a derived one, an answer as it is worth, or unknown."""
    if tie.name in screening.derived:
        return _ordered(screening.derived[tie.name])
    if tie.expression is None:
        return _ordered(case.answers.get(tie.name))
    names: Mapping[str, Any] = {**case.answers, "as_of": case.as_of}
    return _ordered(evaluate(programme, [tie.expression], names)[0].value)


def _ordered(value: Any) -> TieValue:
    if isinstance(value, str):
        raise TypeError(f"{value!r} has no order, so it breaks no tie.")
    return value  # type: ignore[no-any-return]  # -- answers and derived values are typed by the programme
