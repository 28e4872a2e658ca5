"""Every read about money that another layer needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Sum

from almoner.flow.applications.models import Round
from almoner.flow.ledger.models import Budget, Entry, Posting, Rate


def budget_of(round_: Round) -> Budget | None:
    """A round's budget, if it has one."""
    return Budget.objects.filter(round=round_).first()


def budgets_of(rounds: Sequence[Round]) -> dict[int, Budget]:
    """The budget of each of these rounds that has one, by the round's id."""
    return {one.round_id: one for one in Budget.objects.filter(round__in=rounds)}


def rates_on(into: str, day: date) -> dict[str, Rate]:
    """By currency, the rate into another that holds on a day: the last one that is not after it."""
    rows = Rate.objects.filter(into=into, happened_on__lte=day).order_by("happened_on", "id")
    return {row.currency: row for row in rows}


def balances(round_: Round) -> dict[str, int]:
    """The balance of each of a round's accounts in minor units, from the postings alone."""
    rows = Posting.objects.filter(entry__round=round_)
    into = dict(rows.values_list("to_account").annotate(units=Sum("units")))
    out = dict(rows.values_list("from_account").annotate(units=Sum("units")))
    return {
        account: into.get(account, 0) - out.get(account, 0) for account in sorted(into.keys() | out.keys())
    }


def disagreements() -> list[str]:
    """Rounds whose budget and postings do not say the same: there must be none."""
    found = []
    for budget in Budget.objects.select_related("round"):
        posted = balances(budget.round)
        kept = {
            "free": budget.free_minor,
            "committed": budget.committed_minor,
            "disbursed": budget.disbursed_minor,
        }
        found += [
            f"{budget.round.name}: {account} is {units} in the budget and {posted.get(name, 0)} in the postings."
            for account, units in kept.items()
            if posted.get(name := f"{budget.round.programme}:{account}", 0) != units
        ]
    return found


def still_committed(round_: Round, reference: str) -> int:
    """What an award has set aside of its round's budget and neither used nor given back, in minor units."""
    rows = Entry.objects.filter(round=round_, about=reference).values_list("what")
    sums = dict(rows.annotate(units=Sum("postings__units")))
    return int(sums.get("commitment", 0) - sums.get("disbursement", 0) - sums.get("release", 0))


def unbalanced_awards() -> list[str]:
    """Awards that disbursed more than they committed: there must be none."""
    money = Entry.objects.filter(round__isnull=False)
    rows = money.values("round_id", "about", "what").annotate(units=Sum(F("postings__units")))
    sums: dict[tuple[int, str], dict[str, int]] = {}
    for row in rows:
        sums.setdefault((row["round_id"], row["about"]), {})[row["what"]] = row["units"]
    return [
        about
        for (_, about), by_what in sums.items()
        if by_what.get("disbursement", 0) + by_what.get("release", 0) > by_what.get("commitment", 0)
    ]


def fund_of(round_: Round) -> str:
    """Whose money a round gives away: the fund its budget came from."""
    first = Posting.objects.filter(entry__round=round_, entry__what="budget").first()
    return first.fund if first else ""
