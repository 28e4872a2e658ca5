"""Figures for those behind the wall: few, as of a closed month, and none from which a small count of people follows.

What is shown of a programme is a row of *cells*, each with the month it is of. A month is looked at once it is
closed, by what was recorded by its end, so that it says the same for good. A cell moves on to a month only where that
gives nobody away (`_Shown.may_show`); until then it stays at its earlier month, which everybody has seen. See
docs/decisions/0008-tasks-and-the-wall.md for the rule, its reason and its limits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

RUNNING = frozenset({"active", "suspended", "on probation"})
"""The states of an award under which somebody is supported."""
OVER = frozenset({"ended", "completed"})
"""The states of an award under which somebody was supported."""

SO_FAR, ENDED, NOW = "supported so far", "support ended", "supported now"
MOST_COMBINED = 8
"""How many numbers are tried in all their sums and differences; what would be one more is not shown."""

People = frozenset[int]


@dataclass(frozen=True, slots=True)
class Move:
    """An award moved to a state. `month` counts from the year 0: the later of when it happened and was recorded."""

    person: int
    award: int
    month: int
    state: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Something was handed over. `cost` is in minor units, `quantity` in thousandths (None: money alone).

    `counts` is False for what only tops up an earlier hand-over.
    """

    person: int
    month: int
    benefit: str
    unit: str
    currency: str
    quantity: int | None
    cost: int
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Goods:
    """What was handed over of one benefit in one unit and currency: how often, how much, at what cost."""

    benefit: str
    unit: str
    currency: str
    month: int
    hand_overs: int
    quantity: int | None
    cost: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of people and the month it is of; None where it is below the smallest group, or withheld."""

    name: str
    value: int | None
    month: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody behind the wall sees of a programme at the end of a month."""

    until: int
    smallest: int
    people: tuple[Cell, ...]
    goods: tuple[Goods, ...]


@dataclass(slots=True)
class _Shown:
    """What was shown so far: of each cell every group of people that a shown number counted, the last last."""

    groups: dict[str, list[People]] = field(default_factory=dict)

    def may_show(self, name: str, people: People, smallest: int) -> bool:
        """Whether a number that counts these people may be shown in a cell.

        They are enough; against every number ever shown, one of the two groups has enough that the other has not, or
        they are the same in another cell; and no sums and differences of what then stands side by side count too few.
        """
        if len(people) < smallest:
            return False
        for other, groups in self.groups.items():
            for group in groups:
                if group == people and other != name:
                    continue
                if max(len(people - group), len(group - people)) < smallest:
                    return False
        beside = {people} | {groups[-1] for other, groups in self.groups.items() if other != name}
        if len(beside) > MOST_COMBINED:
            return False
        # What stood there before comes in as far as there is room: first this cell's own last number.
        before = [
            *self.groups.get(name, [])[-1:],
            *(group for groups in self.groups.values() for group in groups[-2:-1]),
        ]
        tried = list(dict.fromkeys([*beside, *before]))[:MOST_COMBINED]
        return smallest_counted(tried, smallest) is None

    def show(self, name: str, people: People) -> None:
        """From here on everybody may have seen it."""
        self.groups.setdefault(name, []).append(people)


def smallest_counted(groups: Sequence[People], smallest: int) -> int | None:
    """The smallest number of people, not 0 and below `smallest`, that some sum and difference of the groups counts.

    A sum and difference counts people where it holds each person once or not at all. None where there is none.
    """
    everybody = frozenset().union(*groups)
    patterns = Counter(tuple(person in group for group in groups) for person in everybody)
    found = []
    for signs in product((-1, 0, 1), repeat=len(groups)):
        counted = 0
        for pattern, count in patterns.items():
            times = sum(sign for sign, inside in zip(signs, pattern, strict=True) if inside)
            if times not in {0, 1}:
                break
            counted += times * count
        else:
            if 0 < counted < smallest:
                found.append(counted)
    return min(found, default=None)


def look(
    moves: Iterable[Move],
    hand_overs: Iterable[HandOver],
    *,
    smallest: Callable[[int], int],
    until: int,
) -> Look:
    """What is shown at the end of a month.

    The months before it are gone through from the first, so that what is shown hangs on nothing but the facts of each
    month: whoever looked earlier saw what this shows of that month.

    Args:
        moves: how awards moved, in the order in which they moved.
        hand_overs: what was handed over.
        smallest: the smallest group that may be shown, by month; it never falls.
        until: the last closed month.
    """
    moved, handed = _by_month(moves, until), _by_month(hand_overs, until)
    desk = _Desk()
    months = sorted(moved.keys() | handed.keys())
    for month in range(months[0], until + 1) if months else ():
        desk.take(moved.get(month, ()), handed.get(month, ()))
        desk.show(month, smallest(month))
    return desk.seen(until, smallest(until))


def _by_month(facts: Iterable[Move | HandOver], until: int) -> dict[int, list[Move | HandOver]]:
    found: dict[int, list[Move | HandOver]] = defaultdict(list)
    for fact in facts:
        if fact.month <= until:
            found[fact.month].append(fact)
    return found


@dataclass(slots=True)
class _Desk:
    """The facts up to a month, and what was shown of them."""

    states: dict[tuple[int, int], str] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], list[HandOver]] = field(default_factory=lambda: defaultdict(list))
    shown: _Shown = field(default_factory=_Shown)
    cells: dict[str, Cell] = field(default_factory=dict)
    goods: dict[tuple[str, str, str], Goods] = field(default_factory=dict)
    told: dict[tuple[str, str, str], int] = field(default_factory=dict)  # how many rows the shown goods hold

    def take(self, moves: Iterable[Move | HandOver], handed: Iterable[Move | HandOver]) -> None:
        """A month's facts."""
        for move in moves:
            if isinstance(move, Move) and move.state in RUNNING | OVER:
                self.states[move.person, move.award] = move.state
        for one in handed:
            if isinstance(one, HandOver):
                self.rows[one.benefit, one.unit, one.currency].append(one)

    def show(self, month: int, smallest: int) -> None:
        """Move on each cell that may be."""
        self._show_people(month, smallest)
        for key in sorted(self.rows):
            self._show_goods(key, month, smallest)

    def _show_people(self, month: int, smallest: int) -> None:
        so_far = frozenset(person for person, _award in self.states)
        now = frozenset(person for (person, _award), state in self.states.items() if state in RUNNING)
        ended = so_far - now
        fresh = self._moves_on(SO_FAR, so_far, month, smallest)
        # Beside a fresh number of all, who ended tells who is still there: then both may be shown or neither.
        if fresh and not self.shown.may_show(NOW, now, smallest):
            return
        if len(now) >= smallest and self._moves_on(ENDED, ended, month, smallest) and fresh:
            self.shown.show(NOW, now)
            self.cells[NOW] = Cell(NOW, len(now), month)

    def _moves_on(self, name: str, people: People, month: int, smallest: int) -> bool:
        """Whether a count of people is shown at a month; then it is."""
        if not self.shown.may_show(name, people, smallest):
            return False
        self.shown.show(name, people)
        self.cells[name] = Cell(name, len(people), month)
        return True

    def _show_goods(self, key: tuple[str, str, str], month: int, smallest: int) -> None:
        rows = self.rows[key]
        new = rows[self.told.get(key, 0) :]
        people = frozenset(one.person for one in rows)
        if min(len(people), len({one.person for one in new})) < smallest:
            return
        name = " ".join(key)
        if _tells_people(rows):
            if not self.shown.may_show(name, people, smallest):
                return
            self.shown.show(name, people)
        counted = [one.quantity for one in rows if one.quantity is not None]
        self.goods[key] = Goods(
            *key,
            month=month,
            hand_overs=sum(one.counts for one in rows),
            quantity=sum(counted) if counted else None,
            cost=sum(one.cost for one in rows),
        )
        self.told[key] = len(rows)

    def seen(self, until: int, smallest: int) -> Look:
        """What stands there. How many there are in all is left out where it is the sum of what stands beside it."""
        now, ended, so_far = (self.cells.get(name, Cell(name, None, None)) for name in (NOW, ENDED, SO_FAR))
        is_sum = now.month is not None and now.month == ended.month == so_far.month
        return Look(
            until=until,
            smallest=smallest,
            people=(now, ended) if is_sum else (now, ended, so_far),
            goods=tuple(self.goods[key] for key in sorted(self.goods)),
        )


def _tells_people(rows: Sequence[HandOver]) -> bool:
    """Whether a sum of hand-overs says how many people there are: each had as many, as much, or for as much money."""
    sums: Mapping[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in rows:
        mine = sums[one.person]
        mine[0] += one.counts
        mine[1] += one.quantity or 0
        mine[2] += one.cost
    return any(len({mine[which] for mine in sums.values()}) == 1 for which in range(3))
