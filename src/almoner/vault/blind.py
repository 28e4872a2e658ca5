"""Blind indexes: equal values are found without being read.

A value is normalised, then hashed with HMAC-SHA-256 under a key derived for its kind, so that an account
never matches a phone and nobody without the key can try all numbers.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from almoner.values.canonical import canonical
from almoner.vault import keys

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BETWEEN_DIGITS = re.compile(r"[\s\-./()]+")
_BETWEEN_WORDS = re.compile(r"[\s·・•,]+")


class Kind(StrEnum):
    """What is indexed; each kind has its own key."""

    IDENTIFIER = "identifier"
    ACCOUNT = "account"
    PHONE = "phone"
    NAME = "name token"


def normalised(kind: Kind, text: str) -> str:
    """The one form of a value: NFC, full-width folded, case-folded, trimmed; numbers without separators.

    Raises:
        ValueError: nothing is left.
    """
    between, joint = (_BETWEEN_WORDS, " ") if kind is Kind.NAME else (_BETWEEN_DIGITS, "")
    # Folded apart and put together last: folding what is put together can leave it apart.
    folded = unicodedata.normalize("NFD", text).translate(_FULL_WIDTH).casefold()
    folded = unicodedata.normalize("NFC", between.sub(joint, folded)).strip()
    if kind is Kind.PHONE and folded.startswith("00"):
        folded = "+" + folded[2:]
    if not folded:
        raise ValueError(f"An empty {kind} has no index.")
    return folded


def blind_index(kind: Kind, text: str) -> str:
    """The index of a value, in hex.

    Raises:
        ValueError: the value is empty.
        keys.KeyProblem: the secret is missing.
    """
    return _hmac(f"blind index: {kind}", normalised(kind, text).encode())


def name_tokens(*names: str) -> set[str]:
    """The whole words of a person's names, in characters and in letters, each to be indexed by itself."""
    words = (normalised(Kind.NAME, name).split(" ") for name in names if name.strip())
    return {word for some in words for word in some}


def mac(purpose: str, value: Any) -> str:
    """A keyed digest, in hex, of a value's canonical JSON: equal for equal values, telling nothing else.

    Raises:
        CanonicalProblem: the value has no canonical JSON.
        keys.KeyProblem: the secret is missing.
    """
    return _hmac(f"digest: {purpose}", canonical(value))


def _hmac(purpose: str, message: bytes) -> str:
    return hmac.new(_derived(keys.index_secret(), purpose), message, sha256).hexdigest()


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"almoner {purpose}".encode()).derive(secret)
