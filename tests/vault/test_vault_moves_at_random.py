"""Whatever is tried, in whatever order: the database never accepts what the transitions forbid."""

from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from vault_grants import GRANTS, TRANSITIONS, Grant

from almoner.vault import audit
from almoner.vault.models import Event, NotAllowed, Stamp
from almoner.vault.states import move_all

STATES = st.sampled_from(["draft", "submitted", "approved", "paid", "withdrawn", "nowhere", ""])
PEOPLE = st.integers(1, 3)


class Somebody:
    """A user, of whom the vault knows only the number."""

    def __init__(self, pk):
        self.pk = pk


class Moves(RuleBasedStateMachine):
    """A model of one grant beside the real row: what must be allowed, and where the row must stand."""

    amount = 0

    def __init__(self):
        super().__init__()
        Moves.amount += 1
        self.maker = Moves.amount % 3 + 1
        self.row = Grant.objects.create(recorded_by=self.maker, amount=Moves.amount)
        self.state, self.version, self.authors = "draft", 0, {self.maker}

    def allowed(self, to, who):
        return to in TRANSITIONS.get(self.state, ()) and not (to == "approved" and who in self.authors)

    def moved(self, to, who):
        if to == "draft":
            self.authors.add(who)
        self.state, self.version = to, self.version + 1

    @contextmanager
    def accepted_only_if(self, allowed):
        """What is done inside happens if it is allowed, and is refused as a whole if it is not."""
        try:
            with transaction.atomic():
                yield
        except (NotAllowed, DatabaseError):
            assert not allowed, "refused what is allowed"
        else:
            assert allowed, "accepted what is forbidden"

    @rule(to=STATES, who=PEOPLE)
    def move_through_the_one_function(self, to, who):
        allowed = self.allowed(to, who)
        row = Grant.objects.get(pk=self.row.pk)
        with self.accepted_only_if(allowed):
            move_all([row], to, stamp=Stamp(who=Somebody(who), happened_on="2026-09-10"), why="why")
        if allowed:
            self.moved(to, who)

    @rule(source=STATES, to=STATES, who=PEOPLE, ahead=st.integers(-1, 2))
    def write_event_and_row_past_the_function(self, source, to, who, ahead):
        allowed = self.allowed(to, who) and source == self.state and ahead == 1
        version = self.version + ahead
        with self.accepted_only_if(allowed):
            Event.objects.create(
                kind=GRANTS,
                row=self.row.pk,
                version=version,
                from_state=source,
                to_state=to,
                who=who,
                why="why",
                happened_on="2026-09-10",
            )
            Grant.objects.filter(pk=self.row.pk).update(state=to, version=version)
        if allowed:
            self.moved(to, who)

    @rule(to=STATES, ahead=st.integers(-1, 2))
    def set_the_state_without_an_event(self, to, ahead):
        # An update to what stands already changes nothing, and is let pass.
        with self.accepted_only_if(to == self.state and ahead == 0):
            Grant.objects.filter(pk=self.row.pk).update(state=to, version=self.version + ahead)

    @rule(change=st.sampled_from(["amount = -1", "recorded_by = 9", "note = 'x'", "secret = 'x'"]))
    def change_the_content(self, change):
        with self.accepted_only_if(allowed=False), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {GRANTS} SET {change} WHERE id = {self.row.pk}")

    @rule(table=st.sampled_from([GRANTS, "vault_event"]))
    @precondition(lambda self: self.version)
    def delete(self, table):
        with self.accepted_only_if(allowed=False), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")

    @invariant()
    def the_row_stands_where_it_must(self):
        row = Grant.objects.get(pk=self.row.pk)
        assert (row.state, row.version, row.amount, row.note) == (
            self.state,
            self.version,
            self.row.amount,
            None,
        )


def test_the_database_accepts_what_the_transitions_allow_and_nothing_else(grants):
    Moves.amount = 0
    run_state_machine_as_test(
        Moves,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert grants.count() > 10
    assert Event.objects.filter(kind=GRANTS).exists(), "nothing was ever allowed"
    assert audit.verify() == []
