"""Draws what chances leave open. Every name has a stream of its own: nothing shifts when one is added."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from almoner.cli.invented.chances import (
    Between,
    Cases,
    Chance,
    Drawn,
    Entry,
    Often,
    OneOf,
    Reckoned,
    RowsOf,
    Written,
)
from almoner.cli.invented.reckoning import reckon
from almoner.values.chance import Chance as Stream

Names = Mapping[str, Any]


def chance_of(seed: int, what: str) -> Stream:
    """A stream of its own for each person, occasion and name."""
    return Stream(int.from_bytes(hashlib.sha256(f"{seed}/{what}".encode()).digest()[:8], "big"))


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was drawn: `said` as it stands in the papers, `names` as it is."""

    said: dict[str, Any]
    names: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws from one seed. `whole` papers have no gaps; the first ones have."""

    seed: int
    whole: bool = False

    def draw(self, draws: Mapping[str, Drawn], names: Names, where: str) -> Drawing:
        """Names in their order; `where` is whose they are and on which occasion."""
        found: dict[str, Any] = dict(names)
        said: dict[str, Any] = {}
        for name, drawn in draws.items():
            found[name] = self.value(drawn, found, f"{where}/{name}")
            said[name] = found[name]
            if not self.whole and drawn.gap and self.happens(drawn.gap, f"{where}/{name}/gap"):
                said[name] = None
        return Drawing(said, found)

    def value(self, drawn: Drawn, names: Names, where: str) -> Any:
        """What one name is; None in the share in which nobody says."""
        if drawn.unknown and self.happens(drawn.unknown, f"{where}/unknown"):
            return None
        return self._chance(drawn.chance, names, where)

    @staticmethod
    def text(written: Written, names: Names) -> str:
        """A text of names that are all known."""
        return _written(written, names) or ""

    def in_order(self, people: Sequence[str], where: str) -> list[str]:
        """People in an order of chance, in which each one's place hangs on that one's own number."""
        return sorted(people, key=lambda person: chance_of(self.seed, f"{where}/{person}").raw())

    def happens(self, share: Decimal, where: str) -> bool:
        """Whether it happens, which it does in this share of cases."""
        return chance_of(self.seed, where).fraction() < share

    def _chance(self, chance: Chance, names: Names, where: str) -> Any:
        if isinstance(chance, Reckoned):
            return _rounded(reckon(chance.expression.node, names), chance.decimals)
        if isinstance(chance, Often):
            return self.happens(chance.share, where)
        if isinstance(chance, OneOf):
            return _one_of(chance, chance_of(self.seed, where))
        if isinstance(chance, Between):
            return _between(chance, names, chance_of(self.seed, where))
        if isinstance(chance, Cases):
            held = (then for condition, then in chance.cases if reckon(condition.node, names))
            return self._chance(next(held, chance.otherwise), names, where)
        if isinstance(chance, Written):
            return _written(chance, names)
        if isinstance(chance, RowsOf):
            return self._rows(chance, names, where)
        return None

    def _rows(self, chance: RowsOf, names: Names, where: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for place, entry in enumerate(chance.entries):
            here = f"{where}/{place}"
            times = 1 if entry.times is None else self.value(entry.times, names, f"{here}/times")
            rows += [self._row(entry, names, f"{here}/{row}", row) for row in range(1, int(times or 0) + 1)]
        return rows

    def _row(self, entry: Entry, names: Names, where: str, row: int) -> dict[str, Any]:
        drawn = self.draw(entry.draw, {**names, "row": Decimal(row)}, where)
        return self.draw(entry.columns, drawn.names, f"{where}/columns").said


def _rounded(value: Any, decimals: int | None) -> Any:
    if decimals is None or not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _one_of(chance: OneOf, stream: Stream) -> str:
    left = Decimal(stream.fraction()) * sum(weight for _word, weight in chance.weights)
    for word, weight in chance.weights:
        left -= weight
        if left < 0:
            return word
    return chance.weights[-1][0]


def _between(chance: Between, names: Names, stream: Stream) -> Any:
    """Unknown where an end is, and where the second lies before the first."""
    low, high = reckon(chance.low.node, names), reckon(chance.high.node, names)
    if low is None or high is None or high < low:
        return None
    span = Decimal((high - low).days) if isinstance(low, date) else high - low
    steps = stream.below(int(span // chance.step) + 1)
    return (
        low + timedelta(days=int(steps * chance.step)) if isinstance(low, date) else low + steps * chance.step
    )


def _written(chance: Written, names: Names) -> str | None:
    """Unknown where a name in it is."""
    pieces = []
    for piece in chance.pieces:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        name, width = piece
        value = names[name]
        if value is None:
            return None
        pieces.append(plain(value).zfill(width))
    return "".join(pieces)


def plain(value: Any) -> str:
    """A value as text: dates as 2025-03-20, numbers without needless zeros."""
    if isinstance(value, Decimal):
        return f"{value:f}" if value != value.to_integral_value() else str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
