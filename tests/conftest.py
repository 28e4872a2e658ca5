"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from almoner.values.clock import FixedClock, use
from browsers import SWITCHES, ChromiumMissing, chromium
from databases import KINDS, Database, Templates, in_memory, pointed_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from almoner.people.models import User
    from almoner.vault.models import Stamp

TODAY = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
"""When tests happen, unless they say otherwise: a Thursday morning in Shanghai."""


@pytest.fixture(scope="session")
def soak_seed() -> int:
    """The seed that `make soak` printed: the same one runs the same cases again."""
    return int(os.environ.get("ALMONER_SOAK_SEED", "0"))


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Templates]:
    """The migrated databases of this session, from which each test gets its copy."""
    with django_db_blocker.unblock():
        made = Templates(tmp_path_factory.mktemp("templates"))
        yield made
        made.stop()


@pytest.fixture(params=KINDS)
def database(
    request: pytest.FixtureRequest,
    templates: Templates,
    settings: Any,
    django_db_blocker: Any,
) -> Iterator[Database]:
    """A fresh, migrated database with master keys, on SQLite and then on PostgreSQL.

    Django's default connection leads there. What a test commits is its own. The clock stands at TODAY.
    """
    from almoner.vault import keys

    kind: str = request.param
    home = Path(tempfile.mkdtemp(prefix="almoner-office-", dir=in_memory()))
    settings.ALMONER_HOME = home
    with (
        django_db_blocker.unblock(),
        templates.copy(kind, home) as url,
        pointed_at(url),
        use(FixedClock(TODAY)),
    ):
        keys.create_master_key()
        yield Database(kind, url, home)
    shutil.rmtree(home)


@pytest.fixture
def clock(database: Database) -> FixedClock:
    """The clock of the test; `move_to` sets it."""
    from almoner.values.clock import current

    found = current()
    assert isinstance(found, FixedClock)
    return found


@pytest.fixture
def alice(database: Database) -> User:
    """Somebody who uses Almoner and has no role yet."""
    from almoner.people.actions import create_user

    return create_user("alice", "Alice")


@pytest.fixture
def bob(database: Database) -> User:
    """Somebody else."""
    from almoner.people.actions import create_user

    return create_user("bob", "Bob")


@pytest.fixture
def stamp(alice: User) -> Stamp:
    """Alice does it, today."""
    from almoner.vault.models import Stamp

    return Stamp(who=alice, happened_on=date(2026, 9, 10))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window, one for a file of tests. While it runs, Django's records cannot be read in this
    process: Playwright keeps an event loop in it.
    """
    from playwright.sync_api import sync_playwright

    try:
        path = chromium()
    except ChromiumMissing as problem:
        pytest.skip(f"Chromium could not be had: {problem}")  # `.ci/run` looks for these words
    with sync_playwright() as playwright:
        # Its user data lie in an empty folder that Playwright removes at the end.
        started = playwright.chromium.launch(executable_path=path, headless=True, args=list(SWITCHES))
        yield started
        started.close()
