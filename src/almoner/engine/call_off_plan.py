"""The questions of a delivery by sheet: its expressions with every derived name written out, asked for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from almoner.definitions.programme import Benefit, Cap, EachDelivery, Programme
from almoner.definitions.tree import Expression
from almoner.engine.caps import limits
from almoner.engine.conditions import Answer
from almoner.engine.inlining import inlined
from almoner.engine.overlaps import who_must_be_free

FITS = "#fits"
"""The name under which the part that fits stands in for the whole quantity."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The expressions of a benefit's deliveries, each with its derived names written out."""

    derive: tuple[Expression, ...]
    stand_ins: tuple[Expression, ...]
    refuse: tuple[Expression, ...]
    deduct: tuple[Expression, ...]
    amount: Expression | None
    quantity: Expression | None
    caps: tuple[Cap, ...]
    who: tuple[str, ...] = ()
    """The questions that say who must not be elsewhere at that time."""

    @property
    def all(self) -> tuple[Expression, ...]:
        """Everything that is asked, in the order in which `values_of` reads it."""
        return (
            *self.derive,
            *self.stand_ins,
            *self.refuse,
            *self.deduct,
            *((self.amount,) if self.amount else ()),
            *((self.quantity,) if self.quantity else ()),
            *(cap.figure for cap in self.caps if cap.figure is not None),
        )


@dataclass(frozen=True, slots=True)
class Values:
    """What the expressions of a plan came to. A cap without a figure (a date, the stock) has None."""

    derive: Mapping[str, Answer]
    stand_ins: Mapping[str, Answer]
    refuse: Mapping[str, Answer]
    deduct: Mapping[str, Answer]
    amount: Answer | None
    quantity: Answer | None
    caps: tuple[tuple[Cap, Answer | None], ...]

    @property
    def asked(self) -> tuple[Answer, ...]:
        """What must be known before anything is handed over."""
        parts = (self.amount, self.quantity, *(answer for _cap, answer in self.caps))
        return (
            *self.refuse.values(),
            *self.deduct.values(),
            *(part for part in parts if part is not None),
        )


def values_of(plan: Plan, each: EachDelivery, answers: Sequence[Answer]) -> Values:
    """The answers to a plan, each under its name."""
    found = iter(answers)

    def named(keys: Sequence[str]) -> dict[str, Answer]:
        return {key: next(found) for key in keys}

    return Values(
        derive=named(list(each.derive)),
        stand_ins=named(list(each.while_unknown)),
        refuse=named(list(each.refuse_when)),
        deduct=named(list(each.deduct)),
        amount=next(found) if plan.amount else None,
        quantity=next(found) if plan.quantity else None,
        caps=tuple((cap, next(found) if cap.figure is not None else None) for cap in plan.caps),
    )


_plans: dict[tuple[str, str, tuple[str, ...], bool], Plan] = {}


def plan_of(
    programme: Programme, benefit: Benefit, each: EachDelivery, stood_in: tuple[str, ...], *, capped: bool
) -> Plan:
    """The questions of a benefit's deliveries: with stand-ins for some derived names, and the part that fits."""
    key = (programme.digest, benefit.name, stood_in, capped)
    if key not in _plans:
        _plans[key] = _made(benefit, each, stood_in, capped=capped)
    return _plans[key]


def _made(benefit: Benefit, each: EachDelivery, stood_in: tuple[str, ...], *, capped: bool) -> Plan:
    known = inlined(each, stood_in, FITS if capped else "")
    wanted = each.quantity
    return Plan(
        derive=tuple(known.derived(name) for name in each.derive),
        stand_ins=tuple(known.of(one) for one in each.while_unknown.values()),
        refuse=tuple(known.of(one) for one in each.refuse_when.values()),
        deduct=tuple(known.of(one) for one in each.deduct.values()),
        amount=None if each.amount is None else known.of(each.amount),
        quantity=known.named(benefit, wanted) if wanted else None,
        caps=limits(benefit),
        who=who_must_be_free(each),
    )
