"""The cast of the flow: who may do what, and a round of student grants with a few students in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from almoner.definitions.load import find, load
from almoner.values.clock import FixedClock
from almoner.values.money import Money
from databases import Database

if TYPE_CHECKING:
    from almoner.definitions.programme import Programme
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.applications.models import Round
    from almoner.flow.steps.recipe import Request
    from almoner.people.models import User

SUBMITTED = date(2026, 9, 10)
_KEYS = count(1)


@dataclass(frozen=True)
class Office:
    """An office at work: its people, its round, and the clock on its wall."""

    database: Database
    clock: FixedClock
    programme: Programme
    users: dict[str, User]

    def request(self, who: str, on: date, key: str = "") -> Request:
        """Somebody asks for something that happened on a day; it is recorded that day at noon."""
        from almoner.flow.steps.recipe import Request

        self.clock.move_to(datetime(on.year, on.month, on.day, 4, tzinfo=UTC))
        return Request(by=self.users[who], happened_on=on, key=key or f"test-{next(_KEYS)}")

    def open_round(self, name: str = "Autumn 2026", budget: str = "100000") -> Round:
        """A round with a budget."""
        from almoner.flow.steps.rounds import open_round

        return open_round(
            self.programme,
            name=name,
            year=2026,
            budget=Money.of(Decimal(budget), "CNY"),
            fund="general",
            real=False,
            request=self.request("carol", date(2026, 9, 1)),
        )

    def receive(
        self, round_: Round, sheets: list[Sheet], on: date = SUBMITTED, key: str = ""
    ) -> dict[str, Any]:
        """A file of applications is taken over."""
        from almoner.flow.imports.actions import Source
        from almoner.flow.steps.receiving import receive_applications

        source = Source("applications", "students.csv", key or f"digest-{next(_KEYS)}", "")
        return receive_applications(round_, sheets, source=source, request=self.request("alice", on, key))


def sheet(row_key: str, **changed: Any) -> Sheet:
    """A student like the typical one of the file's own examples, but for what is changed."""
    from almoner.flow.applications.actions import Sheet

    return Sheet(row_key, SUBMITTED, {**grants().examples["typical"].answers, **changed})


@cache
def grants() -> Programme:
    """The shipped programme, read once a session."""
    return load(find("student_grants"))


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    """Alice is the officer, Bob approves, Carol manages, Dave audits, and Eve has no role at all."""
    from almoner.people.actions import create_user, grant_role

    users = {name: create_user(name, name.title()) for name in ("alice", "bob", "carol", "dave", "eve")}
    for name, role in (("alice", "officer"), ("bob", "approver"), ("carol", "manager"), ("dave", "auditor")):
        grant_role(users[name], role)
    return Office(database, clock, grants(), users)
