"""Names of rows: UUIDv7 for machines, a reference with a check character for people."""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from almoner.values.clock import Clock, current

ALPHABET = "0123456789ABCDEFGHJKMNPRSTVWXYZ"
"""The 31 check characters: no I, L, O, Q, U, which are read as others."""

_PRIME = 31
_ROOT = 3  # a primitive root of 31: its powers differ from one place to the next and are never 0
_REFERENCE = re.compile(r"([A-Z]{1,6})-([0-9]{4})-([0-9]{6,12})-([0-9A-Z])")
_LAST_YEAR = 9999


def uuid7(clock: Clock | None = None) -> UUID:
    """A UUID of version 7 (RFC 9562): milliseconds since 1970, then 74 random bits."""
    instant = (clock or current()).now()
    milliseconds = int(instant.timestamp()) * 1000 + instant.microsecond // 1000
    random = secrets.randbits(74)
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76 | (random >> 62) << 64
    value |= 0b10 << 62 | random & (2**62 - 1)
    return UUID(int=value)


def reference(prefix: str, year: int, number: int) -> str:
    """What people see and say: `SG-2026-000123-K`.

    The last character is a check: letters count 0 to 25 and digits 0 to 9; the character i places from the
    right is multiplied by 3^i; the check makes the sum a multiple of 31. Since 31 is prime and larger than
    either count, and neighbouring powers of 3 differ modulo 31, every single wrong character and every swap
    of two unlike neighbours is found (a letter in place of a digit is found by the form).

    Raises:
        ValueError: the prefix is not 1 to 6 letters A to Z, or year or number is out of range.
    """
    if not 0 < year <= _LAST_YEAR or number < 0:
        raise ValueError(f"Year {year} and number {number} make no reference.")
    text = f"{prefix}-{year:04d}-{number:06d}"
    check = ALPHABET[-_ROOT * _sum(text) % _PRIME]
    if not _REFERENCE.fullmatch(f"{text}-{check}"):
        raise ValueError(f"{prefix!r} and {number} make no reference: a prefix is 1 to 6 letters A to Z.")
    return f"{text}-{check}"


def check_reference(text: str) -> bool:
    """Whether a reference is well formed and its check character is right. Case does not matter."""
    text = text.strip().upper()
    found = _REFERENCE.fullmatch(text)
    if found is None or found[4] not in ALPHABET:
        return False
    body, _, check = text.rpartition("-")
    return (_ROOT * _sum(body) + ALPHABET.index(check)) % _PRIME == 0


def _sum(text: str) -> int:
    """The weighted sum of the letters and digits, without the place of the check."""
    total = 0
    for place, character in enumerate(reversed(text.replace("-", ""))):
        value = int(character) if character.isdigit() else ord(character) - ord("A")
        total += value * pow(_ROOT, place, _PRIME)
    return total
