"""Small years from any seed: the books agree, every session is held or cancelled, and no day comes before another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from almoner.cli.invented.play_load import INVENTED, all_plays, load_play
from almoner.values.chance import Chance

PLAYS = [path.stem for path in all_plays()]
SEED = 300
SOAKED = 3
"""So many years are played in a soak on each database."""
FEW, SOME = 9, 24
"""So many apply in a small year, and so many where a round is judged or drawn and some must be left over."""


def small(name, seed):
    """A play of few people, on another seed; where people apply its files come three times at most."""
    play = load_play(INVENTED / f"{name}.yaml")
    applied = play.applications
    if applied is not None:
        few = SOME if play.reviews else FEW
        applied = replace(applied, group=replace(applied.group, count=min(few, applied.group.count)))
    files = play.files
    if applied is not None:
        # Where nobody applies there are few to begin with, and a later file may correct any earlier one.
        files = {key: replace(sheet, on=sheet.on[:3]) for key, sheet in files.items()}
    sessions = tuple(replace(one, files=fewer(one.files), days=both_ends(one.days)) for one in play.sessions)
    return replace(play, seed=seed, applications=applied, sessions=sessions, files=files)


def fewer(files):
    """A session's files with a dozen people of their own at most."""
    groups = {key: sheet.group for key, sheet in files.items() if sheet.group is not None}
    few = {key: replace(group, count=min(12, group.count)) for key, group in groups.items()}
    return {key: replace(sheet, group=few.get(key)) for key, sheet in files.items()}


def both_ends(days):
    """Two sessions, and those that are cancelled."""
    return (*[day for day in days if not day.cancelled][:2], *(day for day in days if day.cancelled))


@pytest.mark.parametrize("name", PLAYS)
def test_the_books_of_a_small_year_agree(database, tmp_path, name):
    the_books_agree(small(name, SEED), tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("turn", range(SOAKED))
def test_the_books_of_a_small_year_agree_from_any_seed(database, tmp_path, turn, soak_seed):
    """Which years are played follows from the seed too: all of them would take minutes that others need."""
    name = PLAYS[Chance(soak_seed).sample(len(PLAYS), SOAKED)[turn]]
    the_books_agree(small(name, soak_seed + 1), tmp_path)


def the_books_agree(play, folder):
    """Play a year; then budgets, hand-overs, sessions, stock and the trail agree, and time never ran backwards."""
    from almoner.cli.demo_stage import Stage
    from almoner.cli.invented.playing import staged
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.ledger.models import Budget
    from almoner.flow.sessions.models import Session
    from almoner.flow.steps.auditing import audit_everything
    from almoner.flow.stock.models import Lot
    from almoner.vault.models import AuditEntry

    stage = Stage()
    before = AuditEntry.objects.count()
    stage.play(staged(play, folder))
    days = list(AuditEntry.objects.order_by("seq").values_list("at", flat=True))[before:]
    assert days
    assert all(earlier <= later for earlier, later in pairwise(days))

    budget = Budget.objects.get(round__name=play.round.name)
    assert budget.total_minor == play.round.budget * 100
    assert budget.total_minor == budget.free_minor + budget.committed_minor + budget.disbursed_minor
    assert min(budget.free_minor, budget.committed_minor, budget.disbursed_minor) >= 0
    given = Delivery.objects.filter(instalment__award__round__name=play.round.name)
    assert budget.disbursed_minor == sum(one.cost_minor for one in given)

    planned = [day for one in play.sessions for day in one.days]
    cancelled = sum(bool(day.cancelled) for day in planned)
    ended = Counter({"closed": len(planned) - cancelled, "cancelled": cancelled})
    assert Counter(Session.objects.values_list("state", flat=True)) == +ended
    for lot in Lot.objects.all():
        assert lot.received_thousandths == (
            lot.free_thousandths + lot.issued_thousandths + lot.written_off_thousandths
        )
    assert audit_everything(by=stage.users["auditor"]).findings == ()
