"""Which file was brought in, under which mapping, and what came of it."""

from __future__ import annotations

from django.db import models

from almoner.vault.guards import fact
from almoner.vault.models import Fact


class ImportRun(Fact):
    """One file, taken over whole. The same file under the same mapping is taken over once."""

    programme = models.CharField(max_length=80)
    round_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    mapping_digest = models.CharField(max_length=64, blank=True)
    counts = models.JSONField()
    """How many rows were created, updated, unchanged; by name."""

    class Meta:
        """Table name and order."""

        db_table = "flow_import_run"
        ordering = ("id",)


fact(ImportRun._meta.db_table)
