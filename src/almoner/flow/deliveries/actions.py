"""Every write about instalments and deliveries, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.answers import encode, split
from almoner.definitions.programme import Field
from almoner.engine import casefile
from almoner.engine.call_offs import Reckoned
from almoner.flow.decisions.models import Award, AwardBenefit
from almoner.flow.deliveries.models import CalledOff, Deduction, Delivery, Instalment, Reckoning
from almoner.values.money import Money
from almoner.values.numbers import thousandths
from almoner.values.progress import WRITING, each
from almoner.vault.blind import mac
from almoner.vault.models import Stamp
from almoner.vault.sealed import seal
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class HandOver:
    """An instalment that is handed over, and the paper that shows it; `on` is the day (None: the step's own)."""

    instalment: Instalment
    evidence: str
    on: date | None = None


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
                **(stamp.columns() | ({"happened_on": one.on} if one.on else {})),
            )
            for one in handed
        ],
        batch_size=CHUNK,
    )
    move_all(instalments, "paid", stamp=stamp, why="handed over")
    return deliveries


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody brought: of whose award and benefit, on which day, under which row of the giver's file."""

    award: Award
    benefit: AwardBenefit
    number: int
    row_key: str
    evidence: str
    happened_on: date
    answers: Mapping[str, Any]
    corrects: CalledOff | None = None


def call_off(sheets: Sequence[Sheet], form: Mapping[str, Field], *, stamp: Stamp) -> list[CalledOff]:
    """What was brought, before anything is decided about it."""
    rows = []
    for sheet in each(WRITING, sheets):
        open_part, sealed_part = split(form, encode(form, sheet.answers))
        row = CalledOff(
            award=sheet.award,
            benefit=sheet.benefit,
            number=sheet.number,
            row_key=sheet.row_key,
            evidence=sheet.evidence,
            corrects=sheet.corrects,
            answers=open_part,
            answers_mac=sheet_mac(sheet.happened_on, form, sheet.answers),
            state="reported",
            **(stamp.columns() | {"happened_on": sheet.happened_on}),
        )
        row.answers_sealed = seal(
            sheet.award.party.data_key, row=row, field="answers_sealed", value=sealed_part
        )
        rows.append(row)
    return CalledOff.objects.bulk_create(rows, batch_size=CHUNK)


def sheet_mac(day: date, form: Mapping[str, Field], answers: Mapping[str, Any]) -> str:
    """A keyed digest of a sheet: a second import tells an unchanged sheet from a changed one by it."""
    return mac("called off", [day.isoformat(), encode(form, answers)])


def move_called_off(rows: Sequence[CalledOff], state: str, *, why: str, stamp: Stamp) -> None:
    """What was brought is taken, refused, held, corrected or settled."""
    move_all(rows, state, stamp=stamp, why=why)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sheet came to: its reckoning, and the instalment that it made."""

    called_off: CalledOff
    reckoned: Reckoned
    instalment: Instalment | None
    edition_digest: str
    is_top_up: bool = False


def reckon(outcomes: Sequence[Outcome], *, stamp: Stamp) -> list[Reckoning]:
    """What deliveries came to, with what of it repays advances."""
    made = []
    for one in outcomes:
        reckoned = one.reckoned
        row = Reckoning(
            called_off=one.called_off,
            is_top_up=one.is_top_up,
            instalment=one.instalment,
            worth_minor=reckoned.amount.minor if reckoned.amount else 0,
            quantity_thousandths=thousandths(reckoned.quantity or Decimal(0)),
            stand_ins=list(reckoned.stand_ins),
            cancelled={cap: thousandths(over) for cap, over in reckoned.cancelled.items()},
            cycle_no=reckoned.issue.cycle_no if reckoned.issue else None,
            issue_no=reckoned.issue.issue_no if reckoned.issue else None,
            edition_digest=one.edition_digest,
            **(stamp.columns() | {"happened_on": reckoned.day}),
        )
        stored = {name: _plain(value) for name, value in reckoned.derived.items()}
        key = one.called_off.award.party.data_key
        row.derived_sealed = seal(key, row=row, field="derived_sealed", value=stored)
        made.append(row)
    Reckoning.objects.bulk_create(made, batch_size=CHUNK)
    Deduction.objects.bulk_create(
        [
            Deduction(
                reckoning=row,
                benefit=name,
                amount_minor=kept.minor,
                **(stamp.columns() | {"happened_on": row.happened_on}),
            )
            for row, one in zip(made, outcomes, strict=True)
            for name, kept in one.reckoned.deducted.items()
            if kept > Money.zero(kept.currency)
        ],
        batch_size=CHUNK,
    )
    return made


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else None if value is None else _text(value)


def _text(value: Any) -> Any:
    return value if isinstance(value, bool | str) else str(value)
