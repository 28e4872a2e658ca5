"""Caps of what is handed over by a sheet: how much still fits, and under which name the rest is cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, Cap, Duration, EachDelivery
from almoner.definitions.tree import Type
from almoner.engine.casefile import CaseFile, Delivered
from almoner.engine.conditions import ask_many
from almoner.engine.cycles import STOCK
from almoner.engine.evaluation import KNOWN_ON
from almoner.engine.overlaps import Busy
from almoner.engine.sheets import BUILT_IN
from almoner.engine.stock import LotOnHand, fits, lot_number
from almoner.values.dates import add_duration

UP_TO = "up_to"
"""The cap that a contract sets."""


@dataclass(slots=True)
class Around:
    """What hand-overs share with those of other people; it is used up as they are reckoned, one after the other.

    `people` counts who else ever received of the benefit. `lots` is what is there of each lot; None: nobody keeps
    stock (an example). `busy` are the deliveries that take somebody's time, of this award and of others.
    """

    people: int = 0
    lots: dict[str, LotOnHand] | None = None
    busy: Busy = field(default_factory=Busy)

    def use(self, wanted: Wanted, quantity: Decimal) -> None:
        """Count a hand-over that is taken."""
        self.people += not wanted.earlier()
        lot = lot_number(wanted.lot)
        if self.lots is not None and lot in self.lots:
            self.lots[lot] = replace(self.lots[lot], free=self.lots[lot].free - quantity)


@dataclass(frozen=True, slots=True)
class Room:
    """What still fits: the least that a cap leaves, under its name; `barred` are the caps that leave nothing."""

    left: Decimal | None = None
    name: str = ""
    barred: tuple[str, ...] = ()


def lot_of(each: EachDelivery, answers: Mapping[str, Any]) -> str:
    """The lot that a delivery's answers name; '' where none is asked or named."""
    lots = [name for name, asked in each.form.items() if asked.type is Type.LOT]
    return str(answers.get(lots[0]) or "") if lots else ""


def limits(benefit: Benefit) -> tuple[Cap, ...]:
    """The caps of a benefit, the contract's first."""
    if benefit.up_to is None:
        return benefit.caps
    return (Cap(UP_TO, "quantity", benefit.line, benefit.up_to), *benefit.caps)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hand-over that is looked at: whose, of what, on which day, from which lot, and how much of it."""

    case: CaseFile
    benefit: str
    day: date
    quantity: Decimal
    lot: str = ""

    def earlier(self) -> list[Delivered]:
        """What the same award received of the benefit, whenever it came."""
        return [one for one in self.case.delivered if one.benefit == self.benefit]


AMOUNT = "amount"
"""The kind of a cap on what is paid."""


def room_in_money(wanted: Wanted, caps: Sequence[tuple[Cap, Decimal | None]]) -> Room:
    """How much may still be paid for a hand-over under every cap on money, in units of the currency.

    What the same award was paid for counts on the day of its hand-over, with what topped it up later.

    Args:
        wanted: the hand-over.
        caps: each with what its figure came to; None where it has none.
    """
    paid = [(one.delivered_on, one.amount.amount) for one in wanted.earlier()]
    lefts = [
        (cap.name, max(figure - _counted(paid, wanted.day, cap), Decimal(0)))
        for cap, figure in caps
        if cap.kind == AMOUNT and figure is not None
    ]
    if not lefts:
        return Room()
    name, left = min(lefts, key=lambda one: one[1])
    return Room(left, name, tuple(cap for cap, one in lefts if not one))


def room(
    wanted: Wanted,
    caps: Sequence[tuple[Cap, Decimal | None]],
    around: Around,
    issue: tuple[str, Decimal] | None,
) -> Room:
    """How much of a hand-over fits under every cap, and under what is left of its issue.

    Args:
        wanted: the hand-over.
        caps: each with what its figure came to; None where it has none.
        around: what is shared with other people.
        issue: the name of the cap that an issue is, and what is left of it.
    """
    lefts: list[tuple[str, Decimal]] = [] if issue is None else [issue]
    barred: list[str] = []
    for cap, figure in caps:
        if cap.kind == STOCK:
            fit = _in_stock(wanted, around)
            if fit is not None:
                lefts.append((cap.name, fit[1]))
                barred += [fit[0]] if fit[0] else []
        elif cap.kind == "quantity" and figure is not None:
            lefts.append((cap.name, max(figure - _taken(wanted, cap), Decimal(0))))
        elif cap.kind != AMOUNT and _bars(wanted, cap, figure, around):
            lefts.append((cap.name, Decimal(0)))
    barred += [name for name, left in lefts if not left and not (name == STOCK and barred)]
    if not lefts:
        return Room()
    name, left = min(lefts, key=lambda one: one[1])
    return Room(left, name, tuple(dict.fromkeys(barred)))


def _in_stock(wanted: Wanted, around: Around) -> tuple[str, Decimal] | None:
    """Why a lot gives nothing ('' : it does), and what it gives; None where nobody keeps stock."""
    if around.lots is None:
        return None
    fit = fits(around.lots.get(lot_number(wanted.lot)), wanted.quantity, wanted.day)
    return fit.refused.replace(" ", "_"), Decimal(0) if fit.refused else fit.quantity


def _bars(wanted: Wanted, cap: Cap, figure: Decimal | None, around: Around) -> bool:
    """Whether a cap that counts no units forbids the hand-over."""
    if cap.kind == "date":
        return cap.until is not None and wanted.day > cap.until
    if figure is None:
        return False
    earlier = wanted.earlier()
    if cap.kind == "people":
        return not earlier and around.people >= figure
    first = min((one.delivered_on for one in earlier), default=wanted.day)
    return wanted.day >= add_duration(first, int(figure), cap.unit)


def _taken(wanted: Wanted, cap: Cap) -> Decimal:
    """The units that count under a cap already."""
    handed = [(one.delivered_on, one.quantity) for one in wanted.earlier()]
    return _counted(handed, wanted.day, cap)


def _counted(handed: Sequence[tuple[date, Decimal]], day: date, cap: Cap) -> Decimal:
    """What counts under a cap: altogether, in the same period, or in the fullest stretch of time around a day."""
    if not cap.per:
        return sum((part for _on, part in handed), start=Decimal(0))
    if isinstance(cap.per, str):
        mine = _period(cap.per, day)
        return sum((part for on, part in handed if _period(cap.per, on) == mine), start=Decimal(0))
    return max(_stretches(handed, day, cap.per), default=Decimal(0))


def _period(calendar: str, day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // BUILT_IN[calendar]


def _stretches(handed: Sequence[tuple[date, Decimal]], day: date, per: Duration) -> Iterator[Decimal]:
    """What was handed over in each stretch of time that the day lies in.

    A paper that comes late may stand between others, so the stretches that begin before the day and end after it count
    as well as the one that ends with it. A stretch of 84 days from a day ends before the 84th day after it.
    """
    for begins in {*(on for on, _part in handed if on <= day), day}:
        ends = add_duration(begins, per.count, per.unit)
        if day < ends:
            yield sum((part for on, part in handed if begins <= on < ends), start=Decimal(0))


def barred_from(cases: Sequence[CaseFile], name: str, day: date) -> list[tuple[str, ...]]:
    """The caps that leave each of a programme's cases nothing of a benefit on a day; of none that is unknown.

    What is shared with others, people and stock, is not looked at: it is known when somebody stands at the counter.
    """
    if not cases:
        return []
    caps = limits(cases[0].programme.benefits[name])
    asked = [cap for cap in caps if cap.figure is not None]
    questions = [(case, day, {"delivered_on": day, KNOWN_ON: day}) for case in cases]
    found = ask_many(questions, [cap.figure for cap in asked if cap.figure is not None])
    return [
        room(
            Wanted(case, name, day, Decimal(1)),
            [
                *((cap, answer.value) for cap, answer in zip(asked, answers, strict=True)),
                *((cap, None) for cap in caps if cap.figure is None),
            ],
            Around(),
            None,
        ).barred
        for case, answers in zip(cases, found, strict=True)
    ]
