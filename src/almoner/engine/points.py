"""Points: the sum of the criteria; unknown where one of them is."""

from __future__ import annotations

from collections.abc import Mapping

from almoner.engine.arithmetic import in_range
from almoner.engine.cause_sql import Cause, Causes
from almoner.engine.missing import Descent
from almoner.engine.sql_text import Sql, level_of
from almoner.engine.strict_sql import Compiler


def criteria_columns(compiler: Compiler) -> dict[str, Sql]:
    """A column for each criterion."""
    scoring = compiler.world.programme.scoring
    return {name: compiler.column(f"scoring.{name}", criterion) for name, criterion in scoring.items()}


def total(compiler: Compiler, criteria: Mapping[str, Sql]) -> Sql | None:
    """The sum; None where the programme gives no points."""
    if not criteria:
        return None
    parts = list(criteria.values())
    raw = Sql(
        "(" + " + ".join(f"{part.text}::HUGEINT" for part in parts) + ")",
        level_of(*parts),
        low=sum(part.low for part in parts),
        high=sum(part.high for part in parts),
    )
    points = in_range(compiler.case, raw, wide=True)
    return compiler.steps.column("points", points, "points: the sum of the criteria")


def total_causes(descent: Descent, criteria: Mapping[str, Sql], points: Sql) -> Causes:
    """Why the sum is unknown although every criterion is known: it is out of range."""
    known = " AND ".join(f"{part.text} IS NOT NULL" for part in criteria.values())
    beyond = Sql(f"({points.text} IS NULL AND {known})", level_of(points, *criteria.values()))
    return (Cause(descent.signs.of_blocked("scoring", "out of range"), beyond),)
