"""The derived names of a record or follow-up, from its answers and what is known beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.tree import Expression, Summary
from almoner.definitions.walk import every_node
from almoner.engine.casefile import Answers
from almoner.engine.evaluation import evaluate_many
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Blocked, Evaluated


@dataclass(frozen=True, slots=True)
class Answer:
    """What an expression came to: its value, or None with what is missing and what could not be computed."""

    value: Any
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    @classmethod
    def of(cls, found: Evaluated) -> Answer:
        """What the engine found, its missing names as they stand."""
        return cls(found.value, tuple(one.name for one in found.missing), tuple(found.blocked))


def derived_values(
    programme: Programme, record: str, sheets: Sequence[Answers], outer: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The derived names of a record or follow-up over many sheets.

    Args:
        programme: the programme.
        record: its name.
        sheets: the answers of each.
        outer: what else each of them knows: `as_of`, `today`, the answers of the application.

    Raises:
        NotYetCarriedOut: a derived name summarises other records or deliveries.
    """
    derive = programme.sheet(record).derive
    expressions = [one.expression for one in derive.values()]
    refuse_rows(programme, record, expressions)
    names = [names_of(programme, record, *pair) for pair in zip(sheets, outer, strict=True)]
    found = evaluate_many(programme, expressions, names)
    return [{name: one.value for name, one in zip(derive, row, strict=True)} for row in found]


def names_of(programme: Programme, record: str, sheet: Answers, outer: Mapping[str, Any]) -> dict[str, Any]:
    """What the expressions of a record may name: its own answers before what is known beside them."""
    own = {name: sheet.get(name) for name in programme.sheet(record).form}
    return {**outer, **own}


def refuse_rows(programme: Programme, record: str, expressions: Iterable[Expression]) -> None:
    """Refuse expressions that summarise other records or deliveries.

    Raises:
        NotYetCarriedOut: one does.
    """
    form = programme.sheet(record).form
    for expression in expressions:
        for node in every_node(expression.node):
            if isinstance(node, Summary) and node.rows not in {*form, *programme.form}:
                raise NotYetCarriedOut(programme, expression.place)
