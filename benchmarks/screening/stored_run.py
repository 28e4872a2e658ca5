"""One run over stored applications, in an office of its own that the environment names.

A file of applications is received: sealed, screened, stored. Then every stored one is read, opened and screened
again, as `almoner replay` does; and the same file comes once more with another heating cost in every row, so that all
of them are sealed, screened and stored again.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "almoner.site.settings"

import django
import pyarrow.parquet as pq

django.setup()

from django.core.management import call_command

from almoner.definitions.load import load
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.flow.applications import queries
from almoner.flow.imports.actions import Source
from almoner.flow.steps.receiving import Sheet, receive_applications
from almoner.flow.steps.recipe import Request
from almoner.flow.steps.replaying import BATCH
from almoner.flow.steps.rounds import open_round
from almoner.flow.steps.staffing import add_user
from almoner.values.money import Money
from almoner.values.packed import Packed
from almoner.vault import keys

HERE = Path(__file__).parent
TODAY = date(2026, 9, 10)

seconds: defaultdict[str, float] = defaultdict(float)
"""What each part took, and under `cpu` the processor's time of all of them in this process."""


@contextmanager
def taking(part: str) -> Iterator[None]:
    """Add the time of a block to a part."""
    start, busy = time.perf_counter(), time.process_time()
    yield
    seconds[part] += time.perf_counter() - start
    seconds["cpu"] += time.process_time() - busy


def sheets_of(file: str) -> Iterator[Sheet]:
    """The applications of a file, as an import hands them over."""
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                yield Sheet(str(row.pop("application")), row.pop("as_of"), row)


def again(sheet: Sheet) -> Sheet:
    """The sheet with another heating cost."""
    cost = (sheet.answers["heating_cost"] or Decimal(300)) + Decimal("0.01")
    return Sheet(sheet.row_key, sheet.as_of, {**sheet.answers, "heating_cost": cost})


def main(file: str) -> None:
    """Receive, read, open, screen, and receive again."""
    keys.create_master_key()
    call_command("migrate", verbosity=0)
    manager = add_user("carol", [("manager", "")], by=None)
    officer = add_user("alice", [("officer", "")], by=manager)
    programme = load(HERE / "winter_relief.yaml")
    budget = Money.of(Decimal(100_000_000), programme.currency)
    round_ = open_round(
        programme,
        name="Winter 2026",
        year=2026,
        budget=budget,
        fund="general",
        real=False,
        request=Request(by=manager, happened_on=TODAY, key="open"),
    )
    sheets = Packed(sheets_of(file))

    def receive(key: str, given: Packed[Sheet]) -> None:
        source = Source("applications", "winter.parquet", key, "")
        request = Request(by=officer, happened_on=TODAY, key=key)
        receive_applications(round_, given, source=source, request=request)

    with taking("received"):
        receive("first", sheets)
    rows = queries.every_screening(programme.key)
    while True:
        with taking("read"):
            batch = list(islice(rows, BATCH))
        if not batch:
            break
        with taking("opened"):
            cases = [Case(row.as_of, queries.answers_of(programme, row.revision)) for row in batch]
        with taking("screened"):
            found = screen(programme, cases)
        if [one.outcome for one in found] != [row.outcome for row in batch]:
            raise SystemExit("A stored screening that is run again says otherwise.")
    with taking("stored again"):
        receive("second", Packed(again(sheet) for sheet in sheets))
    if queries.count_screenings(programme.key) != 2 * len(sheets):
        raise SystemExit("Not every application was stored again.")
    cpu = seconds.pop("cpu")
    print(json.dumps({"seconds": sum(seconds.values()), "cpu": cpu, "parts": seconds}))


if __name__ == "__main__":
    main(sys.argv[1])
