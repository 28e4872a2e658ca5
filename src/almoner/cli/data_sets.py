"""The demonstration's real data sets: where each comes from, and its rows as a CSV file.

The sets come with packages that are data here and nothing else: they are found on the disk and never imported.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import lzma
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from almoner.definitions.mapping import Dataset
from almoner.definitions.mapping_load import load_mapping
from almoner.values.language import _

MAPPINGS = Path(__file__).parent.parent / "programmes" / "mappings"

INVENTED = Dataset(
    title="Cedar Life Sciences (invented)",
    source="Almoner's own generator with a stored seed; no person and no company in it exists",
    licence="Apache-2.0",
)


class DataSetMissingError(LookupError):
    """A data set is not on this machine; the message says how it gets there."""


@dataclass(frozen=True, slots=True)
class DemoSource:
    """A set of the demonstration: `mapping` is the file that maps it, None for the invented office."""

    dataset: Dataset
    programme: str
    mapping: Path | None


def demo_sources() -> list[DemoSource]:
    """Every set with its source and licence, the invented office first."""
    found = [DemoSource(INVENTED, "", None)]
    for path in sorted(MAPPINGS.glob("*.yaml")):
        mapping = load_mapping(path)
        if mapping.dataset is not None:
            found.append(DemoSource(mapping.dataset, mapping.programme, path))
    return found


def dataset_file(dataset: Dataset, folder: Path) -> Path:
    """The set as a file that `read_table` reads: written into `folder`, or where it lies under `ALMONER_DATA`.

    Raises:
        DataSetMissingError: the package is not installed, or `ALMONER_DATA` does not hold the file.
    """
    if dataset.folder:
        root = os.environ.get("ALMONER_DATA", "")
        path = Path(root) / dataset.folder / dataset.file
        if not root or not path.is_file():
            message = _("ALMONER_DATA names no folder with {folder}/{file}.")
            raise DataSetMissingError(message.format(folder=dataset.folder, file=dataset.file))
        return path
    source = _packaged(dataset)
    target = folder / f"{dataset.item.replace('/', '_')}.csv"
    _write_csv(source, target, single=dataset.precision == "single")
    return target


def _packaged(dataset: Dataset) -> Path:
    """A set's own file inside its package."""
    found = importlib.util.find_spec(dataset.package)
    if found is None or not found.submodule_search_locations:
        message = _(
            "The package '{package}' is not installed; `make setup` installs the demonstration's data sets."
        )
        raise DataSetMissingError(message.format(package=dataset.package))
    folder = Path(next(iter(found.submodule_search_locations)))
    for path in (folder / "_data" / f"{dataset.item}.pkl.compress", folder / dataset.item):
        if path.is_file():
            return path
    message = _("The package '{package}' holds no set '{item}'.")
    raise DataSetMissingError(message.format(package=dataset.package, item=dataset.item))


def _write_csv(source: Path, target: Path, *, single: bool) -> None:
    """The frame as CSV; a number is written with the fewest digits that stand for it."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        message = _(
            "The package '{package}' is not installed; `make setup` installs the demonstration's data sets."
        )
        raise DataSetMissingError(message.format(package="pandas")) from None
    # The package stores frames in no other form. It is installed with a hash like any code that runs here.
    with lzma.open(source) as packed:
        frame = pandas.read_pickle(packed, compression=None)
    columns = [_texts(frame[name], single=single) for name in frame.columns]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([str(name) for name in frame.columns])
        writer.writerows(zip(*columns, strict=True))


def _texts(column: Any, *, single: bool) -> list[str]:
    unknown = column.isna()
    written: Callable[[Any], str] = str
    values = column.to_numpy()
    if column.dtype.kind == "f":
        written = _plain
        if single:
            values = [float(str(value)) for value in column.astype("float32").to_numpy()]
    return ["" if gone else written(value) for gone, value in zip(unknown, values, strict=True)]


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(float(value))
