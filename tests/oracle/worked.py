"""One expression, one case: what hand-worked tests ask the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle import fixed_point, writing
from oracle.definition import read_definition
from oracle.evaluator import Case, screen

AS_OF = date(2026, 9, 10)
FORM: dict[str, Any] = {
    "yes": {"type": "boolean"},
    "no": {"type": "boolean"},
    "maybe": {"type": "boolean"},
    "n": {"type": "number"},
    "gap": {"type": "number"},
    "cash": {"type": "money"},
    "day": {"type": "date"},
    "name": {"type": "text"},
    "district": {"type": "choice", "of": ["city", "rural"]},
    "members": {
        "type": "rows",
        "of": {
            "age": {"type": "integer"},
            "income": {"type": "money"},
            "works": {"type": "boolean"},
            "n": {"type": "number"},
        },
    },
}


@dataclass(frozen=True)
class Answer:
    """What an expression is worth (a number as plain text); missing and blocked where it is unknown."""

    value: Any
    missing: tuple[str, ...] = ()
    blocked: tuple[tuple[str, str], ...] = ()


def definition(expression: str | dict[str, str], **sections: Any) -> str:
    given = {"form": FORM, "derive": {"x": expression}, **sections}
    return writing.programme(given)


def work_out(
    expression: str | dict[str, str],
    answers: dict[str, Any] | None = None,
    as_of: date = AS_OF,
    files: dict[str, str] | None = None,
    **sections: Any,
) -> Answer:
    """The value of an expression that stands in `derive` as `x`; unless it is known, why."""
    given = {"yes": True, "no": False, **(answers or {})}
    text = definition(expression, **sections)
    case = Case(read_definition(text, files or {}), given, as_of)
    value = case.value(case.definition.derive["x"])
    if value is not None:
        return Answer(fixed_point.plain(value) if type(value) is int else value)
    row = screen(definition(expression, scoring={"s": "x"}, **sections), files or {}, given, as_of)
    causes = tuple((entry["place"], entry["cause"]) for entry in row["blocked"])
    return Answer(None, tuple(sorted(row["missing"])), tuple(sorted(causes)))


def household(*rows: tuple[Any, ...]) -> dict[str, Any]:
    """Members as (age, income, works)."""
    return {"members": [dict(zip(("age", "income", "works"), row, strict=False)) for row in rows]}
