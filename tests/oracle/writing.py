"""A programme's file written from plain dictionaries, with the obligatory rest."""

from __future__ import annotations

import json
import re
from typing import Any

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*( [A-Za-z0-9_.]+)*|\d{4}-\d{2}-\d{2}")
ORDER = (
    "parameters",
    "lookups",
    "form",
    "derive",
    "eligibility",
    "scoring",
    "decision",
    "benefits",
    "examples",
)
LONGEST_KEY = 900  # YAML reads a key of at most 1024 characters


def programme(sections: dict[str, Any]) -> str:
    """The whole file: the sections given, in the order of the flow, and the obligatory rest."""
    head = {
        "almoner": 1,
        "programme": "Generated",
        "theme": "the disadvantaged, culture and sport",
        "purpose": "Shows that two evaluators agree.",
        "serves": "person",
        "currency": sections.get("currency", "CNY"),
        "time_zone": "Asia/Shanghai",
    }
    rest = {
        "form": {"nothing_else": {"type": "text", "ask": "Anything else?"}},
        "eligibility": {"is_asked": rule("as_of > '1900-01-01'")},
        "decision": {"by": "officer"},
        # Obligatory; nothing runs it here.
        "examples": {"empty": {"given": {"as_of": "2026-01-01"}, "expect": {"outcome": "eligible"}}},
    }
    body = {key: sections.get(key, rest.get(key)) for key in ORDER}
    return "\n".join(lines_of(head | {key: entry for key, entry in body.items() if entry})) + "\n"


def rule(expression: str) -> dict[str, str]:
    return {"rule": expression, "refusal": "It is not so.", "basis": "Article 1"}


def lines_of(mapping: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for key, entry in mapping.items():
        if isinstance(entry, dict):
            lines += [f"{indent}{scalar(key)}:", *lines_of(entry, indent + "  ")]
        elif isinstance(entry, list):
            lines.append(f"{indent}{scalar(key)}: [{', '.join(scalar(item) for item in entry)}]")
        else:
            lines.append(f"{indent}{scalar(key)}: {scalar(entry)}")
    return lines


def scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if value is None or text == "null":
        return "null"
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
