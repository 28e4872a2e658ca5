"""Facts to figures: every indicator of a programme over one period, each source read in one scan.

A row belongs to the period in which it fell due; where nothing falls due (awards, deliveries), in which it
happened. An answer that came later, and before the facts were written, counts: the row was due in the period.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.programme import Indicator, Programme
from almoner.definitions.sections.registers import of_registers
from almoner.definitions.tree import Type
from almoner.engine import survival
from almoner.engine.cascade import compute_cascade
from almoner.engine.changes import GROUP, Important, Question, change_figure
from almoner.engine.connection import Connection
from almoner.engine.facts import tables
from almoner.engine.figures import Counts, Figure, Period, called, met, plain_amount, rate
from almoner.engine.follow_ups import occasion
from almoner.engine.measures import described, measure, reached
from almoner.engine.openness import Source, indicator_source, is_carried_out
from almoner.engine.price_index import price_index
from almoner.engine.samples import with_sample
from almoner.engine.scan import Asked, Found, Rows, asked_of, rows_sql, scan, when_of
from almoner.engine.units import are_attendances, unit_of
from almoner.values.money import exponent_of
from almoner.values.numbers import MICRO, half_even_div, text_of


def compute(programme: Programme, facts: Path, period: Period, connection: Connection) -> tuple[Figure, ...]:
    """Every indicator's figure, in the file's order.

    Args:
        programme: the definition whose indicators are computed.
        facts: the folder with the programme's Parquet files; a file that is not there has no rows.
        period: whole months.
        connection: an open connection that may read the folder.
    """
    known = tables(programme)
    sources: dict[Source, list[Asked]] = {}
    blank = {name: _blank(programme, entry) for name, entry in programme.indicators.items()}
    for indicator in programme.indicators.values():
        source = indicator_source(programme, indicator)
        if source is None or not is_carried_out(programme, indicator):
            blank[indicator.name] = replace(blank[indicator.name], carried_out=False)
            continue
        if indicator.kind == "cascade":
            blank[indicator.name] = _cascade(programme, blank[indicator.name], facts, period, connection)
            continue
        asked = asked_of(programme, known[source.table], indicator)
        if indicator.kind in ALONE:
            rows = Rows(programme, known[source.table], source, facts / known[source.table].file)
            read = ALONE[indicator.kind]
            blank[indicator.name] = read(rows, asked, blank[indicator.name], period, connection)
            continue
        sources.setdefault(source, []).append(asked)
        blank[indicator.name] = replace(blank[indicator.name], banded=asked.banded)
    for source, group in sources.items():
        table = known[source.table]
        rows = Rows(programme, table, source, facts / table.file)
        if not rows.path.exists():
            continue
        found = scan(rows, group, period, connection)
        for asked, one in zip(group, found, strict=True):
            name = asked.indicator.name
            blank[name] = _figure(programme, asked, blank[name], one)
        blank |= _with_reported(rows, [one for one in group if one.indicator.both], blank, period, connection)
    return tuple(with_sample(programme, figure, facts, period, connection) for figure in blank.values())


def _with_reported(
    rows: Rows,
    group: Sequence[Asked],
    verified: Mapping[str, Figure],
    period: Period,
    connection: Connection,
) -> dict[str, Figure]:
    """The verified figures with what was reported beside them, verified or not, and the share that is verified."""
    if not group:
        return {}
    told = replace(rows, source=replace(rows.source, reported=True))
    made = {}
    for asked, found in zip(group, scan(told, group, period, connection), strict=True):
        own = verified[asked.indicator.name]
        both = _figure(rows.programme, asked, replace(own, value=None), found)
        known, seen = both.n or 0, own.n or 0
        beside = {"value": both.value, "n": both.n, "N": both.N, "verified": rate(seen, known - seen)}
        made[asked.indicator.name] = replace(own, reported=beside if found.counts.ever else None)
    return made


def _cascade(
    programme: Programme, blank: Figure, facts: Path, period: Period, connection: Connection
) -> Figure:
    """The value of a cascade is how many begin it; what follows stands in its steps."""
    steps = compute_cascade(programme, programme.indicators[blank.name], facts, period, connection)
    return blank if steps is None else replace(blank, value=str(steps[0]["yes"]), steps=steps)


def _change(rows: Rows, asked: Asked, blank: Figure, period: Period, connection: Connection) -> Figure:
    blank = replace(blank, banded=asked.banded)
    if not rows.path.exists():
        return blank
    index = asked.indicator.deflate
    question = Question(
        path=rows.path,
        when=when_of(rows.table),
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


def _measure(rows: Rows, asked: Asked, blank: Figure, period: Period, connection: Connection) -> Figure:
    """A mean, a measure of poverty or the Gini coefficient over the rows that are known."""
    blank = replace(blank, banded=asked.banded)
    if not rows.path.exists():
        return blank
    (found,) = scan(rows, [asked], period, connection)
    if not found.counts.ever:
        return blank
    read, bound = rows_sql(rows, [asked], period)
    worth = f"CASE WHEN value_0 THEN {MICRO} ELSE 0 END" if asked.is_condition else "value_0"
    sql = (
        f"SELECT {worth} AS worth, sum(weight) FROM ({read}) "  # noqa: S608 -- see `rows_sql`
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


def _survival(rows: Rows, asked: Asked, blank: Figure, period: Period, connection: Connection) -> Figure:
    if not rows.path.exists():
        return blank
    question = survival.Question(
        path=rows.path,
        when=when_of(rows.table),
        became=rows.became,
        truth=asked.sql,
        parameters=asked.parameters,
        since=asked.indicator.since,
    )
    return survival.survival_figure(asked.indicator, blank, question, period, connection)


ALONE: Mapping[str, Callable[[Rows, Asked, Figure, Period, Connection], Figure]] = {
    "change": _change,
    "survival": _survival,
    **dict.fromkeys(MEASURES, _measure),
}
"""How the kinds of figures are computed that are not read in one scan with the others of their source."""


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
        codes=list(indicator.codes),
    )


def _figure(programme: Programme, asked: Asked, blank: Figure, found: Found) -> Figure:
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


def _told(programme: Programme, asked: Asked, blank: Figure, counts: Counts) -> Figure:
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


def _people(programme: Programme, asked: Asked, counts: Counts) -> int | None:
    """How many people are in the rows; nothing where they are sessions or attendances."""
    source = indicator_source(programme, asked.indicator)
    record = programme.records.get(source.sheet) if source else None
    if source is not None and source.table in {"sessions", "register"}:
        return None
    if record is not None and (are_attendances(record) or record.name in of_registers(programme)):
        return None
    return counts.people


def _count(asked: Asked, figure: Figure, found: Found, groups: Mapping[str, int]) -> Figure:
    counted = found.people_counted if asked.indicator.counts == "party" else groups["yes"]
    return replace(
        figure,
        value=str(counted),
        numerator=str(counted),
        target_met=met(counted, 1, asked.indicator.target),
    )


def _share(asked: Asked, figure: Figure, groups: Mapping[str, int]) -> Figure:
    yes, no = groups["yes"], groups["no"]
    figure = replace(figure, yes=yes, no=no, numerator=str(yes), denominator=str(yes + no))
    if yes + no == 0:
        return figure
    return replace(figure, value=rate(yes, no), target_met=met(yes, yes + no, asked.indicator.target))


def _sum(programme: Programme, asked: Asked, figure: Figure, found: Found) -> Figure:
    """The sum of what is known. Where there are rows and none of them is known, there is no sum."""
    if figure.N and not figure.n:
        return figure
    total = int(found.total or 0)
    text = _number(programme, asked, total)
    return replace(figure, value=text, numerator=text, target_met=met(total, MICRO, asked.indicator.target))


def _median(programme: Programme, asked: Asked, figure: Figure, found: Found) -> Figure:
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


def _number(programme: Programme, asked: Asked, micros: int | None) -> str | None:
    """A number as text; nothing where there is none."""
    if micros is None:
        return None
    expression = asked.indicator.expression
    in_money = asked.indicator.kind == "mean" or asked.indicator.kind not in MEASURES
    if in_money and expression is not None and expression.type is Type.MONEY:
        return plain_amount(micros, exponent_of(programme.currency))
    return text_of(micros)
