"""Every test has a database of its own, on both kinds."""

from django.db import connection


def test_a_fresh_database_is_migrated_and_empty(database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_user")
        assert cursor.fetchone() == (0,)
    assert connection.vendor == database.kind


def test_what_a_test_commits_is_gone_in_the_next(database, alice):
    assert alice.pk == 1


def test_what_a_test_commits_is_gone_in_the_one_after(database, alice):
    assert alice.pk == 1
