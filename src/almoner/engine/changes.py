"""Changes: what an expression came to in the last follow-up of each party, less what it came to in the first.

N are the parties who were asked at least twice and whose last follow-up fell due in the period; n those who answered
both. Beside a comparison it is a difference, never an effect: who is helped was not drawn by lot.

A change that is deflated takes each amount in the prices of the period's last month: times that month's index, over
the index of the month of which the answer tells, half-even to a millionth. Where either is not known, the change is
unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Comparison, Indicator
from almoner.engine.connection import Connection
from almoner.engine.figures import Figure, Period, met, rate
from almoner.engine.price_index import PriceIndex
from almoner.engine.row_sql import quoted
from almoner.values.numbers import MICRO, half_even_div, text_of

GROUP = "group"
"""The column that names the comparison a follow-up belongs to; NULL where the party is helped."""

OCCASION = "occasion"
"""The column that names the time at which a follow-up was due, where an indicator asks of one."""

OTHERS = ("unknown", "refused", "died", "lost", "not_tried")


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes of one group in micros.

    `twice_median` is two times the median, so that it stays whole. Of those who are unknown, `unpriced` answered both
    and have no index of prices.
    """

    ever: int
    n: int
    N: int
    twice_median: int | None
    total: int
    became: Mapping[str, int]
    elsewhere: int
    unpriced: int
    reached: int = 0

    @property
    def median(self) -> int | None:
        """The middle change, half-even to a millionth."""
        return None if self.twice_median is None else half_even_div(self.twice_median, 2)

    @property
    def mean(self) -> int | None:
        """The mean change, half-even to a millionth."""
        return half_even_div(self.total, self.n) if self.n else None


@dataclass(frozen=True, slots=True)
class Important:
    """The smallest change that matters: so many `points`, or so large a part of the score before, both in micros.

    `falls` says that a score which falls is better.
    """

    points: int | None
    of_baseline: int | None
    falls: bool
    source: str

    @property
    def sql(self) -> str:
        """Whether a change is at least that, over `first` and `last`; nothing that stays is a change."""
        better = "(first.worth - last.worth)" if self.falls else "(last.worth - first.worth)"
        if self.points is not None:
            return f"({better} >= {int(self.points)} AND {better} > 0)"
        return f"({better} * {MICRO} >= {int(self.of_baseline or 0)} * first.worth AND {better} > 0)"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a file of follow-ups: the value of a row as SQL over its columns, and what became of it."""

    path: Path
    when: str
    key: str
    became: str
    value: str
    parameters: tuple[Any, ...]
    has_group: bool
    at: str = ""
    important: Important | None = None
    prices: PriceIndex | None = None


def changes(asked: Question, group: str, period: Period, connection: Connection) -> Changed:
    """The changes of those who are helped (`group` ''), or of one comparison."""
    first, last = period.months
    belongs = "TRUE"
    bound: list[Any] = [*asked.parameters, str(asked.path), last]
    if asked.has_group:
        belongs = f"{quoted(GROUP)} = ?" if group else f"{quoted(GROUP)} IS NULL"
        bound += [group] if group else []
    worth, prices = _in_prices(asked.prices)
    which = quoted(OCCASION) if asked.at else "NULL"
    end = "last.occasion = ?" if asked.at else "last.at = last.times"
    at = [asked.at] if asked.at else []
    reached = asked.important.sql if asked.important else "FALSE"
    # Every name is a column of the declared schema, quoted; every value is bound.
    sql = f"""
    WITH asked AS (
        SELECT party, {asked.when} AS due, happened, {asked.became} AS became,
            CAST({asked.value} AS HUGEINT) AS value, decided_elsewhere, {which} AS occasion,
            row_number() OVER (
                PARTITION BY party ORDER BY {asked.when}, happened NULLS LAST, {quoted(asked.key)}
            ) AS at,
            count(*) OVER (PARTITION BY party) AS times
        FROM read_parquet(?) WHERE {asked.when} <= ? AND {belongs} AND party IS NOT NULL
    ), worths AS ({worth}), ends AS (
        SELECT party, last.due AS due, last.decided_elsewhere AS elsewhere,
            CASE WHEN last.became <> 'answered' THEN last.became WHEN last.value IS NULL THEN 'unknown'
                WHEN first.became <> 'answered' THEN first.became WHEN first.value IS NULL THEN 'unknown'
                WHEN last.worth IS NULL OR first.worth IS NULL THEN 'unpriced' ELSE 'known' END AS became,
            last.worth - first.worth AS change, {reached} AS reached
        FROM worths AS last JOIN worths AS first USING (party)
        WHERE first.at = 1 AND {end} AND last.at > 1
    ), inside AS (SELECT * FROM ends WHERE due >= ?)
    SELECT (SELECT count(*) FROM asked), count(*), count(*) FILTER (became = 'known'),
        quantile_disc(change, 0.5) FILTER (became = 'known'),
        -quantile_disc(-change, 0.5) FILTER (became = 'known'),
        coalesce(sum(change) FILTER (became = 'known'), 0), count(*) FILTER (elsewhere),
        count(*) FILTER (became = 'unpriced'), count(*) FILTER (became = 'known' AND reached),
        {", ".join(f"count(*) FILTER (became = '{name}')" for name in OTHERS)}
    FROM inside
    """  # noqa: S608 -- see above
    row = connection.execute(sql, [*bound, *prices, *at, first]).fetchall()[0]
    ever, whole, known, lower, upper, total, elsewhere, unpriced, reached_by, *counted = row
    became = {name: int(count) for name, count in zip(OTHERS, counted, strict=True)}
    return Changed(
        ever=int(ever),
        n=int(known),
        N=int(whole),
        twice_median=None if lower is None else int(lower) + int(upper),
        total=int(total),
        became=became | {"unknown": became["unknown"] + int(unpriced)},
        elsewhere=int(elsewhere),
        unpriced=int(unpriced),
        reached=int(reached_by),
    )


def _in_prices(index: PriceIndex | None) -> tuple[str, list[Any]]:
    """SQL that gives each row of `asked` its worth in the prices of the index's month, and the values it binds.

    DuckDB's // cuts towards zero: the quotient moves on where twice the rest, and one if it is odd, is more than the
    divisor.
    """
    if index is None:
        return "SELECT *, value AS worth FROM asked", []
    sql = """
        SELECT * EXCLUDE (product, divisor, whole), CASE
            WHEN 2 * abs(product - whole * divisor) + abs(whole % 2) > divisor
            THEN whole + CASE WHEN product < 0 THEN -1 ELSE 1 END ELSE whole END AS worth
        FROM (
            SELECT asked.*, asked.value * CAST(? AS HUGEINT) AS product, prices.divisor AS divisor,
                product // prices.divisor AS whole
            FROM asked LEFT JOIN (
                SELECT unnest(CAST(? AS VARCHAR[])) AS first, unnest(CAST(? AS VARCHAR[])) AS last,
                    unnest(CAST(? AS HUGEINT[])) AS divisor
            ) AS prices ON asked.happened BETWEEN prices.first AND prices.last
        )
    """
    stretches = index.stretches
    firsts, lasts = [one.first for one in stretches], [one.last for one in stretches]
    return sql, [index.base, firsts, lasts, [one.micros for one in stretches]]


Written = Callable[[int | None], str | None]
"""Micros as a figure writes them; nothing where there are none."""


def change_figure(  # noqa: PLR0913, PLR0917 -- a figure has these sides
    indicator: Indicator,
    blank: Figure,
    question: Question,
    written: Written,
    period: Period,
    connection: Connection,
    comparison: Comparison | None = None,
) -> Figure:
    """The middle change and the mean; beside them the comparison's, with the difference of the two."""
    found = changes(question, "", period, connection)
    if not found.ever:
        return blank
    reached = None
    if found.twice_median is not None:
        reached = met(found.twice_median, 2 * MICRO, indicator.target)
    figure = replace(
        blank,
        value=written(found.median),
        mean=written(found.mean),
        n=found.n,
        N=found.N,
        people=found.N,
        rows=found.N,
        decided_elsewhere=found.elsewhere,
        target_met=reached,
        unknown=found.became["unknown"],
        refused=found.became["refused"],
        died=found.became["died"],
        lost=found.became["lost"],
        not_tried=found.became["not_tried"],
        deflated=_told(question.prices, found),
        at=question.at or None,
        important=_important(question.important, found),
    )
    if comparison is None:
        return figure
    other = changes(question, comparison.name, period, connection)
    return replace(figure, against=_against(comparison, found, other, written))


def _important(asked: Important | None, found: Changed) -> dict[str, Any] | None:
    """For how many of those who are known the change was at least the smallest that matters; by whose word."""
    if asked is None:
        return None
    return {
        "reached": found.reached,
        "n": found.n,
        "N": found.N,
        "share": rate(found.reached, found.n - found.reached),
        "points": None if asked.points is None else text_of(asked.points),
        "of_baseline": None if asked.of_baseline is None else text_of(asked.of_baseline),
        "better": "lower" if asked.falls else "higher",
        "source": asked.source,
    }


def _told(prices: PriceIndex | None, found: Changed) -> dict[str, Any] | None:
    """In the prices of which month the amounts stand, by which index, and how many had none."""
    if prices is None:
        return None
    return {
        "by": prices.name,
        "source": prices.source,
        "month": prices.month,
        "index": prices.base_text,
        "unpriced": found.unpriced,
    }


def _against(comparison: Comparison, found: Changed, other: Changed, written: Written) -> dict[str, Any]:
    """The comparison's own change, how far the two lie apart, and whether as many were asked as the file demands."""
    apart = means = None
    if found.median is not None and other.median is not None:
        apart = found.median - other.median
    if found.mean is not None and other.mean is not None:
        means = found.mean - other.mean
    return {
        "name": comparison.name,
        "who": comparison.who,
        "n": other.n,
        "N": other.N,
        "at_least": comparison.at_least,
        "too_few": None if comparison.at_least is None else comparison.at_least > other.N,
        "value": written(other.median),
        "mean": written(other.mean),
        "difference": written(apart),
        "difference_of_means": written(means),
        **other.became,
        "unpriced": other.unpriced,
    }
