"""The rows behind a statement: which files a programme's facts are written to, and what may stand in them.

One Parquet file per source of a programme, each with a declared schema. Rows are pseudonymous from the first
one on: who and what are HMACs under a key of that statement, days are months, and nothing sealed is ever a
column. Sealed are sensitive fields, free text, identifiers and files, and every derived value made from one.

Where an indicator needs what no column holds (a sealed value, an exact day, a parameter, rows within rows),
the one who writes the facts computes its expression for each row and writes a column named after the
indicator: a truth for a share or a count, and for a sum or a median the value cut to two significant digits
(`band`) if it is sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from almoner.definitions.programme import Programme
from almoner.engine.openness import Openness, indicator_source, is_carried_out, needs_a_column
from almoner.values.money import exponent_of
from almoner.values.numbers import MICRO, half_even_div

OUTCOMES = ("eligible", "needs information", "not eligible")
"""What the check of an application can end in; unknown where it was not checked."""

STATES = ("due", "reported", "queried", "verified", "answered", "refused", "died", "lost", "not tried")
"""How far a record or a follow-up has come. A record that is due and not reported is `due`."""

Kind = Literal["text", "boolean", "number", "money", "quantity", "month"]

_BATCH = 50_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class FactProblem(ValueError):
    """A row that does not fit its table."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, what it holds, and its name in expressions ('' : none)."""

    name: str
    kind: Kind
    about: str
    given: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactTable:
    """One file of facts. `source` is the indicators' word; `when` the columns that date a row.

    Rows of one key are added up in the column `added`, if there is one; elsewhere a key is there once.
    """

    name: str
    source: str
    currency: str
    columns: tuple[Column, ...]
    when: tuple[str, ...]
    key: tuple[str, ...]
    added: str = ""

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.parquet"

    @property
    def schema(self) -> pa.Schema:
        """The declared Arrow schema. All but the `known` columns may be unknown."""
        return pa.schema([pa.field(column.name, self._arrow(column)) for column in self.columns])

    @property
    def known(self) -> tuple[str, ...]:
        """The columns that every row knows: its key, and its month where one column alone dates it."""
        return (*self.key, *(self.when if len(self.when) == 1 else ()))

    def has(self, column: str) -> bool:
        """Whether there is a column of this name."""
        return any(known.name == column for known in self.columns)

    def write(self, rows: Iterable[Mapping[str, Any]], folder: Path) -> Path:
        """Write the rows, in the order of their pseudonyms, and say where. The same rows are the same bytes.

        A row names every column. Numbers are Decimal or int. Of a date only the month is kept.

        Raises:
            FactProblem: a column is missing or unknown, or a value does not fit its column.
        """
        schema = self.schema
        batches = [self._batch(chunk, schema) for chunk in _chunks(enumerate(rows, start=1), _BATCH)]
        table = pa.Table.from_batches(batches, schema=schema)
        if self.added:
            sums = table.group_by(list(self.key)).aggregate([(self.added, "sum")])
            sums = sums.select([*self.key, f"{self.added}_sum"]).rename_columns([*self.key, self.added])
            table = sums.cast(schema)
        table = table.sort_by([(name, "ascending") for name in self.key])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.file
        pq.write_table(table, path, compression="zstd", version="2.6", store_schema=False)
        return path

    def _arrow(self, column: Column) -> pa.DataType:
        match column.kind:
            case "boolean":
                return pa.bool_()
            case "number":
                return pa.decimal128(19, 6)
            case "money":
                return pa.decimal128(18, exponent_of(self.currency))
            case "quantity":
                return pa.decimal128(18, 3)
            case _:
                return pa.string()

    def _batch(self, rows: Sequence[tuple[int, Mapping[str, Any]]], schema: pa.Schema) -> pa.RecordBatch:
        names = {column.name for column in self.columns}
        for number, row in rows:
            if row.keys() != names:
                differing = ", ".join(sorted(names ^ row.keys()))
                raise FactProblem(f"{self.name}, row {number}: missing or unknown columns: {differing}.")
        arrays = []
        for column, field in zip(self.columns, schema, strict=True):
            values = [self._value(column, row[column.name], number) for number, row in rows]
            try:
                arrays.append(pa.array(values, type=field.type))
            except (pa.ArrowException, TypeError, ValueError) as problem:
                raise FactProblem(f"{self.name}.{column.name}: {problem}") from problem
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _value(self, column: Column, value: Any, number: int) -> Any:
        if value is None and column.name not in self.known:
            return None
        place = f"{self.name}.{column.name}, row {number}"
        match column.kind:
            case "month":
                return _month(value, place)
            case "boolean":
                wanted: tuple[type, ...] = (bool,)
            case "text":
                wanted = (str,)
            case _:
                wanted = (Decimal, int)
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise FactProblem(f"{place}: {value!r} is not a {column.kind}.")
        if column.among and value not in column.among:
            raise FactProblem(f"{place}: {value!r} is none of {', '.join(column.among)}.")
        return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Pseudonyms:
    """Names that cannot be traced back without the key: HMAC-SHA-256 under a key of one statement."""

    def __init__(self, key: bytes) -> None:
        if len(key) < hashlib.sha256().digest_size:
            raise ValueError("A key for pseudonyms has at least 32 bytes.")
        self._key = key

    def __call__(self, kind: str, identity: object) -> str:
        """The pseudonym of one thing of a kind: 32 hex digits, the same in every file of the statement."""
        said = f"{kind}\0{identity}".encode()
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]


def month(day: date) -> str:
    """The month of a day, `2026-09`."""
    return f"{day:%Y-%m}"


def band(micros: int) -> int:
    """A number cut to two significant digits, half-even: 1234.5 becomes 1200. Both are micros."""
    size: int = 10 ** max(len(str(abs(micros))) - 2, 0)
    return half_even_div(micros, size) * size


@dataclass(frozen=True, slots=True)
class Computed:
    """A column that whoever writes the facts computes from the indicator's expression, row by row."""

    indicator: str
    table: str
    column: str
    banded: bool

    def cell(self, value: Any) -> Any:
        """What is written for a value of the expression (None stays unknown)."""
        if not self.banded or value is None:
            return value
        micros = band(int(Decimal(value) * MICRO))
        return Decimal(micros) / MICRO


@dataclass(frozen=True, slots=True)
class _Frozen:
    """A programme that is known again by its digest."""

    programme: Programme

    def __hash__(self) -> int:
        return hash(self.programme.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other.programme.digest == self.programme.digest


def computed(programme: Programme) -> tuple[Computed, ...]:
    """The columns to be computed for the indicators of a programme, in the file's order."""
    return _computed(_Frozen(programme))


@lru_cache(maxsize=64)
def _computed(frozen: _Frozen) -> tuple[Computed, ...]:
    programme = frozen.programme
    openness = Openness(programme)
    found = []
    for indicator in programme.indicators.values():
        source = indicator_source(programme, indicator)
        if source is None or not is_carried_out(programme, indicator):
            continue
        if not needs_a_column(openness, indicator, source):
            continue
        banded = indicator.kind in ("sum", "median") and openness.sealed(indicator, source)
        found.append(Computed(indicator.name, source.table, f"indicator.{indicator.name}", banded))
    return tuple(found)


def tables(programme: Programme) -> dict[str, FactTable]:
    """Every file of facts of a programme, by its name without `.parquet`."""
    openness = Openness(programme)
    extra: dict[str, list[Column]] = {}
    for entry in computed(programme):
        kind: Kind = (
            "number" if programme.indicators[entry.indicator].kind in ("sum", "median") else "boolean"
        )
        about = "Computed from the indicator's definition" + (", cut to two digits." if entry.banded else ".")
        extra.setdefault(entry.table, []).append(Column(entry.column, kind, about))
    made = [_applications(programme), _awards(programme, openness), _deliveries(programme)]
    made += [_record(programme, openness, name, "record") for name in programme.records]
    made += [_record(programme, openness, name, "follow_up") for name in programme.follow_ups]
    made.append(_contributions(programme))
    return {
        name: FactTable(
            name,
            source,
            programme.currency,
            (*columns, *extra.get(name, [])),
            when,
            key,
            added="amount" if name == "contributions" else "",
        )
        for name, source, columns, when, key in made
    }


_Made = tuple[str, str, tuple[Column, ...], tuple[str, ...], tuple[str, ...]]

_PARTY = Column("party", "text", "Pseudonym of the person, household or organisation.")
_AWARD = Column("award", "text", "Pseudonym of the award.")
_ELSEWHERE = Column("decided_elsewhere", "boolean", "Whether the award was decided elsewhere.")


def _applications(programme: Programme) -> _Made:
    del programme
    columns = (
        Column("application", "text", "Pseudonym of the application."),
        _PARTY,
        Column("submitted", "month", "The month of the first submission."),
        Column("state", "text", "How far the application has come."),
        Column("outcome", "text", "What the check ended in.", among=OUTCOMES),
    )
    return ("applications", "applications", columns, ("submitted",), ("application",))


def _awards(programme: Programme, openness: Openness) -> _Made:
    columns = (
        _AWARD,
        Column("application", "text", "Pseudonym of the application."),
        _PARTY,
        Column("awarded", "month", "The month of the approval."),
        Column("state", "text", "How far the award has come; one that was declined is not here."),
        _ELSEWHERE,
        *_named("answer", openness.form()),
        *_named("derived", openness.derived()),
    )
    del programme
    return ("awards", "awards", columns, ("awarded",), ("award",))


def _deliveries(programme: Programme) -> _Made:
    columns = (
        Column("delivery", "text", "Pseudonym of the delivery."),
        _AWARD,
        _PARTY,
        Column("benefit", "text", "Which benefit.", among=tuple(programme.benefits)),
        Column("happened", "month", "The month of the hand-over."),
        Column("amount", "money", f"Money paid, {programme.currency}.", given="amount"),
        Column("quantity", "quantity", "How much was given, in the benefit's unit.", given="quantity"),
        Column("cost", "money", f"What it cost the giver, {programme.currency}.", given="cost"),
        _ELSEWHERE,
    )
    return ("deliveries", "deliveries", columns, ("happened",), ("delivery",))


def _record(programme: Programme, openness: Openness, name: str, what: str) -> _Made:
    record = programme.records[name] if what == "record" else None
    columns = (
        Column(what, "text", f"Pseudonym of the {what.replace('_', '-')}."),
        _AWARD,
        _PARTY,
        Column("period", "text", "The named period it is about."),
        Column("due", "month", "The month in which it falls due; unknown for what happens when it happens."),
        Column("state", "text", "How far it has come.", among=STATES),
        Column("happened", "month", "The month of which it tells."),
        _ELSEWHERE,
        *_named("answer", openness.record(name)),
        *_named("derived", openness.record_derived(name) if record else {}),
    )
    return (f"{what}_{name}", name, columns, ("due", "happened"), (what,))


def _contributions(programme: Programme) -> _Made:
    columns = (
        Column("contribution", "text", "Which contribution.", among=tuple(programme.contributions)),
        Column("month", "month", "The month it is booked in."),
        Column("amount", "money", f"The sum of that month, {programme.currency}."),
    )
    return ("contributions", "contributions", columns, ("month",), ("contribution", "month"))


def _named(prefix: str, names: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns for names; the prefix and its dot keep them apart from the table's own."""
    kinds: dict[str, Kind] = {"boolean": "boolean", "choice": "text", "date": "month"}
    return tuple(
        Column(f"{prefix}.{name}", kinds.get(kind, "number"), f"'{name}' of the definition.", given=name)
        for name, kind in names.items()
    )


def _month(value: Any, place: str) -> str:
    if isinstance(value, date):
        return month(value)
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return value
    raise FactProblem(f"{place}: {value!r} is no month.")


def _chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
