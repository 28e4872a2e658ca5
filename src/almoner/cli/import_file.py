"""A file that somebody keeps, read whole under its mapping, and the cells of it that are refused."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from almoner.definitions.load import find, load
from almoner.definitions.mapping import BESIDES, ImportMapping, fields_of
from almoner.definitions.mapping_load import load_mapping
from almoner.definitions.programme import Programme
from almoner.engine.intake.decided import DecidedAward, decided_awards
from almoner.engine.intake.reading import read_table
from almoner.engine.intake.table import CellProblem, IntakeError
from almoner.engine.intake.take_in import Intake, take_in
from almoner.values.language import _


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read whole, under its mapping."""

    programme: Programme
    mapping: ImportMapping
    taken: Intake
    file: Path
    file_digest: str
    mapping_digest: str
    awards: tuple[DecidedAward, ...] = ()
    """What the rows of a file of awards say."""
    refused: tuple[CellProblem, ...] = ()
    """Cells that cannot be taken over: there are none but in a rehearsal, which goes on with the other rows."""

    @property
    def key(self) -> str:
        """The same file under the same mapping is the same request."""
        return hashlib.sha256(
            f"{self.programme.digest}{self.file_digest}{self.mapping_digest}".encode()
        ).hexdigest()


def bring(  # noqa: PLR0913 -- a file is brought under these
    name: str,
    file: Path,
    kind: str,
    mapping_file: Path,
    *,
    today: date = date.max,
    counting: bool = False,
) -> Brought:
    """Read a file under its mapping: every problem of it at once.

    Args:
        name: the programme's file name without .yaml, or a path.
        file: what somebody keeps.
        kind: what it holds, as its mapping says too.
        mapping_file: which column is which field.
        today: the day on which it is taken over; nothing was decided after it.
        counting: whether it is only counted: rows that are refused are then told beside the others.

    Raises:
        DefinitionError: the programme or the mapping has problems.
        IntakeError: the file cannot be read.
        RefusedRowsError: cells have problems.
    """
    path = find(name)
    mapping = load_mapping(mapping_file, load(path))
    if mapping.kind != kind:
        reason = _("It maps {found}, not {wanted}.").format(found=mapping.kind, wanted=kind)
        raise IntakeError(mapping_file.name, [CellProblem(0, "", "", reason)])
    programme = load(path, round_=mapping.round.restatement()) if mapping.round else load(path)
    table = read_table(file, mapping.hints)
    taken = take_in(table, fields_of(programme, kind, mapping.about), BESIDES[kind], mapping)
    awards, wrong = decided_awards(taken, programme, mapping, today) if kind == "awards" else ([], [])
    refused = tuple(sorted([*taken.problems, *wrong]))
    if refused and not (counting and all(problem.row for problem in refused)):
        raise RefusedRowsError(file, refused)
    return Brought(
        programme, mapping, taken, file, _digest(file), _digest(mapping_file), tuple(awards), refused
    )


class RefusedRowsError(Exception):
    """Cells that cannot be taken over, all of them; nothing was."""

    def __init__(self, file: Path, problems: tuple[CellProblem, ...]) -> None:
        super().__init__(f"{file.name}: {len(problems)}")
        self.file = file
        self.problems = problems

    def write(self, path: Path) -> None:
        """A refused-rows file: the row, the column, the cell and the reason of each."""
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["sheet", "row", "column", "cell", "reason"])
            for one in self.problems:
                writer.writerow([one.sheet, one.row, one.column, one.raw, one.reason])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
