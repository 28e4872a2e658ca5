"""The occasions of a round after which a follow-up is asked: awards begun, hand-overs, ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from almoner.definitions.programme import Programme
from almoner.engine.schedule import AWARD, EACH, END, delivery_label, follow_ups_from
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in
from almoner.flow.deliveries.models import Delivery
from almoner.flow.deliveries.queries import begun_on, brought_by, ended_on, reckonings

BEGUN = ("active", "suspended", "on probation", "completed", "ended")
"""The states of an award that has begun."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Somebody who is asked a follow-up: under which award, on which day, about which delivery ('' : none)."""

    award: Award
    due_on: date
    delivery: str

    @property
    def key(self) -> tuple[str, str, str]:
        """As a draw keeps it."""
        return str(self.award.uid), self.due_on.isoformat(), self.delivery


def occasions(programme: Programme, round_: Round, name: str, until: date) -> list[Occasion]:
    """Every occasion of a follow-up up to a day, each once, in the order of references, days and deliveries."""
    awards = list(awards_in(round_, *BEGUN))
    begun, ended = begun_on(awards), ended_on(awards)
    handed = _handed_over(programme, round_)
    found: dict[tuple[str, str, str], Occasion] = {}
    for award in awards:
        events: list[tuple[date, str, str, bool]] = []
        if award.pk in begun:
            events.append((begun[award.pk], AWARD, "", False))
        first = not any(brought_by(award).values())
        for day, label in sorted(handed[award.pk]):
            events.append((day, EACH, label, first))
            first = False
        if award.pk in ended:
            events.append((ended[award.pk], END, "", False))
        for day, anchor, label, is_first in events:
            if day > until:
                continue
            for one in follow_ups_from(programme, anchor, day, first=is_first, delivery=label):
                if one.name == name:
                    occasion = Occasion(award, one.due_on, one.delivery)
                    found.setdefault(occasion.key, occasion)
    return sorted(found.values(), key=lambda one: (one.award.reference, one.due_on, one.delivery))


def _handed_over(programme: Programme, round_: Round) -> dict[int, Sequence[tuple[date, str]]]:
    """The day and name of each hand-over by award. Of what is called off it is the day on which it was brought."""
    found: dict[int, list[tuple[date, str]]] = defaultdict(list)
    called_off = {name for name, one in programme.benefits.items() if one.call_off}
    rows = Delivery.objects.select_related("instalment").filter(award__round=round_)
    for row in rows.exclude(benefit__in=called_off):
        found[row.award_id].append((row.happened_on, delivery_label(row.benefit, row.instalment.name)))
    brought = {row.called_off_id: row.called_off for row in reckonings(round_)}
    for sheet in brought.values():
        label = delivery_label(sheet.benefit.name, sheet.number)
        found[sheet.award_id].append((sheet.happened_on, label))
    return defaultdict(tuple, found)
