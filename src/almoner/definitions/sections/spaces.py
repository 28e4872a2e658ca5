"""Reads space that is let below its price: how much, for how many months, and which part of the rent is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from almoner.definitions.programme import SPACE, Benefit
from almoner.definitions.reading import Context
from almoner.definitions.tree import Arithmetic, Expression, Type
from almoner.values.language import _
from almoner.values.numbers import MICRO, multiply

KEYS = ("square_metres", "months", "rent", "subsidy")
"""What a space says in place of a quantity."""

UNIT = "square metre months"
"""The unit of a space: one square metre for one month."""


def is_let(values: Mapping[str, Any]) -> bool:
    """Whether a benefit is space of which everything is said that it needs."""
    return values.get("kind") == SPACE and all(values.get(key) is not None for key in KEYS)


def read_space(benefit: Benefit, values: Mapping[str, Any], context: Context) -> Benefit:
    """The benefit as so many square metre months, each worth the part of its rent that is not asked.

    What is asked of the rent is a bill and no gift: it is in no figure and takes nothing of the budget.
    """
    said = [key for key in KEYS if values.get(key) is not None]
    if benefit.kind != SPACE:
        for key in said:
            message = _("'{key}' of '{name}' stands beside {kind}; only space has it.")
            text = message.format(key=key, name=benefit.name, kind=benefit.kind)
            context.report.problem(benefit.line, text)
        return benefit
    if len(said) < len(KEYS):
        missing = ", ".join(key for key in KEYS if key not in said)
        message = _("'{name}' is space and does not say: {missing}.")
        context.report.problem(benefit.line, message.format(name=benefit.name, missing=missing))
        return benefit
    for key in ("quantity", "unit", "unit_value", "instalments"):
        if values.get(key) is not None:
            message = _("'{name}' is space; its months are its parts. Remove '{key}'.")
            context.report.problem(benefit.line, message.format(name=benefit.name, key=key))
    metres, months = values["square_metres"], values["months"]
    rent, subsidy = values["rent"], values["subsidy"]
    if rent < 0 or not 0 <= subsidy <= MICRO:
        message = _("'{name}' must have a rent of 0 or more, and a subsidy from 0 to 1.")
        context.report.problem(benefit.line, message.format(name=benefit.name))
        return benefit
    if months.type is not Type.INTEGER:
        message = _("'months' of '{name}' must be a whole number.")
        context.report.problem(benefit.line, message.format(name=benefit.name))
    kind = Type.INTEGER if metres.type is Type.INTEGER else Type.NUMBER
    together = Arithmetic("*", metres.node, months.node, kind)
    quantity = Expression(
        f"{context.place}.quantity", metres.line, f"({metres.text}) * ({months.text})", together
    )
    return replace(
        benefit,
        quantity=quantity,
        unit=UNIT,
        unit_value=multiply(rent, subsidy),
        months=months,
        rent=rent,
    )
