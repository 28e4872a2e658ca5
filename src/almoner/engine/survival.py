"""Survival: for how many a condition still holds so long after a beginning, those censored whom nobody sees any more.

The product-limit estimate of Kaplan and Meier (Journal of the American Statistical Association 53, 1958, p. 457-481):
S(t) is the product, over the times at which somebody failed up to t, of 1 - d / n, where d failed at that time and n
were at risk: neither failed nor out of sight before it. Who goes out of sight at the time at which another fails was
still at risk. Beyond the last time at which anybody was watched nothing is known, unless nobody was left.

Times are whole months, for rows know only their month. A failure counts from the month of the first verified answer
that says so: it happened between that one and the one before. Whoever answered no more is censored at the last answer
that says that it holds, never counted as failed and never as going on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from almoner.definitions.programme import Duration, Indicator
from almoner.engine.connection import Connection
from almoner.engine.figures import Figure, Period, met
from almoner.engine.row_sql import quoted
from almoner.values.numbers import MICRO, half_even_div, text_of

BEGAN, ENDED = "began", "ended"
"""The columns that say in which month the award of a row began and ended, where an indicator of survival reads them."""

SINCE = {"award": BEGAN, "exit": ENDED}
"""From which of them the watch begins, by the word of the file."""

_MONTHS = {"months": 1, "years": 12}


@dataclass(frozen=True, slots=True)
class Watched:
    """How long one was watched, in whole months, and whether it failed then; else it is censored.

    `lost` is who answered no more though something was due; others are censored because the period ended.
    """

    months: int
    failed: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Surviving:
    """The estimate at one time: the share (None: nobody was watched so long), and how many were at risk then.

    `failed` and `censored` are all up to that time and at it.
    """

    months: int
    share: Fraction | None
    at_risk: int
    failed: int
    censored: int


def months_of(span: Duration) -> int | None:
    """A span as whole months; None where it is none."""
    return span.count * _MONTHS[span.unit] if span.unit in _MONTHS and span.count else None


def kaplan_meier(watched: Sequence[Watched], times: Iterable[int]) -> list[Surviving]:
    """The estimate at each of some times, in months. See the top of the file."""
    failures = sorted({one.months for one in watched if one.failed})
    found = []
    for time in times:
        share = Fraction(1)
        for at in failures:
            if at > time:
                break
            exposed = sum(one.months >= at for one in watched)
            share *= 1 - Fraction(sum(one.failed and one.months == at for one in watched), exposed)
        at_risk = sum(one.months >= time for one in watched)
        found.append(
            Surviving(
                months=time,
                share=share if at_risk or (watched and not share) else None,
                at_risk=at_risk,
                failed=sum(one.failed and one.months <= time for one in watched),
                censored=sum(not one.failed and one.months <= time for one in watched),
            )
        )
    return found


def watch(begins: int, failed: int | None, held: int | None, unanswered: int | None) -> Watched | None:
    """What was seen of one, from months counted from any one day; None where nobody ever knew.

    Args:
        begins: the month in which the watch begins.
        failed: the first month of which an answer says that it failed.
        held: the last month of which an answer says that it holds.
        unanswered: the last month in which something was due and nobody answered.
    """
    if failed is not None:
        return Watched(max(failed - begins, 0), failed=True)
    if held is None:
        return None
    lost = unanswered is not None and unanswered > held
    return Watched(max(held - begins, 0), failed=False, lost=lost)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a file of records: the truth of a row as SQL over its columns, and what became of it."""

    path: Path
    when: str
    became: str
    truth: str
    parameters: tuple[Any, ...]
    since: str


def survival_figure(
    indicator: Indicator,
    blank: Figure,
    question: Question,
    period: Period,
    connection: Connection,
) -> Figure:
    """Survival up to the period's end: the value is that at the first time of the file, all stand beside it.

    N are those whose watch has begun; n those of whom anything is known, lost or not.
    """
    seen, elsewhere = _watched(question, period, connection)
    if not seen:
        return blank
    watched = [one for one in seen if one is not None]
    lines = kaplan_meier(watched, [months_of(span) or 0 for span in indicator.times])
    shares = [None if one.share is None else _micros(one.share) for one in lines]
    first = lines[0].share
    reached = None if first is None else met(first.numerator, first.denominator, indicator.target)
    return replace(
        blank,
        value=None if shares[0] is None else text_of(shares[0]),
        n=len(watched),
        N=len(seen),
        unknown=len(seen) - len(watched),
        people=len(seen),
        rows=len(seen),
        decided_elsewhere=elsewhere,
        target_met=reached,
        survival={
            "since": indicator.since,
            "failed": sum(one.failed for one in watched),
            "lost": sum(one.lost for one in watched),
            "times": [
                {
                    "count": span.count,
                    "unit": span.unit,
                    "share": None if share is None else text_of(share),
                    "at_risk": line.at_risk,
                    "failed": line.failed,
                    "censored": line.censored,
                }
                for span, line, share in zip(indicator.times, lines, shares, strict=True)
            ],
        },
    )


def _micros(share: Fraction) -> int:
    return half_even_div(share.numerator * MICRO, share.denominator)


def _watched(asked: Question, period: Period, connection: Connection) -> tuple[list[Watched | None], int]:
    """What was seen of each award whose watch began by the period's end, and how many were decided elsewhere."""
    _first, last = period.months
    begins = quoted(SINCE[asked.since])
    # Every name is a column of the declared schema, quoted; every value is bound.
    sql = f"""
    SELECT {_count("min(begins)")}, {_count("min(told) FILTER (became = 'answered' AND NOT truth)")},
        {_count("max(told) FILTER (became = 'answered' AND truth)")},
        {_count("max(told) FILTER (became <> 'answered' OR truth IS NULL)")}, bool_or(elsewhere)
    FROM (
        SELECT award, {begins} AS begins, coalesce(happened, {asked.when}) AS told, {asked.became} AS became,
            {asked.truth} AS truth, decided_elsewhere AS elsewhere
        FROM read_parquet(?) WHERE {asked.when} <= ? AND {begins} <= ?
    ) GROUP BY award ORDER BY award
    """  # noqa: S608 -- see above
    rows = connection.execute(sql, [*asked.parameters, str(asked.path), last, last]).fetchall()
    seen = [watch(int(begins), failed, held, open_) for begins, failed, held, open_, _elsewhere in rows]
    return seen, sum(bool(row[-1]) for row in rows)


def _count(month: str) -> str:
    """A month such as `2026-09` as months since the year 0."""
    return f"(CAST(left({month}, 4) AS INTEGER) * 12 + CAST(right({month}, 2) AS INTEGER))"
