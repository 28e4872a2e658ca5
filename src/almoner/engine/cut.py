"""The cut of a round: who is awarded, who waits, who was not selected. Pure; the caller holds the lock.

Candidates stand in order of their points, then of the named ties, then of the lottery; never of the time or
the number of their case. Awards go down that order until the next one does not fit whole: it and everyone
after it are the waiting list. Who is below the threshold was not selected, and never waits.

In a ballot the lottery alone decides. Those who come together draw one number, and are awarded together or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from almoner.definitions import programme as defined
from almoner.values.chance import Chance
from almoner.values.language import _
from almoner.values.money import Money
from almoner.values.numbers import from_micros

LOTTERY = "lottery"
"""The tie that comes last, and the rank of a ballot, in which nothing comes before it."""

TieValue = Decimal | int | bool | date | None
"""What a tie compares; None is unknown, which keeps the case at *needs information*."""


class Standing(StrEnum):
    """Where an application of the round stands when the round is cut."""

    ELIGIBLE = "eligible"
    NEEDS_INFORMATION = "needs information"  # the applicant may still answer: the cut waits
    WAITS_FOR_OFFICE = (
        "waits for the office"  # blocked, or a question that the officer answers: the cut waits
    )
    WAITS_FOR_REVIEW = "waits for reviews"  # fewer reviewed it than the file demands: the cut waits
    LAPSED = "lapsed"  # reminded, no answer: neither ranked nor refused
    SET_ASIDE = "set aside"  # by a person, with a reason: like lapsed
    NOT_ELIGIBLE = "not eligible"  # refused by a rule, decided by itself


class Result(StrEnum):
    """What the cut says of a ranked case."""

    AWARDED = "awarded"
    WAITING_LIST = "waiting list"
    NOT_SELECTED = "not selected"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One application of the round. `ties` stand in the order of the cut's ties, the lottery left out.

    `group` is the same for those who come together; '' for who comes alone.
    """

    key: str
    standing: Standing
    points: Decimal | None = None
    ties: tuple[TieValue, ...] = ()
    cost: Money | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A case in its place (from 1), with the lottery number it drew and what the cut says of it.

    `points` are None in a ballot.
    """

    place: int
    key: str
    points: Decimal | None
    ties: tuple[TieValue, ...]
    lottery: int
    cost: Money
    result: Result


@dataclass(frozen=True, slots=True)
class CutResult:
    """A round that was cut: the whole order, and everything needed to cut it again with the same result."""

    order: tuple[Ranked, ...]
    line: int  # how many, from the first, are awarded
    budget: Money
    spent: Money
    seed: int
    threshold: Decimal | None
    left_out: tuple[str, ...]  # lapsed or set aside: neither ranked nor refused, in order of their keys
    not_eligible: tuple[str, ...]  # refused by a rule, decided by themselves

    def keys(self, result: Result) -> tuple[str, ...]:
        """The cases of one result, in order of their places."""
        return tuple(ranked.key for ranked in self.order if ranked.result is result)

    @property
    def awarded(self) -> tuple[str, ...]:
        """Who is awarded. Where it is empty nobody is, never everybody."""
        return self.keys(Result.AWARDED)

    @property
    def waiting_list(self) -> tuple[str, ...]:
        """Who waits, first the next to be awarded."""
        return self.keys(Result.WAITING_LIST)

    @property
    def not_selected(self) -> tuple[str, ...]:
        """Who is below the threshold."""
        return self.keys(Result.NOT_SELECTED)


class CutRefused(Exception):
    """A round that cannot be cut yet. `keys` are the cases that stand in the way."""

    def __init__(self, message: str, keys: Sequence[str] = ()) -> None:
        """Say why, and which cases stand in the way."""
        super().__init__(message)
        self.keys = tuple(keys)


def cut(candidates: Sequence[Candidate], *, rule: defined.Cut, budget: Money, seed: int) -> CutResult:
    """Cut a round, once. The order in which candidates are given does not matter.

    Args:
        candidates: every application of the round that was submitted and not withdrawn, each once.
        rule: the threshold, the rank and the ties of the programme.
        budget: what is free in the round.
        seed: the seed of the lottery, which is stored with the result.

    Raises:
        CutRefused: a case may still be answered, waits for the office or has an unknown tie; a key comes
            twice; a cost is in another currency or below 0; the budget is below 0.
    """
    candidates = sorted(candidates, key=lambda candidate: candidate.key)
    _refuse_unready(candidates, rule)
    eligible = [candidate for candidate in candidates if candidate.standing is Standing.ELIGIBLE]
    _refuse_odd_money(eligible, budget)
    # Numbers are drawn for everyone in order of the keys, so that neither the order of arrival nor the points
    # decide who draws which; those who come together draw one, as whoever comes alone does.
    units = _units(eligible)
    numbers = Chance(seed).different(len(units))
    ranks = _ranks_of(rule)
    order = sorted(zip(units, numbers, strict=True), key=lambda drawn: (*ranks(drawn[0][0]), drawn[1]))
    threshold = None if rule.threshold is None else from_micros(rule.threshold)
    ranked = _walked(order, budget, threshold)
    awarded = [one for one in ranked if one.result is Result.AWARDED]
    return CutResult(
        order=ranked,
        line=len(awarded),
        budget=budget,
        spent=sum((one.cost for one in awarded), start=Money.zero(budget.currency)),
        seed=seed,
        threshold=threshold,
        left_out=_keys_of(candidates, Standing.LAPSED, Standing.SET_ASIDE),
        not_eligible=_keys_of(candidates, Standing.NOT_ELIGIBLE),
    )


def named_ties(rule: defined.Cut) -> tuple[defined.Tie, ...]:
    """The ties that are compared before the lottery, which always comes last."""
    names = [tie.name for tie in rule.ties]
    return rule.ties[: names.index(LOTTERY)] if LOTTERY in names else rule.ties


def _units(eligible: Sequence[Candidate]) -> list[list[Candidate]]:
    """Who comes together, and everybody else alone, in order of the first of their keys."""
    units: dict[tuple[str, str], list[Candidate]] = {}
    for one in eligible:
        units.setdefault(("together", one.group) if one.group else ("alone", one.key), []).append(one)
    return list(units.values())


def _refuse_unready(candidates: Sequence[Candidate], rule: defined.Cut) -> None:
    """Nobody is ranked while somebody may still answer: the round is whole or it is not cut."""
    ties = len(named_ties(rule))
    twice = [key for key, count in Counter(one.key for one in candidates).items() if count > 1]
    if twice:
        raise CutRefused(_("A case comes twice."), twice)
    asked = _keys_of(candidates, Standing.NEEDS_INFORMATION)
    if asked:
        raise CutRefused(_("Somebody may still answer what is missing."), asked)
    office = _keys_of(candidates, Standing.WAITS_FOR_OFFICE)
    if office:
        raise CutRefused(_("A case waits for the office: answer it, or set it aside with a reason."), office)
    unreviewed = _keys_of(candidates, Standing.WAITS_FOR_REVIEW)
    if unreviewed:
        raise CutRefused(_("A case waits for its reviews."), unreviewed)
    eligible = [one for one in candidates if one.standing is Standing.ELIGIBLE]
    scored = rule.rank != LOTTERY
    unknown = [one.key for one in eligible if (scored and one.points is None) or one.cost is None]
    if unknown:
        raise CutRefused(_("The points or the cost of a case are unknown."), unknown)
    tied = [one.key for one in eligible if len(one.ties) != ties or None in one.ties]
    if tied:
        raise CutRefused(_("What breaks a tie is unknown."), tied)


def _refuse_odd_money(eligible: Sequence[Candidate], budget: Money) -> None:
    if budget < Money.zero(budget.currency):
        raise CutRefused(_("The budget is below zero."))
    foreign = [one.key for one in eligible if one.cost and one.cost.currency != budget.currency]
    if foreign:
        raise CutRefused(_("A cost is in another currency than the budget."), foreign)
    negative = [one.key for one in eligible if one.cost and one.cost.minor < 0]
    if negative:
        raise CutRefused(_("A cost is below zero."), negative)


def _keys_of(candidates: Sequence[Candidate], *standings: Standing) -> tuple[str, ...]:
    return tuple(one.key for one in candidates if one.standing in standings)


def _ranks_of(rule: defined.Cut) -> Callable[[Candidate], tuple[Decimal | int, ...]]:
    """What is compared before the lottery, smallest first: points from the highest, ties from the lowest unless turned.

    In a ballot there is nothing of it.
    """
    highest = tuple(tie.highest for tie in named_ties(rule))

    def ranks(candidate: Candidate) -> tuple[Decimal | int, ...]:
        if candidate.points is None:
            raise AssertionError("A case without points has come to be ranked.")
        ties = (
            -_number(value) if turned else _number(value)
            for value, turned in zip(candidate.ties, highest, strict=True)
        )
        return (-candidate.points, *ties)

    return (lambda _candidate: ()) if rule.rank == LOTTERY else ranks


def _number(value: TieValue) -> Decimal | int:
    if value is None:
        raise AssertionError("A case with an unknown tie has come to be ranked.")
    return value.toordinal() if isinstance(value, date) else value


def _walked(
    order: Sequence[tuple[Sequence[Candidate], int]], budget: Money, threshold: Decimal | None
) -> tuple[Ranked, ...]:
    """Down the order until the next do not fit whole; then nobody further down is preferred to them."""
    free, closed = budget, False
    ranked: list[Ranked] = []
    for unit, number in order:
        cost = sum((_cost(one) for one in unit), start=Money.zero(budget.currency))
        points = unit[0].points
        if threshold is not None and points is not None and points < threshold:
            result = Result.NOT_SELECTED
        elif closed or cost > free:
            result, closed = Result.WAITING_LIST, True
        else:
            result, free = Result.AWARDED, free - cost
        ranked += [
            Ranked(
                place=place,
                key=one.key,
                points=one.points,
                ties=one.ties,
                lottery=number,
                cost=_cost(one),
                result=result,
            )
            for place, one in enumerate(unit, start=len(ranked) + 1)
        ]
    return tuple(ranked)


def _cost(candidate: Candidate) -> Money:
    if candidate.cost is None:
        raise AssertionError("A case without a cost has come to be ranked.")
    return candidate.cost
