"""Guards survive migrations."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField
from vault_grants import GRANTS, Grant

import almoner.people
from almoner.people.models import Party
from almoner.vault import triggers
from almoner.vault.keys import new_data_key

LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("people", "{last}")]
    operations = [
        migrations.AlterField("party", "kind", models.CharField(max_length=30)),
        migrations.AddField("party", "nickname", models.CharField(max_length=30, null=True)),
        {also}
    ]
"""


@pytest.fixture
def later(tmp_path, settings, monkeypatch):
    """Migrations of people as they are, and one more that makes the table of parties anew."""

    def write(also=""):
        package = tmp_path / f"people_later_{uuid4().hex}"  # modules are kept by name
        source = Path(almoner.people.__file__).parent / "migrations"
        shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
        last = max(path.stem for path in package.glob("0*.py"))
        (package / "9999_later.py").write_text(LATER.format(last=last, also=also))
        monkeypatch.syspath_prepend(tmp_path)
        settings.MIGRATION_MODULES = {"people": package.name}

    return write


def party(stamp):
    return Party.objects.create(kind="person", data_key=new_data_key(stamp), **stamp.columns())


def test_a_table_made_anew_is_guarded_again_with_its_new_column(database, stamp, later):
    row = party(stamp)
    later()
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []
    for change in ("kind = 'household'", "nickname = 'x'"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE people_party SET {change} WHERE id = {row.pk}")


def test_sqlite_drops_the_triggers_of_a_table_made_anew_in_silence(grants, database):
    if database.kind != "sqlite":
        pytest.skip("PostgreSQL alters a table in place")
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TRIGGER almoner_x BEFORE DELETE ON {GRANTS} BEGIN SELECT 1; END")
    wider = CharField(max_length=50)
    wider.set_attributes_from_name("state")
    with connection.schema_editor() as editor:
        editor.alter_field(Grant, Grant._meta.get_field("state"), wider)
    assert "almoner_x is missing." not in triggers.differences(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'almoner_x'")
        assert cursor.fetchone() == (0,)


def test_a_migration_that_fails_leaves_a_warning_and_the_next_one_mends_it(database, stamp, later, settings):
    party(stamp)
    later(also='migrations.RunSQL("SELECT nonsense FROM nowhere"),')
    with pytest.raises(Exception, match="nowhere"):
        call_command("migrate", verbosity=0)
    warned = [message.id for message in run_checks(databases=["default"])]
    assert set(warned) == ({"vault.W001"} if database.kind == "sqlite" else set())
    settings.MIGRATION_MODULES = {}
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []
    assert run_checks(databases=["default"]) == []


def test_migrating_twice_changes_nothing(database):
    call_command("migrate", verbosity=0)
    assert triggers.differences(connection) == []


def test_the_models_are_what_the_migrations_make(database):
    call_command("makemigrations", "vault", "people", check=True, dry_run=True, verbosity=0)
