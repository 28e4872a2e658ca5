"""Rows move one way: together with their events."""

import pytest
from django.db import connection, transaction
from vault_grants import GRANTS

from almoner.vault.models import Event, NotAllowed, Stamp
from almoner.vault.states import move, move_all
from databases import together


@pytest.fixture
def drafts(grants, alice):
    return [grants.create(recorded_by=alice.pk, amount=amount) for amount in range(3)]


def test_rows_move_with_an_event_each(grants, drafts, bob, stamp):
    with transaction.atomic():
        move_all(
            drafts, "submitted", stamp=Stamp(who=bob, happened_on=stamp.happened_on, key="k"), why="complete"
        )
    assert {(row.state, row.version) for row in drafts} == {("submitted", 1)}
    assert set(grants.values_list("state", "version")) == {("submitted", 1)}
    events = Event.objects.filter(kind=GRANTS).values_list(
        "row", "version", "from_state", "to_state", "who", "key"
    )
    assert list(events) == [(row.pk, 1, "draft", "submitted", bob.pk, "k") for row in drafts]


def test_rows_that_stand_at_different_versions_move_together(drafts, bob, stamp):
    with transaction.atomic():
        move(drafts[0], "draft", who=bob, why="amended", happened_on=stamp.happened_on)
        move_all(drafts, "submitted", stamp=stamp, why="complete")
    assert [row.version for row in drafts] == [2, 1, 1]


def test_no_rows_are_no_move(grants, stamp):
    move_all([], "submitted", stamp=stamp, why="nobody")
    assert not Event.objects.exists()


def test_one_row_that_may_not_move_keeps_all_where_they_are(grants, drafts, stamp):
    with transaction.atomic():
        move(drafts[0], "withdrawn", who=stamp.who, why="no longer", happened_on=stamp.happened_on)
    with pytest.raises(NotAllowed, match="nothing leads to submitted"), transaction.atomic():
        move_all(drafts, "submitted", stamp=stamp, why="complete")
    assert sorted(grants.values_list("state", flat=True)) == ["draft", "draft", "withdrawn"]


def test_a_stale_row_is_not_moved(grants, drafts, stamp):
    stale = grants.get(pk=drafts[0].pk)
    with transaction.atomic():
        move(drafts[0], "submitted", who=stamp.who, why="complete", happened_on=stamp.happened_on)
    with pytest.raises(NotAllowed), transaction.atomic():
        move(stale, "submitted", who=stamp.who, why="again", happened_on=stamp.happened_on)
    assert Event.objects.filter(kind=GRANTS).count() == 1


def test_of_two_who_move_a_row_at_once_one_does(grants, drafts, alice, bob, stamp):
    def mover(who, to):
        def run():
            row = grants.get(pk=drafts[0].pk)
            with transaction.atomic():
                move(row, to, who=who, why="at once", happened_on=stamp.happened_on)

        return run

    outcomes = together(mover(alice, "submitted"), mover(bob, "withdrawn"))
    row = grants.get(pk=drafts[0].pk)
    events = list(Event.objects.filter(kind=GRANTS, row=row.pk).order_by("version"))
    assert events[-1].to_state == row.state
    assert row.version == len(events)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(outcome, NotAllowed) for outcome in refused)
    assert len(events) + len(refused) == 2


def test_a_row_named_twice_or_rows_of_two_tables_are_refused(drafts, stamp):
    with pytest.raises(NotAllowed, match="twice"), transaction.atomic():
        move_all([drafts[0], drafts[0]], "submitted", stamp=stamp, why="twice")


def test_a_state_moves_only_in_a_transaction(drafts, stamp):
    with pytest.raises(NotAllowed, match="transaction"):
        move(drafts[0], "submitted", who=stamp.who, why="alone", happened_on=stamp.happened_on)


def test_a_step_that_fails_later_leaves_the_row_where_it_was(grants, drafts, stamp):
    def step():
        with transaction.atomic():
            move_all(drafts, "submitted", stamp=stamp, why="complete")
            raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        step()
    assert set(grants.values_list("state", flat=True)) == {"draft"}
    assert not Event.objects.exists()


def test_many_rows_take_few_statements(grants, alice, stamp, django_assert_max_num_queries):
    rows = grants.bulk_create([grants.model(recorded_by=alice.pk, amount=100 + n) for n in range(1000)])
    with transaction.atomic(), django_assert_max_num_queries(20, connection=connection):
        move_all(rows, "submitted", stamp=stamp, why="complete")
