"""Reads a programme's file, checks all of it, and freezes it: a `Programme`, or every problem at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from almoner.definitions import edition, instruments, nodes
from almoner.definitions.problems import DefinitionError, Problem, Report, did_you_mean
from almoner.definitions.programme import Programme
from almoner.definitions.sections.whole import read_whole
from almoner.values.canonical import digest
from almoner.values.language import _

PROGRAMMES = Path(__file__).parent.parent / "programmes"
"""The folder of the programmes that come with Almoner."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class NotAProgrammeError(LookupError):
    """No programme has that name, and no file that path."""


def all_programmes() -> list[Path]:
    """The files of the programmes that come with Almoner, by name."""
    return sorted(PROGRAMMES.glob("*.yaml"))


def find(name_or_path: str | Path) -> Path:
    """The file of a programme: its name without `.yaml`, or a path.

    Raises:
        NotAProgrammeError: there is none; the message names those that are near.
    """
    text = str(name_or_path)
    path = Path(text)
    if path.suffix in {".yaml", ".yml"} or "/" in text or "\\" in text:
        if path.is_file():
            return path
        raise NotAProgrammeError(_("There is no file {path}.").format(path=text))
    shipped = PROGRAMMES / f"{text}.yaml"
    if _KEY.fullmatch(text) and shipped.is_file():
        return shipped
    known = [programme.stem for programme in all_programmes()]
    message = _("There is no programme '{name}'.").format(name=text) + did_you_mean(text, known)
    raise NotAProgrammeError(message + " " + _("Programmes: {names}.").format(names=", ".join(known)))


def load(path: str | Path, *, round_: Mapping[str, Any] | None = None) -> Programme:
    """The programme of a file, checked and frozen, together with what a round restates.

    A file that was loaded before, and says the same together with its tables, is not checked again.

    Args:
        path: the file.
        round_: `currency` and `parameters` as a round restates them, in the words of the file.

    Raises:
        DefinitionError: it cannot be used; `problems` says why, all at once.
    """
    path = Path(path)
    known = _loaded.get(_Loaded.key_of(path, round_))
    if known is not None and known.still_holds(path):
        return known.programme
    tables: dict[str, str] = {}
    programme, problems = check(path, round_=round_, tables=tables)
    if programme is None:
        raise DefinitionError(problem for problem in problems if not problem.notice)
    if len(_loaded) >= _LOADED_AT_MOST:
        _loaded.clear()
    _loaded[_Loaded.key_of(path, round_)] = _Loaded(programme, tables)
    return programme


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A programme that was loaded, with the texts of the tables that were read for it."""

    programme: Programme
    tables: Mapping[str, str]

    @staticmethod
    def key_of(path: Path, round_: Mapping[str, Any] | None) -> tuple[str, bytes, str]:
        """The name and the bytes of the file, and what the round restates."""
        return path.name, path.read_bytes() if path.is_file() else b"", repr(round_)

    def still_holds(self, path: Path) -> bool:
        """Whether every table says today what it said then."""
        try:
            return all(_table(path, file) == text for file, text in self.tables.items())
        except (OSError, UnicodeDecodeError):
            return False


_LOADED_AT_MOST = 64
_loaded: dict[tuple[str, bytes, str], _Loaded] = {}


def _table(path: Path, file: str) -> str:
    """The text of a table beside the definition, or of an instrument that comes with Almoner."""
    if file.startswith(instruments.PREFIX):
        return instruments.text_of(file)
    return (path.parent / file).read_bytes().decode("utf-8-sig")


def check(
    path: str | Path, *, round_: Mapping[str, Any] | None = None, tables: dict[str, str] | None = None
) -> tuple[Programme | None, list[Problem]]:
    """The programme, or None where it cannot be used, and every problem and notice of its file.

    Args:
        path: the file.
        round_: what a round restates, as in `load`.
        tables: takes the text of every table that is read, by its file.
    """
    path = Path(path)
    report = Report(path.name)
    if _KEY.fullmatch(path.stem) is None:
        message = _(
            "The file's name is the programme's key: small letters, digits and _, a letter first, then .yaml."
        )
        report.problem(1, message)
    try:
        data = path.read_bytes()
    except OSError:
        report.problem(0, _("The file cannot be read."))
        return None, report.in_order()
    definition = nodes.compose(data, report)
    restated = _restated(round_, report)
    if definition is None:
        return None, report.in_order()

    def read_table(file: str) -> str:
        text = _table(path, file)
        if tables is not None:
            tables[file] = text
        return text

    return _frozen(path.stem, definition, restated, read_table, report)


def from_edition(frozen: bytes) -> Programme:
    """The programme of a stored edition: the same checks, the same digest, whatever today's file says.

    Raises:
        DefinitionError: the bytes are no edition, or not one that this version's checks accept.
    """
    try:
        key, definition, lookups, restated = edition.thaw(frozen)
    except edition.EditionProblem as problem:
        raise DefinitionError([Problem("edition", 0, str(problem))]) from problem
    report = Report(f"{key}.yaml")

    def read_table(file: str) -> str:
        if file not in lookups:
            raise FileNotFoundError(file)
        return lookups[file]

    programme, problems = _frozen(key, definition, restated, read_table, report)
    if programme is None:
        raise DefinitionError(problem for problem in problems if not problem.notice)
    return programme


def _restated(round_: Mapping[str, Any] | None, report: Report) -> nodes.Mapping | None:
    if round_ is None:
        return None
    try:
        node = edition.node_of(round_)
    except edition.EditionProblem as problem:
        report.problem(0, str(problem))
        return None
    return node if isinstance(node, nodes.Mapping) else None


def _frozen(
    key: str, definition: nodes.Mapping, restated: nodes.Mapping | None, read_table: Any, report: Report
) -> tuple[Programme | None, list[Problem]]:
    values, texts = read_whole(definition, restated, read_table, report)
    problems = report.in_order()
    if report.failed:
        return None, problems
    frozen = edition.freeze(key, definition, texts, restated)
    # In the order of their words: an edition has no lines, and must give the same programme as its file.
    notices = tuple(sorted(problem.message for problem in problems if problem.notice))
    programme = Programme(
        key=key, file=report.file, frozen=frozen, digest=digest(frozen), notices=notices, **values
    )
    return programme, problems
