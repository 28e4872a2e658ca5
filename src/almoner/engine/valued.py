"""What a statement says of the value of outcomes: the value with its range and all it rests on, or why there is none.

Those who were not followed up are never valued. Unknown is not 0: where nobody is known, there is no value; where
everybody is known and nobody said yes, the value is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from almoner.definitions.programme import OutcomeValue, Programme
from almoner.engine import statement_texts as texts
from almoner.engine.figures import Period
from almoner.engine.valuation import Swing, Worth, seed_of, worth
from almoner.values.numbers import text_of


def value_outcomes(
    programme: Programme, figures: Sequence[Mapping[str, Any]], period: Period
) -> list[dict[str, Any]]:
    """Every outcome value that the programme's file defines, as JSON values, in the file's order.

    Args:
        programme: the definition whose `valuation` is carried out.
        figures: its figures of the period, as `Figure.as_json` gives them.
        period: whole months.
    """
    known = {figure["name"]: figure for figure in figures}
    later = [_entry(value, known[name], texts.VALUE_LATER) for name, value in _later(programme)]
    return [
        _valued(programme, value, known[name], period) for name, value in programme.values.items()
    ] + later


def _later(programme: Programme) -> list[tuple[str, OutcomeValue]]:
    """Values that the file defines and nothing computes yet."""
    found: Mapping[str, OutcomeValue] = programme.other.get("valuation") or {}
    return list(found.items())


def _valued(
    programme: Programme, value: OutcomeValue, figure: Mapping[str, Any], period: Period
) -> dict[str, Any]:
    reason = why_not(value, figure, programme.currency)
    if reason:
        return _entry(value, figure, reason)
    seed = seed_of(programme.digest, value.indicator, f"{period.starts}", f"{period.ends}")
    return _entry(value, figure, "", worth(value, figure["yes"], seed), seed)


def why_not(value: OutcomeValue, figure: Mapping[str, Any], currency: str) -> str:
    """Why an outcome is not valued; '' where it is.

    Args:
        value: what one outcome is worth.
        figure: the share that counts the outcomes.
        currency: the programme's, as a round may have restated it.
    """
    if not figure["carried_out"]:
        return texts.VALUE_UNKNOWN
    if value.currency != currency:
        return texts.VALUE_CURRENCY
    if not figure["N"]:
        return texts.VALUE_NOT_DUE
    if not figure["n"]:
        return texts.VALUE_NOT_FOLLOWED
    if figure["people"] is None or figure["yes_people"] != figure["yes"]:
        return texts.VALUE_TWICE
    return ""


def _entry(
    value: OutcomeValue, figure: Mapping[str, Any], reason: str, found: Worth | None = None, seed: int = 0
) -> dict[str, Any]:
    """One value as JSON values. What does not apply is None; the seed is text, for it has 64 bits."""

    def amount(name: str) -> str | None:
        return None if found is None else str(getattr(found, name))

    drawn = found is not None and found.draws > 0
    return {
        "name": value.indicator,
        "not_valued": reason,
        "currency": value.currency,
        "price_year": value.price_year,
        "duration": {"count": value.duration.count, "unit": value.duration.unit},
        "assumptions": [
            {
                "name": name,
                "low": text_of(one.low),
                "central": text_of(one.central),
                "high": text_of(one.high),
                "source": one.source,
            }
            for name, one in value.assumptions.items()
        ],
        "yes": figure["yes"],
        "n": figure["n"],
        "N": figure["N"],
        "banded": figure["banded"],
        **{name: amount(name) for name in ("central", "low", "high", "adverse", "favourable")},
        "draws": None if found is None else found.draws,
        "seed": str(seed) if drawn else None,
        "swings": [] if found is None else [_swing(one) for one in found.swings],
    }


def _swing(one: Swing) -> dict[str, str]:
    return {
        "name": one.name,
        "at_low": str(one.at_low),
        "at_high": str(one.at_high),
        "swing": str(one.swing),
    }
