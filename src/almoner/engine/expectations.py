"""Compares what an example expects with what came. What it names is tested; a name nobody knows fails."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from almoner.definitions.problems import did_you_mean
from almoner.values.dates import DateProblem, deadline
from almoner.values.language import _
from almoner.values.money import Money

Observations = Mapping[str, Callable[[], Any]]
"""What can be expected, by name; each is computed only where an example names it."""


def differences(expected: Mapping[str, Any], observed: Observations) -> Iterator[str]:
    """A sentence for each expectation that does not hold, in the order of the file."""
    for name, wanted in expected.items():
        if name not in observed:
            yield _("'{name}' is nothing that can be expected here.").format(name=name) + did_you_mean(
                name, observed
            )
            continue
        got = observed[name]()
        if not same(wanted, got):
            yield _("{name}: expected {wanted}, got {got}.").format(
                name=name, wanted=shown(wanted), got=shown(got)
            )


def same(wanted: Any, got: Any) -> bool:
    """Whether a value as written in the file is a value as it came. Lists are compared whole, order aside.

    A single word stands for a list of one. A mapping tests only what it names.
    """
    if isinstance(got, Written):
        return got.is_(wanted)
    if isinstance(got, Mapping):
        return isinstance(wanted, Mapping) and all(
            name in got and same(value, got[name]) for name, value in wanted.items()
        )
    if isinstance(got, Sequence) and not isinstance(got, str):
        return _same_list(wanted, got)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return len(wanted) == 1 and same(wanted[0], got)
    if got is None or wanted is None:
        return got is None and (wanted is None or wanted == "null")
    if isinstance(got, bool) or isinstance(wanted, bool):
        return shown(wanted) == shown(got)
    if isinstance(got, Decimal | int | Money):
        return _same_number(wanted, got.amount if isinstance(got, Money) else Decimal(got))
    return shown(wanted) == shown(got)


def _same_list(wanted: Any, got: Sequence[Any]) -> bool:
    """Whether two lists hold the same, order aside: each wanted one is found and taken, and none is left."""
    rest = list(got)
    listed = wanted if isinstance(wanted, Sequence) and not isinstance(wanted, str) else [wanted]
    if wanted is None:
        listed = []
    for one in listed:
        found = next((place for place, other in enumerate(rest) if same(one, other)), None)
        if found is None:
            return False
        del rest[found]
    return not rest


def _same_number(wanted: Any, got: Decimal) -> bool:
    if not isinstance(wanted, str | Decimal | int):
        return False
    try:
        return Decimal(wanted) == got
    except InvalidOperation:
        return False


class Written(ABC):
    """A value that an example may write in more than one way."""

    @abstractmethod
    def is_(self, wanted: Any) -> bool:
        """Whether this is what the file writes."""


class Deadline(Written):
    """The time by which a task is to be done: a day, a day and a time, or a duration."""

    def __init__(self, by: datetime | None, occasion: str, begins: datetime, time_zone: str) -> None:
        self._by = by
        self._occasion = occasion
        self._begins = begins
        self._time_zone = time_zone

    def is_(self, wanted: Any) -> bool:
        """Whether this is the time that the file writes, in the programme's time zone."""
        text = shown(wanted)
        if self._by is None:
            return text == self._occasion
        local = self._by.astimezone(ZoneInfo(self._time_zone))
        if text in {f"{local:%Y-%m-%d}", f"{local:%Y-%m-%d %H:%M}", f"{local:%Y-%m-%dT%H:%M}"}:
            return True
        count, _space, unit = text.partition(" ")
        try:
            return deadline(self._begins, int(count), unit, time_zone=self._time_zone) == self._by
        except (ValueError, DateProblem):
            return False

    def __str__(self) -> str:
        if self._by is None:
            return self._occasion
        return f"{self._by.astimezone(ZoneInfo(self._time_zone)):%Y-%m-%d %H:%M}"


def shown(value: Any) -> str:
    """A value as a file would write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {shown(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    return str(value)
