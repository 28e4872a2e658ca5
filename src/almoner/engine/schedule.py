"""What an award brings and when: instalments, what is owed and asked after it, and what is due on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions import programme as defined
from almoner.definitions.programme import Benefit, Due, Programme
from almoner.definitions.sections.samples import DELIVERY
from almoner.definitions.sections.sessions import of_sessions
from almoner.engine.casefile import CaseFile, FollowUp, Instalment
from almoner.engine.conditions import ask
from almoner.engine.costs import cost_of_benefit
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Blocked, Screening
from almoner.engine.sheets import Obligation, baselines_owed, obligations
from almoner.engine.spaces import months_let
from almoner.values.dates import add_duration
from almoner.values.language import _
from almoner.values.money import Money, shares
from almoner.values.numbers import MICRO, in_thousandths

CARRIED_OUT = frozenset({"cash", "in_kind"})
"""The kinds of benefit that a schedule can give today."""

AWARD, FIRST, EACH, END = "award", "first delivery", "each delivery", "end"
_ANCHORS = frozenset({AWARD, FIRST, EACH, END})
_PAYS_IN = frozenset({"active", "on probation"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What an award brings.

    `obligations` are those of dated calendars in the file, as far as these reach; month, quarter and year
    have no end: `sheets.obligations` gives them up to a day.
    """

    awarded_on: date
    benefits: Mapping[str, Decimal]
    instalments: tuple[Instalment, ...]
    follow_ups: tuple[FollowUp, ...]
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class DueInstalment:
    """An instalment whose day has come. Not `is_due` is held: `reason` says why, `missing` what would tell.

    `blocked` are the places that could not be computed; they go to the officer, never to the applicant.
    """

    instalment: Instalment
    is_due: bool
    reason: str = ""
    missing: tuple[str, ...] = ()
    blocked: tuple[Blocked, ...] = ()


def plan_award(
    programme: Programme,
    screening: Screening | None,
    awarded_on: date,
    *,
    benefits: Mapping[str, Decimal] | None = None,
    judged: Mapping[str, Any] | None = None,
) -> Plan:
    """What follows from an award on a day: instalments, follow-ups and the records that are owed.

    Args:
        programme: the edition the award was decided under.
        screening: what the figures are taken from; None where somebody else decided them.
        awarded_on: the day of the award, in the programme's time zone.
        benefits: the figures as a person decided them, where they differ from the screening.
        judged: the answers, derived values and day by which it was judged: what space is let asks of them.

    Raises:
        ValueError: the screening is not *eligible* and nobody decided the figures.
        CostUnknown: something is given in kind whose unit has no value.
        NotYetCarriedOut: the file asks for more than a dated schedule.
    """
    figures = {
        name: figure if programme.benefits[name].in_money else in_thousandths(figure)
        for name, figure in (_figures(screening) if benefits is None else benefits).items()
    }
    given = {name: figure for name, figure in figures.items() if figure}
    instalments = [
        one
        for name, figure in given.items()
        for one in _instalments(programme, programme.benefits[name], figure, awarded_on, judged or {})
    ]
    return Plan(
        awarded_on=awarded_on,
        benefits=figures,
        instalments=tuple(instalments),
        follow_ups=follow_ups_from(programme, AWARD, awarded_on),
        obligations=_dated_obligations(programme, awarded_on),
    )


def _figures(screening: Screening | None) -> dict[str, Decimal]:
    if screening is None:
        raise ValueError("Without a screening somebody decided the figures.")
    known = {name: figure for name, figure in screening.benefits.items() if figure is not None}
    if screening.outcome != "eligible" or len(known) != len(screening.benefits):
        raise ValueError(f"A case that is {screening.outcome} brings nothing by itself.")
    return known


def _instalments(
    programme: Programme, benefit: Benefit, figure: Decimal, awarded_on: date, judged: Mapping[str, Any]
) -> list[Instalment]:
    """The parts of one benefit. Shares are rounded down and the last takes the rest, of the cost too."""
    place = f"benefits.{benefit.name}"
    if benefit.kind not in CARRIED_OUT and not benefit.call_off and benefit.months is None:
        raise NotYetCarriedOut(programme, f"{place}.kind: {benefit.kind}")
    for key in benefit.other:
        raise NotYetCarriedOut(programme, f"{place}.{key}")
    if benefit.call_off:
        return []
    if benefit.months is not None:
        return months_let(programme, benefit, figure, awarded_on, judged)
    whole = cost_of_benefit(programme, benefit, figure)
    if not benefit.instalments:
        return [_instalment(benefit, benefit.name, awarded_on, whole, figure)]
    parts = list(benefit.instalments.values())
    for part in parts:
        if part.share is None:
            raise NotYetCarriedOut(programme, f"{place}.instalments.{part.name}.amount")
    split = [part.share or 0 for part in parts]
    costs = shares(whole, split)
    return [
        _instalment(
            benefit,
            part.name,
            _day(programme, f"{place}.instalments.{part.name}.due", part.due, AWARD, awarded_on),
            cost,
            quantity,
        )
        for part, cost, quantity in zip(parts, costs, _quantities(figure, split), strict=True)
    ]


def _instalment(benefit: Benefit, name: str, due_on: date, cost: Money, quantity: Decimal) -> Instalment:
    if benefit.in_money:
        return Instalment(benefit=benefit.name, name=name, due_on=due_on, cost=cost, money=cost)
    return Instalment(
        benefit=benefit.name, name=name, due_on=due_on, cost=cost, quantity=quantity, unit=benefit.unit
    )


def _quantities(figure: Decimal, split: list[int]) -> list[Decimal]:
    """A quantity by shares, rounded down; the last takes the rest.

    To whole ones where it is whole, since nobody is handed half a laptop, else to the thousandths in which
    quantities are kept.
    """
    step = Decimal(1) if figure == figure.to_integral_value() else Decimal("0.001")
    parts = [int(figure * share / MICRO / step) * step for share in split[:-1]]
    return [*parts, figure - sum(parts, start=Decimal(0))]


def _day(programme: Programme, place: str, due: Due, anchor: str, day: date) -> date:
    """The day that `count unit` before or after an anchor is."""
    if due.anchor != anchor:
        raise NotYetCarriedOut(programme, f"{place}: after {due.anchor}")
    return add_duration(day, due.count if due.after else -due.count, due.unit)


def _dated_obligations(programme: Programme, awarded_on: date) -> tuple[Obligation, ...]:
    ends = [period.ends for one in programme.calendars.values() for period in one.periods]
    found = obligations(programme, awarded_on, max(ends, default=awarded_on))
    return tuple(one for one in found if programme.records[one.record].every in programme.calendars)


def follow_ups_from(
    programme: Programme, anchor: str, day: date, *, first: bool = False, delivery: str = ""
) -> tuple[FollowUp, ...]:
    """The follow-ups that an event brings: the award, a delivery (`first` or not), or the end.

    A baseline (`before first delivery`) comes with the award and is due at once. What is asked of a sample is among
    them: of whom it is asked the draw decides. `delivery` names the hand-over for what is about one.

    Raises:
        NotYetCarriedOut: a follow-up asks for something else: another anchor, an instrument.
    """
    found: list[FollowUp] = []
    in_sessions = of_sessions(programme)
    for name, follow_up in programme.follow_ups.items():
        if follow_up.about in in_sessions:
            continue  # it comes with such a record, not with the award
        _refuse_unbuilt(programme, follow_up)
        for due in follow_up.due:
            baseline = due.anchor == FIRST and not due.after
            if baseline and anchor == AWARD:
                found.append(FollowUp(name=name, due_on=day, is_baseline=True))
            elif due.anchor == anchor or (first and anchor == EACH and due.anchor == FIRST and not baseline):
                due_on = _day(programme, f"follow_ups.{name}.due", due, due.anchor, day)
                about = delivery if follow_up.about == DELIVERY else ""
                found.append(FollowUp(name=name, due_on=due_on, delivery=about))
    return tuple(found)


def delivery_label(benefit: str, part: str | int) -> str:
    """What a delivery is called among those of its award: its benefit, and its instalment or number."""
    return f"{benefit}.{part}"


def _refuse_unbuilt(programme: Programme, follow_up: defined.FollowUp) -> None:
    place = f"follow_ups.{follow_up.name}"
    if follow_up.about not in {"", "award", DELIVERY}:
        raise NotYetCarriedOut(programme, f"{place}.about: {follow_up.about}")
    for key in follow_up.other:
        raise NotYetCarriedOut(programme, f"{place}.{key}")
    for due in follow_up.due:
        if due.anchor not in _ANCHORS or (due.anchor == FIRST and not due.after and due.count):
            raise NotYetCarriedOut(programme, f"{place}.due: {due.anchor}")


def due_on(case: CaseFile, day: date) -> tuple[DueInstalment, ...]:
    """The instalments that await payment and whose day has come, each due or held.

    TRUE: due. FALSE: held, with the reason. Unknown: held, with what is missing. Nothing is due of an award
    that is suspended, completed or ended, nor before a baseline was answered.
    """
    return tuple(_looked_at(case, one, day) for one in case.instalments if one.awaits and one.due_on <= day)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why nothing of a case is handed over on a day, and what is missing."""

    reason: str
    missing: tuple[str, ...] = ()


def held_back(case: CaseFile, day: date) -> HeldBack | None:
    """Why nothing of a case is handed over on a day: the award's state, or a baseline; None where nothing is."""
    if case.state not in _PAYS_IN:
        return HeldBack(_("The award is {state}.").format(state=case.state))
    answered = (*_follow_ups_awaited(case), *baselines_owed(case, day))
    baseline = tuple(dict.fromkeys(answered))
    if baseline and not case.has_delivered(day):
        return HeldBack(_("What was asked before the first delivery is not answered."), baseline)
    return None


def baselines_awaited(case: CaseFile, day: date) -> set[str]:
    """The records and follow-ups that are asked before the first delivery and have neither come nor been excepted."""
    return {*_follow_ups_awaited(case), *(one.partition("[")[0] for one in baselines_owed(case, day))}


def _follow_ups_awaited(case: CaseFile) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in case.follow_ups
        if one.is_baseline and one.answers is None and not one.excepted and one.name not in case.excepted
    )


def _looked_at(case: CaseFile, instalment: Instalment, day: date) -> DueInstalment:
    barred = held_back(case, day)
    if barred is not None:
        return DueInstalment(instalment, is_due=False, reason=barred.reason, missing=barred.missing)
    part = case.programme.benefits[instalment.benefit].instalments.get(instalment.name)
    if part is None or part.when is None:
        return DueInstalment(instalment, is_due=True)
    (answer,) = ask(case, [part.when], day)
    if answer.value is True:
        return DueInstalment(instalment, is_due=True)
    if answer.value is False:
        reason = _("The condition does not hold: {condition}.").format(condition=part.when.text)
        return DueInstalment(instalment, is_due=False, reason=reason)
    reason = _("It is not known whether the condition holds: {condition}.").format(condition=part.when.text)
    return DueInstalment(
        instalment, is_due=False, reason=reason, missing=answer.missing, blocked=answer.blocked
    )
