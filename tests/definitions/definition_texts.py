"""Small whole definitions for tests: a head, and whatever sections a test adds or replaces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from almoner.definitions.load import check
from almoner.definitions.problems import Problem
from almoner.definitions.programme import Programme

ORDER = [
    "almoner",
    "programme",
    "theme",
    "purpose",
    "serves",
    "called",
    "operated_by",
    "wall",
    "currency",
    "time_zone",
    "codes",
    "parameters",
    "lookups",
    "consent",
    "participants",
    "sessions",
    "form",
    "derive",
    "eligibility",
    "scoring",
    "review",
    "decision",
    "benefits",
    "records",
    "follow_ups",
    "standing",
    "renewal",
    "exit",
    "comparison",
    "contributions",
    "indicators",
    "valuation",
    "publish",
    "examples",
]

BASE: Mapping[str, str] = {
    "almoner": "almoner: 1",
    "programme": "programme: Small grants",
    "theme": "theme: the disadvantaged, culture and sport",
    "purpose": "purpose: A definition for a test.",
    "serves": "serves: person",
    "currency": "currency: CNY",
    "time_zone": "time_zone: Asia/Shanghai",
    "form": """\
form:
  age: {type: integer, ask: "How old are you?"}
  income: {type: money, ask: "Income a month?"}
""",
    "eligibility": """\
eligibility:
  is_grown_up:
    rule: age >= 18
    refusal: The grant is for adults.
    basis: Rules, article 1
""",
    "decision": "decision: {by: officer}",
    "examples": """\
examples:
  typical:
    given: {as_of: 2026-09-10, age: 20, income: 100}
    expect: {outcome: eligible}
""",
}


def text_of(**sections: str | None) -> str:
    """A definition: the base with these sections in place of its own; None leaves one out."""
    parts = {**BASE, **sections}
    return "\n".join(parts[name].rstrip("\n") for name in ORDER if parts.get(name) is not None) + "\n"


def checked(folder: Path, text: str | bytes, **tables: str) -> tuple[Programme | None, list[Problem]]:
    """Check a definition's text as `small.yaml`, with tables (`terms=...` is terms.csv) beside it."""
    path = folder / "small.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    for name, table in tables.items():
        (folder / f"{name}.csv").write_text(table, encoding="utf-8")
    return check(path)


def problems_of(folder: Path, text: str | bytes, **tables: str) -> list[str]:
    """Every problem of a definition's text, notices left out."""
    return [str(problem) for problem in checked(folder, text, **tables)[1] if not problem.notice]


def accepted(folder: Path, text: str, **tables: str) -> Programme:
    """The programme of a text that has no problem."""
    programme, problems = checked(folder, text, **tables)
    assert programme is not None, "\n".join(str(problem) for problem in problems)
    return programme
