"""Almoner's screening of a table beside the same in a query written by hand, and in openfisca-core.

    python benchmarks/screening/run.py --persons 100000 1000000 10000000 --runs 5 --stored 1000 10000 --table TABLE.md

Every run is a process of its own, and the runs alternate. The benchmark fails where Almoner and the hand-written query
write different rows, and where a threshold is missed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measuring import Run, machine, middle, run
from stored import stored, table_of

HERE = Path(__file__).parent
MILLION = 1_000_000
OF_BY_HAND = 1.25
"""So many times the hand-written query's time Almoner may take at one million."""
OF_OPENFISCA = 0.5
"""So much of openfisca-core's time it may take at one million."""
MEMORY = 1024
"""Its largest memory at ten million, in MiB."""

TITLES = {"product": "Almoner", "by_hand": "query by hand", "openfisca": "openfisca-core"}
Runs = dict[str, list[Run]]


def commands(size: int, most_openfisca: int) -> dict[str, list[str | Path]]:
    """How each contender is started."""
    found: dict[str, list[str | Path]] = {
        "product": [sys.executable, HERE / "product.py"],
        "by_hand": [sys.executable, HERE / "by_hand.py"],
    }
    python = os.environ.get("ALMONER_BENCH_PYTHON")
    if not python and size <= most_openfisca:
        print(
            "openfisca-core is left out: ALMONER_BENCH_PYTHON names no Python that has it; `make bench` does."
        )
    elif python and size <= most_openfisca:
        found["openfisca"] = [python, HERE / "openfisca_model.py"]
    return found


def measured(folder: Path, size: int, options: argparse.Namespace) -> tuple[Runs, dict[str, Any]]:
    """The runs at one size, and what the outputs hold. The files are deleted."""
    source = folder / f"{size}.parquet"
    run([sys.executable, HERE / "generate.py", source, str(size), str(options.seed)])
    contenders = commands(size, options.openfisca_up_to)
    targets = {name: folder / f"{size}.{name}.parquet" for name in contenders}
    found: Runs = {name: [] for name in contenders}
    for number in range(options.runs):
        # Each of them begins a round in turn.
        order = [*contenders][number % len(contenders) :] + [*contenders][: number % len(contenders)]
        for name in order:
            targets[name].unlink(missing_ok=True)
            found[name].append(run([*contenders[name], source, targets[name]]))
            each = found[name][-1]
            print(
                f"{size:>10,} {TITLES[name]:<15} {each.work:7.2f} s work {each.wall:7.2f} s in all "
                f"{each.cpu:7.2f} s CPU {each.peak:6.0f} MiB",
                flush=True,
            )
    held = dict(run([sys.executable, HERE / "compare.py", *targets.values()]).told)
    for file in (source, *targets.values()):
        file.unlink()
    return found, held


def rows_of(size: int, runs: Runs) -> Iterable[str]:
    """The lines of the table of one size."""
    for name, each in runs.items():
        cells = [
            f"{size:,}",
            TITLES[name],
            middle([one.work for one in each]),
            middle([one.wall for one in each]),
            middle([one.cpu for one in each]),
            f"{max(one.peak for one in each):,.0f}",
        ]
        yield f"| {' | '.join(cells)} |"


def ratio(runs: Runs, other: str, what: str) -> float:
    """Almoner's median over another's."""
    mine, theirs = (median(getattr(one, what) for one in runs[name]) for name in ("product", other))
    return float(mine / theirs)


def ratios_of(size: int, runs: Runs) -> Iterable[str]:
    """Almoner beside the others, at one size."""
    for other in [name for name in runs if name != "product"]:
        found = [f"{ratio(runs, other, what):.2f}" for what in ("work", "wall", "cpu")]
        yield f"| {size:,} | {TITLES[other]} | {' | '.join(found)} |"


def growth_of(all_runs: dict[int, Runs]) -> Iterable[str]:
    """How many times the work each next size takes."""
    sizes = sorted(all_runs)
    for less, more in itertools.pairwise(sizes):
        for name in [each for each in all_runs[less] if each in all_runs[more]]:
            found = [
                median(getattr(one, what) for one in all_runs[more][name])
                / median(getattr(one, what) for one in all_runs[less][name])
                for what in ("work", "cpu")
            ]
            cells = [f"{less:,} to {more:,}", TITLES[name], *(f"{each:.1f}" for each in found)]
            yield f"| {' | '.join(cells)} |"


def thresholds(all_runs: dict[int, Runs]) -> Iterable[tuple[bool, str]]:
    """Each threshold that was measured: whether it holds, and how."""
    for size, runs in all_runs.items():
        if size == MILLION:
            for other, most in (("by_hand", OF_BY_HAND), ("openfisca", OF_OPENFISCA)):
                if other in runs:
                    found = ratio(runs, other, "work")
                    yield found <= most, f"{size:,}: {found:.2f} of {TITLES[other]}'s time, at most {most}"
        if size == 10 * MILLION:
            peak = max(one.peak for one in runs["product"])
            yield peak < MEMORY, f"{size:,}: {peak:,.0f} MiB at the most, below {MEMORY}"


def page(all_runs: dict[int, Runs], held: dict[int, dict[str, Any]], runs: int) -> list[str]:
    """The tables as Markdown."""
    lines = [
        *(f"- {line}" for line in machine()),
        f"- medians of {runs} alternating runs (lowest–highest)",
        "",
    ]
    lines += [
        "| persons | what | work, s | whole process, s | CPU, s | peak memory, MiB |",
        "| ---: | --- | ---: | ---: | ---: | ---: |",
        *(line for size, found in all_runs.items() for line in rows_of(size, found)),
        "",
        "| persons | Almoner's time over that of | work | whole process | CPU |",
        "| ---: | --- | ---: | ---: | ---: |",
        *(line for size, found in all_runs.items() for line in ratios_of(size, found)),
        "",
    ]
    if len(all_runs) > 1:
        lines += [
            "| ten times the persons | what | times the work | times the CPU |",
            "| --- | --- | ---: | ---: |",
            *growth_of(all_runs),
            "",
        ]
    for size, found in held.items():
        outcomes = ", ".join(f"{name} {count:,}" for name, count in found["outcomes"].items())
        line = (
            f"- {size:,}: {found['unlike']} of {found['rows']:,} rows differ from the query by hand; {outcomes}; "
            f"something missing in {found['missing']:,}, not computable in {found['blocked']:,}"
        )
        if "known" in found:
            line += (
                f"; of {found['known']:,} in which every rule is known openfisca-core differs in "
                f"{found['openfisca_unlike']}"
            )
        lines.append(line)
    return lines


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--persons", type=int, nargs="*", default=[MILLION // 10, MILLION, 10 * MILLION])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20260910)
    parser.add_argument("--stored", type=int, nargs="*", default=[1000, 10_000], help="stored applications")
    parser.add_argument(
        "--openfisca-up-to", type=int, default=MILLION, help="persons; it needs a GiB a million"
    )
    parser.add_argument("--table", type=Path, help="a file for the tables, as Markdown")
    return parser.parse_args()


def main() -> int:
    """Measure, print, and say whether all held."""
    asked = options()
    all_runs: dict[int, Runs] = {}
    held: dict[int, dict[str, Any]] = {}
    with TemporaryDirectory(prefix="almoner-bench-") as folder:
        for size in sorted(asked.persons):
            all_runs[size], held[size] = measured(Path(folder), size, asked)
            if held[size]["unlike"] or held[size]["rows"] != size:
                print(
                    f"FAILED: {held[size]['unlike']} of {held[size]['rows']} rows are unlike at {size} persons."
                )
                return 1
        kept = stored(Path(folder), sorted(asked.stored), asked.seed)
    lines = page(all_runs, held, asked.runs)
    verdicts = list(thresholds(all_runs))
    if kept:
        lines += ["", "Stored applications, milliseconds an application:", "", *table_of(kept)]
    lines += ["", *(f"- {'holds' if holds else 'MISSED'}: {what}" for holds, what in verdicts)]
    print("\n".join(["", *lines]))
    if asked.table:
        asked.table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if all(holds for holds, _what in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
