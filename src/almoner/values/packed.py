"""A long sequence that takes little memory: its items lie packed in pieces, and one piece at a time is open.

A file of a million rows stays in memory from its reading to its last record, because it is taken over whole or not at
all. Spread out as objects its rows take kilobytes each; packed they take about what they take on disk, and nothing
of them is written anywhere.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")

PIECE = 2_000
"""So many items lie in a piece."""

_QUICK = 1
"""How hard zlib works: it is to save memory, not to be the smallest."""


class Packed(Sequence[T], Generic[T]):
    """Items in their order, as they were given: counted, walked through, looked up by place, as often as asked.

    Equal to another sequence that holds equal items. One shorter than a piece is never packed.
    """

    __slots__ = ("_length", "_open", "_packed", "_place")

    def __init__(self, items: Iterable[T]) -> None:
        self._packed: list[bytes] = []
        self._length = 0
        self._place = 0
        self._open: list[T] = []
        rest = iter(items)
        while piece := list(islice(rest, PIECE)):
            self._length += len(piece)
            self._open = piece
            if self._packed or len(piece) == PIECE:
                self._packed.append(_pack(piece))
        self._place = max(0, len(self._packed) - 1)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        if not self._packed:
            yield from self._open
        for packed in self._packed:
            yield from _unpack(packed)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        """An item, or a list of them; a piece stays open until another one is asked for."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._length))]
        at = place + self._length if place < 0 else place
        if not 0 <= at < self._length:
            raise IndexError(place)
        piece, within = divmod(at, PIECE)
        if piece != self._place:
            self._place, self._open = piece, _unpack(self._packed[piece])
        return self._open[within]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        """There is none, as a list has none.

        Raises:
            TypeError: always.
        """
        raise TypeError("a packed sequence has no hash")

    def __repr__(self) -> str:
        return f"<{self._length} items, packed>"


def _pack(piece: list[Any]) -> bytes:
    return zlib.compress(pickle.dumps(piece, pickle.HIGHEST_PROTOCOL), _QUICK)


def _unpack(packed: bytes) -> list[Any]:
    piece: list[Any] = pickle.loads(zlib.decompress(packed))  # noqa: S301 -- packed by this very process
    return piece
