"""One file of facts: its declared columns, and rows written to it in the order of their keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from almoner.values.money import exponent_of

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


def month(day: date) -> str:
    """The month of a day, `2026-09`."""
    return f"{day:%Y-%m}"


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
