"""Answers written as text: the examples of a programme's file, and the committed corpus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from oracle.definition import NUMERIC, Field, read_definition

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Example:
    name: str
    as_of: date
    answers: dict[str, Any]
    expect: dict[str, Any]
    definition: str
    files: dict[str, str]


def plain_yaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader builds text alone


def typed_answer(raw: Any, field: Field) -> Any:
    """`null` is unanswered; numbers are Decimal, dates dates, rows lists of answers."""
    if raw == "null":
        return None
    if field.type == "rows":
        return [{key: typed_answer(value, field.of[key]) for key, value in row.items()} for row in raw]
    if field.type in NUMERIC:
        return Decimal(raw)
    if field.type == "boolean":
        return {"true": True, "false": False}[raw]
    return date.fromisoformat(raw) if field.type == "date" else raw


def typed_answers(given: dict[str, Any], form: dict[str, Field]) -> dict[str, Any]:
    return {key: typed_answer(value, form[key]) for key, value in given.items() if key in form}


def examples_of(text: str, files: dict[str, str]) -> list[Example]:
    """The examples of a programme's file that say what a screening answers."""
    form = read_definition(text, files).form
    given: dict[str, dict[str, Any]] = {}
    examples = []
    for name, entry in plain_yaml(text)["examples"].items():
        own = entry["given"]
        given[name] = {**given.get(own.get("like"), {}), **own}
        if "expect" in entry:
            as_of = date.fromisoformat(given[name]["as_of"])
            examples.append(
                Example(name, as_of, typed_answers(given[name], form), entry["expect"], text, files)
            )
    return examples


def corpus_of(folder: Path) -> list[Example]:
    """Committed cases: `why`, `definition`, `files`, `as_of`, `answers`, and what to `expect`."""
    examples = []
    for path in sorted(folder.glob("*.yaml")):
        entry = plain_yaml(path.read_text("utf-8"))
        expect = yaml.safe_load(path.read_text("utf-8"))["expect"]
        text, files = entry["definition"], entry.get("files", {})
        answers = typed_answers(entry["answers"], read_definition(text, files).form)
        as_of = date.fromisoformat(entry["as_of"])
        examples.append(Example(path.stem, as_of, answers, expect, text, files))
    return examples
