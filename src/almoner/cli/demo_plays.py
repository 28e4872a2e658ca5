"""What the demonstration plays: each set of public data as a round of its own, and the invented office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from almoner.cli.data_sets import DemoSource, dataset_file, demo_sources
from almoner.cli.demo_stage import Play, Policy
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.figures import Period
from almoner.values.dates import add_days

GRACE_DAYS = 50
"""After so many days the demonstration cuts a round: longer than silence takes to lapse."""

REASON = "demonstration: nobody of a public data set can be asked, so the case is set aside"
SEED = 20250101
AWARDS = 500
"""For so many awards of the largest size a public round's budget is enough, so that there is a line to be drawn."""


def plays(work: Path) -> Iterator[tuple[str, Callable[[], Play]]]:
    """Every round by its title, made when its turn comes."""
    for source in demo_sources():
        if source.mapping is not None:
            yield source.dataset.title, _public(source, source.mapping, work)


def _public(source: DemoSource, mapping_file: Path, work: Path) -> Callable[[], Play]:
    def make() -> Play:
        file = dataset_file(source.dataset, work)
        stated = load_mapping(mapping_file).round
        if stated is None or stated.submitted is None:
            raise ValueError(f"{mapping_file.name} states no round with a day of submission.")
        cut_on = add_days(stated.submitted, GRACE_DAYS)
        ceiling = stated.parameters["grant_ceiling"].starts
        return Play(
            programme=source.programme,
            file=file,
            mapping=mapping_file,
            policy=Policy(Decimal(next(iter(ceiling.values()))) * AWARDS, SEED, REASON),
            cut_on=cut_on,
            real=True,
            deliver_on=(cut_on, date(stated.year, 12, 31)),
            period=Period.year(stated.year),
            closed_on=date(stated.year + 1, 1, 15),
        )

    return make
