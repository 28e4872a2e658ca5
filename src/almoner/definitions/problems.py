"""Problems of a definition: values with file, line, what is wrong and what to do next; all of them in one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from almoner.values.language import _

NAMES_SHOWN = 12
"""A list of possibilities longer than this is not printed whole."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, or (`notice`) one thing that is read and checked but not yet carried out.

    `line` counts from 1; 0 where there is no line, as in an edition that is loaded from its JSON.
    """

    file: str
    line: int
    message: str
    notice: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class DefinitionError(ValueError):
    """A definition cannot be used. `problems` says why, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Report:
    """Collects the problems of one file. The same problem at the same place is told once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._problems: dict[Problem, None] = {}

    def problem(self, line: int, message: str, *, file: str = "") -> None:
        """Add a problem; `file` where it is not the definition's own file."""
        self._problems.setdefault(Problem(file or self.file, line, message))

    def notice(self, line: int, message: str) -> None:
        """Add a notice, which does not stop the definition from being used."""
        self._problems.setdefault(Problem(self.file, line, message, notice=True))

    def not_carried_out(self, line: int, what: str) -> None:
        """Say that a word of the grammar is read and checked, and that no step acts on it yet."""
        self.notice(line, _("{what} is read and checked; nothing carries it out yet.").format(what=what))

    @property
    def failed(self) -> bool:
        """Whether there is a problem that is more than a notice."""
        return any(not problem.notice for problem in self._problems)

    def in_order(self) -> list[Problem]:
        """All problems and notices: by file, the definition's own first, then by line."""
        return sorted(self._problems, key=lambda problem: (problem.file != self.file, problem))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'income_per_head'?` with its leading space, or nothing where no known name is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return " " + _("Did you mean '{name}'?").format(name=near[0]) if near else ""


def one_of(names: Iterable[str]) -> str:
    """The possibilities as a list for a message: `cash, in_kind, service`."""
    listed = list(names)
    if not listed:
        return _("none")
    return ", ".join(listed[:NAMES_SHOWN]) + (", …" if len(listed) > NAMES_SHOWN else "")
