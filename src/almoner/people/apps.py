"""The Django app of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, roles, parties, identifiers, consents."""

    name = "almoner.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
