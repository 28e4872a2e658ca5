"""What an award costs its budget: its cash, and its quantities at their unit values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from almoner.definitions.programme import Benefit, Programme
from almoner.values.language import _
from almoner.values.money import Money
from almoner.values.numbers import multiply, to_micros


class CostUnknown(ValueError):
    """A cost that cannot be told: a figure is unknown, or what is given has no value a unit."""


def cost_of(programme: Programme, benefits: Mapping[str, Decimal | None]) -> Money:
    """What an award costs, each benefit rounded once to the minor unit.

    Args:
        programme: the edition of the award.
        benefits: the figure of each benefit, as in a screening: an amount for money, else a quantity.

    Raises:
        CostUnknown: a figure is unknown, or something is given in kind whose unit has no value.
    """
    total = Money.zero(programme.currency)
    for name, figure in benefits.items():
        total += cost_of_benefit(programme, programme.benefits[name], figure)
    return total


def cost_of_benefit(programme: Programme, benefit: Benefit, figure: Decimal | None) -> Money:
    """What one benefit costs: see `cost_of`."""
    if figure is None:
        raise CostUnknown(_("The figure of {benefit} is unknown.").format(benefit=benefit.name))
    if benefit.in_money:
        return Money.of(figure, programme.currency)
    if not figure:
        return Money.zero(programme.currency)
    if benefit.unit_value is None:
        raise CostUnknown(
            _("{benefit} has no unit_value, so its cost is unknown.").format(benefit=benefit.name)
        )
    return Money.from_micros(multiply(to_micros(figure), benefit.unit_value), programme.currency)
