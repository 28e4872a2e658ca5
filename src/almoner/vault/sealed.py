"""Sealed values: canonical JSON under a party's data key, bound to its table, row and field."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from almoner.values.canonical import canonical, read
from almoner.values.language import _
from almoner.vault import keys
from almoner.vault.keys import NONCE_BYTES
from almoner.vault.models import DataKey

_FORMAT = b"\x01"


class SealBroken(Exception):
    """A sealed value that does not belong where it stands, or was changed."""


class Row(Protocol):
    """A row with a name for machines. Its id is not known before it is inserted, its uid is."""

    uid: UUID
    _meta: ClassVar[Any]


def seal(data_key: DataKey, *, row: Row, field: str, value: Any) -> bytes:
    """A value as bytes that only this key opens, and only in this field of this row.

    Raises:
        keys.Erased: the key was erased.
        CanonicalProblem: the value has no canonical JSON.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(keys.opened(data_key))
    return _FORMAT + nonce + cipher.encrypt(nonce, canonical(value), _FORMAT + _place(row, field))


def open_sealed(data_key: DataKey, *, row: Row, field: str, value: bytes | memoryview) -> Any:
    """What was sealed.

    Raises:
        keys.Erased: the key was erased.
        SealBroken: the bytes were changed, or were sealed for another table, row, field or key.
    """
    sealed = bytes(value)
    cipher = AESGCM(keys.opened(data_key))
    try:
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        return read(cipher.decrypt(nonce, text, sealed[:1] + _place(row, field)))
    except (InvalidTag, ValueError):
        raise SealBroken(
            _("The sealed value {field} of {table} {row} does not belong there or was changed.").format(
                field=field, table=row._meta.db_table, row=row.uid
            )
        ) from None


def _place(row: Row, field: str) -> bytes:
    return canonical([row._meta.db_table, str(row.uid), field])
