"""Django's own checks notice a table that nobody guards."""

import pytest
from django.core.checks import run_checks

from almoner.people.models import Party
from almoner.vault import guards

UNGUARDED = "The table people_party is not guarded as its model says."


@pytest.fixture
def registry(monkeypatch):
    """The registry, for a test to spoil."""
    spoilt = dict(guards.registry())
    monkeypatch.setattr(guards, "_REGISTRY", guards._Registry(spoilt))
    return spoilt


def found():
    return [(message.id, message.msg) for message in run_checks() if message.id.startswith("vault.")]


def test_all_guarded_models_are_registered():
    assert found() == []


def test_a_fact_that_is_not_registered_is_an_error(registry):
    del registry[Party._meta.db_table]
    assert found() == [("vault.E001", UNGUARDED)]


def test_a_fact_registered_with_states_is_an_error(registry):
    del registry[Party._meta.db_table]
    guards.stateful(Party._meta.db_table, transitions={"a": {"b"}}, initial="a")
    assert found() == [("vault.E001", UNGUARDED)]


def test_a_registration_without_a_model_is_an_error(registry):
    guards.fact("no_such_table")
    assert found() == [("vault.E002", "The registry guards no_such_table, which no model has.")]
