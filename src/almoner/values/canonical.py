"""Canonical JSON (RFC 8785) and digests: the same value is always the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import rfc8785

from almoner.values.money import Money

_SAFE = 2**53 - 1


class CanonicalProblem(ValueError):
    """A value that has no canonical JSON: a float, NaN, a whole number beyond 2^53, an unknown type."""


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value, in UTF-8.

    A Decimal becomes plain text without trailing zeros, so that equal numbers are equal bytes; a date its ISO
    form; an instant ISO in UTC; a UUID its text; Money `{"amount", "currency"}`; a tuple a list.

    Raises:
        CanonicalProblem: a float, NaN, a whole number beyond 2^53, a key that is no text, an unknown type.
    """
    try:
        return rfc8785.dumps(plain(value))
    except rfc8785.CanonicalizationError as problem:
        raise CanonicalProblem(str(problem)) from problem


def digest(value: Any) -> str:
    """SHA-256, in hex, of bytes as they are or of anything else's canonical JSON."""
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).hexdigest()


def read(text: bytes | str) -> Any:
    """The value of a JSON text in which there is no float.

    Raises:
        CanonicalProblem: it holds a number with a fraction or an exponent, NaN or infinity; or it is no JSON.
    """

    def refuse(number: str) -> Any:
        raise CanonicalProblem(f"{number} is a binary fraction; write it as text.")

    try:
        return json.loads(text, parse_float=refuse, parse_constant=refuse)
    except json.JSONDecodeError as problem:
        raise CanonicalProblem(f"Not JSON: {problem}") from problem


def plain(value: Any) -> Any:
    """The value as JSON knows it: null, booleans, whole numbers, text, lists and objects with keys in text.

    Raises:
        CanonicalProblem: see `canonical`.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > _SAFE:
            raise CanonicalProblem(f"{value} is beyond 2^53, where JSON is not exact; write it as text.")
        return value
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _scalar(value)


def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise CanonicalProblem(f"The key {key!r} is not text.")
    return {str(key): plain(item) for key, item in value.items()}


def _scalar(value: Any) -> Any:
    match value:
        case Decimal():
            return _decimal(value)
        case datetime():
            if value.tzinfo is None:
                raise CanonicalProblem(f"{value} names no time zone.")
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Money():
            return {"amount": str(value), "currency": value.currency}
        case _:
            raise CanonicalProblem(f"{type(value).__name__} has no canonical JSON.")


def _decimal(number: Decimal) -> str:
    if not number.is_finite():
        raise CanonicalProblem(f"{number} is not a number.")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
