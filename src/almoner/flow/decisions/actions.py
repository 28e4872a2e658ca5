"""Every write about cuts, decisions and awards, one verb a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Programme
from almoner.engine.costs import cost_of_benefit
from almoner.engine.cut import CutResult
from almoner.flow.applications.models import Application, Round, StoredScreening
from almoner.flow.decisions.models import Award, AwardBenefit, BaselineWaived, Decision, Ending, RoundCut
from almoner.values.ids import reference
from almoner.values.money import Money
from almoner.values.numbers import thousandths
from almoner.vault.models import Stamp
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decides about one application, with the sentences as shown."""

    application: Application
    screening: StoredScreening | None
    kind: str
    texts: dict[str, Any]
    reason: str = ""
    elsewhere: dict[str, str] | None = None


Figures = Mapping[str, Decimal]
"""Each benefit's figure as awarded: an amount for money, else a quantity."""


def store_cut(round_: Round, cut: CutResult, *, stamp: Stamp) -> RoundCut:
    """A round is cut once; a second cut meets the unique round."""
    return RoundCut.objects.create(
        round=round_,
        seed=str(cut.seed),
        budget_minor=cut.budget.minor,
        ranked=[
            {"reference": one.key, "lottery": str(one.lottery), "result": one.result} for one in cut.order
        ],
        line=cut.line,
        **stamp.columns(),
    )


def decide(verdicts: Sequence[Verdict], *, stamp: Stamp) -> list[Decision]:
    """A decision for each application, which moves to decided or to the waiting list."""
    decisions = Decision.objects.bulk_create(
        [
            Decision(
                application=verdict.application,
                kind=verdict.kind,
                screening=verdict.screening,
                edition_digest=verdict.application.edition.digest,
                reason=verdict.reason,
                texts=verdict.texts,
                elsewhere=verdict.elsewhere,
                **stamp.columns(),
            )
            for verdict in verdicts
        ],
        batch_size=CHUNK,
    )
    for kind, state in (("wait", "waiting list"), ("", "decided")):
        moving = [verdict.application for verdict in verdicts if (verdict.kind == "wait") == (kind == "wait")]
        move_all(moving, state, stamp=stamp, why="decided")
    return decisions


def propose_awards(
    programme: Programme,
    decided: Sequence[tuple[Decision, Figures]],
    *,
    stamp: Stamp,
    brought: Mapping[int, Figures] | None = None,
) -> list[Award]:
    """An award for each decision to award, proposed and not yet approved.

    `brought` says by application what was given of each benefit before the award came here; none of it is set aside.
    """
    awards, benefits = [], []
    for decision, figures in decided:
        application = decision.application
        before = brought.get(application.pk) if brought else None
        award = Award(
            reference=_award_reference(application),
            decision=decision,
            application=application,
            party=application.party,
            round=application.round,
            currency=application.round.currency,
            cost_minor=0,
            state="proposed",
            **stamp.columns(),
        )
        given = [
            _benefit(programme, award, name, figure, before.get(name) if before else None, stamp)
            for name, figure in figures.items()
            if figure or programme.benefits[name].call_off
        ]
        award.cost_minor = sum(benefit.cost_minor for benefit in given)
        awards.append(award)
        benefits += given
    Award.objects.bulk_create(awards, batch_size=CHUNK)
    AwardBenefit.objects.bulk_create(benefits, batch_size=CHUNK)
    return awards


def _award_reference(application: Application) -> str:
    """The application's own number under the letter A: who knows one finds the other."""
    prefix, year, number, _check = application.reference.split("-")
    return reference(f"{prefix}A", int(year), int(number))


def _benefit(  # noqa: PLR0913, PLR0917 -- a benefit of an award has these sides
    programme: Programme, award: Award, name: str, figure: Decimal, before: Decimal | None, stamp: Stamp
) -> AwardBenefit:
    benefit = programme.benefits[name]
    cost = cost_of_benefit(programme, benefit, figure - (before or Decimal(0)))
    in_money = benefit.in_money
    amount = Money.of(figure, programme.currency).minor if in_money else None
    given = None if before is None or not in_money else Money.of(before, programme.currency).minor
    return AwardBenefit(
        award=award,
        name=name,
        kind=benefit.kind,
        amount_minor=amount,
        quantity_thousandths=None if in_money else thousandths(figure),
        unit=benefit.unit,
        cost_minor=cost.minor,
        given_minor=given,
        given_thousandths=None if before is None or in_money else thousandths(before),
        **stamp.columns(),
    )


def move_awards(awards: Sequence[Award], state: str, *, why: str, stamp: Stamp) -> None:
    """Awards take a step of their life; who proposed one cannot approve it."""
    move_all(awards, state, stamp=stamp, why=why)


def waive_baseline(award: Award, name: str, *, why: str, stamp: Stamp) -> BaselineWaived:
    """What is asked before the first delivery is done without, once."""
    return BaselineWaived.objects.create(award=award, name=name, why=why, **stamp.columns())


def end_award(award: Award, *, reason: str, why: str, released_minor: int, stamp: Stamp) -> Ending:
    """An award ends, once, for a reason of its file."""
    ending = Ending.objects.create(
        award=award, reason=reason, why=why, released_minor=released_minor, **stamp.columns()
    )
    move_all([award], "ended", stamp=stamp, why=f"{reason}: {why}" if why else reason)
    return ending
