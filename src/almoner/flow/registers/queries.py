"""Every read about registers that another layer needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from almoner.flow.applications.models import Round
from almoner.flow.registers.models import RegisterEntry
from almoner.vault.models import Event


def register_of(round_: Round) -> list[RegisterEntry]:
    """Everything that ever stood on a round's registers, in the order in which it came."""
    rows = RegisterEntry.objects.select_related("data_key", "round")
    return list(rows.filter(round=round_).order_by("happened_on", "id"))


def entries_by_code(round_: Round, kind: str, codes: Iterable[str]) -> Mapping[str, RegisterEntry]:
    """What stands, or stood, on one of a round's registers, by what the office calls it."""
    rows = RegisterEntry.objects.select_related("data_key", "round")
    return {row.code: row for row in rows.filter(round=round_, kind=kind, code__in=set(codes))}


def struck_off_on(entries: Iterable[RegisterEntry]) -> dict[int, date]:
    """The day on which each of these was struck off that was."""
    rows = Event.objects.filter(
        kind=RegisterEntry._meta.db_table, to_state="struck off", row__in=[one.pk for one in entries]
    )
    return dict(rows.values_list("row", "happened_on"))
