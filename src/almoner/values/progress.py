"""How far long work has come, told to whoever watches: whoever works neither knows nor waits for it.

The watcher is set with `watched_by` for as long as a `with` block lasts. Where nobody watches, nothing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

Watcher = Callable[[str, int, int | None], None]
"""Told a stage, how many things of it are done, and of how many; None where nobody knows."""

READING, CHECKING, WRITING = "reading", "checking", "writing"
"""The stages of taking over a file."""

_EVERY = 100
"""After how many things the watcher is told again."""

_watcher: ContextVar[Watcher | None] = ContextVar("almoner_progress", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher what is done within a `with` block."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def begin(stage: str) -> None:
    """A stage begins of which nobody knows how far it has come until it is done."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(stage, 0, None)


def each(stage: str, things: Collection[T]) -> Iterator[T]:
    """The things of a stage, one by one; every hundredth and the last are told once they are done."""
    watcher = _watcher.get()
    if watcher is None:
        yield from things
        return
    whole = len(things)
    watcher(stage, 0, whole)
    for done, thing in enumerate(things, start=1):
        yield thing
        if done % _EVERY == 0 or done == whole:
            watcher(stage, done, whole)


def pieces(stage: str, things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The things of a stage in pieces of a size, so that what is made of them need not be held all at once."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(stage, 0, len(things))
    for start in range(0, len(things), size):
        piece = things[start : start + size]
        yield piece
        if watcher is not None:
            watcher(stage, start + len(piece), len(things))
