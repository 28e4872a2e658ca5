"""The unit of a figure: as defined, or as it follows from what is counted or added up."""

from __future__ import annotations

from almoner.definitions.programme import Indicator, Programme, Record
from almoner.definitions.tree import Name, Type
from almoner.engine.figures import called
from almoner.engine.openness import indicator_source


def unit_of(programme: Programme, indicator: Indicator) -> str:
    """The unit as defined, or a currency, `share`, a unit of goods, what is counted; or nothing."""
    if indicator.unit:
        return indicator.unit
    if indicator.kind in ("share", "survival", "headcount", "poverty_gap"):
        return "share"
    if indicator.kind in ("squared_gap", "gini"):
        return ""
    if indicator.kind in ("count", "cascade"):
        record = programme.records.get(indicator.source)
        if record is not None and are_attendances(record):
            return "attendances"
        return called(programme.serves) if indicator.counts == "party" else "times"
    if indicator.expression is None:
        return ""
    if indicator.expression.type is Type.MONEY:
        return programme.currency
    source = indicator_source(programme, indicator)
    node = indicator.expression.node
    if source and source.benefit in programme.benefits and isinstance(node, Name) and node.name == "quantity":
        return programme.benefits[source.benefit].unit
    return ""


def are_attendances(record: Record) -> bool:
    """Whether the rows of a record may be the same person twice, and are never printed as people."""
    return record.people == "attendances" or not record.named
