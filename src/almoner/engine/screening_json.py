"""A screening as JSON values: what `almoner screen --json` prints and what a stored screening keeps.

No answer and no derived value stands in it, so it may lie open.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.results import Blocked, Missing, Screening
from almoner.values.money import Money
from almoner.values.numbers import text_of, to_micros


def as_json(programme: Programme, screening: Screening) -> dict[str, Any]:
    """The whole screening. Numbers are plain decimal strings, unknown ones null, amounts in whole minor units."""
    return {
        "outcome": screening.outcome,
        "rules": dict(screening.rules),
        "refused_by": list(screening.refused_by),
        "refusals": [
            {
                "rule": name,
                "refusal": programme.eligibility[name].refusal,
                "basis": programme.eligibility[name].basis,
            }
            for name in screening.refused_by
        ],
        "missing": [missing.name for missing in screening.missing],
        "blocked": [{"place": blocked.place, "cause": blocked.cause} for blocked in screening.blocked],
        "criteria": {name: _number(figure) for name, figure in screening.criteria.items()},
        "points": _number(screening.points),
        "amounts": {name: _amount(programme, name, figure) for name, figure in screening.benefits.items()},
    }


def stored_json(programme: Programme, screening: Screening) -> dict[str, Any]:
    """What a stored screening keeps: the same, and beside it who answers what is missing and which benefits hold."""
    return {
        **as_json(programme, screening),
        "asked_of": {missing.name: missing.by for missing in screening.missing},
        "granted": dict(screening.granted),
    }


def from_stored(stored: Mapping[str, Any]) -> Screening:
    """The screening that was stored; derived values, which lie sealed elsewhere, are left out."""
    return Screening(
        outcome=stored["outcome"],
        rules=stored["rules"],
        refused_by=tuple(stored["refused_by"]),
        missing=tuple(Missing(name, stored["asked_of"][name]) for name in stored["missing"]),
        blocked=tuple(Blocked(one["place"], one["cause"]) for one in stored["blocked"]),
        criteria={name: _decimal(figure) for name, figure in stored["criteria"].items()},
        points=_decimal(stored["points"]),
        benefits={name: _decimal(figure) for name, figure in stored["amounts"].items()},
        granted=stored["granted"],
    )


def _amount(programme: Programme, benefit: str, figure: Decimal | None) -> str | None:
    if figure is None or not programme.benefits[benefit].in_money:
        return _number(figure)
    return str(Money.from_micros(to_micros(figure), programme.currency))


def _number(figure: Decimal | None) -> str | None:
    return None if figure is None else text_of(to_micros(figure))


def _decimal(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)
