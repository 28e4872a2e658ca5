"""Reads a study: a published table of values with what it rests on and what is printed, so that it can be recomputed.

A study's file stands by itself; no programme reads it. It says for each table the outcomes as a value map has them, or
the value that the study starts from, and the figures that are printed, with the decimals with which they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.grammar import VERSION
from almoner.definitions.grammar.kinds import FIGURE, POSITIVE, RAW, SPAN, TEXT, WHOLE, Key, Shape, one_of
from almoner.definitions.problems import Problem, Report
from almoner.definitions.programme import MOST_YEARS, Duration, can_last
from almoner.definitions.reading import Context, entries, read_shape
from almoner.values.language import _
from almoner.values.numbers import MICRO

SHARES = ("deadweight", "attribution", "displacement", "drop_off")

OUTCOME = Shape(
    name="outcome",
    keys=(
        Key("quantity", FIGURE, "How many.", obligatory=True),
        Key("proxy", FIGURE, "What one is worth in a year.", obligatory=True),
        *(Key(name, FIGURE, "A share from 0 to 1.", obligatory=True) for name in SHARES),
        Key("duration", SPAN, "How long it lasts, in years, months or weeks.", obligatory=True),
        Key("printed", TEXT, "The value of its first year as it is printed, before discounting."),
    ),
)

PRINTED = ("first_year", "value", "investment", "net", "ratio", "net_ratio", "each", "cost_each")
"""What a table may print: the first year's sum before discounting, the value, what was put in, the value less that, the
value over that, the value less that over that, the value for each of the people, what was put in for each."""

_TABLE = Shape(
    name="table",
    keys=(
        Key("discount_rate", FIGURE, "The yearly discount of the outcomes; 0 where none is taken."),
        Key("outcomes", RAW, "The outcomes by name, in place of `value`."),
        Key("value", FIGURE, "The value from which the study starts, in place of `outcomes`."),
        Key("investment", FIGURE, "What was put in."),
        Key(
            "rounded",
            WHOLE,
            "To how many decimals each year's discounted sum is rounded before they are added up.",
        ),
        Key("people", POSITIVE, "Among how many the value is divided."),
        Key(
            "printed",
            Shape(name="printed", keys=tuple(Key(name, TEXT, "As printed.") for name in PRINTED)),
            ".",
        ),
    ),
)

_WHOLE = Shape(
    name="study",
    keys=(
        Key("almoner", one_of(VERSION), "The version of the grammar.", obligatory=True),
        Key("study", TEXT, "Its title.", obligatory=True),
        Key("source", TEXT, "Where it is printed.", obligatory=True),
        Key("tables", RAW, "The tables by name.", obligatory=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as it is printed: its text, and the line of the file."""

    text: str
    line: int

    @property
    def number(self) -> Decimal:
        """Its number."""
        return Decimal(self.text)

    def agrees(self, exact: Fraction) -> bool:
        """Whether it is that number, rounded to the decimals with which it is printed; a half either way."""
        last = Fraction(Decimal(1).scaleb(int(self.number.as_tuple().exponent)))
        return abs(Fraction(self.number) - exact) * 2 <= last


@dataclass(frozen=True, slots=True)
class StudyOutcome:
    """A row of a value map; `assumed` are the proxy and the shares in micros."""

    name: str
    quantity: Fraction
    assumed: Mapping[str, int]
    duration: Duration
    printed: Printed | None


@dataclass(frozen=True, slots=True)
class StudyTable:
    """A table: its outcomes, or the value from which it starts, and what it prints."""

    name: str
    outcomes: tuple[StudyOutcome, ...] = ()
    discount_rate: int = 0
    value: Fraction | None = None
    investment: Fraction | None = None
    people: int | None = None
    rounded: int | None = None  # decimals of a year's discounted sum
    printed: Mapping[str, Printed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Study:
    """A published study."""

    file: str
    title: str
    source: str
    tables: tuple[StudyTable, ...]


def check_study(path: Path | str) -> tuple[Study | None, list[Problem]]:
    """The study of a file, None if it has problems, and the problems.

    Raises:
        OSError: the file is not there, or may not be read.
    """
    path = Path(path)
    report = Report(path.name)
    root = nodes.compose(path.read_bytes(), report)
    if root is None:
        return None, report.in_order()
    context = Context(report, owner="study")
    values = read_shape(root, _WHOLE, context)
    tables = [
        _table(name, value, context.of(name)) for name, _key, value in entries(root.get("tables"), context)
    ]
    study = Study(report.file, values.get("study") or "", values.get("source") or "", tuple(tables))
    return (None if report.failed else study), report.in_order()


def _table(name: str, node: nodes.Node, context: Context) -> StudyTable:
    values = read_shape(node, _TABLE, context)
    given = node.get("outcomes") if isinstance(node, nodes.Mapping) else None
    if given is not None and values.get("value") is not None:
        message = _("'{name}' has outcomes and a value from which it starts; keep the one or the other.")
        context.report.problem(node.line, message.format(name=name))
    if given is not None and values.get("discount_rate") is None:
        message = _("'{name}' must say its discount_rate; 0 where none is taken.")
        context.report.problem(node.line, message.format(name=name))
    found = [_outcome(one, value, context.of(one)) for one, _key, value in entries(given, context)]
    printed = node.get("printed") if isinstance(node, nodes.Mapping) else None
    return StudyTable(
        name,
        tuple(outcome for outcome in found if outcome is not None),
        values.get("discount_rate") or 0,
        _exact(values.get("value")),
        _exact(values.get("investment")),
        values.get("people"),
        values.get("rounded"),
        dict(_printed(printed, context)),
    )


def _outcome(name: str, node: nodes.Node, context: Context) -> StudyOutcome | None:
    values = read_shape(node, OUTCOME, context)
    if any(values.get(key.name) is None for key in OUTCOME.keys if key.obligatory):
        return None
    for share in SHARES:
        if not 0 <= values[share] <= MICRO:
            message = _("'{name}' of '{owner}' must lie between 0 and 1.")
            context.report.problem(node.line, message.format(name=share, owner=name))
    if not can_last(values["duration"]):
        message = _("'duration' of '{owner}' must be years, months or weeks, and at most {most} years.")
        context.report.problem(node.line, message.format(owner=name, most=MOST_YEARS))
    printed = dict(_printed(node, context))
    assumed = {key: values[key] for key in ("proxy", *SHARES)}
    return StudyOutcome(
        name, _exact(values["quantity"]) or Fraction(0), assumed, values["duration"], printed.get("printed")
    )


def _printed(node: nodes.Node | None, context: Context) -> Iterator[tuple[str, Printed]]:
    """The printed figures of a mapping, as they are written."""
    for key, value in node if isinstance(node, nodes.Mapping) else ():
        if key.text not in {*PRINTED, "printed"} or not isinstance(value, nodes.Scalar):
            continue
        try:
            finite = Decimal(value.text).is_finite()
        except InvalidOperation:
            finite = False
        if finite:
            yield key.text, Printed(value.text, value.line)
        else:
            message = _(
                "'{name}' of '{owner}' is no number: write 1250.00, without signs between the digits."
            )
            context.report.problem(value.line, message.format(name=key.text, owner=context.owner))


def _exact(micros: Any) -> Fraction | None:
    return None if micros is None else Fraction(micros, MICRO)
