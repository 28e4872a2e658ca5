"""Who reviews what, and what several reviews of a case come to. Pure; the caller holds the lock.

Cases are shared out so that loads are even and pairs of reviewers meet on different cases: only where two have judged
the same case can the stricter be told from the weaker case. Beside the plain mean stands the mean without each
reviewer's severity, by least squares over the additive model *total = case + reviewer*; it ranks nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from almoner.values.chance import Chance
from almoner.values.numbers import MICRO, from_micros, half_even_div


class TooFewReviewers(Exception):
    """A case has fewer reviewers who may judge it than the file demands. `cases` are all of these."""

    def __init__(self, cases: Sequence[str]) -> None:
        super().__init__(", ".join(cases))
        self.cases = tuple(cases)


@dataclass(frozen=True, slots=True)
class ToReview:
    """A case that still lacks reviewers: who holds it already, and who may not be given it."""

    case: str
    holders: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


def share_out(
    waiting: Iterable[ToReview], reviewers: Collection[str], *, each: int, loads: Mapping[str, int], seed: int
) -> dict[str, list[str]]:
    """The reviewers that each case is newly given, by case.

    Cases come in the order of numbers drawn for them, taken in order of their names. Each place goes to whoever has the
    fewest cases, then has met those who hold this case on the fewest others, then drew the lower number.

    Args:
        waiting: the cases, each once.
        reviewers: who reviews.
        each: how many must review a case.
        loads: how many cases each holds already; none where a name is missing.
        seed: the seed of what is drawn.

    Raises:
        TooFewReviewers: fewer may review a case than must.
    """
    cases = sorted(waiting, key=lambda one: one.case)
    names = sorted(reviewers)
    chance = Chance(seed)
    lots = dict(zip(names, chance.different(len(names)), strict=True))
    turns = dict(zip((one.case for one in cases), chance.different(len(cases)), strict=True))
    short = [
        one.case for one in cases if len(set(names) - one.holders - one.barred) + len(one.holders) < each
    ]
    if short:
        raise TooFewReviewers(short)
    load = Counter(dict(loads))
    met: Counter[frozenset[str]] = Counter()
    for one in cases:
        met.update(_pairs(one.holders))
    given: dict[str, list[str]] = {}
    for one in sorted(cases, key=lambda case: turns[case.case]):
        holders, new = set(one.holders), []
        while len(holders) < each:
            free = [name for name in names if name not in holders and name not in one.barred]
            chosen = min(
                free,
                key=lambda name: (
                    load[name],
                    sum(met[frozenset((name, other))] for other in holders),
                    lots[name],
                ),
            )
            met.update(frozenset((chosen, other)) for other in holders)
            load[chosen] += 1
            holders.add(chosen)
            new.append(chosen)
        if new:
            given[one.case] = new
    return given


def _pairs(names: Collection[str]) -> list[frozenset[str]]:
    listed = sorted(names)
    return [frozenset((one, other)) for place, one in enumerate(listed) for other in listed[place + 1 :]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one reviewer gave a case in all."""

    case: str
    reviewer: str
    total: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the reviews of one case come to, in points of the rubric.

    `fair` is the mean without the reviewers' severity; None where too few cases were judged by the same reviewers to
    tell it. `spread` is the highest total less the lowest.
    """

    case: str
    count: int
    mean: Decimal
    spread: int
    fair: Decimal | None


def mean_of(totals: Sequence[int]) -> Decimal:
    """The mean of what reviewers gave, half-even to a millionth.

    Raises:
        ValueError: nobody gave anything.
    """
    if not totals:
        raise ValueError("There is no review.")
    return in_points(Fraction(sum(totals), len(totals)))


def verdicts(judged: Sequence[Judged], severity: Mapping[str, Fraction] | None) -> dict[str, Verdicts]:
    """What the reviews of each case come to, by case; `severity` is what `severities` says of them."""
    totals: dict[str, list[int]] = defaultdict(list)
    for one in judged:
        totals[one.case].append(one.total)
    fair: dict[str, list[Fraction]] = defaultdict(list)
    for one in judged:
        if severity is not None:
            fair[one.case].append(one.total - severity[one.reviewer])
    return {
        case: Verdicts(case, len(given), mean_of(given), max(given) - min(given), _mean(fair.get(case)))
        for case, given in totals.items()
    }


def _mean(values: Sequence[Fraction] | None) -> Decimal | None:
    return in_points(sum(values, start=Fraction(0)) / len(values)) if values else None


def in_points(exact: Fraction) -> Decimal:
    """A fraction as points, half-even to a millionth."""
    return from_micros(half_even_div(exact.numerator * MICRO, exact.denominator))


def severities(judged: Sequence[Judged]) -> dict[str, Fraction] | None:
    """By how many points each reviewer gives more (below 0: less) than the others for the same cases; they sum to 0.

    Least squares over *total = case + reviewer*: with the cases eliminated, one equation a reviewer remains. None where
    the reviewers fall into groups that share no case, between which nothing can be compared.
    """
    by_case: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_case[one.case].append(one)
    names = sorted({one.reviewer for one in judged})
    if not _connected(names, by_case.values()):
        return None
    place = {name: number for number, name in enumerate(names)}
    size = len(names)
    matrix = [[Fraction(0)] * (size + 1) for _row in names]
    for given in by_case.values():
        mean = Fraction(sum(one.total for one in given), len(given))
        for one in given:
            row = matrix[place[one.reviewer]]
            row[place[one.reviewer]] += 1
            row[size] += one.total - mean
            for other in given:
                row[place[other.reviewer]] -= Fraction(1, len(given))
    # The equations tell severities up to a constant: that they sum to 0 takes the place of the last one.
    matrix[-1] = [Fraction(1)] * size + [Fraction(0)]
    return dict(zip(names, _solved(matrix), strict=True))


def _connected(names: Sequence[str], groups: Iterable[Sequence[Judged]]) -> bool:
    root = {name: name for name in names}

    def found(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for group in groups:
        for one, other in pairwise(group):
            root[found(one.reviewer)] = found(other.reviewer)
    return len({found(name) for name in names}) == 1


def _solved(matrix: list[list[Fraction]]) -> list[Fraction]:
    """The solution of linear equations, exactly, by elimination. A row holds the factors and the right side."""
    size = len(matrix)
    for column in range(size):
        pivot = next(row for row in range(column, size) if matrix[row][column])
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        head = matrix[column]
        factor = head[column]
        matrix[column] = head = [value / factor for value in head]
        for row in range(size):
            times = matrix[row][column]
            if row != column and times:
                matrix[row] = [value - times * lead for value, lead in zip(matrix[row], head, strict=True)]
    return [row[size] for row in matrix]
