"""Space that is let: its months as instalments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, Programme
from almoner.engine.casefile import Instalment
from almoner.engine.costs import cost_of_benefit
from almoner.engine.evaluation import evaluate_many
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.values.dates import add_duration
from almoner.values.numbers import in_thousandths

MONTH = "month_"


def months_let(
    programme: Programme, benefit: Benefit, figure: Decimal, awarded_on: date, judged: Mapping[str, Any]
) -> list[Instalment]:
    """One instalment a month, due as the month begins, the first one on the day of the award.

    A month that is let costs what of its rent is not asked; the months together cost what the award set aside.

    Args:
        programme: the edition of the award.
        benefit: the space.
        figure: the square metre months that were awarded.
        awarded_on: the day of the award.
        judged: the answers, the derived values and the day by which the case was judged.

    Raises:
        NotYetCarriedOut: nobody knows for how many months, because others decided the award.
    """
    months = _months_of(programme, benefit, judged)
    found = []
    so_far = Decimal(0)
    for number in range(1, months + 1):
        up_to = in_thousandths(figure * number / months)
        cost = cost_of_benefit(programme, benefit, up_to) - cost_of_benefit(programme, benefit, so_far)
        found.append(
            Instalment(
                benefit=benefit.name,
                name=f"{MONTH}{number}",
                due_on=add_duration(awarded_on, number - 1, "months"),
                cost=cost,
                quantity=up_to - so_far,
                unit=benefit.unit,
            )
        )
        so_far = up_to
    return found


def _months_of(programme: Programme, benefit: Benefit, judged: Mapping[str, Any]) -> int:
    months = None
    if benefit.months is not None and judged:
        months = evaluate_many(programme, [benefit.months], [judged])[0][0].value
    if months is None:
        raise NotYetCarriedOut(programme, f"the months of benefits.{benefit.name}, which others decided")
    return int(months)
