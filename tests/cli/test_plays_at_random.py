"""Small years from any seed: the books agree, every session is held or cancelled, and no day comes before another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from almoner.cli.invented.play_load import INVENTED, load_play

SEEDS = (1, 300)


def small(name, seed):
    """A play of few people, whose files come three times at most, on another seed."""
    play = load_play(INVENTED / f"{name}.yaml")
    applied = play.applications
    if applied is not None:
        applied = replace(applied, group=replace(applied.group, count=9))
    sessions = []
    for kind in play.sessions:
        attendees = kind.files["attendees"]
        few = replace(attendees, group=replace(attendees.group, count=12))
        days = (*kind.days[:2], *(day for day in kind.days if day.cancelled))
        sessions.append(replace(kind, days=days, files={**kind.files, "attendees": few}))
    files = {key: replace(sheet, on=sheet.on[:3]) for key, sheet in play.files.items()}
    return replace(play, seed=seed, applications=applied, sessions=tuple(sessions), files=files)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_of_a_small_year_agree(database, tmp_path, seed):
    from almoner.cli.demo_stage import Stage
    from almoner.cli.invented.playing import staged
    from almoner.flow.deliveries.models import Delivery
    from almoner.flow.ledger.models import Budget
    from almoner.flow.sessions.models import Session
    from almoner.flow.steps.auditing import audit_everything
    from almoner.flow.stock.models import Lot
    from almoner.vault.models import AuditEntry

    stage = Stage()
    for name in ("students_2024", "clinic_days_2025", "maize_2025", "patients_2024"):
        play = small(name, seed)
        first = AuditEntry.objects.count()
        stage.play(staged(play, tmp_path))
        days = list(AuditEntry.objects.order_by("seq").values_list("at", flat=True))[first:]
        assert days
        assert all(earlier <= later for earlier, later in pairwise(days)), name

        budget = Budget.objects.get(round__name=play.round.name)
        assert budget.total_minor == play.round.budget * 100
        assert budget.total_minor == budget.free_minor + budget.committed_minor + budget.disbursed_minor
        given = Delivery.objects.filter(instalment__award__round__name=play.round.name)
        assert budget.disbursed_minor == sum(one.cost_minor for one in given), name

    assert Counter(Session.objects.values_list("state", flat=True)) == {"closed": 2, "cancelled": 1}
    for lot in Lot.objects.all():
        assert lot.received_thousandths == (
            lot.free_thousandths + lot.issued_thousandths + lot.written_off_thousandths
        )
    assert Lot.objects.filter(state="recalled").count() == 1
    assert audit_everything(by=stage.users["auditor"]).findings == ()
