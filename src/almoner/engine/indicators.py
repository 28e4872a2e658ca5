"""Facts to figures: every indicator of a programme over one period, each source read in one scan.

A row belongs to the period in which it fell due; where nothing falls due (awards, deliveries), in which it
happened. An answer that came later, and before the facts were written, counts: the row was due in the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.programme import Indicator, Programme
from almoner.definitions.tree import Type
from almoner.engine.cascade import compute_cascade
from almoner.engine.changes import GROUP, Important, Question, change_figure
from almoner.engine.connection import Connection
from almoner.engine.facts import FactTable, computed, tables
from almoner.engine.figures import GROUPS, Counts, Figure, Period, called, met, plain_amount, rate
from almoner.engine.follow_ups import occasion
from almoner.engine.measures import described, measure, reached
from almoner.engine.openness import Source, indicator_source, is_carried_out
from almoner.engine.price_index import price_index
from almoner.engine.row_sql import expression_sql, in_micros, quoted
from almoner.engine.samples import with_sample
from almoner.engine.units import are_attendances, unit_of
from almoner.values.money import exponent_of
from almoner.values.numbers import MICRO, half_even_div, text_of


@dataclass(frozen=True, slots=True)
class _Asked:
    """One indicator of a scan: its value as SQL over a row, and whether that is a truth."""

    indicator: Indicator
    sql: str
    parameters: tuple[Any, ...]
    is_condition: bool
    banded: bool
    weight: str = str(MICRO)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one scan."""

    programme: Programme
    table: FactTable
    source: Source
    path: Path

    @property
    def became(self) -> str:
        """What became of a row, as SQL: `answered`, or its group. Only a verified record is answered."""
        if not self.source.sheet:
            return "'answered'"
        record = self.programme.records.get(self.source.sheet)
        answered = "'verified'" if record and record.verified_by else "'answered', 'reported', 'verified'"
        return (
            f"CASE WHEN state IN ({answered}) THEN 'answered' "
            "WHEN state IN ('refused', 'died', 'lost') THEN state "
            "WHEN state = 'not tried' THEN 'not_tried' ELSE 'unknown' END"
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the scan gave for one indicator."""

    counts: Counts
    total: int | None = None
    lower: int | None = None
    upper: int | None = None
    quarters: Sequence[int] = ()
    people_counted: int = 0


def compute(programme: Programme, facts: Path, period: Period, connection: Connection) -> tuple[Figure, ...]:
    """Every indicator's figure, in the file's order.

    Args:
        programme: the definition whose indicators are computed.
        facts: the folder with the programme's Parquet files; a file that is not there has no rows.
        period: whole months.
        connection: an open connection that may read the folder.
    """
    known = tables(programme)
    sources: dict[Source, list[_Asked]] = {}
    blank = {name: _blank(programme, entry) for name, entry in programme.indicators.items()}
    for indicator in programme.indicators.values():
        source = indicator_source(programme, indicator)
        if source is None or not is_carried_out(programme, indicator):
            blank[indicator.name] = replace(blank[indicator.name], carried_out=False)
            continue
        if indicator.kind == "cascade":
            blank[indicator.name] = _cascade(programme, blank[indicator.name], facts, period, connection)
            continue
        asked = _asked(programme, known[source.table], indicator)
        if indicator.kind in MEASURES:
            rows = _Rows(programme, known[source.table], source, facts / known[source.table].file)
            blank[indicator.name] = _measure(rows, asked, blank[indicator.name], period, connection)
            continue
        if indicator.kind == "change":
            rows = _Rows(programme, known[source.table], source, facts / known[source.table].file)
            blank[indicator.name] = _change(rows, asked, blank[indicator.name], period, connection)
            continue
        sources.setdefault(source, []).append(asked)
        blank[indicator.name] = replace(blank[indicator.name], banded=asked.banded)
    for source, group in sources.items():
        table = known[source.table]
        rows = _Rows(programme, table, source, facts / table.file)
        if not rows.path.exists():
            continue
        found = _scan(rows, group, period, connection)
        for asked, one in zip(group, found, strict=True):
            name = asked.indicator.name
            blank[name] = _figure(programme, asked, blank[name], one)
    return tuple(with_sample(programme, figure, facts, period, connection) for figure in blank.values())


def _cascade(
    programme: Programme, blank: Figure, facts: Path, period: Period, connection: Connection
) -> Figure:
    """The value of a cascade is how many begin it; what follows stands in its steps."""
    steps = compute_cascade(programme, programme.indicators[blank.name], facts, period, connection)
    return blank if steps is None else replace(blank, value=str(steps[0]["yes"]), steps=steps)


def _change(rows: _Rows, asked: _Asked, blank: Figure, period: Period, connection: Connection) -> Figure:
    blank = replace(blank, banded=asked.banded)
    if not rows.path.exists():
        return blank
    index = asked.indicator.deflate
    question = Question(
        path=rows.path,
        when=_when(rows.table),
        key=rows.table.key[0],
        became=rows.became,
        value=asked.sql,
        parameters=asked.parameters,
        has_group=rows.table.has(GROUP),
        at=occasion(asked.indicator.at) if asked.indicator.at else "",
        important=_important(rows.programme, asked.indicator),
        prices=price_index(rows.programme.lookups[index], period.months[1]) if index else None,
    )

    def written(micros: int | None) -> str | None:
        return _number(rows.programme, asked, micros)

    comparison = rows.programme.comparison.get(asked.indicator.against)
    return change_figure(asked.indicator, blank, question, written, period, connection, comparison)


def _measure(rows: _Rows, asked: _Asked, blank: Figure, period: Period, connection: Connection) -> Figure:
    """A mean, a measure of poverty or the Gini coefficient over the rows that are known."""
    blank = replace(blank, banded=asked.banded)
    if not rows.path.exists():
        return blank
    (found,) = _scan(rows, [asked], period, connection)
    if not found.counts.ever:
        return blank
    read, bound = _read(rows, [asked], period)
    worth = f"CASE WHEN value_0 THEN {MICRO} ELSE 0 END" if asked.is_condition else "value_0"
    sql = (
        f"SELECT {worth} AS worth, sum(weight) FROM ({read}) "  # noqa: S608 -- see `_read`
        "WHERE inside AND became = 'answered' AND value_0 IS NOT NULL GROUP BY worth"
    )
    weighed = [(int(value), int(weight)) for value, weight in connection.execute(sql, bound).fetchall()]
    result = measure(asked.indicator.kind, weighed)
    figure = _told(rows.programme, asked, blank, found.counts)
    if asked.is_condition:
        groups = found.counts.groups or {}
        figure = replace(figure, yes=groups["yes"], no=groups["no"])
    return replace(
        figure,
        value=_number(rows.programme, asked, result.micros),
        target_met=reached(asked.indicator.kind, result, asked.indicator.target),
        measured=described(asked.indicator, result),
    )


def _important(programme: Programme, indicator: Indicator) -> Important | None:
    """The smallest change that matters by the follow-up's instrument, where the indicator asks for its share."""
    instrument = programme.follow_ups[indicator.source].instrument if indicator.share_with else None
    if instrument is None:
        return None
    return Important(instrument.points, instrument.of_baseline, instrument.falls, instrument.change_source)


def _blank(programme: Programme, indicator: Indicator) -> Figure:
    return Figure(
        name=indicator.name,
        level=indicator.level,
        kind=indicator.kind,
        unit=unit_of(programme, indicator),
        source=indicator.source or indicator.counts,
        expression=indicator.expression.text if indicator.expression else "",
        counts=indicator.counts,
        whom=called(programme.serves),
        target=None if indicator.target is None else text_of(indicator.target),
    )


def _asked(programme: Programme, table: FactTable, indicator: Indicator) -> _Asked:
    is_condition = indicator.kind in ("share", "count", "headcount")
    own = [entry for entry in computed(programme) if entry.indicator == indicator.name]
    if own:
        sql = quoted(own[0].column) if is_condition else in_micros(own[0].column)
        weight = in_micros(own[1].column) if len(own) > 1 else str(MICRO)
        if len(own) > 1:
            # Who counts for nothing, or for less, is not known: a household of none has no income to tell of.
            sql = f"CASE WHEN {weight} > 0 THEN {sql} END"
        banded = any(entry.banded for entry in own)
        return _Asked(indicator, sql, (), is_condition, banded, weight)
    if indicator.expression is None:
        return _Asked(indicator, "TRUE", (), is_condition, banded=False)
    sql, parameters = expression_sql(indicator.expression, _columns(table))
    return _Asked(indicator, sql, tuple(parameters), is_condition, banded=False)


def _columns(table: FactTable) -> dict[str, str]:
    """SQL for each name that expressions know: truths and texts as they are, numbers as micros."""
    return {
        column.given: quoted(column.name) if column.kind in ("boolean", "text") else in_micros(column.name)
        for column in table.columns
        if column.given and column.kind != "month"
    }


def _read(rows: _Rows, group: Sequence[_Asked], period: Period) -> tuple[str, list[Any]]:
    """SQL for the rows up to the period's end, with what each indicator finds in them, and the values it binds."""
    values = ", ".join(f"{asked.sql} AS value_{place}" for place, asked in enumerate(group))
    bound: list[Any] = [value for asked in group for value in asked.parameters]
    first, last = period.months
    when = _when(rows.table)
    elsewhere = "decided_elsewhere" if rows.table.has("decided_elsewhere") else "FALSE"
    # Every name in the SQL is a column of the declared schema, quoted; every value is bound.
    read = (
        f"SELECT {when} >= ? AS inside, party, {elsewhere} AS elsewhere, {rows.became} AS became, {values}, "  # noqa: S608 -- see above
        f"{group[0].weight} AS weight FROM read_parquet(?) WHERE {when} <= ?"
    )
    bound = [first, *bound, str(rows.path), last]
    if rows.source.table == "sessions":
        read += " AND kind = ? AND state IN ('held', 'closed')"
        bound.append(rows.source.benefit)
    elif rows.source.benefit:
        read += " AND benefit = ?"
        bound.append(rows.source.benefit)
    if rows.table.has(GROUP):
        read += f" AND {quoted(GROUP)} IS NULL"
    return read, bound


def _scan(rows: _Rows, group: Sequence[_Asked], period: Period, connection: Connection) -> list[_Found]:
    read, bound = _read(rows, group, period)
    wanted = [
        "count(*)",
        "count(*) FILTER (inside)",
        "count(DISTINCT party) FILTER (inside)",
        "count(*) FILTER (inside AND party IS NULL)",
        "count(*) FILTER (inside AND elsewhere)",
    ]
    for place, asked in enumerate(group):
        wanted += _aggregates(f"value_{place}", asked)
    sql = f"SELECT {', '.join(wanted)} FROM ({read})"  # noqa: S608 -- see `_read`
    ever, inside, people, unnamed, from_elsewhere, *rest = connection.execute(sql, bound).fetchall()[0]
    whole = Counts(ever, inside, people, unnamed, from_elsewhere)
    return [_found(whole, asked, rest) for asked in group]


def _when(table: FactTable) -> str:
    return f"coalesce({', '.join(quoted(column) for column in table.when)})"


def _aggregates(value: str, asked: _Asked) -> list[str]:
    """Each group's count, then what the kind of figure needs."""
    here = "inside AND became = 'answered'"
    if asked.is_condition:
        answered = [f"{here} AND {value}", f"{here} AND NOT {value}", "FALSE"]
    else:
        answered = ["FALSE", "FALSE", f"{here} AND {value} IS NOT NULL"]
    unknown = f"inside AND (became = 'unknown' OR (became = 'answered' AND {value} IS NULL))"
    others = [f"inside AND became = '{name}'" for name in GROUPS[4:]]
    counts = [f"count(*) FILTER ({condition})" for condition in (*answered, unknown, *others)]
    known = f"FILTER ({answered[2]})"
    match asked.indicator.kind:
        case "sum":
            return [*counts, f"sum({value}) {known}"]
        case "median":
            shares = (("0.5", "0.5"), ("0.25", "0.75"), ("0.75", "0.25"))
            wanted = shares if asked.indicator.spread else shares[:1]
            return [*counts, *(sql for below, above in wanted for sql in _both(value, below, above, known))]
        case "count" | "share":
            return [*counts, f"count(DISTINCT party) FILTER ({answered[0]})"]
        case _:
            return counts


def _both(value: str, below: str, above: str, known: str) -> tuple[str, str]:
    """The value at a share and, counted from the other end, the next one where the share falls between two.

    Both are exact; the quantile is halfway between them (definition 2 of Hyndman and Fan, 1996, American Statistician
    50(4): the usual median, and quartiles by the same rule).
    """
    return f"quantile_disc({value}, {below}) {known}", f"-quantile_disc(-{value}, {above}) {known}"


def _found(whole: Counts, asked: _Asked, rest: list[Any]) -> _Found:
    """Take this indicator's columns off the front of what is left of the scan's row."""
    groups = {name: int(rest.pop(0)) for name in GROUPS}
    counts = replace(whole, groups=groups)
    match asked.indicator.kind:
        case "sum":
            return _Found(counts, total=rest.pop(0))
        case "median":
            middle = (rest.pop(0), rest.pop(0))
            quarters = [rest.pop(0) for _each in range(4)] if asked.indicator.spread else []
            return _Found(counts, lower=middle[0], upper=middle[1], quarters=quarters)
        case "count" | "share":
            return _Found(counts, people_counted=int(rest.pop(0)))
        case _:
            return _Found(counts)


def _figure(programme: Programme, asked: _Asked, blank: Figure, found: _Found) -> Figure:
    """The figure of one indicator. Where its source never had a row until then, nothing applies."""
    counts = found.counts
    groups = counts.groups or {}
    if not counts.ever:
        return blank
    figure = _told(programme, asked, blank, counts)
    match asked.indicator.kind:
        case "count":
            return _count(asked, figure, found, groups)
        case "share":
            return replace(_share(asked, figure, groups), yes_people=found.people_counted)
        case "sum":
            return _sum(programme, asked, figure, found)
        case _:
            return _median(programme, asked, figure, found)


def _told(programme: Programme, asked: _Asked, blank: Figure, counts: Counts) -> Figure:
    """The figure with who is in it: known of all, and what became of the others."""
    groups = counts.groups or {}
    return replace(
        blank,
        n=groups["yes"] + groups["no"] + groups["known"],
        N=counts.rows,
        people=_people(programme, asked, counts),
        rows=counts.rows,
        unnamed=counts.unnamed,
        decided_elsewhere=counts.elsewhere,
        unknown=groups["unknown"],
        refused=groups["refused"],
        died=groups["died"],
        lost=groups["lost"],
        not_tried=groups["not_tried"],
    )


def _people(programme: Programme, asked: _Asked, counts: Counts) -> int | None:
    """How many people are in the rows; nothing where they are sessions or attendances."""
    source = indicator_source(programme, asked.indicator)
    record = programme.records.get(source.sheet) if source else None
    unknown = (source is not None and source.table == "sessions") or (record and are_attendances(record))
    return None if unknown else counts.people


def _count(asked: _Asked, figure: Figure, found: _Found, groups: Mapping[str, int]) -> Figure:
    counted = found.people_counted if asked.indicator.counts == "party" else groups["yes"]
    return replace(
        figure,
        value=str(counted),
        numerator=str(counted),
        target_met=met(counted, 1, asked.indicator.target),
    )


def _share(asked: _Asked, figure: Figure, groups: Mapping[str, int]) -> Figure:
    yes, no = groups["yes"], groups["no"]
    figure = replace(figure, yes=yes, no=no, numerator=str(yes), denominator=str(yes + no))
    if yes + no == 0:
        return figure
    return replace(figure, value=rate(yes, no), target_met=met(yes, yes + no, asked.indicator.target))


def _sum(programme: Programme, asked: _Asked, figure: Figure, found: _Found) -> Figure:
    """The sum of what is known. Where there are rows and none of them is known, there is no sum."""
    if figure.N and not figure.n:
        return figure
    total = int(found.total or 0)
    text = _number(programme, asked, total)
    return replace(figure, value=text, numerator=text, target_met=met(total, MICRO, asked.indicator.target))


def _median(programme: Programme, asked: _Asked, figure: Figure, found: _Found) -> Figure:
    if found.lower is None or found.upper is None:
        return figure
    both = int(found.lower) + int(found.upper)
    value = _number(programme, asked, half_even_div(both, 2))
    pairs = zip(found.quarters[::2], found.quarters[1::2], strict=True)
    quartiles = [
        _number(programme, asked, half_even_div(int(low) + int(high), 2)) or "" for low, high in pairs
    ]
    return replace(
        figure,
        value=value,
        target_met=met(both, 2 * MICRO, asked.indicator.target),
        quartiles=quartiles or None,
    )


def _number(programme: Programme, asked: _Asked, micros: int | None) -> str | None:
    """A number as text; nothing where there is none."""
    if micros is None:
        return None
    expression = asked.indicator.expression
    in_money = asked.indicator.kind == "mean" or asked.indicator.kind not in MEASURES
    if in_money and expression is not None and expression.type is Type.MONEY:
        return plain_amount(micros, exponent_of(programme.currency))
    return text_of(micros)
