"""Every write about money: a budget moves only by a guarded statement, and each move leaves a balanced entry."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from almoner.flow.applications.models import Round
from almoner.flow.ledger.books import Move, post
from almoner.flow.ledger.models import Budget, Rate
from almoner.values.money import Money
from almoner.vault.models import Stamp


class BudgetExceededError(Exception):
    """The round's budget has not enough free, or not enough committed, for this."""

    def __init__(self, round_: Round, wanted_minor: int, what: str) -> None:
        wanted = Money(wanted_minor, round_.currency)
        super().__init__(f"{round_.name}: {wanted} {round_.currency} is more than what is {what}.")


def grant_budget(round_: Round, amount: Money, *, fund: str, stamp: Stamp) -> Budget:
    """The money that a round may give away."""
    budget = Budget.objects.create(
        round=round_,
        currency=amount.currency,
        total_minor=amount.minor,
        free_minor=amount.minor,
        committed_minor=0,
        disbursed_minor=0,
        state="open",
        **stamp.columns(),
    )
    _post(
        round_, "budget", [(round_.name, f"budget:{round_.pk}", amount.minor)], ("fund", "free"), fund, stamp
    )
    return budget


def commit(round_: Round, awards: Sequence[tuple[str, int]], *, fund: str, stamp: Stamp) -> None:
    """Awards, by reference and cost in minor units, take their cost from what is free.

    Raises:
        BudgetExceededError: the free part does not cover them all; nothing is committed.
    """
    total = sum(cost for _, cost in awards)
    moved = Budget.objects.filter(round=round_, free_minor__gte=total).update(
        free_minor=F("free_minor") - total, committed_minor=F("committed_minor") + total
    )
    if not moved:
        raise BudgetExceededError(round_, total, "free")
    rows = [(reference, f"commitment:{reference}", cost) for reference, cost in awards]
    _post(round_, "commitment", rows, ("free", "committed"), fund, stamp)


def commit_more(
    round_: Round, deliveries: Sequence[tuple[str, str, int]], *, fund: str, stamp: Stamp
) -> None:
    """Deliveries, by award reference, key and cost, that take more from what is free than their awards set aside.

    Raises:
        BudgetExceededError: the free part does not cover them all; nothing is committed.
    """
    total = sum(cost for _, _, cost in deliveries)
    moved = Budget.objects.filter(round=round_, free_minor__gte=total).update(
        free_minor=F("free_minor") - total, committed_minor=F("committed_minor") + total
    )
    if not moved:
        raise BudgetExceededError(round_, total, "free")
    rows = [(reference, f"commitment:{key}", cost) for reference, key, cost in deliveries]
    _post(round_, "commitment", rows, ("free", "committed"), fund, stamp)


def disburse(round_: Round, deliveries: Sequence[tuple[str, str, int]], *, fund: str, stamp: Stamp) -> None:
    """Deliveries, by award reference, key and cost, turn what is committed into what is disbursed.

    Raises:
        BudgetExceededError: the committed part does not cover them all; nothing is disbursed.
    """
    total = sum(cost for _, _, cost in deliveries)
    moved = Budget.objects.filter(round=round_, committed_minor__gte=total).update(
        committed_minor=F("committed_minor") - total, disbursed_minor=F("disbursed_minor") + total
    )
    if not moved:
        raise BudgetExceededError(round_, total, "committed")
    rows = [(reference, f"disbursement:{key}", cost) for reference, key, cost in deliveries]
    _post(round_, "disbursement", rows, ("committed", "disbursed"), fund, stamp)


def release(round_: Round, awards: Sequence[tuple[str, str, int]], *, fund: str, stamp: Stamp) -> None:
    """What is cancelled goes back from committed to free."""
    total = sum(cost for _, _, cost in awards)
    moved = Budget.objects.filter(round=round_, committed_minor__gte=total).update(
        committed_minor=F("committed_minor") - total, free_minor=F("free_minor") + total
    )
    if not moved:
        raise BudgetExceededError(round_, total, "committed")
    rows = [(reference, f"release:{key}", cost) for reference, key, cost in awards]
    _post(round_, "release", rows, ("committed", "free"), fund, stamp)


def record_cost(  # noqa: PLR0913 -- a cost has these sides
    round_: Round, amount: Money, account: str, *, key: str, fund: str, stamp: Stamp
) -> None:
    """What running the programme costs the office beside what it gives, in an account that its file names."""
    rows = [(round_.name, f"cost:{round_.pk}:{key}", amount.minor)]
    _post(round_, "cost", rows, ("company", account), fund, stamp)


def keep_rate(currency: str, into: str, rate: str, *, source: str, stamp: Stamp) -> Rate:
    """What one unit of a currency is worth in another from a day on, as it was published."""
    return Rate.objects.create(currency=currency, into=into, rate=rate, source=source, **stamp.columns())


def _post(  # noqa: PLR0913, PLR0917 -- an entry has this many sides, and each call names them in one line
    round_: Round,
    what: str,
    rows: Sequence[tuple[str, str, int]],
    accounts: tuple[str, str],
    fund: str,
    stamp: Stamp,
) -> None:
    """One entry a row (about, key, units), in the round's currency."""
    source, target = accounts
    moves = [Move(about, key, units, round_.currency, source, target) for about, key, units in rows]
    post(what, moves, programme=round_.programme, round_=round_, fund=fund, stamp=stamp)
