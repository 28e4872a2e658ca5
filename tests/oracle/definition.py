"""A programme's file as the oracle sees it: what a screening needs, and nothing else.

The YAML is read with the loader that leaves every scalar text, so `0.10` and `no` are what was written until
their place gives them a type.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from oracle.parser import Node, micros_of, read

Value = bool | int | str | date | None
NUMERIC = frozenset({"integer", "number", "money"})
MINOR_UNITS = {"CNY": 2, "EUR": 2, "USD": 2, "JPY": 0, "VND": 0}


def typed(text: str, kind: str) -> Value:
    """A scalar of the file or of a lookup's cell, by the type of its place. An empty cell is unknown."""
    if text == "":
        return None
    if kind in NUMERIC:
        return micros_of(text)
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    if kind == "date":
        return date.fromisoformat(text)
    return text


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    required: bool
    when: Node | None
    unasked: Node | None
    of: dict[str, Field]
    by: str = "applicant"


@dataclass(frozen=True)
class Table:
    """A lookup: rows of (in force from, keys, values by column)."""

    columns: tuple[str, ...]
    key_types: tuple[str, ...]
    rows: tuple[tuple[date | None, tuple[Value, ...], dict[str, Value]], ...]


@dataclass(frozen=True)
class Benefit:
    in_money: bool
    when: Node | None
    figure: Node  # the amount for money, else the quantity
    figure_key: str


@dataclass
class Definition:
    currency: str
    parameters: dict[str, list[tuple[date, Value]]] = field(default_factory=dict)
    lookups: dict[str, Table] = field(default_factory=dict)
    form: dict[str, Field] = field(default_factory=dict)
    derive: dict[str, Node] = field(default_factory=dict)
    rules: dict[str, Node] = field(default_factory=dict)
    refusals: dict[str, dict[str, str]] = field(default_factory=dict)
    scoring: dict[str, Node] = field(default_factory=dict)
    benefits: dict[str, Benefit] = field(default_factory=dict)


def read_definition(text: str, files: dict[str, str]) -> Definition:
    raw: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader builds text alone
    definition = Definition(currency=raw["currency"])
    for name, entry in raw.get("parameters", {}).items():
        dated = [
            (date.fromisoformat(day), typed(value, entry["type"])) for day, value in entry["from"].items()
        ]
        definition.parameters[name] = sorted(dated, key=lambda pair: pair[0])
    for name, entry in raw.get("lookups", {}).items():
        if "calendar" not in entry:
            definition.lookups[name] = read_table(entry, files[entry["file"]])
    definition.form = {name: read_field(name, entry) for name, entry in raw.get("form", {}).items()}
    definition.derive = {name: read(entry) for name, entry in raw.get("derive", {}).items()}
    definition.rules = {name: read(entry["rule"]) for name, entry in raw.get("eligibility", {}).items()}
    definition.refusals = {
        name: {"rule": name, "refusal": entry["refusal"], "basis": entry.get("basis", "")}
        for name, entry in raw.get("eligibility", {}).items()
    }
    definition.scoring = {name: read(entry) for name, entry in raw.get("scoring", {}).items()}
    for name, entry in raw.get("benefits", {}).items():
        key = "amount" if "amount" in entry else "quantity"
        when = read(entry["when"]) if "when" in entry else None
        definition.benefits[name] = Benefit(key == "amount", when, read(entry[key]), key)
    return definition


def read_field(name: str, entry: dict[str, Any]) -> Field:
    of = entry.get("of", {})
    return Field(
        name,
        entry["type"],
        entry.get("required") == "true",
        read(entry["when"]) if "when" in entry else None,
        read(entry["unasked"]) if "unasked" in entry else None,
        {key: read_field(key, part) for key, part in of.items()} if entry["type"] == "rows" else {},
        entry.get("by", "applicant"),
    )


def read_table(entry: dict[str, Any], text: str) -> Table:
    keys, values = entry["keys"], entry["values"]
    rows = []
    for line in csv.DictReader(io.StringIO(text)):
        starts = date.fromisoformat(line["from"]) if line.get("from") else None
        found = {column: typed(line[column], kind) for column, kind in values.items()}
        rows.append((starts, tuple(typed(line[column], kind) for column, kind in keys.items()), found))
    return Table(tuple(values), tuple(keys.values()), tuple(rows))
