"""Check a statement alone: every digest, every figure from its row, every total, and the root.

Nothing is asked of the office or its database: the definitions and the rows are in the verification file.
Whoever made everything anew, rows and digests alike, is consistent; only the root that was published tells
the difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from almoner.definitions.load import from_edition
from almoner.definitions.problems import DefinitionError
from almoner.definitions.programme import Programme
from almoner.engine.bundle import (
    PACKAGE,
    STATEMENT,
    TREE,
    BundleProblem,
    data_package,
    root_of,
)
from almoner.engine.bundle_files import OpenBundle, open_bundle
from almoner.engine.bundle_rows import row_problems
from almoner.engine.connection import DatabaseError
from almoner.engine.figures import Period, PeriodProblem
from almoner.engine.statement import Account, StatementProblem, build_statement, file_digest
from almoner.values.canonical import CanonicalProblem, canonical, read
from almoner.values.language import _

_HEX = re.compile(r"[0-9a-f]{64}")
_MOST_JSON = 256 * 2**20
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What came of it. `agrees`: nothing is wrong; `figures` were computed anew; `message` sums it up."""

    problems: tuple[str, ...]
    agrees: bool
    root: str
    figures: int
    message: str


@dataclass(slots=True)
class _Reading:
    """A verification file while it is checked."""

    opened: OpenBundle
    problems: list[str] = field(default_factory=list)

    def path(self, name: str) -> Path:
        return self.opened.folder / name

    def json(self, name: str) -> Any:
        """A file's JSON, or None with a problem. It must be canonical: one content has one text."""
        if name not in self.opened.files:
            self.problems.append(_("{name}: is missing.").format(name=name))
            return None
        path = self.path(name)
        if path.stat().st_size > _MOST_JSON:
            self.problems.append(_("{name}: is too large.").format(name=name))
            return None
        text = path.read_bytes()
        try:
            value = read(text)
            if canonical(value) == text and isinstance(value, dict):
                return value
        except (CanonicalProblem, UnicodeError, RecursionError):
            pass
        self.problems.append(_("{name}: is not an object in canonical JSON.").format(name=name))
        return None


def verify(path: Path, root: str | None = None) -> VerifyReport:
    """Check a verification file, a folder or a zip.

    Args:
        path: the file.
        root: the root as it was published, in hex; without it the origin is not checked.
    """
    try:
        with open_bundle(path) as opened:
            reading = _Reading(opened, list(opened.problems))
            found = _check_tree(reading)
            figures = _check_statement(reading)
    except BundleProblem as problem:
        return _report([str(problem)], "", 0, root)
    return _report(reading.problems, found, figures, root)


def _report(problems: Sequence[str], found: str, figures: int, root: str | None) -> VerifyReport:
    problems = list(problems)
    wanted = None if root is None else root.strip().lower()
    if wanted is not None and not _HEX.fullmatch(wanted):
        problems.append(_("The root to compare with is not 64 hexadecimal digits."))
    elif wanted is not None and wanted != found:
        problems.append(
            _("The root is {found}, and {wanted} was published.").format(
                found=found or _("nothing"), wanted=wanted
            )
        )
    if problems:
        message = _("It does not agree: {count} found.").format(count=len(problems))
    elif wanted is None:
        message = _("{figures} figures computed anew: consistent with itself; origin not checked").format(
            figures=figures
        )
    else:
        message = _("{figures} figures computed anew: they agree, and the root is the published one.").format(
            figures=figures
        )
    return VerifyReport(tuple(problems), not problems, found, figures, message)


def _check_tree(reading: _Reading) -> str:
    """Compare every file with its leaf, and the leaves with the root. The root that the leaves have."""
    tree = reading.json(TREE)
    if not _is_tree(tree):
        if tree is not None:
            reading.problems.append(_("{name}: is not a tree of leaves.").format(name=TREE))
        return ""
    leaves = {leaf["path"]: leaf for leaf in tree["leaves"]}
    if [leaf["path"] for leaf in tree["leaves"]] != sorted(leaves):
        reading.problems.append(_("{name}: its leaves are not in order, each once.").format(name=TREE))
    if len({leaf["salt"] for leaf in leaves.values()}) != len(leaves):
        reading.problems.append(_("{name}: two leaves have one salt.").format(name=TREE))
    there = set(reading.opened.files) - {TREE}
    for name in sorted(leaves.keys() - there):
        reading.problems.append(_("{name}: is missing.").format(name=name))
    for name in sorted(there - leaves.keys()):
        reading.problems.append(_("{name}: has no leaf.").format(name=name))
    for name in sorted(there & leaves.keys()):
        if file_digest(reading.path(name)) != leaves[name]["sha256"]:
            reading.problems.append(_("{name}: is not the file that was sealed.").format(name=name))
    found = root_of(tree["leaves"])
    if found != tree["root"]:
        reading.problems.append(_("{name}: the leaves do not have its root.").format(name=TREE))
    return found


def _is_tree(tree: Any) -> bool:
    return (
        isinstance(tree, dict)
        and set(tree) == {"hash", "leaves", "root"}
        and isinstance(tree["leaves"], list)
        and all(
            isinstance(leaf, dict)
            and set(leaf) == {"path", "salt", "sha256"}
            and all(isinstance(value, str) for value in leaf.values())
            and _HEX.fullmatch(leaf["salt"])
            and _HEX.fullmatch(leaf["sha256"])
            for leaf in tree["leaves"]
        )
    )


def _check_statement(reading: _Reading) -> int:
    """Make the statement anew from definitions and rows and compare. How many figures were made."""
    content = reading.json(STATEMENT)
    if content is None:
        return 0
    try:
        accounts = _accounts(reading, content)
        made = build_statement(
            accounts,
            period=_period(content),
            made_at=datetime.fromisoformat(content["made_at"]),
            office=content["office"],
            first_line=content["first_line"],
            audit_head=content["audit_head"],
            together=content["together"] is not None,
        ).content
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        known = isinstance(problem, StatementProblem | PeriodProblem | _NotMade)
        reason = str(problem) if known else f"{type(problem).__name__}: {problem}"
        reading.problems.append(_("It cannot be computed anew: {reason}").format(reason=reason))
        return 0
    except (DatabaseError, pa.ArrowException, OSError) as problem:
        reading.problems.append(_("The rows cannot be read: {reason}").format(reason=problem))
        return 0
    reading.problems += _differences(content, made)
    for account in accounts:
        reading.problems += row_problems(account)
    _check_package(reading, accounts, content)
    return sum(len(part["figures"]) for part in made["programmes"])


class _NotMade(ValueError):
    """A reason why the statement cannot be made anew, in words for the reader."""


def _period(content: Mapping[str, Any]) -> Period:
    period = content["period"]
    return Period(date.fromisoformat(period["starts"]), date.fromisoformat(period["ends"]))


def _accounts(reading: _Reading, content: Mapping[str, Any]) -> list[Account]:
    """The programmes of the statement, from the definitions beside it. A file that none has is a problem."""
    accounts = []
    allowed = {PACKAGE, STATEMENT, TREE}
    for part in content["programmes"]:
        name = part["name"]
        file = f"definitions/{name}.json"
        if file not in reading.opened.files:
            raise _NotMade(_("{name}: is missing.").format(name=file))
        programme = _programme(reading.path(file), part["edition"], file)
        facts = reading.opened.folder / "facts" / name
        title = "" if part["title"] == programme.title else part["title"]
        account = Account(programme, facts, name, title)
        accounts.append(account)
        allowed |= {file} | {f"facts/{name}/{fact['table']}.parquet" for fact in part["facts"]}
    for name in reading.opened.files:
        if name not in allowed:
            reading.problems.append(_("{name}: the statement does not know it.").format(name=name))
    return accounts


def _programme(path: Path, edition: str, name: str) -> Programme:
    frozen = path.read_bytes()
    if hashlib.sha256(frozen).hexdigest() != edition:
        raise _NotMade(_("{name}: is not the definition that the statement names.").format(name=name))
    try:
        return from_edition(frozen)
    except DefinitionError as problem:
        raise _NotMade(_("{name}: {problem}").format(name=name, problem=problem)) from problem


def _differences(said: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """Every place where the statement says something else than its rows give."""
    found = []
    for place, before, after in _compared(said, made, ()):
        found.append(
            _("{place}: the statement says {said}; the rows give {made}.").format(
                place=place, said=_shown(before), made=_shown(after)
            )
        )
    return found


_ABSENT = object()


def _compared(said: Any, made: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(said, dict) and isinstance(made, dict):
        for key in dict.fromkeys([*said, *made]):
            yield from _compared(said.get(key, _ABSENT), made.get(key, _ABSENT), (*place, key))
    elif isinstance(said, list) and isinstance(made, list):
        for index in range(max(len(said), len(made))):
            left = said[index] if index < len(said) else _ABSENT
            right = made[index] if index < len(made) else _ABSENT
            yield from _compared(left, right, (*place, _called(left, right, index)))
    elif type(said) is not type(made) or said != made:
        yield ", ".join(place), said, made


def _called(left: Any, right: Any, index: int) -> str:
    """An entry of a list by its name where it has one, else by its number."""
    for entry in (left, right):
        if isinstance(entry, dict):
            for key in ("name", "table", "theme"):
                if isinstance(entry.get(key), str):
                    return str(entry[key])
    return str(index + 1)


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return _("nothing")
    text = canonical(value).decode()
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _check_package(reading: _Reading, accounts: Sequence[Account], content: Mapping[str, Any]) -> None:
    if PACKAGE not in reading.opened.files:
        reading.problems.append(_("{name}: is missing.").format(name=PACKAGE))
        return
    files: dict[str, bytes | Path] = {
        name: reading.path(name) for name in reading.opened.files if name not in (PACKAGE, TREE)
    }
    if reading.path(PACKAGE).read_bytes() != data_package(accounts, content, files):
        reading.problems.append(_("{name}: does not describe these files.").format(name=PACKAGE))
