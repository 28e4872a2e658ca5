"""Every write about imports."""

from __future__ import annotations

from dataclasses import dataclass

from almoner.flow.imports.models import ImportRun
from almoner.vault.models import Stamp


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from."""

    kind: str
    file_name: str
    file_digest: str
    mapping_digest: str


def start(
    *, programme: str, round_name: str, source: Source, counts: dict[str, int], stamp: Stamp
) -> ImportRun:
    """The run of one file, with what it comes to."""
    return ImportRun.objects.create(
        programme=programme,
        round_name=round_name,
        kind=source.kind,
        file_name=source.file_name,
        file_digest=source.file_digest,
        mapping_digest=source.mapping_digest,
        counts=counts,
        **stamp.columns(),
    )
