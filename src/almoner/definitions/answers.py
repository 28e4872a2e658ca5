"""Answers as they are stored: canonical JSON in which every number is a string and nothing is guessed.

An answer sheet is split in two documents before it is stored: what an officer's list may show, and what only an
opened case shows (identifiers, contact, free text, everything `sensitive`, and what is made from it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Derived, Field
from almoner.definitions.tree import NUMERIC, TEXTUAL, Type
from almoner.values.numbers import to_micros

Answers = Mapping[str, Any]
"""Typed answers by field name: bool, Decimal, date, str, a list of row mappings; None or absent is unanswered."""


def encode(fields: Mapping[str, Field], answers: Answers) -> dict[str, Any]:
    """The answers as JSON values, unanswered ones left out.

    Raises:
        KeyError: an answer to a question that the form does not ask.
    """
    return {
        name: _encode_one(fields[name], value)
        for name, value in answers.items()
        if _is_answered(fields, name, value)
    }


def _is_answered(fields: Mapping[str, Field], name: str, value: Any) -> bool:
    if name not in fields:
        raise KeyError(name)
    return value is not None


def _encode_one(field: Field, value: Any) -> Any:
    if field.type is Type.ROWS:
        return [encode(field.of, row) for row in value]
    if field.type in NUMERIC:
        to_micros(value)  # refuses what no later step could compute with
        return str(Decimal(value))
    return value.isoformat() if isinstance(value, date) else value


def decode(fields: Mapping[str, Field], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Typed answers from their stored form."""
    return {name: _decode_one(fields[name], value) for name, value in stored.items()}


def _decode_one(field: Field, value: Any) -> Any:
    if field.type is Type.ROWS:
        return [decode(field.of, row) for row in value]
    if field.type in NUMERIC:
        return Decimal(value)
    return date.fromisoformat(value) if field.type is Type.DATE else value


def is_sealed(field: Field) -> bool:
    """Whether an answer to this question is stored only as ciphertext."""
    if field.type is Type.ROWS:
        return bool(field.sensitive) or any(is_sealed(inner) for inner in field.of.values())
    return bool(field.sensitive) or field.type in TEXTUAL


def split(fields: Mapping[str, Field], stored: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A stored answer sheet as (open, sealed)."""
    open_part = {name: value for name, value in stored.items() if not is_sealed(fields[name])}
    return open_part, {name: value for name, value in stored.items() if is_sealed(fields[name])}


def decode_derived(derive: Mapping[str, Derived], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Typed derived values from their stored form; None where unknown."""
    return {
        name: _decode_derived(derive[name].type, value) for name, value in stored.items() if name in derive
    }


def _decode_derived(kind: Type, value: Any) -> Any:
    if value is None or kind not in {*NUMERIC, Type.DATE}:
        return value
    return date.fromisoformat(value) if kind is Type.DATE else Decimal(value)
