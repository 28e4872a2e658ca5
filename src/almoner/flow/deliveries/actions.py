"""Every write about instalments and deliveries, one verb a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from almoner.engine import casefile
from almoner.flow.decisions.models import Award, AwardBenefit
from almoner.flow.deliveries.models import Delivery, Instalment
from almoner.values.numbers import thousandths
from almoner.vault.models import Stamp
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class HandOver:
    """An instalment that is handed over, and the paper that shows it."""

    instalment: Instalment
    evidence: str


def schedule(
    planned: Sequence[tuple[Award, AwardBenefit, casefile.Instalment]], *, stamp: Stamp
) -> list[Instalment]:
    """The instalments of awards that became active."""
    return Instalment.objects.bulk_create(
        [
            Instalment(
                award=award,
                benefit=benefit,
                name=instalment.name,
                due_on=instalment.due_on,
                amount_minor=instalment.money.minor if instalment.money else None,
                quantity_thousandths=None
                if instalment.quantity is None
                else thousandths(instalment.quantity),
                cost_minor=instalment.cost.minor,
                state="scheduled",
                **stamp.columns(),
            )
            for award, benefit, instalment in planned
        ],
        batch_size=CHUNK,
    )


def move_instalments(instalments: Sequence[Instalment], state: str, *, why: str, stamp: Stamp) -> None:
    """Instalments take a step of their life."""
    move_all(instalments, state, stamp=stamp, why=why)


def hand_over(handed: Sequence[HandOver], *, stamp: Stamp) -> list[Delivery]:
    """What was handed over. The database takes one delivery an instalment, whoever asks how often."""
    instalments = [one.instalment for one in handed]
    move_all(instalments, "in a payment run", stamp=stamp, why="handed over")
    deliveries = Delivery.objects.bulk_create(
        [
            Delivery(
                instalment=one.instalment,
                award=one.instalment.award,
                benefit=one.instalment.benefit.name,
                amount_minor=one.instalment.amount_minor,
                quantity_thousandths=one.instalment.quantity_thousandths,
                cost_minor=one.instalment.cost_minor,
                currency=one.instalment.award.currency,
                evidence=one.evidence,
                **stamp.columns(),
            )
            for one in handed
        ],
        batch_size=CHUNK,
    )
    move_all(instalments, "paid", stamp=stamp, why="handed over")
    return deliveries
