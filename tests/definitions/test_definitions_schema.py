"""The grammar's schema for editors and its reference page: made from the reader's own tables, and up to date."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from definition_texts import text_of
from jsonschema import Draft202012Validator

from almoner.definitions.grammar.sections import SECTIONS
from almoner.definitions.load import all_programmes
from almoner.definitions.schema import grammar_reference, json_schema
from almoner.definitions.words import USAGES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "grammar.md"


def as_an_editor_reads(text: str) -> Any:
    """A file as a YAML editor reads it, days as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(name): plain(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(yaml.safe_load(text))


def errors(text: str) -> list[str]:
    found = Draft202012Validator(json_schema()).iter_errors(as_an_editor_reads(text))
    return [error.message for error in found]


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", all_programmes(), ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_with_a_shipped_programme(path: Path):
    assert errors(path.read_text(encoding="utf-8")) == []


def test_an_editor_finds_an_unknown_key_a_wrong_kind_and_a_missing_section():
    assert len(errors(text_of(decision="decision: {by: chief}"))) == 1
    assert len(errors(text_of(form="form:\n  age: {typ: integer}\n"))) == 2
    assert len(errors(text_of(purpose=None))) == 2
    assert errors(text_of(serves="serves: public", form=None, eligibility=None, decision=None)) == []


def test_the_reference_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == grammar_reference(), (
        "write it anew: almoner schema --reference > docs/reference/grammar.md"
    )


def test_the_reference_page_names_every_section_and_every_word():
    page = grammar_reference()
    assert all(f"| `{section.name}` |" in page for section in SECTIONS)
    assert all(re.search(rf"`{re.escape(usage)}`", page) for usage in USAGES.values())
