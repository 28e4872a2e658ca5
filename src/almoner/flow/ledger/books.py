"""The one place where entries are written: money of rounds, and goods of lots. Only actions of these stages use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from almoner.flow.applications.models import Round
from almoner.flow.ledger.models import Entry, Posting
from almoner.vault.models import Stamp

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Move:
    """Units of a commodity out of one account of a programme into another, about something, under a key of its own."""

    about: str
    key: str
    units: int
    commodity: str
    source: str
    target: str


def post(  # noqa: PLR0913 -- an entry has this many sides
    what: str, moves: Sequence[Move], *, programme: str, round_: Round | None, fund: str, stamp: Stamp
) -> None:
    """One entry a move, each with one balanced posting; a move of nothing posts nothing."""
    moves = [move for move in moves if move.units]
    entries = Entry.objects.bulk_create(
        [
            Entry(
                programme=programme,
                round=round_,
                what=what,
                about=move.about,
                key=move.key,
                **stamp.columns(),
            )
            for move in moves
        ],
        batch_size=CHUNK,
    )
    Posting.objects.bulk_create(
        [
            Posting(
                entry=entry,
                from_account=f"{programme}:{move.source}",
                to_account=f"{programme}:{move.target}",
                commodity=move.commodity,
                units=move.units,
                fund=fund,
                **stamp.columns(),
            )
            for entry, move in zip(entries, moves, strict=True)
        ],
        batch_size=CHUNK,
    )
