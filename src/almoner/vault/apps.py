"""The Django app of the vault."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class VaultConfig(AppConfig):
    """Builds the guards after every migration, and lets Django's checks compare them."""

    name = "almoner.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what runs around a migration."""
        from almoner.vault import checks, migrating  # noqa: PLC0415 -- models must be loaded before

        pre_migrate.connect(migrating.before, sender=self)
        post_migrate.connect(migrating.after, sender=self)
        checks.register_all()
