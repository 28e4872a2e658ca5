"""Reads what happens in a play beside its files: sessions, stock, daily runs, costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from almoner.cli.invented.chance_reading import given
from almoner.cli.invented.play import Arrival, Cost, Day, Draws, Recall, Register, Run, Sessions
from almoner.cli.invented.sheet_reading import SheetReader
from almoner.definitions.nodes import Mapping, Node, Sequence
from almoner.definitions.scope import Scope
from almoner.definitions.sections.leaving import RENEWAL
from almoner.definitions.sections.registers import registers
from almoner.definitions.tree import Type
from almoner.values.language import _

_PROPOSES = (RENEWAL, "silence", "wind_down")


class HappeningReader(SheetReader):
    """Reads what happens."""

    def every_kind(self, node: Node | None, scope: Scope) -> Iterator[Sessions]:
        """The sessions of the round: of one kind, or a list of kinds. A code stands once."""
        codes: set[str] = set()
        for item in self.items(node) if isinstance(node, Sequence) else (node,):
            found = self.sessions(item, scope)
            if item is not None and found is not None:
                for day in found.days:
                    if day.code in codes:
                        self.problem(item, _("There is a session '{code}' already."), code=day.code)
                    codes.add(day.code)
                yield found

    def sessions(self, node: Node | None, scope: Scope) -> Sessions | None:
        """The sessions of one kind."""
        keys = ("kind", "filed", "papers", "days", "closed", "files", "counted", "costs")
        self.keys(node, keys, needs=("kind", "days"))
        if not isinstance(node, Mapping):
            return None
        kind = self.known(node.get("kind"), self.programme.sessions)
        inside = scope.plus({"session": given(Type.TEXT), "held": given(Type.DATE)})
        papers, _inner = self.draws(node.get("papers"), inside)
        asked = self.programme.sessions[kind].before if kind else {}
        for key, _value in self.pairs(node.get("papers")):
            if self.known(key, asked):
                self.fits(key, papers[key.text], asked[key.text], ())
        outside, self.scopes = self.scopes, {}
        files = dict(self.files(node.get("files"), inside, in_session=True))
        self.scopes = outside
        lines = inside.plus({name: given(Type.INTEGER) for name in files})
        counted = {
            self.known(key, self.programme.records): drawn
            for key, value in self.pairs(node.get("counted"))
            if (drawn := self.count(value, lines, "counted")) is not None
        }
        costs = {key.text: self.number(value) or Decimal(0) for key, value in self.pairs(node.get("costs"))}
        filed, closed = self.whole(node.get("filed")), self.whole(node.get("closed"))
        days = tuple(self.planned(node.get("days")))
        return Sessions(kind, days, papers, filed, closed, files, counted, costs)

    def planned(self, node: Node | None) -> Iterator[Day]:
        """The sessions by their codes."""
        for key, value in self.pairs(node):
            self.keys(value, ("site", "on", "cancelled"), needs=("site", "on"))
            if isinstance(value, Mapping):
                on = self.day(value.get("on")) or date.min
                yield Day(key.text, self.text(value.get("site")), on, self.text(value.get("cancelled")))

    def stock(self, node: Node | None) -> Iterator[Arrival | Recall]:
        """Lots that arrive and lots that are called back."""
        for item in self.items(node):
            if isinstance(item, Mapping) and item.get("recalled") is not None:
                self.keys(item, ("recalled", "lot", "on", "why"), needs=("lot", "on", "why"))
                benefit = self.known(item.get("recalled"), self.programme.benefits)
                yield Recall(
                    benefit, self.text(item.get("lot")), self.day(item.get("on")) or date.min,
                    self.text(item.get("why")),
                )  # fmt: skip
                continue
            needs = ("received", "lot", "on", "quantity", "expires")
            self.keys(item, needs, needs=needs)
            if isinstance(item, Mapping):
                yield Arrival(
                    self.known(item.get("received"), self.programme.benefits),
                    self.text(item.get("lot")),
                    self.day(item.get("on")) or date.min,
                    self.number(item.get("quantity")) or Decimal(0),
                    self.day(item.get("expires")) or date.min,
                )

    def runs(self, node: Node | None) -> Iterator[Run]:
        """Days of the daily run, and what a person does with what it proposes."""
        for item in self.items(node):
            self.keys(item, ("on", "ends", "resumes"), needs=("on",))
            if isinstance(item, Mapping):
                rules = (*self.programme.exit_rules, *_PROPOSES)
                ends = {
                    self.known(key, rules): self.known(value, self.programme.exit_reasons)
                    for key, value in self.pairs(item.get("ends"))
                }
                yield Run(self.day(item.get("on")) or date.min, ends, self.text(item.get("resumes")))

    def registers(self, node: Node | None, people: Collection[str]) -> Iterator[Register]:
        """Which groups come on a register, as what, and what leaves it."""
        for key, value in self.pairs(node):
            self.keys(value, ("kind", "on", "title", "struck"), needs=("kind", "on"))
            group = self.known(key, people)
            if not group or not isinstance(value, Mapping):
                continue
            struck = {}
            for code, leaves in self.pairs(value.get("struck")):
                self.keys(leaves, ("on", "why"), needs=("on", "why"))
                if isinstance(leaves, Mapping):
                    on = self.day(leaves.get("on")) or date.min
                    struck[code.text] = (on, self.text(leaves.get("why")))
            kind = self.known(value.get("kind"), registers(self.programme))
            since = self.day(value.get("on")) or date.min
            yield Register(group, kind, since, self.text(value.get("title")), struck)

    def samples(self, node: Node | None) -> Iterator[Draws]:
        """The follow-ups that are asked of a sample, and when it is drawn."""
        asked = [name for name, one in self.programme.follow_ups.items() if one.sample is not None]
        for key, value in self.pairs(node):
            self.keys(value, ("on", "seed"), needs=("on", "seed"))
            if self.known(key, asked) and isinstance(value, Mapping):
                yield Draws(key.text, self.days(value.get("on")), self.whole(value.get("seed")))

    def costs(self, node: Node | None) -> Iterator[Cost]:
        """What the office spends, on which day, from which account."""
        for item in self.items(node):
            needs = ("account", "amount", "on")
            self.keys(item, needs, needs=needs)
            if isinstance(item, Mapping):
                yield Cost(
                    self.text(item.get("account")),
                    self.number(item.get("amount")) or Decimal(0),
                    self.day(item.get("on")) or date.min,
                )
