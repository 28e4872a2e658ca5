"""The two evaluators for as long as one likes (`ALMONER_SOAK_MINUTES`, `ALMONER_SOAK_SEED`)."""

import os
import secrets
import sys
import time
from collections import Counter

import pytest

from oracle.comparing import differences, smallest
from oracle.generators import from_seed

CASES = 20_000
CASES_PER_DEFINITION = 20
ENOUGH_FOR_EVERY_CORNER = 5_000
CORNERS = (
    "Kleene: decided beside an unknown",
    "a row's field hides an outer name",
    "bands: undecided",
    "blocked: division by zero",
    "blocked: no key",
    "blocked: no parameter",
    "blocked: nothing to take the largest of",
    "blocked: nothing to take the smallest of",
    "blocked: out of range",
    "conditional field on a conditional field",
    "conditional field: answer superseded",
    "conditional field: condition unknown",
    "count_of bounds: decided",
    "count_of bounds: decided for unanswered rows",
    "count_of bounds: left open",
    "sum_of: an unknown that does not matter",
    "summary of no rows",
    "eligible",
    "needs information",
    "not eligible",
)


@pytest.mark.soak
def test_the_two_evaluators_agree_for_as_long_as_asked(tmp_path, capsys):
    minutes = os.environ.get("ALMONER_SOAK_MINUTES")
    until = time.monotonic() + 60 * float(minutes) if minutes else float("inf")
    first = int(os.environ.get("ALMONER_SOAK_SEED") or secrets.randbits(32))
    notes: Counter[str] = Counter()
    seed = first
    while notes["cases"] < CASES or minutes:
        if time.monotonic() > until:
            break
        found = differences(from_seed(seed, CASES_PER_DEFINITION), tmp_path / str(seed), notes)
        if found:
            pytest.fail(f"ALMONER_SOAK_SEED={seed}\n{smallest(found[0], tmp_path / 'smallest')}")
        seed += 1
    with capsys.disabled():
        covered = ", ".join(f"{corner} {notes[corner]}" for corner in CORNERS)
        agree = f"{seed - first} definitions, {notes['cases']} cases agree"
        sys.stderr.write(f"\nsoak: seed {first}, {agree}; {covered}\n")
    if notes["cases"] >= ENOUGH_FOR_EVERY_CORNER:
        assert all(notes[corner] for corner in CORNERS), "some corner was never met"
