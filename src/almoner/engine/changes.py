"""Changes: what an expression came to in the last follow-up of each party, less what it came to in the first.

N are the parties who were asked at least twice and whose last follow-up fell due in the period; n those who answered
both. Beside a comparison it is a difference, never an effect: who is helped was not drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Comparison, Indicator
from almoner.engine.connection import Connection
from almoner.engine.figures import Figure, Period, met
from almoner.engine.row_sql import quoted
from almoner.values.numbers import MICRO, half_even_div

GROUP = "group"
"""The column that names the comparison a follow-up belongs to; NULL where the party is helped."""

OTHERS = ("unknown", "refused", "died", "lost", "not_tried")


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes of one group in micros. `twice` is half even: two times the median, so that it stays whole."""

    ever: int
    n: int
    N: int
    twice_median: int | None
    total: int
    became: Mapping[str, int]
    elsewhere: int

    @property
    def median(self) -> int | None:
        """The middle change, half-even to a millionth."""
        return None if self.twice_median is None else half_even_div(self.twice_median, 2)

    @property
    def mean(self) -> int | None:
        """The mean change, half-even to a millionth."""
        return half_even_div(self.total, self.n) if self.n else None


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


def changes(asked: Question, group: str, period: Period, connection: Connection) -> Changed:
    """The changes of those who are helped (`group` ''), or of one comparison."""
    first, last = period.months
    belongs = "TRUE"
    bound: list[Any] = [*asked.parameters, str(asked.path), last]
    if asked.has_group:
        belongs = f"{quoted(GROUP)} = ?" if group else f"{quoted(GROUP)} IS NULL"
        bound += [group] if group else []
    # Every name is a column of the declared schema, quoted; every value is bound.
    sql = f"""
    WITH asked AS (
        SELECT party, {asked.when} AS due, {asked.became} AS became, {asked.value} AS value, decided_elsewhere,
            row_number() OVER (
                PARTITION BY party ORDER BY {asked.when}, happened NULLS LAST, {quoted(asked.key)}
            ) AS at,
            count(*) OVER (PARTITION BY party) AS times
        FROM read_parquet(?) WHERE {asked.when} <= ? AND {belongs} AND party IS NOT NULL
    ), ends AS (
        SELECT party, last.due AS due, last.decided_elsewhere AS elsewhere,
            CASE WHEN last.became <> 'answered' THEN last.became WHEN last.value IS NULL THEN 'unknown'
                WHEN first.became <> 'answered' THEN first.became WHEN first.value IS NULL THEN 'unknown'
                ELSE 'known' END AS became,
            CAST(last.value AS HUGEINT) - first.value AS change
        FROM asked AS last JOIN asked AS first USING (party)
        WHERE first.at = 1 AND last.at = last.times AND last.times > 1
    ), inside AS (SELECT * FROM ends WHERE due >= ?)
    SELECT (SELECT count(*) FROM asked), count(*), count(*) FILTER (became = 'known'),
        quantile_disc(change, 0.5) FILTER (became = 'known'),
        -quantile_disc(-change, 0.5) FILTER (became = 'known'),
        coalesce(sum(change) FILTER (became = 'known'), 0), count(*) FILTER (elsewhere),
        {", ".join(f"count(*) FILTER (became = '{name}')" for name in OTHERS)}
    FROM inside
    """  # noqa: S608 -- see above
    row = connection.execute(sql, [*bound, first]).fetchall()[0]
    ever, whole, known, lower, upper, total, elsewhere, *became = row
    return Changed(
        ever=int(ever),
        n=int(known),
        N=int(whole),
        twice_median=None if lower is None else int(lower) + int(upper),
        total=int(total),
        became={name: int(count) for name, count in zip(OTHERS, became, strict=True)},
        elsewhere=int(elsewhere),
    )


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
    )
    if comparison is None:
        return figure
    other = changes(question, comparison.name, period, connection)
    return replace(figure, against=_against(comparison, found, other, written))


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
    }
