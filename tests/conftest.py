"""What every test may ask for."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def soak_seconds(request: pytest.FixtureRequest) -> float:
    """How long one soak test may go on, so that all of them together take ALMONER_SOAK_MINUTES."""
    minutes = float(os.environ.get("ALMONER_SOAK_MINUTES", "1"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    soaks = sum(1 for item in request.session.items if item.get_closest_marker("soak"))
    return minutes * 60 * min(workers, soaks) / max(soaks, 1)


@pytest.fixture(scope="session")
def soak_seed() -> int:
    """The seed that `make soak` printed: the same one runs the same cases again."""
    return int(os.environ.get("ALMONER_SOAK_SEED", "0"))
