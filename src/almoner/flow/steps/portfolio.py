"""The whole of what an office gives: budgets by theme, programme and round, in one currency by dated rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from almoner.definitions.programme import Programme
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.models import Budget, Rate
from almoner.flow.ledger.queries import budgets_of, rates_on
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people.access import may, require
from almoner.values.exchange import converted
from almoner.values.language import _
from almoner.values.money import EXPONENTS, Money
from almoner.vault.models import Stamp

SEE = "see money"
KEEP = "keep rates"
PARTS = ("free", "committed", "disbursed")
"""What a budget is made of, and nothing else."""


@dataclass(frozen=True, slots=True)
class Line:
    """A round's money: each part in its own currency, and in the portfolio's, None where no rate is known."""

    theme: str
    programme: str
    operated_by: str
    round: str
    year: int
    own: Mapping[str, Money]
    converted: Mapping[str, Money] | None
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every round that somebody may see the money of, by theme. `currency` is that of all sums."""

    currency: str
    day: date
    lines: tuple[Line, ...]

    @property
    def themes(self) -> tuple[str, ...]:
        """The themes, in the order in which they come."""
        return tuple(dict.fromkeys(line.theme for line in self.lines))

    def of_theme(self, theme: str) -> tuple[Line, ...]:
        """The lines of a theme."""
        return tuple(line for line in self.lines if line.theme == theme)

    def sum_of(self, lines: Sequence[Line]) -> dict[str, Money]:
        """The parts of lines together, and their `budget`: of those that could be converted, the others left out."""
        known = [line.converted for line in lines if line.converted is not None]
        parts = {name: sum((one[name] for one in known), start=Money.zero(self.currency)) for name in PARTS}
        return {"budget": sum(parts.values(), start=Money.zero(self.currency)), **parts}


def keep_rate(currency: str, into: str, rate: str, *, source: str, request: Request) -> Result:
    """Keep what one unit of a currency is worth in another from a day on.

    Raises:
        NotPermitted: the person may not keep rates.
        StepRefusedError: it is no currency, no rate, without a source, or the day has one already that says otherwise.
    """
    require(request.by, KEEP)
    unknown = [one for one in (currency, into) if one not in EXPONENTS]
    if unknown:
        raise StepRefusedError(_("'{code}' is no currency.").format(code=unknown[0]))
    if currency == into:
        raise StepRefusedError(_("A currency needs no rate to itself."))
    try:
        value = Decimal(rate)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise StepRefusedError(_("'{rate}' is no rate: write a number above 0.").format(rate=rate))
    if not source.strip():
        raise StepRefusedError(_("Say where the rate was published."))

    def do(stamp: Stamp) -> Result:
        there = rates_on(into, request.happened_on).get(currency)
        if there is not None and there.happened_on == request.happened_on:
            if Decimal(there.rate) == value:
                return {"kept": 0}
            message = _("There is a rate of {day} already: {rate}.")
            raise StepRefusedError(message.format(day=there.happened_on, rate=there.rate))
        ledger.keep_rate(currency, into, f"{value:f}", source=source, stamp=stamp)
        return {"kept": 1}

    arguments = {
        "currency": currency,
        "into": into,
        "rate": f"{value:f}",
        "source": source,
        "on": request.happened_on.isoformat(),
    }
    return carry_out("keep_rate", request, may=KEEP, programme="", arguments=arguments, do=do)


def portfolio(currency: str, *, request: Request) -> Portfolio:
    """The office's rounds with their money as it stands, in one currency by the rates that hold on the day.

    Rounds of public data sets are nobody's money and are left out. A round whose currency has no rate is told in its
    own and is in no sum: nothing is ever taken one for one.

    Raises:
        NotPermitted: the person may see the money of no programme.
        StepRefusedError: it is no currency.
    """
    if currency not in EXPONENTS:
        raise StepRefusedError(_("'{code}' is no currency.").format(code=currency))
    rounds = [one for one in queries.all_rounds() if not one.real]
    seen = {programme: may(request.by, SEE, programme) for programme in {one.programme for one in rounds}}
    if not any(seen.values()):
        require(request.by, SEE)
    visible = [one for one in rounds if seen[one.programme]]
    budgets, rates = budgets_of(visible), rates_on(currency, request.happened_on)
    lines = [
        _line(round_, budgets[round_.pk], currency, rates.get(round_.currency))
        for round_ in visible
        if round_.pk in budgets
    ]
    return Portfolio(currency, request.happened_on, tuple(sorted(lines, key=lambda one: one.theme)))


def _line(round_: Round, budget: Budget, currency: str, rate: Rate | None) -> Line:
    programme: Programme = queries.programme_of(round_.edition)
    own = {
        "free": Money(budget.free_minor, budget.currency),
        "committed": Money(budget.committed_minor, budget.currency),
        "disbursed": Money(budget.disbursed_minor, budget.currency),
    }
    worth = Decimal(1) if budget.currency == currency else Decimal(rate.rate) if rate else None
    return Line(
        theme=programme.theme,
        programme=programme.title,
        operated_by=programme.operated_by,
        round=round_.name,
        year=round_.year,
        own=own,
        converted=None
        if worth is None
        else {name: converted(money, worth, currency) for name, money in own.items()},
        rate=None if budget.currency == currency else rate,
    )


def told(found: Portfolio) -> dict[str, Any]:
    """The portfolio as plain values for machines: amounts as text, sums by theme and of the whole."""
    return {
        "currency": found.currency,
        "on": found.day.isoformat(),
        "themes": [
            {"theme": theme, **_sums(found, found.of_theme(theme)), "rounds": list(_rounds(found, theme))}
            for theme in found.themes
        ],
        **_sums(found, found.lines),
    }


def _sums(found: Portfolio, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        **{name: str(money) for name, money in found.sum_of(lines).items()},
        "rounds_left_out": sum(line.converted is None for line in lines),
    }


def _rounds(found: Portfolio, theme: str) -> Iterator[dict[str, Any]]:
    for line in found.of_theme(theme):
        yield {
            "programme": line.programme,
            "operated_by": line.operated_by,
            "round": line.round,
            "year": line.year,
            "own_currency": line.own["free"].currency,
            "own": {name: str(money) for name, money in line.own.items()},
            "converted": None
            if line.converted is None
            else {name: str(money) for name, money in line.converted.items()},
            "rate": None
            if line.rate is None
            else {
                "rate": line.rate.rate,
                "on": line.rate.happened_on.isoformat(),
                "source": line.rate.source,
            },
        }
