"""Django's settings: the applications of the house in the order of its layers."""

from __future__ import annotations

SECRET_KEY = "not-a-secret: no page and no session exists yet that it would sign"  # noqa: S105 -- it says so itself
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS: list[str] = []
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
