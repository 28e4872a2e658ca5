"""How the columns of somebody's file become the fields of a programme: the mapping file, read and checked.

A mapping states what a file does not make plain (the style of dates, a decimal comma, units, the words for
yes) and what it does not hold at all: whose round this is, in which year and currency, under which figures.
Every column of the file is mapped or ignored by name, so that nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.date_styles import ISO
from almoner.definitions.programme import Field, Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.tree import Type

KINDS = ("applications", "awards", "deliveries", "records", "follow-ups")
"""What a file may bring."""

ABOUT: Mapping[str, str] = {"records": "record", "follow-ups": "follow_up", "deliveries": "benefit"}
"""The key that says which record, follow-up or benefit a mapping of this kind is about."""


@dataclass(frozen=True, slots=True)
class FileHints:
    """What a file does not say about itself; '' where it is plain."""

    format: str = ""  # csv xlsx json parquet
    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""
    ignore_sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A factor into the programme's unit: the column's, or that of the unit which another column names."""

    factor: Decimal | None = None
    column: str = ""
    factors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """How the cells of a column are written.

    `values` translates: a cell that is not in it is a problem, and None is unanswered. `round_to` decimals a number
    is rounded half-even; without it one with more than six decimals is a problem.
    """

    date: str = ISO
    decimal: str = "."
    thousands: str = ""
    round_to: int | None = None
    one_zero: bool = False
    values: Mapping[str, str | None] | None = None
    unanswered: frozenset[str] = frozenset()
    unit: Unit | None = None


PLAIN = Style()
"""ISO dates, a decimal point, no thousands separators, true and false in words."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field's answer comes from: columns of the file, a stated constant, or rows put together.

    Several columns are joined with ` | `, so that `values` can translate them together; where they are `multiplied`,
    the answer is their product. A constant says `because`.
    """

    field: str
    line: int
    headers: tuple[str, ...] = ()
    constant: str | None = None
    because: str = ""
    style: Style = PLAIN
    rows: tuple[Mapping[str, Column], ...] = ()
    multiplied: bool = False

    def every_header(self) -> Iterator[str]:
        """Each column of the file that this answer reads."""
        yield from self.headers
        if self.style.unit is not None and self.style.unit.column:
            yield self.style.unit.column
        for row in self.rows:
            for inner in row.values():
                yield from inner.every_header()


@dataclass(frozen=True, slots=True)
class Party:
    """Who a row is about: the columns that name the person, or the row's number with a prefix.

    `identifiers` are columns by scheme, as in `national_id`: what one says belongs to one party, whichever file it
    comes in, and is kept sealed. A reference is the giver's own name for the row and is kept as it is written.
    """

    headers: tuple[str, ...] = ()
    row_prefix: str = ""
    identifiers: Mapping[str, Column] = field(default_factory=dict)

    def every_header(self) -> Iterator[str]:
        """Each column of the file that is read in order to tell who a row is about."""
        yield from self.headers
        for column in self.identifiers.values():
            yield from column.every_header()


@dataclass(frozen=True, slots=True)
class Restated:
    """A parameter as a round states it anew: dated values as written, and their source."""

    source: str
    starts: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Round:
    """A round under its own name, year and currency, with its own dated figures.

    `submitted` is the as-of date of every row that has none of its own.
    """

    name: str
    year: int
    currency: str
    submitted: date | None
    parameters: Mapping[str, Restated]

    def restatement(self) -> dict[str, Any]:
        """What the round restates, in the form in which `load` takes it."""
        parameters = {
            name: {"source": restated.source, "from": dict(restated.starts)}
            for name, restated in self.parameters.items()
        }
        return {"currency": self.currency, **({"parameters": parameters} if parameters else {})}


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the file comes from: `package` and `item`, or `folder` and `file` below `ALMONER_DATA`.

    `precision: single` says that the set's numbers were once held in 32 bits, so that 0.88915 came to be
    0.8891500234603882 or 0.88915002: they are written again with the digits that 32 bits tell apart.
    """

    title: str
    source: str
    licence: str
    package: str = ""
    item: str = ""
    folder: str = ""
    file: str = ""
    precision: str = ""


@dataclass(frozen=True, slots=True)
class DecidedElsewhere:
    """An award that another body decided: by whom, on which day, on which paper; constants or columns."""

    by: Column
    on: Column
    paper: Column

    def columns(self) -> tuple[Column, Column, Column]:
        """All three."""
        return self.by, self.on, self.paper


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A mapping file, read and checked. `about` names the record, follow-up or benefit, if any.

    `comparison` names those who are compared, where the follow-ups are theirs and not of those who are helped.
    """

    file: str
    title: str
    programme: str
    kind: str
    about: str
    hints: FileHints
    columns: Mapping[str, Column]
    ignore: tuple[str, ...]
    party: Party | None
    round: Round | None = None
    dataset: Dataset | None = None
    decided_elsewhere: DecidedElsewhere | None = None
    comparison: str = ""

    def assumptions(self) -> dict[str, str]:
        """Every constant that stands in for an answer, with its reason."""
        found: dict[str, str] = {}
        for name, column in self.columns.items():
            if column.constant is not None or (column.rows and column.because):
                found[name] = column.because
        return found


def _asked(name: str, kind: Type, choices: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, 0, choices=choices)


BESIDES: Mapping[str, Mapping[str, Field]] = {
    kind: {made.name: made for made in fields}
    for kind, fields in {
        "applications": (_asked("as_of", Type.DATE), _asked("reference", Type.TEXT)),
        "awards": (
            _asked("reference", Type.TEXT),
            _asked("decided_by", Type.TEXT),
            _asked("decided_on", Type.DATE),
            _asked("paper", Type.TEXT),
        ),
        "deliveries": (
            _asked("reference", Type.TEXT),
            _asked("instalment", Type.TEXT),
            _asked("delivered_on", Type.DATE),
            _asked("amount", Type.MONEY),
            _asked("quantity", Type.NUMBER),
            _asked("paper", Type.TEXT),
        ),
        "records": (
            _asked("reference", Type.TEXT),
            _asked("period", Type.TEXT),
            _asked("happened_on", Type.DATE),
            _asked("verified", Type.BOOLEAN),
            _asked("corrects", Type.TEXT),
            _asked("paper", Type.TEXT),
        ),
        "follow-ups": (
            _asked("reference", Type.TEXT),
            _asked("happened_on", Type.DATE),
            _asked("result", Type.CHOICE, ("answered", "refused", "died", "lost")),
            _asked("consented", Type.BOOLEAN),
            _asked("delivery", Type.TEXT),
        ),
    }.items()
}
"""What a file of each kind may hold beside the form's fields. `reference` names the application or award."""


def fields_of(programme: Programme, kind: str, about: str = "") -> dict[str, Field]:
    """The fields that a file of a kind may answer, without those of `BESIDES`.

    An award decided elsewhere answers the application's form too and brings, for each benefit, what was
    granted (`grant`) and what has already been given of it (`grant_given`): see `balances_of`. `record: renewal` are
    the answers to a renewal, where the programme renews its awards.

    Raises:
        KeyError: the programme has no such record or follow-up.
    """
    if kind == "records" and about == RENEWAL and programme.renewal is not None:
        return dict(programme.renewal_form)
    if kind == "records":
        return dict(programme.records[about].form)
    if kind == "follow-ups":
        return dict(programme.follow_ups[about].form)
    if kind == "deliveries":
        each = programme.benefits[about].each_delivery
        return dict(each.form) if each else {}
    if kind == "awards":
        return {**programme.form, **balances_of(programme)}
    return dict(programme.form)


GIVEN_END = "_given"
"""How the field ends that says what was given of a benefit before."""


def balances_of(programme: Programme) -> dict[str, Field]:
    """The fields that say what was granted of each benefit, and what was given of it before."""
    return {
        name + end: Field(
            name + end,
            Type.MONEY if benefit.kind in {"cash", "purchase"} else Type.NUMBER,
            benefit.line,
            minimum=0,
        )
        for name, benefit in programme.benefits.items()
        for end in ("", GIVEN_END)
    }
