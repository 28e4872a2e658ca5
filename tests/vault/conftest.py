"""What tests of the vault may ask for."""

import pytest
from django.db import connection
from vault_grants import GRANTS, TRANSITIONS, Grant

from almoner.vault import guards, triggers


@pytest.fixture
def grants(database, monkeypatch):
    """A guarded table that exists in this test only."""
    monkeypatch.setattr(guards, "_REGISTRY", guards._Registry(dict(guards.registry())))
    guards.stateful(
        GRANTS,
        transitions=TRANSITIONS,
        initial="draft",
        made_by_column="recorded_by",
        may_change={"spent"},
        may_be_emptied={"secret"},
    )
    with connection.schema_editor() as editor:
        editor.create_model(Grant)
    triggers.install(connection)
    return Grant.objects
