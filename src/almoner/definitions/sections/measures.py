"""Reads the figures that weigh each row: means, and the measures of poverty and of inequality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions import nodes
from almoner.definitions.parts.shown import MEASURES, POVERTY, Indicator
from almoner.definitions.reading import Context
from almoner.definitions.tree import Type
from almoner.definitions.typed import AMOUNT, NUMBER, Want
from almoner.values.language import _

_MEAN = Want((Type.NUMBER, Type.INTEGER, Type.MONEY))


def wanted_of(kind: str) -> Want:
    """What is measured: a mean is of any number, poverty and inequality are of money."""
    return _MEAN if kind == "mean" else AMOUNT


def misplaced(name: str, values: Mapping[str, Any], kind: str, line: int, context: Context) -> None:
    """`line` and `weight` beside a figure that knows neither, and a poverty measure without its line."""
    if kind in POVERTY and "line" not in values:
        message = _("'{name}' needs a 'line', the amount below which somebody is poor.")
        context.report.problem(line, message.format(name=name))
    if kind not in POVERTY and "line" in values:
        message = _("'line' of '{name}' stands beside {kind}; only {kinds} have a line.")
        context.report.problem(line, message.format(name=name, kind=kind, kinds=", ".join(POVERTY)))
    if kind not in MEASURES and "weight" in values:
        message = _("'weight' of '{name}' stands beside {kind}; only {kinds} are weighed.")
        context.report.problem(line, message.format(name=name, kind=kind, kinds=", ".join(MEASURES)))


def read_measure(
    indicator: Indicator, key: nodes.Scalar, values: Mapping[str, Any], context: Context
) -> Indicator:
    """The indicator with its line and its weight. `context` knows the names of the indicator's rows."""
    if indicator.source == "deliveries" or indicator.source.startswith("deliveries of "):
        message = _(
            "'{name}' is from '{source}'. {kind} is made from applications, awards, a record or a follow-up."
        )
        text = message.format(name=indicator.name, source=indicator.source, kind=indicator.kind)
        context.report.problem(key.line, text)
    line = weight = None
    if values.get("line") is not None:
        line = context.expression(values["line"], AMOUNT, "line")
    if values.get("weight") is not None:
        weight = context.expression(values["weight"], NUMBER, "weight")
    return replace(indicator, line_expression=line, weight=weight)
