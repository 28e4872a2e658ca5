"""Runs a command in a process of its own and says what it took; medians and spreads of such runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took.

    `told` is what it printed as JSON; its `seconds` are the work alone, from the first step to the file in its place,
    without the start of Python and the imports. `wall` and `cpu` are seconds of the whole process, `peak` its largest
    resident memory in MiB.
    """

    wall: float
    cpu: float
    peak: float
    told: Mapping[str, Any]

    @property
    def work(self) -> float:
        """The seconds of the work alone."""
        return float(self.told["seconds"])


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: it failed.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        told = child.stdout.read() if child.stdout else ""
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}.")
    # The last line is the answer; a server that was started may have had something to say before.
    lines = told.strip().splitlines()
    return Run(
        wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(lines[-1]) if lines else {}
    )


def middle(figures: Sequence[float]) -> str:
    """The median with the lowest and the highest."""
    return f"{median(figures):.2f} ({min(figures):.2f}–{max(figures):.2f})"


def machine() -> list[str]:
    """The machine in a few lines: processor, cores, memory, system, versions, and how busy it is now."""
    processor = platform.processor() or platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text(encoding="utf-8").splitlines() if "model name" in line]
        processor = names[0].partition(":")[2].strip() if names else processor
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}",
        f"Python {sys.version.split()[0]}, DuckDB {version('duckdb')}",
        f"load over the last 1, 5 and 15 minutes: {load}",
    ]
