"""Reads `parameters` and `lookups`: the figures and tables that rules look things up in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from almoner.definitions import nodes
from almoner.definitions.grammar import asked
from almoner.definitions.programme import Calendar, Dated, LookupTable, Parameter
from almoner.definitions.reading import Context, day, entries, read_shape
from almoner.definitions.tables import calendar_periods, lookup_rows, typed_figure
from almoner.definitions.tree import Type
from almoner.values.language import _

BUILT_IN_CALENDARS = ("month", "quarter", "year")

ReadTable = Callable[[str], str]
"""Gives the text of a table by its file's name; raises OSError or UnicodeError."""


def read_parameters(node: nodes.Node | None, context: Context) -> dict[str, Parameter | None]:
    """Every parameter by its name; None where it has a problem of its own."""
    context = context.of("parameters")
    return {
        name: _parameter(name, key, value, context.of(name)) for name, key, value in entries(node, context)
    }


def _parameter(name: str, key: nodes.Scalar, node: nodes.Node, context: Context) -> Parameter | None:
    values = read_shape(node, asked.PARAMETER, context)
    kind, source, dated = values.get("type"), values.get("source"), values.get("from")
    if kind is None or source is None or dated is None:
        return None
    figures = _dated(name, Type(kind), dated, context)
    return Parameter(name, Type(kind), source, figures, key.line) if figures else None


def _dated(name: str, kind: Type, node: nodes.Node, context: Context) -> tuple[Dated, ...]:
    if not isinstance(node, nodes.Mapping) or not node.pairs:
        message = _("'{name}' must say from which day its value holds: from: {{2025-01-01: 700}}.")
        context.report.problem(node.line, message.format(name=name))
        return ()
    figures: list[Dated] = []
    for key, value in node:
        try:
            starts = day(key.text)
        except ValueError as problem:
            context.report.problem(key.line, f"'from' of '{name}' {problem}")
            continue
        if not isinstance(value, nodes.Scalar) or value.null:
            message = _("'{name}' has no figure from {day}.")
            context.report.problem(value.line, message.format(name=name, day=starts))
            continue
        try:
            figures.append(Dated(starts, typed_figure(value.text, kind)))
        except ValueError as problem:
            context.report.problem(value.line, f"'{name}' {problem}")
    days = [figure.starts for figure in figures]
    if days != sorted(days):
        context.report.problem(
            node.line, _("'{name}' must name its days in order, earliest first.").format(name=name)
        )
    return tuple(figures) if len(figures) == len(node.pairs) else ()


def read_lookups(
    node: nodes.Node | None, read_table: ReadTable, context: Context
) -> tuple[dict[str, LookupTable | None], dict[str, Calendar | None], dict[str, str]]:
    """Tables and calendars by name (None where one has a problem), and the text of each file that was read."""
    context = context.of("lookups")
    tables: dict[str, LookupTable | None] = {}
    calendars: dict[str, Calendar | None] = {}
    texts: dict[str, str] = {}
    for name, key, value in entries(node, context):
        inside = context.of(name)
        values = read_shape(value, asked.LOOKUP, inside)
        if name in BUILT_IN_CALENDARS:
            message = _("'{name}' is a built-in calendar; give the table another name.")
            context.report.problem(key.line, message.format(name=name))
        file = values.get("file")
        text = _table_text(file, key, read_table, texts, inside) if file else None
        if values.get("calendar"):
            calendars[name] = _calendar(name, key, text, values, inside)
        else:
            tables[name] = _table(name, key, text, values, inside)
    return tables, calendars, texts


def _table_text(
    file: str, key: nodes.Scalar, read_table: ReadTable, texts: dict[str, str], context: Context
) -> str | None:
    if "/" in file or "\\" in file or file.startswith(".") or not file.endswith(".csv"):
        message = _("'{file}' must be a .csv file in the same folder as the definition.")
        context.report.problem(key.line, message.format(file=file))
        return None
    if file in texts:
        return texts[file]
    try:
        texts[file] = read_table(file)
    except UnicodeError:
        context.report.problem(1, _("This is not UTF-8. Save the file as UTF-8."), file=file)
        return None
    except OSError:
        message = _("'{name}' reads {file}, which does not lie beside the definition.")
        context.report.problem(key.line, message.format(name=key.text, file=file))
        return None
    return texts[file]


def _calendar(
    name: str, key: nodes.Scalar, text: str | None, values: Mapping[str, object], context: Context
) -> Calendar | None:
    for extra in ("keys", "values"):
        if extra in values:
            message = _("'{name}' is a calendar, whose columns are name, starts, ends; remove '{key}'.")
            context.report.problem(key.line, message.format(name=name, key=extra))
    if text is None:
        return None
    file = str(values["file"])
    return Calendar(name, file, calendar_periods(file, text, context.report), key.line)


def _table(
    name: str, key: nodes.Scalar, text: str | None, values: Mapping[str, object], context: Context
) -> LookupTable | None:
    for needed in ("source", "values"):
        if needed not in values:
            message = _("'{name}' has no '{key}'; a table says its source, its keys and its values.")
            context.report.problem(key.line, message.format(name=name, key=needed))
    keys, columns = _columns(values.get("keys")), _columns(values.get("values"))
    for column in keys:
        if column in columns:
            message = _("'{name}' has '{column}' both as a key and as a value.")
            context.report.problem(key.line, message.format(name=name, column=column))
    if text is None or not columns or not values.get("source") or ("keys" in values and not keys):
        return None
    file = str(values["file"])
    rows = lookup_rows(file, text, keys, columns, context.report)
    if not keys and any(row.starts is None for row in rows):
        message = _("'{name}' has neither 'keys' nor a column 'from', so nothing tells its rows apart.")
        context.report.problem(key.line, message.format(name=name))
    return LookupTable(name, file, str(values["source"]), keys, columns, rows, key.line)


def _columns(values: object) -> dict[str, Type]:
    if not isinstance(values, Mapping) or any(kind is None for kind in values.values()):
        return {}
    return {name: Type(kind) for name, kind in values.items()}


def value_on(parameter: Parameter, on: date) -> bool | int | str | date | None:
    """The parameter's value in force on a day; None before the first."""
    return next((figure.value for figure in reversed(parameter.values) if figure.starts <= on), None)
