"""Parquet: columns bring their declared types. A list of structs is a list of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from almoner.definitions.mapping import FileHints
from almoner.engine.intake.table import COLUMNS_LIMIT, ROWS_LIMIT, CellProblem, IntakeError, Table, build
from almoner.values.language import _
from almoner.values.packed import PIECE


def read_parquet(path: Path, _hints: FileHints) -> Table:
    """Read a Parquet file.

    A DOUBLE is taken as the shortest decimal that stands for it; it must still have at most six decimals. A
    FLOAT (32 bits) is refused as a column: once widened, its shortest decimal is not what somebody wrote.

    Raises:
        IntakeError: not Parquet, a type that no field can take, a name that stands twice.
    """
    try:
        with pq.ParquetFile(path) as file:
            _too_large(path.name, file.metadata.num_rows, file.metadata.num_columns)
            _refused_types(path.name, file.schema_arrow)
            return build(path.name, file.schema_arrow.names, _rows(path.name, file), blank_rows=True)
    except (pa.ArrowException, OSError) as error:
        reason = _("This is not a Parquet file that can be read: {what}.").format(what=str(error).rstrip("."))
        raise IntakeError(path.name, [CellProblem(0, "", "", reason)]) from None


def _rows(name: str, file: pq.ParquetFile) -> Iterator[tuple[Any, ...]]:
    for batch in file.iter_batches(batch_size=PIECE):
        columns = [
            _values(name, column, values)
            for column, values in zip(batch.schema.names, batch.columns, strict=True)
        ]
        yield from zip(*columns, strict=True)


def _too_large(file: str, rows: int, columns: int) -> None:
    # Looked at in the footer, before anything is unpacked.
    if rows > ROWS_LIMIT or columns > COLUMNS_LIMIT:
        reason = _("More than {rows} rows or {columns} columns; split the file.")
        reason = reason.format(rows=f"{ROWS_LIMIT:,}", columns=f"{COLUMNS_LIMIT:,}")
        raise IntakeError(file, [CellProblem(0, "", "", reason)])


def _refused_types(file: str, schema: pa.Schema) -> None:
    problems = [
        CellProblem(0, name, str(kind), _("Values of type {kind} are not read.").format(kind=kind))
        for name, kind in zip(schema.names, schema.types, strict=True)
        if not _is_readable(kind)
    ]
    if problems:
        raise IntakeError(file, problems)


def _is_readable(kind: pa.DataType) -> bool:
    test = pa.types
    if test.is_list(kind) or test.is_large_list(kind) or test.is_fixed_size_list(kind):
        return bool(test.is_struct(kind.value_type)) and _is_struct_of_scalars(kind.value_type)
    return _is_scalar(kind)


def _is_struct_of_scalars(kind: pa.DataType) -> bool:
    parts = [kind.field(number) for number in range(kind.num_fields)]
    return len({part.name for part in parts}) == len(parts) and all(_is_scalar(part.type) for part in parts)


def _is_scalar(kind: pa.DataType) -> bool:
    test = pa.types
    if test.is_dictionary(kind):
        return _is_scalar(kind.value_type)
    checks = (
        test.is_boolean,
        test.is_integer,
        test.is_float64,
        test.is_decimal,
        test.is_string,
        test.is_large_string,
        test.is_string_view,
        test.is_date,
        test.is_timestamp,
        test.is_null,
    )
    return any(check(kind) for check in checks)


def _values(file: str, name: str, column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        try:
            column = column.cast(pa.timestamp("us", tz=column.type.tz))
        except pa.ArrowInvalid:
            reason = _("A time in this column has parts of a millionth of a second.")
            raise IntakeError(file, [CellProblem(0, name, "", reason)]) from None
    values: list[Any] = column.to_pylist()
    return values
