"""One raw cell becomes one typed value, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from almoner.definitions.mapping import PLAIN, Style
from almoner.definitions.problems import did_you_mean, one_of
from almoner.definitions.programme import Field
from almoner.definitions.tree import NUMERIC, Type
from almoner.engine.intake.json_file import JsonProblem, NumberText, parse
from almoner.engine.intake.table import CellProblem, is_empty, shown, unseen_character
from almoner.engine.intake.written import (
    Unreadable,
    checked_date,
    clean_text,
    held,
    written_date,
    written_number,
)
from almoner.values.language import _
from almoner.values.numbers import MICRO, text_of, to_micros

YES = frozenset({"true", "yes", "是"})
NO = frozenset({"false", "no", "否"})

ROWS_OF_A_FIELD = 10_000
"""The most rows of one answer; no household, plot list or budget comes near it."""


def typed(field: Field, raw: Any, style: Style = PLAIN) -> Any:
    """The value of a raw cell, None where it is unanswered, or the first `CellProblem`."""
    value, problems = typed_all(field, raw, style)
    return problems[0] if problems else value


def typed_all(
    field: Field, raw: Any, style: Style = PLAIN, *, column: str = ""
) -> tuple[Any, list[CellProblem]]:
    """The value of a raw cell and every problem in it; a `rows` cell may have several."""
    column = column or field.name
    if field.type is Type.ROWS:
        return _rows(field, raw, column)
    try:
        return _scalar(field, raw, style), []
    except Unreadable as reason:
        return None, [CellProblem(0, column, shown(raw), str(reason))]


def _scalar(field: Field, raw: Any, style: Style) -> Any:
    if isinstance(raw, str) and not isinstance(raw, NumberText) and (unseen := unseen_character(raw)):
        raise Unreadable(_("The cell holds the invisible character {code}; remove it.").format(code=unseen))
    if is_empty(raw):
        return None
    if style.unanswered and clean_text(as_text(raw)) in style.unanswered:
        return None
    if style.values is not None:
        raw = _translated(clean_text(as_text(raw)), style.values)
        style = PLAIN
        if raw is None:
            return None
    reader: Callable[[Field, Any, Style], Any] = _READERS.get(field.type, _text)
    value = reader(field, raw, style)
    return _within(field, value) if field.type in NUMERIC else value


def as_text(raw: Any) -> str:
    """A raw cell as the text a translation table is written in: `true`, `12`, `2026-09-10`."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime) and raw.time() == time():
        return raw.date().isoformat()
    return str(raw)


def _translated(written: str, values: Mapping[str, str | None]) -> str | None:
    if written not in values:
        reason = _("The mapping translates {known}, and not this.").format(known=one_of(values))
        raise Unreadable(reason + did_you_mean(written, values))
    return values[written]


def _boolean(_field: Field, raw: Any, style: Style) -> bool:
    if isinstance(raw, bool):
        return raw
    word = clean_text(as_text(raw)).casefold()
    if word in YES or (style.one_zero and word == "1"):
        return True
    if word in NO or (style.one_zero and word == "0"):
        return False
    if word in {"0", "1"}:
        raise Unreadable(
            _("1 and 0 stand for yes and no only where a mapping says '{{one_zero: true}}'.").format()
        )
    raise Unreadable(_("This is not yes or no. Write true, false, yes, no, 是 or 否."))


def _number(field: Field, raw: Any, style: Style) -> Decimal:
    if isinstance(raw, NumberText):
        number = written_number(raw, round_to=style.round_to)
    elif isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise Unreadable(_("This is not a number."))
    elif isinstance(raw, str):
        number = written_number(
            raw, decimal=style.decimal, thousands=style.thousands, round_to=style.round_to
        )
    else:
        # A binary fraction is read as the shortest decimal that stands for it: what somebody typed.
        exact = Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw)
        number = held(exact, round_to=style.round_to)
    if field.type is Type.INTEGER and style.unit is None and to_micros(number) % MICRO:
        raise Unreadable(_("This is not a whole number."))
    return number


def _within(field: Field, value: Decimal) -> Decimal:
    if field.minimum is None and field.maximum is None:
        return value
    micros = to_micros(value)
    if field.minimum is not None and micros < field.minimum:
        raise Unreadable(
            _("Below {minimum}, the least that is asked for.").format(minimum=text_of(field.minimum))
        )
    if field.maximum is not None and micros > field.maximum:
        raise Unreadable(
            _("Above {maximum}, the most that is asked for.").format(maximum=text_of(field.maximum))
        )
    return value


def _date(_field: Field, raw: Any, style: Style) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time() or raw.tzinfo is not None:
            raise Unreadable(_("The cell holds a time of day; a date stands alone."))
        return checked_date(raw.date())
    if isinstance(raw, date):
        return checked_date(raw)
    if isinstance(raw, str) and not isinstance(raw, NumberText):
        return written_date(raw, style.date)
    raise Unreadable(_("This is not a date written {style}.").format(style=style.date))


def _text(_field: Field, raw: Any, _style: Style) -> str:
    if isinstance(raw, str) and not isinstance(raw, NumberText):
        return clean_text(raw)
    reason = _("The cell is no text but {kind}. Format the column as text, so that leading zeros are kept.")
    kinds = {bool: _("true or false"), datetime: _("a date"), date: _("a date")}
    raise Unreadable(reason.format(kind=kinds.get(type(raw), _("a number"))))


def _choice(field: Field, raw: Any, _style: Style) -> str:
    written = clean_text(as_text(raw))
    if written in field.choices:
        return written
    reason = _("This is none of {choices}.").format(choices=one_of(field.choices))
    raise Unreadable(reason + did_you_mean(written, field.choices))


_READERS: Mapping[Type, Callable[[Field, Any, Style], Any]] = {
    Type.BOOLEAN: _boolean,
    Type.INTEGER: _number,
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.DATE: _date,
    Type.CHOICE: _choice,
}


def _rows(field: Field, raw: Any, column: str) -> tuple[Any, list[CellProblem]]:
    """Rows from a list of mappings, or from JSON text in a cell."""
    if is_empty(raw):
        return None, []
    listed = raw
    if isinstance(raw, str):
        try:
            listed = parse(raw)
        except JsonProblem as error:
            reason = _('Rows stand in a cell as JSON, as in [{{"age": 20}}]. {what}').format(what=error)
            return None, [CellProblem(0, column, shown(raw), reason)]
    if listed is None:
        return None, []
    if not isinstance(listed, list) or len(listed) > ROWS_OF_A_FIELD:
        reason = _("This is no list of at most {limit} rows.").format(limit=f"{ROWS_OF_A_FIELD:,}")
        return None, [CellProblem(0, column, shown(raw), reason)]
    rows: list[dict[str, Any]] = []
    problems: list[CellProblem] = []
    for number, entry in enumerate(listed, start=1):
        row, found = typed_row(field, entry, f"{column}[{number}]")
        rows.append(row)
        problems.extend(found)
    return (None if problems else rows), problems


def typed_row(field: Field, entry: Any, place: str) -> tuple[dict[str, Any], list[CellProblem]]:
    """One row of a `rows` field; an absent key is unanswered, an unknown key a problem."""
    if not isinstance(entry, Mapping):
        return {}, [CellProblem(0, place, shown(entry), _("This row is no object with the names of fields."))]
    problems = [
        CellProblem(0, place, str(name), unknown_name(str(name), field.of))
        for name in entry
        if name not in field.of
    ]
    row: dict[str, Any] = {}
    for name, inner in field.of.items():
        row[name], found = typed_all(inner, entry.get(name), column=f"{place}.{name}")
        problems.extend(found)
    return row, problems


def unknown_name(name: str, known: Mapping[str, Any]) -> str:
    """That a column or key is not asked for, with the nearest one that is."""
    reason = _("'{name}' is not asked for; there is {known}.").format(name=name, known=one_of(known))
    return reason + did_you_mean(name, known)
