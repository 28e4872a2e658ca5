"""The clock: the one place that asks what time it is.

Every fact is stamped through `current()`. A test, a replay or a demonstration sets another clock with `use`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...

    def today(self, time_zone: str) -> date:
        """The date in a time zone, such as `Asia/Shanghai`."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self, time_zone: str) -> date:
        """The date in a time zone."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: datetime) -> None:
        self._instant = _aware(instant)

    def now(self) -> datetime:
        """The instant it was set to, in UTC."""
        return self._instant

    def today(self, time_zone: str) -> date:
        """The date in a time zone at that instant."""
        return self._instant.astimezone(ZoneInfo(time_zone)).date()

    def move_to(self, instant: datetime) -> None:
        """Set another instant."""
        self._instant = _aware(instant)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} names no time zone, so it is no instant.")
    return instant.astimezone(UTC)


_SYSTEM = SystemClock()
_clock: ContextVar[Clock] = ContextVar("almoner_clock")


def current() -> Clock:
    """The clock in use: the machine's unless `use` set another."""
    return _clock.get(_SYSTEM)


@contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    """Tell the time by another clock within a `with` block."""
    token = _clock.set(clock)
    try:
        yield clock
    finally:
        _clock.reset(token)
