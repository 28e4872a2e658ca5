"""What an expression may name where it stands: DESIGN's *names by place*, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from almoner.definitions.tree import Origin, Type


@dataclass(frozen=True, slots=True)
class Known:
    """A name that may be used: its type, where it comes from, and a choice's own values.

    `unasked_line` is the line of a conditional field that does not say what it is when it is not asked, else 0: such
    a field may not be used, because nobody could say what it is worth.
    """

    type: Type
    origin: Origin
    choices: tuple[str, ...] = ()
    rows: str = ""
    conditional: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that a summary may read: a rows field, or (`dated`) a record, a follow-up, a benefit's deliveries."""

    name: str
    fields: Mapping[str, Known]
    dated: bool = False
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup's keys and values."""

    keys: Mapping[str, Type]
    values: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names, rows and tables at one place.

    `elsewhere` says why a name that exists may not be used here. `broken` are names whose own definition has a
    problem: it is told where they are defined, and not again wherever they are used. `timed` are the questions that say
    who is there, at a delivery that says from when to when.
    """

    names: Mapping[str, Known] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    row: Rows | None = None
    timed: frozenset[str] = frozenset()

    def find(self, name: str) -> Known | None:
        """The row's own field first, then the outer name."""
        if self.row is not None and name in self.row.fields:
            return self.row.fields[name]
        return self.names.get(name)

    def is_broken(self, name: str) -> bool:
        """Whether the name is defined, with a problem that is told there."""
        return name in self.broken or (self.row is not None and name in self.row.broken)

    def spellings(self) -> Iterator[str]:
        """Every name that stands here, for a suggestion."""
        if self.row is not None:
            yield from self.row.fields
        yield from self.names
        yield from self.rows

    def inside(self, rows: Rows) -> Scope:
        """The scope inside a summary of these rows."""
        return replace(self, row=rows)

    def plus(self, names: Mapping[str, Known]) -> Scope:
        """The scope with more names; they come before those of the same name outside."""
        return replace(self, names={**self.names, **names})
