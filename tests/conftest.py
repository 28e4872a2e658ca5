"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from almoner.values.clock import FixedClock, use
from databases import KINDS, Database, Templates, pointed_at

if TYPE_CHECKING:
    from almoner.people.models import User
    from almoner.vault.models import Stamp

TODAY = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
"""When tests happen, unless they say otherwise: a Thursday morning in Shanghai."""


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
    tmp_path: Path,
    settings: Any,
    django_db_blocker: Any,
) -> Iterator[Database]:
    """A fresh, migrated database with master keys, on SQLite and then on PostgreSQL.

    Django's default connection leads there. What a test commits is its own. The clock stands at TODAY.
    """
    from almoner.vault import keys  # noqa: PLC0415 -- Django is set up before the first test, not before this file

    kind: str = request.param
    home = tmp_path / "office"
    home.mkdir()
    settings.ALMONER_HOME = home
    with (
        django_db_blocker.unblock(),
        templates.copy(kind, home) as url,
        pointed_at(url),
        use(FixedClock(TODAY)),
    ):
        keys.create_master_key()
        yield Database(kind, url, home)


@pytest.fixture
def clock(database: Database) -> FixedClock:
    """The clock of the test; `move_to` sets it."""
    from almoner.values.clock import current  # noqa: PLC0415 -- beside its use

    found = current()
    assert isinstance(found, FixedClock)
    return found


@pytest.fixture
def alice(database: Database) -> User:
    """Somebody who uses Almoner and has no role yet."""
    from almoner.people.actions import create_user  # noqa: PLC0415 -- see `database`

    return create_user("alice", "Alice")


@pytest.fixture
def bob(database: Database) -> User:
    """Somebody else."""
    from almoner.people.actions import create_user  # noqa: PLC0415 -- see `database`

    return create_user("bob", "Bob")


@pytest.fixture
def stamp(alice: User) -> Stamp:
    """Alice does it, today."""
    from almoner.vault.models import Stamp  # noqa: PLC0415 -- see `database`

    return Stamp(who=alice, happened_on=date(2026, 9, 10))
