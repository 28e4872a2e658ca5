"""The Django app of the records."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """One app for all stages, so that a row may refer to a row of an earlier stage without ceremony."""

    name = "almoner.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
