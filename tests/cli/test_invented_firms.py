"""The invented firms are followed for years: some grow up, some stop, some are heard of no more; all of it is told."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from casts import cast_of

from almoner.engine.figures import Period
from almoner.engine.verify import verify

CAST = cast_of("firms_2021")
EVERYBODY = CAST.applicants()


@pytest.fixture
def played(database):
    """The round of the play, played to its end in an office of its own, with the stage."""
    from almoner.cli.demo_stage import Stage
    from almoner.cli.invented.playing import staged

    with tempfile.TemporaryDirectory() as folder:
        stage = Stage()
        yield stage, stage.play(staged(CAST.play, Path(folder))).round


def test_what_becomes_of_the_firms_is_told_with_who_was_lost(played, tmp_path):
    from almoner.flow.decisions.models import Award, Ending
    from almoner.flow.records.models import Record, Task
    from almoner.flow.steps import closing
    from almoner.flow.steps.recipe import Request

    stage, round_ = played
    awards = Award.objects.filter(state__in=("active", "ended"))
    reasons = Counter(Ending.objects.values_list("reason", flat=True))
    # Who never told how they stand never moved in, and is still held.
    silent = awards.get(application__row_key="CLF-015")
    assert not silent.deliveries.exists()
    assert reasons["graduated"] >= 5
    assert reasons["closed"] >= 2
    doubts = Task.objects.filter(name="doubt")
    assert doubts.exists()
    assert set(Record.objects.values_list("state", flat=True)) == {"verified"}
    published = closing.close_period(
        [round_],
        office="Test office",
        period=Period.year(2025),
        folder=tmp_path / "published",
        first_line="",
        request=Request(by=stage.users["manager"], key="close", happened_on=date(2026, 2, 5)),
    )
    assert verify(published.bundle, published.root).problems == ()
    (part,) = json.loads(published.statement.read_text())["programmes"]
    figures = {one["name"]: one for one in part["figures"]}
    survival = figures["survival"]
    # Of the one that never told anything nobody knows whether it trades.
    assert (survival["N"], survival["n"], survival["unknown"]) == (awards.count(), awards.count() - 1, 1)
    shares = [float(one["share"]) for one in survival["survival"]["times"] if one["share"] is not None]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < 1
    stopped = [one for one in EVERYBODY.values() if one["stops_in"] < 99 and one["firm"] != "CLF-005"]
    assert 0 < survival["survival"]["failed"] <= len(stopped)
    assert survival["survival"]["lost"] > 0
    assert figures["survival_after_exit"]["N"] == sum(reasons.values())
