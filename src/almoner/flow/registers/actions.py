"""Every write about registers, one verb a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from almoner.flow.applications.models import Round
from almoner.flow.registers.models import RegisterEntry
from almoner.vault import keys
from almoner.vault.models import Stamp
from almoner.vault.states import move_all

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """What comes on a register: of which kind, what the office calls it, and its name."""

    kind: str
    code: str
    title: str = ""


def enter(round_: Round, listed: Sequence[Listed], *, stamp: Stamp) -> list[RegisterEntry]:
    """New entries, each with a data key of its own; they stand there from the day on which it happened."""
    data_keys = keys.new_data_keys(len(listed), stamp)
    return RegisterEntry.objects.bulk_create(
        [
            RegisterEntry(
                round=round_,
                kind=one.kind,
                code=one.code,
                title=one.title,
                data_key=data_key,
                state="listed",
                **stamp.columns(),
            )
            for one, data_key in zip(listed, data_keys, strict=True)
        ],
        batch_size=CHUNK,
    )


def strike_off(entry: RegisterEntry, *, why: str, stamp: Stamp) -> None:
    """It stands on the register no more; what was written about it stays."""
    move_all([entry], "struck off", stamp=stamp, why=why)
