"""The cells of records and follow-ups: open answers, derived values, what indicators and cascades ask of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.cascade import columns_in
from almoner.engine.derived import derived_values
from almoner.engine.evaluation import evaluate_many
from almoner.engine.facts import FactTable, computed

Names = Mapping[str, Any]


def sheet_cells(
    programme: Programme, table: FactTable, name: str, sheets: Sequence[Names], outer: Sequence[Names]
) -> list[dict[str, Any]]:
    """The columns of each sheet that its answers fill; NULL where unknown. A sheet not answered is an empty one.

    Args:
        programme: the programme.
        table: the table of the record or follow-up.
        name: the record or follow-up.
        sheets: the answers of each.
        outer: what else each knows: `as_of`, the answers of an application, and as `today` the day of which it tells.
    """
    derived: Sequence[Names] = [{} for _each in sheets]
    if programme.sheet(name).derive:
        derived = derived_values(programme, name, sheets, outer)
    known = [{**own, **more} for own, more in zip(sheets, derived, strict=True)]
    wanted = [one for one in computed(programme) if one.table == table.name]
    names = [{**more, **own} for own, more in zip(known, outer, strict=True)]
    of_its_day = [{**one, "as_of": one.get("today") or one.get("as_of")} for one in names]
    values: list[dict[str, Any]] = [{} for _each in sheets]
    for asked, given in (
        ([one for one in wanted if not one.by_its_day], names),
        ([one for one in wanted if one.by_its_day], of_its_day),
    ):
        rows = evaluate_many(programme, [one.expression for one in asked], given)
        for cells, row in zip(values, rows, strict=True):
            cells |= {one.column: one.cell(value.value) for one, value in zip(asked, row, strict=True)}
    return [
        {
            **{column.name: names.get(column.given) for column in table.columns if _is_answer(column.name)},
            **row,
            **{column: names.get(step.name) for column, step in columns_in(programme, table.name)},
        }
        for names, row in zip(known, values, strict=True)
    ]


def _is_answer(column: str) -> bool:
    return column.startswith(("answer.", "derived."))
