"""Django's settings: the applications of the house in the order of its layers.

What an office chooses comes from the environment: `ALMONER_HOME` (a folder, by default `office` where the
command is run), `ALMONER_DATABASE` (an SQLite file, or `postgresql://user:password@host:port/name`),
`ALMONER_DEBUG=1`.
Reading this page makes no folder and no file.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.functional import SimpleLazyObject

ALMONER_HOME = Path(os.environ.get("ALMONER_HOME") or "office").absolute()
"""The folder of this office: its database, its keys, what it published."""

DEBUG = os.environ.get("ALMONER_DEBUG") == "1"


def _secret_key() -> str:
    """The key that signs sessions: made once, readable by the owner alone."""
    path = ALMONER_HOME / "secret.key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    ALMONER_HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written whole before it gets its name, so that two processes agree on one key.
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()


def database(place: str) -> dict[str, Any]:
    """The settings of a database: a PostgreSQL address, or else the path of an SQLite file."""
    if place.startswith(("postgresql://", "postgres://")):
        address = urlsplit(place)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(address.path.lstrip("/")),
            "USER": unquote(address.username or ""),
            "PASSWORD": unquote(address.password or ""),
            "HOST": unquote(address.hostname or ""),
            "PORT": str(address.port or ""),
            "OPTIONS": dict(parse_qsl(address.query)),
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": place,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # recursive_triggers: without it INSERT OR REPLACE deletes a row past the trigger that refuses it.
            # secure_delete: an erased key is overwritten, not just forgotten.
            "init_command": (
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                "PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON;"
            ),
        },
    }


DATABASES = {"default": database(os.environ.get("ALMONER_DATABASE") or str(ALMONER_HOME / "office.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # In the order of the layers, lowest first.
    "almoner.vault",
    "almoner.people",
    "almoner.flow",
]
AUTH_USER_MODEL = "people.User"
SECRET_KEY = SimpleLazyObject(_secret_key)  # lazy: a command that signs nothing needs no folder
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
