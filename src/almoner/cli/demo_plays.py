"""What the demonstration plays: each set of public data as a round of its own, and the invented office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from almoner.cli.data_sets import MAPPINGS, DemoSource, dataset_file, demo_sources
from almoner.cli.demo_clinics import NAME
from almoner.cli.demo_office import (
    StudentRound,
    a_year_later,
    student_rounds,
    term_results,
    write_json,
    write_sheet,
)
from almoner.cli.demo_park import NAME as MAIZE
from almoner.cli.demo_park import park
from almoner.cli.demo_patients import NAME as PATIENTS
from almoner.cli.demo_patients import patients
from almoner.cli.demo_season import Season
from almoner.cli.demo_stage import Later, Play, Policy
from almoner.definitions.mapping_load import load_mapping
from almoner.engine.figures import Period
from almoner.flow.applications.models import Round
from almoner.flow.applications.queries import row_keys
from almoner.flow.decisions.queries import awarded_row_keys
from almoner.values.dates import add_days

GRACE_DAYS = 50
"""After so many days the demonstration cuts a round: longer than silence takes to lapse."""

WINDOW_DAYS = 12
"""For so many days an invented round takes applications; then they are taken over together."""

LAPSED_DAYS = 62
"""After so many days an invented round is cut: whoever came on its last day has had 45 days to answer."""

CALLING_DAYS = 45
"""For so many days people are called, a year after their award."""

REASON = "demonstration: nobody of a public data set can be asked, so the case is set aside"
SEED = 20250101
PUBLIC_BUDGET = Decimal(700_000)
"""What a public round may give away in its own currency: nobody gave it, and it is said to be the demonstration's."""


def plays(work: Path) -> Iterator[tuple[str, Callable[[], Play | Season]]]:
    """Every round by its title, made when its turn comes."""
    reason = "demonstration: the school's papers did not come in time"
    first, second = student_rounds()
    yield (
        first.name,
        _students(
            first,
            work,
            Policy(Decimal(420_000), SEED, reason, fund="education"),
            (
                _Year("2024-autumn", date(2025, 2, 5), date(2025, 4, 1)),
                _Year("2025-spring", date(2025, 7, 15), date(2025, 7, 20), date(2025, 11, 1)),
            ),
        ),
    )
    yield (
        second.name,
        _students(
            second,
            work,
            Policy(Decimal(650_000), SEED + 1, reason, fund="education"),
            (_Year("2025-spring", date(2025, 7, 16), date(2025, 10, 10)),),
        ),
    )
    yield NAME, lambda: Season(work)
    yield MAIZE, park(work)
    yield PATIENTS, patients(work)
    for source in demo_sources():
        if source.mapping is not None:
            yield source.dataset.title, _public(source, source.mapping, work)


def _students(made: StudentRound, work: Path, policy: Policy, years: Sequence[_Year]) -> Callable[[], Play]:
    """A round of the invented office's students: late papers, two instalments, the terms and the year after."""

    def make() -> Play:
        cut_on = add_days(made.opens, LAPSED_DAYS)
        mapping = MAPPINGS / f"cedar_students_{made.year}.yaml"

        def late(round_: Round) -> Path:
            asked = row_keys(round_, "needs information")
            return write_json(work / f"late-{made.year}.json", made.late_papers(asked))

        return Play(
            programme="student_grants",
            file=write_json(work / f"students-{made.year}.json", made.applications),
            mapping=mapping,
            policy=policy,
            opens=made.opens,
            received_on=add_days(made.opens, WINDOW_DAYS),
            cut_on=cut_on,
            real=False,
            deliver_on=(cut_on, *(one.pay_on for one in years if one.pay_on)),
            late_papers=(Later(made.late_on, "applications", mapping, late),),
            later=[file for one in years for file in one.files(work, made.year)],
            management_cost=[(date(made.year, 12, 20), Decimal(28_000))],
            period=Period.year(2025),
            closed_on=date(2026, 1, 20),
        )

    return make


@dataclass(frozen=True, slots=True)
class _Year:
    """A stretch of a student round's life: a term that the schools report, what is paid after it, who is asked."""

    term: str
    reported_on: date
    pay_on: date | None = None
    asked_on: date | None = None

    def files(self, work: Path, year: int) -> Iterator[Later]:
        """The files that come in it."""

        def results(round_: Round) -> Path:
            rows = term_results(self.term, self.reported_on, awarded_row_keys(round_))
            return write_sheet(work / f"results-{year}-{self.term}.csv", rows)

        yield Later(self.reported_on, "records", MAPPINGS / "cedar_term_results.yaml", results)
        if self.asked_on is not None:
            asked_on = self.asked_on

            def answers(round_: Round) -> Path:
                return write_sheet(
                    work / f"answers-{year}.csv", a_year_later(asked_on, awarded_row_keys(round_))
                )

            yield Later(
                add_days(asked_on, CALLING_DAYS), "follow-ups", MAPPINGS / "cedar_a_year_later.yaml", answers
            )


def _public(source: DemoSource, mapping_file: Path, work: Path) -> Callable[[], Play]:
    def make() -> Play:
        file = dataset_file(source.dataset, work)
        stated = load_mapping(mapping_file).round
        if stated is None or stated.submitted is None:
            raise ValueError(f"{mapping_file.name} states no round with a day of submission.")
        cut_on, year = add_days(stated.submitted, GRACE_DAYS), stated.submitted.year
        return Play(
            programme=source.programme,
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
