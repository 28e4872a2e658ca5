"""Open somebody else's verification file without trusting it: only what it may hold, inside its folder."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from almoner.engine.bundle import PACKAGE, STATEMENT, TREE, BundleProblem
from almoner.values.language import _

_NAME = r"[a-z0-9][a-z0-9_.-]{0,79}"
_MAY_BE_THERE = re.compile(
    rf"{re.escape(PACKAGE)}|{re.escape(STATEMENT)}|{re.escape(TREE)}"
    rf"|definitions/{_NAME}\.json|facts/{_NAME}/[a-z0-9_]{{1,80}}\.parquet"
)
_MOST_FILES = 10_000
_MOST_BYTES = 20 * 2**30


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A verification file lying open: its folder, its files, and what is wrong with the others."""

    folder: Path
    files: tuple[str, ...]
    problems: tuple[str, ...]


@contextmanager
def open_bundle(path: Path) -> Iterator[OpenBundle]:
    """The files of a folder or a zip. A zip is unpacked into a private folder that is removed at the end.

    Raises:
        BundleProblem: there is nothing to open, or it is no zip.
    """
    if path.is_dir():
        yield _folder(path.absolute())
        return
    if not path.exists():
        raise BundleProblem(_("{path} is not there.").format(path=path))
    with TemporaryDirectory(prefix="almoner-") as private:
        try:
            with zipfile.ZipFile(path) as package:
                opened = _unpack(package, Path(private))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as problem:
            raise BundleProblem(
                _("{path} is not a verification file: {problem}").format(path=path, problem=problem)
            ) from problem
        yield opened


def _folder(folder: Path) -> OpenBundle:
    files, problems = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(_("{name}: a link may lead out of the folder.").format(name=name))
        elif path.is_dir():
            continue
        elif not path.is_file() or not _MAY_BE_THERE.fullmatch(name):
            problems.append(_extra(name))
        else:
            files.append(name)
    return OpenBundle(folder, tuple(files), tuple(problems))


def _unpack(package: zipfile.ZipFile, folder: Path) -> OpenBundle:
    entries = package.infolist()
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise BundleProblem(_("The file holds too much to be a verification file."))
    files: list[str] = []
    problems: list[str] = []
    for entry in entries:
        name = entry.filename
        if not _MAY_BE_THERE.fullmatch(name):
            problems.append(_extra(name))
        elif name in files:
            problems.append(_("{name}: is there twice.").format(name=name))
        elif entry.compress_type != zipfile.ZIP_STORED:
            # What is stored as it is cannot unpack to more than it says.
            problems.append(_("{name}: is compressed, which a verification file never is.").format(name=name))
        else:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with package.open(entry) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            files.append(name)
    return OpenBundle(folder, tuple(sorted(files)), tuple(problems))


def _extra(name: str) -> str:
    return _("{name!r}: does not belong in a verification file.").format(name=name)
