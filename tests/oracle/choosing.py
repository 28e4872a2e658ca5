"""Where a generator's choices come from: hypothesis, which can shrink them, or a seed, which is fast."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(Protocol):
    def integer(self, lowest: int, highest: int) -> int: ...


class Drawn:
    """Choices that hypothesis makes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def integer(self, lowest: int, highest: int) -> int:
        return self.draw(st.integers(lowest, highest))


class Seeded:
    """Choices that follow from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- the seed is the point

    def integer(self, lowest: int, highest: int) -> int:
        return self.random.randint(lowest, highest)


class Choosing:
    """What a generator asks. The first of a sequence and a refused chance are what shrinking leads to."""

    def __init__(self, choices: Choices) -> None:
        self.integer = choices.integer

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, items: Sequence[tuple[int, T]]) -> T:
        """An item by its weight."""
        left = self.integer(0, sum(weight for weight, _ in items) - 1)
        for weight, item in items:
            if left < weight:
                return item
            left -= weight
        raise AssertionError

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in items]
