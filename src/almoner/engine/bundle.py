"""The verification file of a statement: a Data Package with the rows, the definitions and the statement.

    datapackage.json                     what is in it: schema, size and SHA-256 of each file
    statement.json                       the statement
    definitions/NAME.json                each programme's definition as it was frozen
    facts/NAME/TABLE.parquet             its pseudonymous rows
    merkle.json                          a salted leaf for each file above, and their root (RFC 6962)

It is a folder or a zip. The same facts, statement and key give the same bytes. A leaf is salted, so that a
file that is withheld from a later reader cannot be guessed from its hash.
"""

from __future__ import annotations

import hashlib
import hmac
import shutil
import stat
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from almoner.engine import merkle
from almoner.engine.facts import Column, FactTable, tables
from almoner.engine.statement import Account, Statement, fact_files, file_digest
from almoner.values.canonical import canonical

PACKAGE = "datapackage.json"
STATEMENT = "statement.json"
TREE = "merkle.json"

_EPOCH = (1980, 1, 1, 0, 0, 0)
_KEY_BYTES = 32

_TYPES = {"boolean": "boolean", "month": "yearmonth", "text": "string"}


class BundleProblem(ValueError):
    """A verification file that cannot be written or read."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verification file that was written: where, and the root that is published with the statement."""

    path: Path
    root: str


def write_bundle(path: Path, accounts: Sequence[Account], statement: Statement, *, key: bytes) -> Bundle:
    """Write a folder, or a zip where the path ends in `.zip`.

    Args:
        path: a file that is replaced, or a folder that does not exist or is empty.
        accounts: the same as the statement was built from.
        statement: what `build_statement` gave.
        key: the secret of this statement, at least 32 bytes; salts are made from it, and it stays outside.

    Raises:
        BundleProblem: the key is short, or the folder holds something.
    """
    if len(key) < _KEY_BYTES:
        raise BundleProblem("The key of a verification file has at least 32 bytes.")
    contents: dict[str, bytes | Path] = {STATEMENT: statement.as_bytes}
    for account in accounts:
        contents[f"definitions/{account.name}.json"] = account.programme.frozen
        for name, file in fact_files(account).items():
            contents[f"facts/{account.name}/{name}.parquet"] = file
    contents[PACKAGE] = data_package(accounts, statement.content, contents)
    tree = _tree({name: _sha256(content) for name, content in contents.items()}, key)
    contents[TREE] = canonical(tree)
    if path.suffix == ".zip":
        _write_zip(path, contents)
    else:
        _write_folder(path, contents)
    return Bundle(path, tree["root"])


def data_package(
    accounts: Sequence[Account], content: Mapping[str, Any], files: Mapping[str, bytes | Path]
) -> bytes:
    """The Data Package's own file. `files` are all the others, by path."""
    described: dict[str, FactTable] = {}
    for account in accounts:
        for name, table in tables(account.programme).items():
            described[f"facts/{account.name}/{name}.parquet"] = table
    resources = [
        _resource(path, files[path], described.get(path)) for path in sorted(files) if path != PACKAGE
    ]
    period = content["period"]
    return canonical(
        {
            "profile": "data-package",
            "name": f"statement-{period['starts']}-{period['ends']}",
            "title": content["office"],
            "created": content["made_at"],
            "marking": content["marking"],
            "resources": resources,
        }
    )


def leaf(path: str, salt: str, sha256: str) -> bytes:
    """The data of one leaf: its salt, the hash of its file, its path."""
    return bytes.fromhex(salt) + bytes.fromhex(sha256) + path.encode()


def _tree(digests: Mapping[str, str], key: bytes) -> dict[str, Any]:
    salts = hmac.new(key, b"salts of leaves", hashlib.sha256).digest()
    leaves = [
        {
            "path": path,
            "sha256": digests[path],
            "salt": hmac.new(salts, path.encode(), hashlib.sha256).hexdigest(),
        }
        for path in sorted(digests)
    ]
    return {"hash": "RFC 6962, SHA-256", "leaves": leaves, "root": root_of(leaves)}


def root_of(leaves: Sequence[Mapping[str, str]]) -> str:
    """The root over leaves as `merkle.json` lists them, in hex."""
    return merkle.root_hash([leaf(one["path"], one["salt"], one["sha256"]) for one in leaves]).hex()


def _resource(path: str, content: bytes | Path, table: FactTable | None) -> dict[str, Any]:
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    stem, _, ending = path.rpartition(".")
    resource: dict[str, Any] = {
        "name": stem.replace("/", "-"),
        "path": path,
        "format": ending,
        "bytes": size,
        "hash": f"sha256:{_sha256(content)}",
    }
    if table is not None:
        resource["mediatype"] = "application/vnd.apache.parquet"
        resource["schema"] = {"fields": [_field(column) for column in table.columns]}
        if len(table.key) == 1:
            resource["schema"]["primaryKey"] = list(table.key)
    else:
        resource["mediatype"] = "application/json"
    return resource


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "number"),
        "description": column.about,
    }
    if column.among:
        field["constraints"] = {"enum": list(column.among)}
    return field


def _sha256(content: bytes | Path) -> str:
    return file_digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()


def _write_folder(path: Path, contents: Mapping[str, bytes | Path]) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise BundleProblem(f"{path} is there already; name a new folder or an empty one.")
    for name, content in contents.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content)


def _write_zip(path: Path, contents: Mapping[str, bytes | Path]) -> None:
    """Write beside the path and move into place, so that a crash leaves no half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            content = contents[name]
            with package.open(entry, "w", force_zip64=isinstance(content, Path)) as target:
                if isinstance(content, Path):
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, target)
                else:
                    target.write(content)
    part.replace(path)
