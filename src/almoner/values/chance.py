"""Chance that can be run again: PCG64's raw 64-bit output, and whole numbers drawn from it without bias.

The generator is PCG XSL RR 128/64 of M. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically
Good Algorithms for Random Number Generation" (2014). A seed becomes its first state in the way that NumPy
documents for `PCG64(seed)`, so that anyone who holds a stored seed can draw the same numbers elsewhere:
`numpy.random.PCG64(seed).random_raw(n)`.
"""

from __future__ import annotations

from math import isqrt

_WORD = 0xFFFF_FFFF
_HALF = (1 << 64) - 1
_WHOLE = (1 << 128) - 1
_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645

_POOL = 4  # words of 32 bits into which a seed is mixed


class Chance:
    """A stream of numbers that its seed decides wholly."""

    def __init__(self, seed: int) -> None:
        """Begin the stream of a seed.

        Args:
            seed: a whole number, not below 0, of any size.

        Raises:
            ValueError: the seed is below 0.
        """
        if seed < 0:
            raise ValueError("A seed is not below 0.")
        self.seed = seed
        first = _spread(seed, words=8)
        state, sequence = _joined(first[0:4]), _joined(first[4:8])
        self._begin(state, sequence)

    @classmethod
    def from_state(cls, state: int, sequence: int) -> Chance:
        """The stream of a state and a sequence of 128 bits, begun as the generator's own paper begins it."""
        chance = cls(0)
        chance._begin(state, sequence)
        return chance

    def _begin(self, state: int, sequence: int) -> None:
        self._increment = (sequence << 1 | 1) & _WHOLE
        self._state = 0
        self._step()
        self._state = (self._state + state) & _WHOLE
        self._step()

    def _step(self) -> None:
        self._state = (self._state * _MULTIPLIER + self._increment) & _WHOLE

    def raw(self) -> int:
        """The next 64 bits, as a whole number from 0 to 2^64 - 1."""
        self._step()
        mixed = (self._state >> 64 ^ self._state) & _HALF
        turn = self._state >> 122
        return (mixed >> turn | mixed << (-turn & 63)) & _HALF

    def below(self, limit: int) -> int:
        """The next whole number from 0 to `limit` - 1, each as likely as the other.

        Raises:
            ValueError: the limit is below 1 or above 2^64.
        """
        if not 1 <= limit <= _HALF + 1:
            raise ValueError("A limit lies between 1 and 2^64.")
        # What lies above the last whole multiple of the limit would favour small numbers: it is drawn again.
        whole = (_HALF + 1) // limit * limit
        while (drawn := self.raw()) >= whole:
            pass
        return drawn % limit

    def fraction(self) -> float:
        """The next number from 0 up to, but not including, 1: the upper 53 bits, exactly."""
        return (self.raw() >> 11) / (1 << 53)

    def triangular(self, low: int, mode: int, high: int) -> int:
        """The next whole number from `low` to `high` under a triangle whose top is at `mode`, by one raw number.

        The inverse of the triangular distribution at raw / 2^64, rounded down, in whole numbers throughout.

        Raises:
            ValueError: the three do not rise.
        """
        if not low <= mode <= high:
            raise ValueError("A triangle rises from low over mode to high.")
        drawn, width = self.raw(), high - low
        if drawn * width < mode - low << 64:
            return low + isqrt(drawn * width * (mode - low) >> 64)
        rest = -(-(_HALF + 1 - drawn) * width * (high - mode) >> 64)  # rounded up
        return high - (isqrt(rest - 1) + 1 if rest else 0)

    def different(self, count: int) -> list[int]:
        """The next `count` raw numbers, no two alike: lottery numbers."""
        drawn: dict[int, None] = {}
        while len(drawn) < count:
            drawn[self.raw()] = None
        return list(drawn)

    def sample(self, size: int, count: int) -> list[int]:
        """`count` different places out of 0 … `size` - 1, in the order drawn, each set equally likely.

        Raises:
            ValueError: more are asked for than there are.
        """
        if not 0 <= count <= size:
            raise ValueError(f"{count} cannot be drawn out of {size}.")
        moved: dict[int, int] = {}
        places = []
        for first in range(count):
            chosen = first + self.below(size - first)
            places.append(moved.get(chosen, chosen))
            moved[chosen] = moved.get(first, first)
        return places


class _Hash:
    """Multiplies words by constants that change from call to call, so that equal words do not stay equal."""

    def __init__(self, first: int, multiplier: int) -> None:
        self._constant = first
        self._multiplier = multiplier

    def __call__(self, word: int) -> int:
        word ^= self._constant
        self._constant = self._constant * self._multiplier & _WORD
        word = word * self._constant & _WORD
        return word ^ word >> 16


def _mixed(left: int, right: int) -> int:
    word = (0xCA01F9DD * left - 0x4973F715 * right) & _WORD
    return word ^ word >> 16


def _spread(seed: int, *, words: int) -> list[int]:
    """A seed of any size as so many well-mixed words of 32 bits."""
    entropy = [seed & _WORD]
    while seed := seed >> 32:
        entropy.append(seed & _WORD)
    absorb = _Hash(0x43B0D7E5, 0x931E8875)
    pool = [absorb(entropy[place] if place < len(entropy) else 0) for place in range(_POOL)]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                pool[target] = _mixed(pool[target], absorb(pool[source]))
    for word in entropy[_POOL:]:
        for target in range(_POOL):
            pool[target] = _mixed(pool[target], absorb(word))
    give = _Hash(0x8B51F9DD, 0x58F38DED)
    return [give(pool[place % _POOL]) for place in range(words)]


def _joined(words: list[int]) -> int:
    """Four words as 128 bits: each pair is low word first, the first pair is the upper half."""
    low, high = words[0] | words[1] << 32, words[2] | words[3] << 32
    return low << 64 | high
