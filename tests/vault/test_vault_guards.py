"""What the database refuses, whoever asks and however."""

import pytest
from django.db import IntegrityError, connection, transaction
from vault_grants import GRANTS

from almoner.vault import guards, triggers
from almoner.vault.guards import GuardProblem
from almoner.vault.models import Event, NotAllowed
from almoner.vault.states import move


def refused(match, statement, *parameters):
    """The database refuses the statement with these words."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


INSERT_EVENT = """
INSERT INTO vault_event
    (kind, "row", version, from_state, to_state, who, why, happened_on, recorded_at, "key")
VALUES ('test_grant', %s, %s, %s, %s, %s, 'why', '2026-09-10', '2026-09-10 00:00:00+00', '')
"""


def test_a_row_is_never_deleted(grants, alice):
    row = grants.create(recorded_by=alice.pk, amount=5)
    refused("never deleted|is refused", f"DELETE FROM {GRANTS} WHERE id = %s", row.pk)
    refused("never deleted|is refused", f"DELETE FROM {GRANTS}")


def test_replacing_a_row_is_deleting_it(grants, alice, database):
    if database.kind != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    row = grants.create(recorded_by=alice.pk, amount=5)
    columns = "id, recorded_by, amount, spent, secret, state, version"
    refused(
        "never deleted",
        f"INSERT OR REPLACE INTO {GRANTS} ({columns}) VALUES (%s, 9, 9, 0, '', 'draft', 0)",
        row.pk,
    )
    refused(
        "never deleted",
        f"INSERT OR REPLACE INTO {GRANTS} ({columns}) VALUES (77, %s, 5, 0, '', 'draft', 0)",
        alice.pk,
    )


def test_a_table_is_never_emptied(grants, database):
    if database.kind != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    refused("is refused", f"TRUNCATE {GRANTS}")
    refused("is refused", "TRUNCATE vault_event CASCADE")
    refused("is refused", "TRUNCATE people_party CASCADE")


@pytest.mark.parametrize(
    "change",
    [
        "amount = 6",
        "amount = amount + 1",
        "recorded_by = 2",
        "note = 'new'",
        "id = id + 100",
        "secret = 'other'",
    ],
)
def test_content_is_fixed_at_insertion(grants, alice, change):
    row = grants.create(recorded_by=alice.pk, amount=5, secret="s")
    refused("never changed", f"UPDATE {GRANTS} SET {change} WHERE id = %s", row.pk)
    row.refresh_from_db()
    assert (row.amount, row.recorded_by, row.note, row.secret) == (5, alice.pk, None, "s")


def test_a_known_value_is_not_made_unknown(grants, alice):
    row = grants.create(recorded_by=alice.pk, amount=5, note="known")
    refused("never changed", f"UPDATE {GRANTS} SET note = NULL WHERE id = %s", row.pk)


def test_columns_that_may_change_do_and_those_that_may_be_emptied_are(grants, alice):
    row = grants.create(recorded_by=alice.pk, amount=5, secret="s")
    grants.filter(pk=row.pk).update(spent=3)
    grants.filter(pk=row.pk).update(secret="")
    row.refresh_from_db()
    assert (row.spent, row.secret) == (3, "")
    refused("never changed", f"UPDATE {GRANTS} SET secret = 's' WHERE id = %s", row.pk)


@pytest.mark.parametrize(
    "change", ["state = 'paid'", "version = 1", "state = 'paid', version = 1", "version = -1"]
)
def test_a_state_never_moves_without_its_event(grants, alice, change):
    row = grants.create(recorded_by=alice.pk, amount=5)
    refused("only with its event", f"UPDATE {GRANTS} SET {change} WHERE id = %s", row.pk)


def test_a_row_begins_at_the_start(grants, alice):
    with pytest.raises(IntegrityError, match="begins as draft"), transaction.atomic():
        grants.create(recorded_by=alice.pk, amount=5, state="paid")
    with pytest.raises(IntegrityError, match="begins as draft"), transaction.atomic():
        grants.create(recorded_by=alice.pk, amount=5, version=3)


def test_an_event_goes_on_from_where_its_row_stands(grants, alice, bob):
    row = grants.create(recorded_by=alice.pk, amount=5)
    refused("does not go on", INSERT_EVENT, row.pk, 2, "draft", "submitted", bob.pk)
    refused("does not go on", INSERT_EVENT, row.pk, 1, "submitted", "approved", bob.pk)
    refused("does not go on", INSERT_EVENT, row.pk + 1, 1, "draft", "submitted", bob.pk)
    refused("no such transition", INSERT_EVENT, row.pk, 1, "draft", "paid", bob.pk)
    refused("no such transition", INSERT_EVENT, row.pk, 1, "draft", "nowhere", bob.pk)


def test_an_event_about_an_unguarded_table_is_refused(grants, bob):
    statement = INSERT_EVENT.replace("test_grant", "people_user")
    refused("has no states", statement, 1, 1, "draft", "submitted", bob.pk)


def test_nobody_approves_what_they_made(grants, alice, bob, stamp):
    row = grants.create(recorded_by=alice.pk, amount=5)
    with transaction.atomic():
        move(row, "submitted", who=bob, why="complete", happened_on=stamp.happened_on)
    refused("does not approve", INSERT_EVENT, row.pk, 2, "submitted", "approved", alice.pk)
    with pytest.raises(NotAllowed, match="whoever made it"), transaction.atomic():
        move(row, "approved", who=alice, why="mine", happened_on=stamp.happened_on)
    with transaction.atomic():
        move(row, "approved", who=bob, why="fine", happened_on=stamp.happened_on)


def test_nobody_approves_what_they_amended(grants, alice, bob, stamp):
    row = grants.create(recorded_by=alice.pk, amount=5)
    for to in ("submitted", "draft", "submitted"):
        with transaction.atomic():
            move(row, to, who=bob, why="amended", happened_on=stamp.happened_on)
    refused("does not approve", INSERT_EVENT, row.pk, 4, "submitted", "approved", bob.pk)
    with pytest.raises(NotAllowed, match="does not approve"), transaction.atomic():
        move(row, "approved", who=bob, why="mine too", happened_on=stamp.happened_on)


def test_facts_stay_as_they_are(grants, alice, bob, stamp):
    row = grants.create(recorded_by=alice.pk, amount=5)
    with transaction.atomic():
        move(row, "submitted", who=bob, why="complete", happened_on=stamp.happened_on)
    made = Event.objects.get(kind=GRANTS)
    refused("never changed", "UPDATE vault_event SET who = 99 WHERE id = %s", made.pk)
    refused("never deleted|is refused", "DELETE FROM vault_event WHERE id = %s", made.pk)


def test_the_head_of_the_chain_is_never_deleted(database):
    refused("never deleted|is refused", "DELETE FROM vault_audit_head")


def test_the_catalogue_is_that_of_the_registry(database):
    assert triggers.differences(connection) == []


def test_a_trigger_that_is_gone_or_strange_is_a_difference(grants, database):
    on = f" ON {GRANTS}" if database.kind == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER almoner_{GRANTS}_no_delete{on}")
    assert [text for text in triggers.differences(connection) if "missing" in text]
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_a_trigger_that_was_altered_is_a_difference(grants, database):
    with connection.cursor() as cursor:
        if database.kind == "sqlite":
            cursor.execute(f"DROP TRIGGER almoner_{GRANTS}_no_delete")
            cursor.execute(
                f"CREATE TRIGGER almoner_{GRANTS}_no_delete BEFORE DELETE ON {GRANTS} BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION almoner_refuse() RETURNS trigger LANGUAGE plpgsql"
                " AS $$ BEGIN RETURN OLD; END $$"
            )
    assert len(triggers.differences(connection)) == 1
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_a_trigger_that_is_switched_off_is_a_difference(grants, database):
    if database.kind != "postgresql":
        pytest.skip("SQLite cannot switch a trigger off")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {GRANTS} DISABLE TRIGGER USER")
    assert triggers.differences(connection)
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_a_replica_role_does_not_pass_the_guards(grants, alice, database):
    if database.kind != "postgresql":
        pytest.skip("roles of replication are PostgreSQL's")
    row = grants.create(recorded_by=alice.pk, amount=5)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    refused("is refused", f"DELETE FROM {GRANTS} WHERE id = %s", row.pk)


def test_a_trigger_of_no_registered_table_is_a_difference_and_goes(grants, monkeypatch):
    without = {table: guard for table, guard in guards.registry().items() if table != GRANTS}
    monkeypatch.setattr(guards, "_REGISTRY", guards._Registry(without))
    assert any("not in the registry" in text for text in triggers.differences(connection))
    triggers.install(connection)
    assert triggers.differences(connection) == []


def test_a_table_is_guarded_in_one_way(monkeypatch):
    monkeypatch.setattr(guards, "_REGISTRY", guards._Registry())
    guards.fact("a_table")
    guards.fact("a_table")
    with pytest.raises(GuardProblem, match="twice"):
        guards.fact("a_table", may_change={"x"})
    with pytest.raises(GuardProblem, match="no name"):
        guards.fact("a'; DROP TABLE b")
    with pytest.raises(GuardProblem, match="initial"):
        guards.stateful("b_table", transitions={"a": {"b"}}, initial="c")
    with pytest.raises(GuardProblem, match="names of states"):
        guards.stateful("b_table", transitions={"a'": {"b"}}, initial="b")
    with pytest.raises(GuardProblem, match="not guarded"):
        guards.guard_of("c_table")
