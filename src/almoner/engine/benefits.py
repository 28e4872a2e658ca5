"""Benefits: whether each is granted, and how much of it. One whose `when` is FALSE is 0, and known."""

from __future__ import annotations

from dataclasses import dataclass

from almoner.definitions.programme import Benefit
from almoner.definitions.tree import Expression
from almoner.engine.arithmetic import rounded_to
from almoner.engine.cause_sql import Causes, when
from almoner.engine.missing import Descent
from almoner.engine.sql_text import Sql, level_of, literal
from almoner.engine.strict_sql import Compiler
from almoner.values.money import exponent_of
from almoner.values.numbers import MICRO


@dataclass(frozen=True, slots=True)
class BenefitSql:
    """A benefit in SQL: `granted` is its `when`; `parts` its amount and quantity; `figure` the one that is shown."""

    name: str
    granted: Sql
    parts: tuple[Sql, ...]
    figure: Sql | None
    known: Sql


def benefit_columns(compiler: Compiler) -> list[BenefitSql]:
    """Columns for each benefit."""
    return [_benefit(compiler, benefit) for benefit in compiler.world.programme.benefits.values()]


def _benefit(compiler: Compiler, benefit: Benefit) -> BenefitSql:
    place = f"benefits.{benefit.name}"
    granted = literal(value=True)
    if benefit.when is not None:
        granted = compiler.column(f"{place}.when", benefit.when)
    parts = []
    figure = None
    if benefit.amount is not None:
        amount = compiler.column(f"{place}.amount", benefit.amount)
        minor_unit = MICRO // 10 ** exponent_of(compiler.world.programme.currency)
        figure = rounded_to(compiler.case, amount, minor_unit)
        parts.append(amount)
    if benefit.quantity is not None:
        quantity = compiler.column(f"{place}.quantity", benefit.quantity)
        figure = quantity if figure is None else figure
        parts.append(quantity)
    answered = " AND ".join(f"{part.text} IS NOT NULL" for part in parts) or "TRUE"
    known = f"CASE WHEN {granted.text} THEN {answered} ELSE {granted.text} IS NOT NULL END"
    if figure is not None:
        text = f"CASE WHEN {granted.text} THEN {figure.text} WHEN NOT {granted.text} THEN 0 END"
        about = f"{place}: 0 where it is not granted"
        figure = compiler.steps.column(place, Sql(f"({text})", level_of(granted, figure)), about)
    return BenefitSql(
        benefit.name, granted, tuple(parts), figure, Sql(f"({known})", level_of(granted, *parts))
    )


def benefit_causes(descent: Descent, benefit: Benefit, sql: BenefitSql) -> list[tuple[str, Causes]]:
    """Why a benefit's `when`, amount and quantity are unknown, each under its place."""
    found: list[tuple[str, Causes]] = []
    if benefit.when is not None:
        found.append((benefit.when.place, descent.of(benefit.when)))
    given: list[Expression] = [part for part in (benefit.amount, benefit.quantity) if part is not None]
    # Only a benefit that is known not to be granted needs no figure.
    open_ = Sql(f"({sql.granted.text} OR {sql.granted.text} IS NULL)", sql.granted.level)
    for part in given:
        causes = descent.of(part)
        found.append((part.place, causes if benefit.when is None else when(open_, causes)))
    return found
