"""An indicator over one case, for an example's `then`: whoever was due stands in exactly one group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.parts.shown import MEASURES
from almoner.definitions.programme import Indicator
from almoner.engine.casefile import CaseFile
from almoner.engine.conditions import ask, rows_of
from almoner.engine.derived import derived_values
from almoner.engine.follow_ups import follow_ups_on
from almoner.engine.measures import measure, row_expression
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.sheets import Row, reported_rows
from almoner.engine.survival import watch
from almoner.values.numbers import to_micros

AWARDS = "awards"
DELIVERIES = "deliveries of "
_APART = ("lost", "refused", "died")


def figure_on(case: CaseFile, name: str, day: date) -> Mapping[str, Any]:
    """What an indicator says of one case on a day.

    A share gives `yes`, `no`, `unknown`, `lost`, `refused`, `died`, `n` (known) and `of` (who was due);
    a count and a sum give `value`, which is None while a row of it is unknown. A mean and a measure of poverty or
    inequality give `value`, `n` and `of`; they are of what is known, as in a statement. Survival gives for how many
    `months` the case was watched, and whether it `failed` or was `lost` (1 or 0).

    Raises:
        NotYetCarriedOut: the indicator is of another kind or reads something else.
    """
    indicator = case.programme.indicators[name]
    if indicator.kind == "survival" and not indicator.other:
        return _survival(case, indicator, day)
    if indicator.kind in MEASURES and not indicator.other:
        return _measured(case, indicator, day)
    if indicator.kind not in {"share", "count", "sum"} or indicator.other:
        raise NotYetCarriedOut(case.programme, f"indicators.{name}")
    groups = list(_groups(case, indicator, day))
    if indicator.kind == "share":
        found = {group: groups.count(group) for group in (True, False, None, *_APART)}
        return {
            "yes": found[True],
            "no": found[False],
            "unknown": found[None],
            **{group: found[group] for group in _APART},
            "n": found[True] + found[False],
            "of": len(groups),
        }
    if indicator.kind == "count":
        if indicator.counts == "party":
            return {"value": min(len(groups), 1)}
        return {"value": None if None in groups else sum(1 for one in groups if one is not False)}
    known = [one for one in groups if isinstance(one, Decimal)]
    return {"value": sum(known, start=Decimal(0)) if len(known) == len(groups) else None}


def _measured(case: CaseFile, indicator: Indicator, day: date) -> Mapping[str, Any]:
    """A mean or a measure over the rows of one case, each with its weight and the figures in force on its day."""
    expressions = [one for one in (row_expression(indicator), indicator.weight) if one is not None]
    weighed: list[tuple[int, int]] = []
    of = 0
    for answers, told in _told(case, indicator, day):
        of += 1
        if answers is None:
            continue
        found = [one.value for one in ask(case, expressions, day, sheet={**answers, "as_of": told})]
        worth, weight = found[0], found[1] if len(found) > 1 else Decimal(1)
        if worth is not None and weight is not None and weight > 0:
            weighed.append((to_micros(Decimal(worth)), to_micros(Decimal(weight))))
    text = measure(indicator.kind, weighed).text
    return {"value": None if text is None else Decimal(text), "n": len(weighed), "of": of}


def _of_record(case: CaseFile, indicator: Indicator, day: date) -> tuple[Row, ...]:
    """The rows of the record that an indicator is from: all, or the last one."""
    rows = reported_rows(case, indicator.source, day)
    return rows[-1:] if indicator.last_rows else rows


def _survival(case: CaseFile, indicator: Indicator, day: date) -> Mapping[str, Any]:
    begins = case.awarded_on if indicator.since == "award" else case.ended_on
    if begins is None or begins > day or indicator.expression is None:
        return {"months": None, "failed": 0, "lost": 0}
    said: dict[bool | None, list[int]] = {True: [], False: [], None: []}
    for row in reported_rows(case, indicator.source, day):
        known = row.answers is not None
        truth = ask(case, [indicator.expression], day, sheet=row.answers)[0].value if known else None
        said[truth].append(_month(row.happened_on))
    seen = watch(
        _month(begins),
        min(said[False], default=None),
        max(said[True], default=None),
        max(said[None], default=None),
    )
    if seen is None:
        return {"months": None, "failed": 0, "lost": 0}
    return {"months": seen.months, "failed": int(seen.failed), "lost": int(seen.lost)}


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _told(case: CaseFile, indicator: Indicator, day: date) -> Iterator[tuple[Mapping[str, Any] | None, date]]:
    """The answers of each row that is due (None where there are none), and the day of which it tells."""
    source = indicator.source
    if source == AWARDS:
        yield {}, case.as_of
    elif source in case.programme.follow_ups:
        for one in follow_ups_on(case, day):
            if one.follow_up.name == source and one.state != "scheduled":
                answered = [each.on for each in one.follow_up.attempts if each.result == "answered"]
                answers = one.follow_up.answers if one.state == "answered" else None
                yield answers, answered[-1] if answered else one.follow_up.due_on
    elif source in case.programme.records:
        yield from ((row.answers, row.happened_on) for row in _of_record(case, indicator, day))
    else:
        raise NotYetCarriedOut(case.programme, f"indicators.{indicator.name}.from: {source}")


def _groups(case: CaseFile, indicator: Indicator, day: date) -> Iterator[Any]:
    """The value of the expression for each row that is due, or what became of the row instead."""
    for row in _rows(case, indicator, day):
        if isinstance(row, str):
            yield row
        elif row is None:
            yield None
        elif indicator.expression is None:
            yield True
        else:
            yield ask(case, [indicator.expression], day, sheet=row)[0].value


def _with_scores(case: CaseFile, name: str, answers: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The answers of a follow-up with what it derives from them."""
    if answers is None or not case.programme.follow_ups[name].derive:
        return answers
    (derived,) = derived_values(case.programme, name, [answers], [{**case.answers, "as_of": case.as_of}])
    return {**answers, **derived}


def _rows(case: CaseFile, indicator: Indicator, day: date) -> Iterator[Mapping[str, Any] | str | None]:
    """Answers of each row that is due; None where nobody knows yet; a word where nobody will."""
    source = indicator.source
    if source == AWARDS:
        yield {}
    elif source.startswith(DELIVERIES):
        yield from (row.answers for row in rows_of(case, source.removeprefix(DELIVERIES), day))
    elif source in case.programme.follow_ups:
        for one in follow_ups_on(case, day):
            if one.follow_up.name == source and one.state != "scheduled":
                yield one.state if one.state in _APART else _with_scores(case, source, one.follow_up.answers)
    elif source in case.programme.records:
        for row in _of_record(case, indicator, day):
            known = row.answers is not None
            yield {"as_of": case.judged_on(row.happened_on), **(row.answers or {})} if known else None
    elif source == case.about:
        yield {}
    else:
        raise NotYetCarriedOut(case.programme, f"indicators.{indicator.name}.from: {source}")
