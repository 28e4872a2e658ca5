"""Keys: each party's data key lies in the database, wrapped by a master key that lies outside it.

Rotation makes a new master key and wraps every data key anew; no fact is touched. Erasure empties one data
key: what was sealed under it can never be opened again, and the books stay whole.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from almoner.values.language import _
from almoner.vault.models import DataKey, Stamp
from almoner.vault.states import move_all

KEY_BYTES = 32
NONCE_BYTES = 12
_MASTER = re.compile(r"master-([1-9][0-9]*)\.key")
_INDEX = "index.key"
_CHUNK = 1000


class KeyProblem(Exception):
    """A master key that is missing, readable by others, or not a key."""


class Erased(Exception):
    """The key was erased: what it sealed can never be opened again."""


def folder() -> Path:
    """Where the master keys lie: outside the database."""
    return Path(settings.ALMONER_HOME) / "keys"


def create_master_key() -> int:
    """Make the next master key, readable by the owner alone; with the first, the key of the blind indexes.

    Returns:
        Its version. It becomes the current one; `rotate` wraps the data keys anew with it.
    """
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    version = max(_versions(), default=0) + 1
    _write(place / f"master-{version}.key")
    if version == 1:
        _write(place / _INDEX)
    return version


def current_version() -> int:
    """The version of the newest master key.

    Raises:
        KeyProblem: there is none.
    """
    versions = _versions()
    if not versions:
        raise KeyProblem(
            _(
                "There is no master key in {folder}. Make one with `almoner keys create`, or bring it back."
            ).format(folder=folder())
        )
    return max(versions)


def index_secret() -> bytes:
    """The secret from which the keys of the blind indexes are derived. It outlives every rotation.

    Raises:
        KeyProblem: it is missing.
    """
    return _read(folder() / _INDEX)


def new_data_key(stamp: Stamp) -> DataKey:
    """A fresh data key, stored wrapped."""
    return new_data_keys(1, stamp)[0]


def new_data_keys(count: int, stamp: Stamp) -> list[DataKey]:
    """Fresh data keys, stored wrapped, in one go."""
    version = current_version()
    made = []
    for _each in range(count):
        key = DataKey(master_version=version, recorded_by=stamp.who.pk, recorded_at=stamp.recorded_at)
        key.wrapped = _wrap(key, AESGCM.generate_key(KEY_BYTES * 8), version)
        made.append(key)
    return DataKey.objects.bulk_create(made, batch_size=_CHUNK)


def opened(key: DataKey) -> bytes:
    """The bytes of a data key.

    Raises:
        Erased: it was erased.
        KeyProblem: its master key is missing, or it was tampered with.
    """
    if key.wrapped is None:
        raise Erased(_("The key of this record was erased; its sealed values cannot be opened again."))
    wrapped = bytes(key.wrapped)
    master = AESGCM(_master(key.master_version))
    try:
        return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _about(key, key.master_version))
    except InvalidTag:
        raise KeyProblem(
            _("Data key {key} does not open with master key {version}.").format(
                key=key.pk, version=key.master_version
            )
        ) from None


def rotate() -> int:
    """Wrap every data key anew with the newest master key. Inside a step's transaction.

    Returns:
        How many were wrapped anew. Afterwards no data key needs an older master key.
    """
    version = current_version()
    count = 0
    for chunk in _older(version):
        for key in chunk:
            key.wrapped = _wrap(key, opened(key), version)
            key.master_version = version
        count += DataKey.objects.bulk_update(chunk, ["wrapped", "master_version"])
    return count


def erase(key: DataKey, *, stamp: Stamp, why: str) -> None:
    """Empty one data key, with the event that says who did it and why. Inside a step's transaction."""
    move_all([key], "erased", stamp=stamp, why=why, also={"wrapped": None})
    key.wrapped = None


def _older(version: int) -> Iterator[list[DataKey]]:
    older = DataKey.objects.filter(state="in use", master_version__lt=version).order_by("pk")
    last = 0
    while chunk := list(older.filter(pk__gt=last)[:_CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _versions() -> list[int]:
    place = folder()
    if not place.is_dir():
        return []
    found = (_MASTER.fullmatch(path.name) for path in place.iterdir())
    return [int(match[1]) for match in found if match]


def _about(key: DataKey, version: int) -> bytes:
    return f"vault_data_key:{key.uid}:{version}".encode()


def _wrap(key: DataKey, plain: bytes, version: int) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_master(version)).encrypt(nonce, plain, _about(key, version))


def _master(version: int) -> bytes:
    return _read(folder() / f"master-{version}.key")


def _write(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise KeyProblem(
            _(
                "The key {path} is missing. Make one with `almoner keys create`, or bring the old one back."
            ).format(path=path)
        ) from None
    if status.st_mode & 0o077:
        raise KeyProblem(_("The key {path} can be read by others. Run: chmod 600 {path}").format(path=path))
    return _bytes(path, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=64)
def _bytes(path: Path, _changed: int, _inode: int) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(_("The file {path} holds no key.").format(path=path))
    return key
