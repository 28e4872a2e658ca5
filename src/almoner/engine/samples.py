"""How many of how many were drawn to be asked a follow-up, from the rows of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from almoner.definitions.programme import FollowUp, Programme
from almoner.engine.connection import Connection
from almoner.engine.figures import Figure, Period
from almoner.engine.openness import indicator_source

SAMPLES = "samples"
"""The table of draws."""


def count_drawn(
    follow_up: FollowUp, facts: Path, period: Period, connection: Connection
) -> Mapping[str, Any] | None:
    """Those who fall due in the period: how many were drawn, of how many. None where nothing was drawn yet."""
    path = facts / f"{SAMPLES}.parquet"
    if follow_up.sample is None or not path.exists():
        return None
    first, last = period.months
    sql = (
        "SELECT count(*), CAST(sum(drawn) AS BIGINT), CAST(sum(of) AS BIGINT) "
        "FROM read_parquet(?) WHERE follow_up = ? AND due BETWEEN ? AND ?"
    )
    bound = [str(path), follow_up.name, first, last]
    ((draws, drawn, of),) = connection.execute(sql, bound).fetchall()
    return {"wanted": follow_up.sample.text, "drawn": int(drawn), "of": int(of)} if draws else None


def with_sample(
    programme: Programme, figure: Figure, facts: Path, period: Period, connection: Connection
) -> Figure:
    """The figure with how many of how many were drawn, where what it is about is asked of a sample."""
    source = indicator_source(programme, programme.indicators[figure.name])
    follow_up = programme.follow_ups.get(source.sheet) if source else None
    if follow_up is None or follow_up.sample is None:
        return figure
    return replace(figure, sampled=count_drawn(follow_up, facts, period, connection))
