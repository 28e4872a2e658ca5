"""The audit chain: one entry a step, each bound to the one before by its hash; the proof of all states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from almoner.values.canonical import canonical, digest, read
from almoner.vault.guards import States, registry
from almoner.vault.models import AuditEntry, AuditHead, Event, NotAllowed, Stamp

ORIGIN = "0" * 64
"""What the first entry names as the hash before it."""

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of the chain: how many entries there are, and the hash of the last."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, and the row it is about."""

    table: str
    row: int
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


def append(step: str, *, stamp: Stamp, before: Any, after: Any) -> AuditEntry:
    """Add the entry of a step: its last statement, since from here to the commit no other step can add one.

    Sensitive values do not belong here in the clear.

    Raises:
        NotAllowed: outside a transaction.
        CanonicalProblem: `before` or `after` has no canonical JSON.
    """
    if not connections[DEFAULT_DB_ALIAS].in_atomic_block:
        raise NotAllowed("An audit entry is written inside a step's transaction.")
    # SQLite: the transaction has the only write lock already, and FOR UPDATE is left out.
    head = AuditHead.objects.select_for_update().get()
    entry = AuditEntry(
        seq=head.seq + 1,
        who=stamp.who.pk,
        step=step,
        at=stamp.recorded_at,
        before=canonical(before).decode(),
        after=canonical(after).decode(),
        previous_hash=head.hash,
    )
    entry.hash = _hash(entry)
    entry.save(force_insert=True)
    moved = AuditHead.objects.filter(seq=head.seq, hash=head.hash).update(seq=entry.seq, hash=entry.hash)
    if moved != 1:
        raise NotAllowed("Another step wrote to the audit chain meanwhile.")
    return entry


def head() -> Head:
    """The last link, to be published: whoever holds it can tell whether the chain was rewritten since."""
    row = AuditHead.objects.get()
    return Head(row.seq, row.hash)


def ensure_head(connection: BaseDatabaseWrapper) -> None:
    """The first link, made after the first migration."""
    with connection.cursor() as cursor:
        if AuditHead._meta.db_table not in connection.introspection.table_names(cursor):
            return
    AuditHead.objects.using(connection.alias).get_or_create(pk=1, defaults={"seq": 0, "hash": ORIGIN})


def verify(using: str = DEFAULT_DB_ALIAS) -> list[Finding]:
    """Prove the chain, and derive every stateful row's state from its events.

    Returns:
        What does not hold. An empty list: everything does.
    """
    connection = connections[using]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=using):
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # rows and events as they stood at one instant
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = list(_verify_chain(using))
        for table, guard in registry().items():
            if guard.states is not None:
                found += _verify_states(using, table, guard.states)
        stateful = [table for table, guard in registry().items() if guard.states is not None]
        strangers = Event.objects.using(using).exclude(kind__in=stateful).order_by("pk")
        found += [Finding("vault_event", event.pk, f"{event.kind} has no states.") for event in strangers]
    return found


def _hash(entry: AuditEntry) -> str:
    return digest(
        {
            "seq": entry.seq,
            "who": entry.who,
            "step": entry.step,
            "at": entry.at,
            "before": read(entry.before),
            "after": read(entry.after),
            "previous": entry.previous_hash,
        }
    )


def _verify_chain(using: str) -> Iterator[Finding]:
    table = AuditEntry._meta.db_table
    last = Head(0, ORIGIN)
    for entry in AuditEntry.objects.using(using).order_by("seq").iterator(chunk_size=_CHUNK):
        if entry.seq != last.seq + 1:
            yield Finding(table, entry.seq, f"follows {last.seq}; what stood between is gone.")
        elif entry.previous_hash != last.hash:
            yield Finding(table, entry.seq, "does not name the hash of the entry before.")
        try:
            intact = _hash(entry) == entry.hash
        except ValueError:
            intact = False
        if not intact:
            yield Finding(table, entry.seq, "was changed: its hash is not that of its content.")
        last = Head(entry.seq, entry.hash)
    kept = AuditHead.objects.using(using).filter(pk=1).values_list("seq", "hash").first()
    if kept != (last.seq, last.hash):
        yield Finding(AuditHead._meta.db_table, 1, f"names another last entry than {last.seq}.")


def _verify_states(using: str, table: str, states: States) -> Iterator[Finding]:
    """Two walks in the order of the rows: the rows as they stand, and the events that must have led there."""
    events = Event.objects.using(using).filter(kind=table).order_by("row", "version")
    histories = groupby(events.iterator(chunk_size=_CHUNK), key=lambda event: event.row)
    waiting = next(histories, None)
    for row, state, version, maker in _rows(using, table, states):
        while waiting is not None and waiting[0] < row:
            yield Finding(table, waiting[0], "has events, but the row is gone.")
            waiting = next(histories, None)
        history: list[Event] = []
        if waiting is not None and waiting[0] == row:
            history = list(waiting[1])
            waiting = next(histories, None)
        yield from _verify_history(Finding(table, row, ""), (state, version, maker), history, states)
    while waiting is not None:
        yield Finding(table, waiting[0], "has events, but the row is gone.")
        waiting = next(histories, None)


def _rows(using: str, table: str, states: States) -> Iterator[tuple[int, str, int, int]]:
    connection = connections[using]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(name) for name in ("id", "state", "version", states.made_by_column))
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {quoted(table)} WHERE id > %s ORDER BY id LIMIT {_CHUNK}",  # noqa: S608 -- names from the registry
                [last],
            )
            chunk = cursor.fetchall()
        if not chunk:
            return
        yield from chunk
        last = chunk[-1][0]


def _verify_history(
    about: Finding, stands: tuple[str, int, int], history: list[Event], states: States
) -> Iterator[Finding]:
    """Walk one row's events from the start; they must be whole, allowed, and end where the row stands."""

    def finding(what: str) -> Finding:
        return Finding(about.table, about.row, what)

    state, version, maker = stands
    at, authors = states.initial, {maker}
    for number, event in enumerate(history, start=1):
        if event.version != number:
            yield finding(f"its event {number} is missing.")
            return
        if event.from_state != at or event.to_state not in states.transitions.get(at, frozenset()):
            yield finding(
                f"its event {number} moves it from {event.from_state} to {event.to_state}, out of {at}."
            )
        if event.to_state in states.separate and event.who in authors:
            yield finding(f"its event {number} was made by who made or amended the row.")
        if event.to_state == states.initial:
            authors.add(event.who)
        at = event.to_state
    if (state, version) != (at, len(history)):
        yield finding(f"is {state}, version {version}; its events say {at}, version {len(history)}.")
