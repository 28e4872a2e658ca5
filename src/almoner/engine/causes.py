"""From signs to sentences' material: what is missing, who answers it, what waits for it; what is blocked, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from almoner.definitions.programme import Field
from almoner.engine.cause_sql import NOT_COMPUTABLE, Signs
from almoner.engine.results import Blocked, Missing


def explained(
    waiting: Iterable[tuple[str, Iterable[int] | None]], signs: Signs, fields: Mapping[str, Field]
) -> tuple[tuple[Missing, ...], tuple[Blocked, ...]]:
    """What is missing, in the order of the form, and what is blocked, in the order of the definition.

    Args:
        waiting: each place that waits, with the signs of its causes.
        signs: what the signs mean.
        fields: the questions, which know who answers them.
    """
    places: dict[int, dict[str, None]] = defaultdict(dict)
    for place, found in waiting:
        for sign in found or ():
            places[sign].setdefault(place)
    missing, blocked = [], []
    for sign in sorted(places):
        if sign >= NOT_COMPUTABLE:
            blocked.append(Blocked(*signs.cause(sign)))
        else:
            missing.append(_missing(sign, tuple(places[sign]), signs, fields))
    return tuple(missing), tuple(blocked)


def _missing(sign: int, places: tuple[str, ...], signs: Signs, fields: Mapping[str, Field]) -> Missing:
    name, row, member = signs.named(sign)
    question = fields.get(name)
    if not row:
        return Missing(name, question.by if question else "officer", places)
    inner = question.of.get(member) if question else None
    by = next((field.by for field in (inner, question) if field and field.by != "applicant"), "")
    return Missing(f"{name}[{row}].{member}", by or ("applicant" if question else "officer"), places)
