"""What the demonstration plays: the invented office's plays, and each set of public data as a round of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from almoner.cli.data_sets import DemoSource, dataset_file, demo_sources
from almoner.cli.demo_stage import Play, Policy
from almoner.cli.invented.play_load import all_plays, load_play
from almoner.cli.invented.playing import staged
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.figures import Period
from almoner.values.dates import add_days

GRACE_DAYS = 50
"""After so many days the demonstration cuts a round: longer than silence takes to lapse."""

REASON = "demonstration: nobody of a public data set can be asked, so the case is set aside"
SEED = 20250101
PUBLIC_BUDGET = Decimal(700_000)
"""What a public round may give away in its own currency: nobody gave it, and it is said to be the demonstration's."""


def plays(work: Path) -> Iterator[tuple[str, Callable[[], Play]]]:
    """Every round by its title, made when its turn comes."""
    for path in all_plays():
        play = load_play(path)
        yield play.round.name, partial(staged, play, work)
    for source in demo_sources():
        if source.mapping is not None:
            yield source.dataset.title, _public(source, source.mapping, work)


def _public(source: DemoSource, mapping_file: Path, work: Path) -> Callable[[], Play]:
    def make() -> Play:
        file = dataset_file(source.dataset, work)
        stated = load_mapping(mapping_file).round
        if stated is None or stated.submitted is None:
            raise ValueError(f"{mapping_file.name} states no round with a day of submission.")
        cut_on, year = add_days(stated.submitted, GRACE_DAYS), stated.submitted.year
        return Play(
            programme=source.programme,
            name=stated.name,
            year=stated.year,
            file=file,
            mapping=mapping_file,
            policy=Policy(PUBLIC_BUDGET, SEED, REASON),
            opens=stated.submitted,
            cut_on=cut_on,
            real=True,
            deliver_on=(cut_on, date(year, 12, 31)),
            period=Period.year(year),
            closed_on=date(year + 1, 1, 15),
        )

    return make
