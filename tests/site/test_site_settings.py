"""What an office chooses comes from the environment."""

import os
import stat
import subprocess
import sys
import threading

import pytest

from almoner.site import settings as page
from almoner.site.settings import database

SHOW = "from django.conf import settings; print(settings.DATABASES['default']['NAME'], settings.DEBUG)"


def ask(code, tmp_path, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ALMONER_")}
    clean |= {"DJANGO_SETTINGS_MODULE": "almoner.site.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_without_choices_the_office_is_a_folder_here_and_nothing_is_made(tmp_path):
    assert ask(SHOW, tmp_path) == f"{tmp_path}/office/office.sqlite3 False"
    assert list(tmp_path.iterdir()) == []


def test_choices_are_taken(tmp_path):
    chosen = {"ALMONER_HOME": f"{tmp_path}/elsewhere", "ALMONER_DEBUG": "1"}
    assert ask(SHOW, tmp_path, **chosen) == f"{tmp_path}/elsewhere/office.sqlite3 True"
    assert ask(SHOW, tmp_path, ALMONER_DATABASE="/data/a.sqlite3") == "/data/a.sqlite3 False"


def test_a_postgresql_address_is_taken_apart():
    found = database("postgresql://al:p%40ss@db.example:5433/office?sslmode=require")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "office",
        "USER": "al",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_an_sqlite_database_is_safe(database):
    if database.kind != "sqlite":
        pytest.skip("about SQLite")
    from django.db import connection

    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "busy_timeout": 30000,
    }
    with connection.cursor() as cursor:
        for pragma, value in expected.items():
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone() == (value,)
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_key_that_signs_is_made_once_and_readable_by_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "ALMONER_HOME", tmp_path / "office")
    first = page._secret_key()
    assert page._secret_key() == first
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "office" / "secret.key").stat().st_mode) == 0o600


def test_two_processes_that_start_at_once_agree_on_the_key(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "ALMONER_HOME", tmp_path / "office")
    found = []
    threads = [threading.Thread(target=lambda: found.append(page._secret_key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "office").iterdir()] == ["secret.key"]


def test_the_settings_name_no_place_on_the_network():
    assert page.ALLOWED_HOSTS == ["127.0.0.1", "localhost"]
