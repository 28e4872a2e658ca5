"""The chain proves itself, and states are what their events say."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from vault_grants import GRANTS

from almoner.vault import audit
from almoner.vault.models import AuditEntry, NotAllowed
from almoner.vault.states import move
from databases import together


@pytest.fixture
def chain(stamp):
    """Three steps."""
    for number in range(3):
        with transaction.atomic():
            audit.append(
                "decide", stamp=stamp, before={"cases": number}, after={"awarded": number, "name": "王"}
            )


@contextmanager
def unguarded(table):
    """What somebody with the database's own tools can do: drop the triggers by hand."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        yield cursor


def found():
    return [str(finding) for finding in audit.verify()]


def test_an_empty_chain_is_whole(database):
    assert found() == []
    assert audit.head() == audit.Head(0, audit.ORIGIN)


def test_a_chain_of_steps_is_whole(chain):
    assert found() == []
    assert audit.head().seq == 3
    assert AuditEntry.objects.get(seq=2).previous_hash == AuditEntry.objects.get(seq=1).hash


def test_each_entry_changes_the_head(chain, stamp):
    before = audit.head()
    with transaction.atomic():
        audit.append("decide", stamp=stamp, before=None, after=None)
    assert audit.head().hash != before.hash


@pytest.mark.parametrize(
    "change",
    [
        "who = who + 1",
        "step = 'other'",
        "after = '{}'",
        "after = 'no json'",
        "before = '[]'",
        "at = '2020-01-01'",
    ],
)
def test_a_changed_entry_is_found(chain, change):
    with unguarded("vault_audit_entry") as cursor:
        cursor.execute(f"UPDATE vault_audit_entry SET {change} WHERE seq = 2")
    assert found() == ["vault_audit_entry 2: was changed: its hash is not that of its content."]


def test_a_removed_entry_is_found(chain):
    with unguarded("vault_audit_entry") as cursor:
        cursor.execute("DELETE FROM vault_audit_entry WHERE seq = 2")
    assert found() == ["vault_audit_entry 3: follows 1; what stood between is gone."]


def test_a_chain_cut_off_at_its_end_is_found(chain):
    with unguarded("vault_audit_entry") as cursor:
        cursor.execute("DELETE FROM vault_audit_entry WHERE seq = 3")
    assert found() == ["vault_audit_head 1: names another last entry than 2."]


def test_an_entry_made_again_breaks_the_next(chain, stamp):
    forged = AuditEntry.objects.get(seq=2)
    forged.after = '{"awarded":99}'
    with unguarded("vault_audit_entry") as cursor:
        cursor.execute(
            "UPDATE vault_audit_entry SET after = %s, hash = %s WHERE seq = 2",
            [forged.after, audit._hash(forged)],
        )
    assert found() == ["vault_audit_entry 3: does not name the hash of the entry before."]


def test_an_entry_is_written_inside_a_transaction(stamp):
    with pytest.raises(NotAllowed, match="transaction"):
        audit.append("decide", stamp=stamp, before=None, after=None)


def test_a_step_undone_leaves_no_entry(chain, stamp):
    def step():
        with transaction.atomic():
            audit.append("decide", stamp=stamp, before=None, after=None)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        step()
    assert audit.head().seq == 3
    assert found() == []


def test_steps_at_the_same_time_make_one_chain(database, stamp):
    def step():
        for _ in range(5):
            with transaction.atomic():
                audit.append("decide", stamp=stamp, before=None, after=None)

    assert together(step, step, step) == [None, None, None]
    assert audit.head().seq == 15
    assert found() == []


@pytest.fixture
def submitted(grants, alice, bob, stamp):
    rows = [grants.create(recorded_by=alice.pk, amount=amount) for amount in range(3)]
    for row in rows:
        with transaction.atomic():
            move(row, "submitted", who=bob, why="complete", happened_on=stamp.happened_on)
    return rows


def test_states_that_follow_from_their_events_are_proved(submitted):
    assert found() == []


def test_a_state_set_by_hand_is_found(submitted):
    with unguarded(GRANTS) as cursor:
        cursor.execute(f"UPDATE {GRANTS} SET state = 'paid' WHERE id = %s", [submitted[1].pk])
    assert found() == [
        f"test_grant {submitted[1].pk}: is paid, version 1; its events say submitted, version 1."
    ]


def test_an_event_changed_by_hand_is_found(submitted):
    with unguarded("vault_event") as cursor:
        cursor.execute(
            "UPDATE vault_event SET to_state = 'paid' WHERE kind = %s AND \"row\" = %s",
            [GRANTS, submitted[0].pk],
        )
    assert [text.split(": ", 1)[1] for text in found()] == [
        "its event 1 moves it from draft to paid, out of draft.",
        "is submitted, version 1; its events say paid, version 1.",
    ]


def test_an_event_removed_by_hand_is_found(submitted, bob, stamp):
    with transaction.atomic():
        move(submitted[2], "withdrawn", who=bob, why="no longer", happened_on=stamp.happened_on)
    with unguarded("vault_event") as cursor:
        cursor.execute(
            'DELETE FROM vault_event WHERE kind = %s AND "row" = %s AND version = 1',
            [GRANTS, submitted[2].pk],
        )
    assert found() == [f"test_grant {submitted[2].pk}: its event 1 is missing."]


def test_a_row_removed_by_hand_is_found(submitted):
    with unguarded(GRANTS) as cursor:
        cursor.execute(f"DELETE FROM {GRANTS} WHERE id IN (%s, %s)", [submitted[0].pk, submitted[2].pk])
    assert found() == [
        f"test_grant {submitted[0].pk}: has events, but the row is gone.",
        f"test_grant {submitted[2].pk}: has events, but the row is gone.",
    ]


def test_an_approval_of_ones_own_made_by_hand_is_found(submitted, alice, bob, stamp):
    with transaction.atomic():
        move(submitted[0], "approved", who=bob, why="fine", happened_on=stamp.happened_on)
    with unguarded("vault_event") as cursor:
        cursor.execute("UPDATE vault_event SET who = %s WHERE to_state = 'approved'", [alice.pk])
    assert found() == [f"test_grant {submitted[0].pk}: its event 2 was made by who made or amended the row."]


def test_an_event_about_an_unguarded_table_is_found(submitted):
    with unguarded("vault_event") as cursor:
        cursor.execute("UPDATE vault_event SET kind = 'people_user' WHERE \"row\" = %s", [submitted[0].pk])
    assert [text.split(": ", 1)[1] for text in found()] == [
        "is submitted, version 1; its events say draft, version 0.",
        "people_user has no states.",
    ]
