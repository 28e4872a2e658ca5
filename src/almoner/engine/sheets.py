"""Records about an award: which periods ask for one, and the rows that expressions read.

A period that is due and not reported, or not yet verified where the file says by whom, is a row of unknowns:
it is never left out, for a row that is missing would make a count too small and an alarm too quiet.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from almoner.definitions.programme import Calendar, Duration, Period, Programme, Record
from almoner.engine.casefile import AWARD, Answers, CaseFile, Sheet
from almoner.engine.derived import derived_values
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.dates import add_days, add_duration

BUILT_IN = {"month": 1, "quarter": 3, "year": 12}
"""The calendars that need no file, and how many months a period of each has."""

BASELINE = "baseline"
"""The period of the sheet that comes before the first delivery."""

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Obligation:
    """A period for which a record about the award is owed, and the day it falls due."""

    record: str
    period: str
    ends: date
    due_on: date

    @property
    def label(self) -> str:
        """How the record is named while it is missing: `term_result[2026-autumn]`."""
        return f"{self.record}[{self.period}]"


@dataclass(frozen=True, slots=True)
class Row:
    """A record as a row of an expression. `answers` None: due, and not reported or not verified."""

    record: str
    period: str
    happened_on: date
    answers: Answers | None

    @property
    def label(self) -> str:
        """How the row is named where something of it is missing."""
        return f"{self.record}[{self.period or self.happened_on.isoformat()}]"


def periods_ending(programme: Programme, calendar: str, after: date, until: date) -> Iterator[Period]:
    """The periods of a calendar that end after one day and no later than another, in order.

    Raises:
        NotYetCarriedOut: the rhythm is neither a calendar of the file nor month, quarter or year.
    """
    if calendar in programme.calendars:
        ends = sorted(programme.calendars[calendar].periods, key=lambda period: period.ends)
        yield from (period for period in ends if after < period.ends <= until)
        return
    if calendar not in BUILT_IN:
        raise NotYetCarriedOut(programme, f"the rhythm '{calendar}'")
    months = BUILT_IN[calendar]
    month = (after.month - 1) // months * months + 1
    period = _built_in(calendar, after.year, month)
    while period.ends <= until:
        if period.ends > after:
            yield period
        year, month = divmod(period.starts.year * _MONTHS + period.starts.month - 1 + months, _MONTHS)
        period = _built_in(calendar, year, month + 1)


def _built_in(calendar: str, year: int, month: int) -> Period:
    last = month + BUILT_IN[calendar] - 1
    names = {"month": f"{year}-{month:02d}", "quarter": f"{year}-Q{last // 3}", "year": str(year)}
    return Period(names[calendar], date(year, month, 1), date(year, last, monthrange(year, last)[1]))


def obligations(
    programme: Programme,
    awarded_on: date,
    until: date,
    *,
    ended_on: date | None = None,
    about: str = AWARD,
) -> tuple[Obligation, ...]:
    """The records about an award that are owed for periods ending after the award and no later than `until`.

    Nothing is owed for a period that ends after the award did, but where the record goes on after the exit: then for
    the periods that end after it and within that time. A baseline is owed from the day of the award on. Of what stands
    on a register (`about`) the same is owed from the day on which it came there.

    Raises:
        NotYetCarriedOut: a record asks for more than a rhythm.
    """
    return tuple(
        one
        for name, record in programme.records.items()
        if (record.about or AWARD) == about and (record.every or record.rhythm)
        for one in _owed(programme, record, awarded_on, until, ended_on)
    )


def _owed(
    programme: Programme, record: Record, awarded_on: date, until: date, ended_on: date | None
) -> Iterator[Obligation]:
    last = until if ended_on is None else min(until, ended_on)
    if record.has_baseline:
        yield Obligation(record.name, BASELINE, awarded_on, awarded_on)
    periods = [_periods_of(programme, record, awarded_on, last)]
    if record.until is not None and ended_on is not None:
        horizon = min(until, add_duration(ended_on, record.until.count, record.until.unit))
        rhythm = record.rhythm_after_exit or record.every
        periods.append(periods_ending(programme, rhythm, max(ended_on, awarded_on), horizon))
    for period in chain.from_iterable(periods):
        yield Obligation(record.name, period.name, period.ends, add_days(period.ends, record.due_days))


def _periods_of(programme: Programme, record: Record, after: date, until: date) -> Iterator[Period]:
    for key in record.other:
        raise NotYetCarriedOut(programme, f"records.{record.name}.{key}")
    if record.rhythm is not None:
        return rhythm_periods(record.rhythm, after, until)
    return periods_ending(programme, record.every, after, until)


def rhythm_periods(rhythm: Duration, awarded_on: date, until: date) -> Iterator[Period]:
    """The stretches of time after an award that end no later than a day, each named by the day it ends."""
    starts, number = awarded_on, 1
    while (ends := add_duration(awarded_on, number * rhythm.count, rhythm.unit)) <= until:
        yield Period(ends.isoformat(), starts, ends)
        starts, number = add_days(ends, 1), number + 1


def period_of(record: Record, awarded_on: date, day: date) -> str:
    """The stretch of a record's rhythm that a day lies in; '' where it has no rhythm, or the day lies before."""
    if record.rhythm is None or day < awarded_on:
        return ""
    horizon = add_duration(day, record.rhythm.count, record.rhythm.unit)
    periods = rhythm_periods(record.rhythm, awarded_on, horizon)
    return next((one.name for one in periods if one.starts <= day <= one.ends), "")


def owed_by(case: CaseFile, day: date) -> tuple[Obligation, ...]:
    """The obligations of a case that are due on a day or before, reported or not."""
    return tuple(one for one in _obligations_of(case, day) if one.due_on <= day)


def not_reported(case: CaseFile, record: str, day: date) -> tuple[Obligation, ...]:
    """The periods of a record that are due on a day and have no sheet yet, the earliest first."""
    reported = {one.period for one in case.sheets if one.record == record and one.reported_on <= day}
    return tuple(one for one in owed_by(case, day) if one.record == record and one.period not in reported)


def baselines_owed(case: CaseFile, day: date) -> tuple[str, ...]:
    """The records whose first sheet comes before the first delivery, and has not come by a day nor been excepted."""
    came = {
        one.record
        for one in case.sheets
        if one.period == BASELINE and one.state != "queried" and one.reported_on <= day
    }
    return tuple(
        f"{name}[{BASELINE}]"
        for name, record in case.programme.records.items()
        if record.has_baseline and name not in came | case.excepted
    )


def next_owed(case: CaseFile, record: str, day: date) -> Obligation | None:
    """The earliest period of a record that does not count yet, due or not; None where none is to come."""
    counted = {row.period for row in reported_rows(case, record, day) if row.answers is not None}
    calendar = case.programme.calendars.get(case.programme.records[record].every)
    horizon = max(day, _last_day(calendar) if calendar else day.replace(year=day.year + 2, day=1))
    for one in _obligations_of(case, horizon):
        if one.record == record and one.period not in counted:
            return one
    return None


def _last_day(calendar: Calendar) -> date:
    return max(period.ends for period in calendar.periods)


def _obligations_of(case: CaseFile, until: date) -> tuple[Obligation, ...]:
    return obligations(case.programme, case.awarded_on, until, ended_on=case.ended_on, about=case.about)


def happened_on(programme: Programme, record: str, period: str, reported_on: date) -> date:
    """The day a sheet speaks of: its period's last day, or the day it was reported where that came first.

    Raises:
        KeyError: the calendar has no such period.
        ValueError: a period of a rhythm is not named by the day it ends.
    """
    if not period:
        return reported_on
    if programme.records[record].rhythm is not None:
        return min(date.fromisoformat(period), reported_on)
    if period == BASELINE and programme.records[record].has_baseline:
        return reported_on
    found = _named(programme, programme.records[record], period)
    if found is None:
        raise KeyError(period)
    return min(found.ends, reported_on)


def is_after_exit(programme: Programme, record: Record, period: str) -> bool:
    """Whether a period is of the calendar that holds after the exit, where that is another one."""
    if not record.rhythm_after_exit or period in {"", BASELINE}:
        return False
    return _named(programme, replace(record, rhythm_after_exit=""), period) is None


def _named(programme: Programme, record: Record, period: str) -> Period | None:
    """The period of a name in the calendar of a record, or in that which holds after the exit.

    Raises:
        ValueError: a built-in calendar has no such year.
    """
    for calendar in (record.every, record.rhythm_after_exit):
        if calendar in programme.calendars:
            periods: Iterable[Period] = programme.calendars[calendar].periods
        elif calendar:
            year = int(period[:4])
            periods = periods_ending(programme, calendar, date(year - 1, 12, 31), date(year, 12, 31))
        else:
            continue
        found = next((one for one in periods if one.name == period), None)
        if found is not None:
            return found
    return None


def counts(case: CaseFile, sheet: Sheet, day: date) -> bool:
    """Whether a sheet is known on a day: verified where the file says by whom, else not queried."""
    if case.programme.records[sheet.record].verified_by:
        return sheet.state == "verified" and sheet.verified_on is not None and sheet.verified_on <= day
    return sheet.state != "queried" and sheet.reported_on <= day


def known_sheets(case: CaseFile, record: str, day: date) -> tuple[Sheet, ...]:
    """The sheets of a record that count on a day. A corrected one gives way once its correction counts."""
    known = [one for one in case.sheets if one.record == record and counts(case, one, day)]
    corrected = {one.corrects for one in known if one.corrects}
    return tuple(one for one in known if one.key not in corrected)


def reported_rows(case: CaseFile, record: str, day: date) -> tuple[Row, ...]:
    """The records of a name as rows for expressions, in order of the day they speak of.

    Rows of unknowns stand where a period is due and not reported, or not yet verified; the last row is one of
    them while a later period is due.

    Raises:
        NotYetCarriedOut: the record derives something from other records or deliveries.
    """
    known = known_sheets(case, record, day)
    derived = _derived(case, record, known)
    rows = [
        ((one.happened_on, one.reported_on, one.key), _row(one, more))
        for one, more in zip(known, derived, strict=True)
    ]
    periods = {one.period for one in known}
    rows.extend(
        ((owed.ends, owed.due_on, ""), Row(record, owed.period, owed.ends, None))
        for owed in owed_by(case, day)
        if owed.record == record and owed.period not in periods
    )
    return tuple(row for _place, row in sorted(rows, key=lambda pair: pair[0]))


def derived_of(case: CaseFile, sheet: Sheet) -> dict[str, Any]:
    """What one sheet derives."""
    (found,) = _derived(case, sheet.record, (sheet,))
    return found


def _derived(case: CaseFile, record: str, sheets: tuple[Sheet, ...]) -> list[dict[str, Any]]:
    if not case.programme.records[record].derive:
        return [{} for _each in sheets]
    outer = [
        {**case.answers, "as_of": case.judged_on(one.happened_on), "today": one.happened_on} for one in sheets
    ]
    return derived_values(case.programme, record, [one.answers for one in sheets], outer)


def _row(sheet: Sheet, derived: Mapping[str, Any]) -> Row:
    return Row(sheet.record, sheet.period, sheet.happened_on, {**sheet.answers, **derived})


def calendars_run_out(programme: Programme, day: date) -> tuple[str, ...]:
    """The calendars of the file whose last period ended before a day: nothing falls due by them any more."""
    return tuple(
        name
        for name, calendar in programme.calendars.items()
        if not calendar.periods or _last_day(calendar) < day
    )
