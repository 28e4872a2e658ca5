"""The desk at which what is called off is taken in: sorted out, reckoned in order, kept with its books and stock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Benefit, EachDelivery, Programme
from almoner.engine.call_off_cases import settling, taking
from almoner.engine.call_offs import HELD, TOP_UP, Brought, Reckoned, reckon_many, top_up
from almoner.engine.caps import Around
from almoner.engine.casefile import CaseFile, Instalment, instalment_name
from almoner.engine.cycles import STOCK
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.overlaps import Busy, who_must_be_free
from almoner.engine.schedule import EACH, delivery_label, follow_ups_from
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award, AwardBenefit
from almoner.flow.decisions.queries import awards_by_row
from almoner.flow.deliveries import actions as deliveries
from almoner.flow.deliveries import queries as delivery_queries
from almoner.flow.deliveries.actions import HandOver, Outcome, Sheet
from almoner.flow.deliveries.models import CalledOff
from almoner.flow.deliveries.taken_time import busy_around
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.queries import fund_of
from almoner.flow.records import actions as records
from almoner.flow.records import queries as record_queries
from almoner.flow.steps.asking import plan_asked
from almoner.flow.steps.recipe import Result, StepRefusedError
from almoner.flow.steps.stocking import RECALLED_LOT, cause_of, recalled_task
from almoner.flow.stock import actions as stock
from almoner.flow.stock.queries import lots_of
from almoner.values.language import _
from almoner.vault.models import Stamp

SETTLED = "settled"
CORRECTED = "corrected"
RECALLED = "recalled_lot"
"""How a sheet is refused that names a recalled lot."""


@dataclass(frozen=True, slots=True)
class BroughtRow:
    """A row of a file: whose award (the row of the application's file), the day, the paper, the answers."""

    row_key: str
    delivered_on: date
    paper: str
    answers: Mapping[str, Any]


def each_of(programme: Programme, name: str) -> EachDelivery:
    """What each delivery of a benefit asks.

    Raises:
        NotYetCarriedOut: the benefit is not called off, or asks for more than is carried out.
    """
    benefit = programme.benefits.get(name)
    if benefit is None or not benefit.call_off or benefit.each_delivery is None or benefit.other:
        raise NotYetCarriedOut(programme, f"benefits.{name}, which is not called off,")
    return benefit.each_delivery


@dataclass(slots=True)
class Desk:
    """Where the deliveries of one benefit of a round are taken in."""

    round: Round
    programme: Programme
    name: str
    each: EachDelivery
    stamp: Stamp

    @property
    def _benefit(self) -> Benefit:
        return self.programme.benefits[self.name]

    @property
    def _in_kind(self) -> bool:
        return not self._benefit.in_money

    @property
    def _keeps_stock(self) -> bool:
        return any(cap.kind == STOCK for cap in self._benefit.caps)

    def _around(self, days: Collection[date]) -> Around:
        """What hand-overs share with other people: how many received, each lot, and whose time is taken."""
        people = delivery_queries.people_who_received(self.programme.key, self.name)
        lots = lots_of(self.programme.key, self.name) if self._keeps_stock else None
        busy = busy_around(self.programme, days) if who_must_be_free(self.each) else Busy()
        return Around(people, lots, busy)

    def sort_out(self, rows: Sequence[BroughtRow]) -> tuple[list[Sheet], int]:
        """The new sheets in the order of their days, and how many rows say what is there already."""
        awards = awards_by_row(self.round, [row.row_key for row in rows])
        held = [award for award in awards.values() if award.state in delivery_queries.LIVING]
        benefits = self._benefits(held)
        known = delivery_queries.called_off_by_row(held, self.name)
        numbers = defaultdict(int, delivery_queries.last_numbers(held, self.name))
        sheets: list[Sheet] = []
        wrong: dict[str, list[str]] = defaultdict(list)
        seen: dict[tuple[int, str], str] = {}
        unchanged = 0
        for row in sorted(rows, key=lambda one: (one.delivered_on, one.paper)):
            award = awards.get(row.row_key)
            if award is None or award.pk not in benefits:
                wrong[_("are about nobody's award")].append(row.row_key)
                continue
            if self.each.signed_by and not row.paper:
                wrong[_("name no paper that was signed")].append(row.row_key)
                continue
            mac = deliveries.sheet_mac(row.delivered_on, self.each.form, row.answers)
            key = row.paper or f"{row.delivered_on}:{mac}"
            there = known.get((award.pk, key))
            if seen.setdefault((award.pk, key), mac) != mac or (
                there is not None and there.answers_mac != mac and there.state != HELD
            ):
                wrong[_("differ from what is there under the same paper")].append(f"{row.row_key} {key}")
            elif there is not None and there.answers_mac == mac:
                unchanged += 1
            else:
                numbers[award.pk] += 1
                sheets.append(
                    Sheet(
                        award=award,
                        benefit=benefits[award.pk],
                        number=numbers[award.pk],
                        row_key=key,
                        evidence=row.paper,
                        happened_on=row.delivered_on,
                        answers=row.answers,
                        corrects=there,
                    )
                )
                known[award.pk, key] = CalledOff(answers_mac=mac, state="reported")
        for why, keys in wrong.items():
            raise StepRefusedError(
                _("{count} rows {why}, the first is '{row}'.").format(count=len(keys), why=why, row=keys[0])
            )
        return sheets, unchanged

    def _benefits(self, awards: Sequence[Award]) -> dict[int, AwardBenefit]:
        rows = AwardBenefit.objects.filter(award__in=awards, name=self.name)
        return {row.award_id: row for row in rows}

    def take_in(self, sheets: Sequence[Sheet]) -> Result:
        """Reckon sheets, of each award one after the other, and keep what came of them."""
        rows = deliveries.call_off(sheets, self.each.form, stamp=self.stamp)
        corrected = [sheet.corrects for sheet in sheets if sheet.corrects is not None]
        deliveries.move_called_off(corrected, CORRECTED, why="said anew", stamp=self.stamp)
        cases = self._cases([sheet.award for sheet in sheets])
        before = dict(cases)
        reckoned: list[tuple[CalledOff, Reckoned]] = []
        around = self._around({sheet.happened_on for sheet in sheets})
        for wave in _waves(list(zip(rows, sheets, strict=True))):
            brought = [Brought(cases[row.award_id], sheet.answers, sheet.happened_on) for row, sheet in wave]
            found = reckon_many(self.programme, self.name, brought, around)
            for (row, sheet), one in zip(wave, found, strict=True):
                reckoned.append((row, one))
                if one.is_taken:
                    first = not cases[row.award_id].has_delivered(sheet.happened_on)
                    case = taking(cases[row.award_id], self.name, row.number, sheet.answers, one)
                    label = delivery_label(self.name, row.number)
                    more = follow_ups_from(
                        self.programme, EACH, sheet.happened_on, first=first, delivery=label
                    )
                    cases[row.award_id] = replace(case, follow_ups=(*case.follow_ups, *more))
        self._keep(reckoned, cases, before)
        self._warn(reckoned)
        states = Counter(one.outcome for _row, one in reckoned)
        reasons = Counter(
            name for _row, one in reckoned for name in (*one.refused_by, *one.missing, *one.cancelled)
        )
        worth = sum(one.amount.minor for _row, one in reckoned if one.amount)
        return {
            **dict(sorted(states.items())),
            "because": dict(sorted(reasons.items())),
            "worth_minor": worth,
        }

    def _warn(self, reckoned: Sequence[tuple[CalledOff, Reckoned]]) -> None:
        """A sheet that names a recalled lot says that somebody may have it: the officer must hear of it, once."""
        named: dict[str, dict[int, Award]] = defaultdict(dict)
        for row, one in reckoned:
            if RECALLED in one.refused_by:
                named[cause_of(self.name, one.lot)][row.award_id] = row.award
        for cause, awards in named.items():
            warned = record_queries.awards_warned(RECALLED_LOT, cause)
            new = [award for key, award in awards.items() if key not in warned]
            records.raise_for_awards(new, recalled_task(self.stamp), cause=cause, stamp=self.stamp)

    def settle(self) -> dict[str, int]:
        """Top up what was paid by a stand-in, as far as the true values are known."""
        rows = [
            row
            for row in delivery_queries.waiting(self.round, "provisional")
            if row.benefit.name == self.name
        ]
        cases = self._cases([row.award for row in rows])
        before = dict(cases)
        settled: list[tuple[CalledOff, Reckoned]] = []
        for row in rows:
            case = cases[row.award_id]
            delivery = next(
                one for one in case.delivered if (one.benefit, one.number) == (self.name, row.number)
            )
            reckoned = top_up(case, delivery, self.stamp.happened_on)
            if reckoned is not None:
                cases[row.award_id] = settling(case, delivery, reckoned)
                settled.append((row, reckoned))
        self._keep(settled, cases, before, is_top_up=True)
        worth = sum(one.amount.minor for _row, one in settled if one.amount)
        return {"settled": len(settled), "waiting": len(rows) - len(settled), "worth_minor": worth}

    def _cases(self, awards: Sequence[Award]) -> dict[int, CaseFile]:
        distinct = list({award.pk: award for award in awards}.values())
        files = delivery_queries.case_files(self.programme, distinct)
        return {award.pk: case for award, case in zip(distinct, files, strict=True)}

    def _keep(
        self,
        reckoned: Sequence[tuple[CalledOff, Reckoned]],
        cases: Mapping[int, CaseFile],
        before: Mapping[int, CaseFile],
        *,
        is_top_up: bool = False,
    ) -> None:
        """Store what came of sheets: states, instalments, reckonings, follow-ups, and the books."""
        awards = {row.award_id: row.award for row, _one in reckoned}
        benefits = self._benefits(list(awards.values()))
        made = [
            (award, benefits[key], one)
            for key, award in awards.items()
            for one in cases[key].instalments[len(before[key].instalments) :]
        ]
        stored = dict(
            zip(
                [(award.pk, one.name) for award, _benefit, one in made],
                deliveries.schedule(
                    [(award, benefit, _scheduled(one)) for award, benefit, one in made], stamp=self.stamp
                ),
                strict=True,
            )
        )
        for award, _benefit, one in made:
            if one.state == "cancelled":
                cap = one.name.split("_", 2)[2]
                deliveries.move_instalments(
                    [stored[award.pk, one.name]], "cancelled", why=cap, stamp=self.stamp
                )
        outcomes = [
            Outcome(
                row, one, stored.get((row.award_id, _name(row, is_top_up))), self.programme.digest, is_top_up
            )
            for row, one in reckoned
            if one.is_taken
        ]
        deliveries.reckon(outcomes, stamp=self.stamp)
        self._move(reckoned, is_top_up=is_top_up)
        asked = [
            (awards[key], one)
            for key in awards
            for one in cases[key].follow_ups[len(before[key].follow_ups) :]
        ]
        plan_asked(self.programme, asked, self.stamp)
        self._book(outcomes, before, benefits)
        if self._in_kind:
            self._hand_over(outcomes)

    def _hand_over(self, outcomes: Sequence[Outcome]) -> None:
        """What is given in kind is handed over with its sheet: paid once, disbursed, and taken from its lot."""
        handed = [
            (one.instalment, one.called_off, one.reckoned) for one in outcomes if one.instalment is not None
        ]
        instalments = [instalment for instalment, _sheet, _one in handed]
        deliveries.move_instalments(instalments, "due", why="brought and signed", stamp=self.stamp)
        deliveries.hand_over(
            [HandOver(instalment, sheet.evidence, one.day) for instalment, sheet, one in handed],
            stamp=self.stamp,
        )
        costs = [(sheet.award.reference, str(part.uid), part.cost_minor) for part, sheet, _one in handed]
        if costs:
            ledger.disburse(self.round, costs, fund=fund_of(self.round), stamp=self.stamp)
        if self._keeps_stock:
            stock.issue([self._issue(sheet, one) for _part, sheet, one in handed], stamp=self.stamp)

    def _issue(self, sheet: CalledOff, one: Reckoned) -> stock.Issue:
        return stock.Issue(
            programme=self.programme.key,
            benefit=self.name,
            lot=one.lot,
            quantity=one.quantity or Decimal(0),
            about=sheet.award.reference,
            key=str(sheet.uid),
        )

    def _move(self, reckoned: Sequence[tuple[CalledOff, Reckoned]], *, is_top_up: bool) -> None:
        alike: dict[tuple[str, str], list[CalledOff]] = defaultdict(list)
        for row, one in reckoned:
            state = SETTLED if is_top_up else one.outcome
            alike[state, _why(one)].append(row)
        for (state, why), rows in sorted(alike.items(), key=lambda pair: pair[0]):
            deliveries.move_called_off(rows, state, why=why, stamp=self.stamp)

    def _book(
        self,
        outcomes: Sequence[Outcome],
        before: Mapping[int, CaseFile],
        benefits: Mapping[int, AwardBenefit],
    ) -> None:
        """What an award set aside covers its deliveries; more comes from what is free, and what repays goes back."""
        used = {
            key: sum(one.amount.minor for one in case.delivered if one.benefit == self.name)
            for key, case in before.items()
        }
        beyond, released = [], []
        for one in outcomes:
            award = one.called_off.award
            worth = one.reckoned.amount.minor if one.reckoned.amount else 0
            left = max(benefits[award.pk].cost_minor - used[award.pk], 0)
            used[award.pk] += worth
            key = f"{one.called_off.uid}{':top-up' if one.is_top_up else ''}"
            if worth > left:
                beyond.append((award.reference, key, worth - left))
            kept = sum(part.minor for part in one.reckoned.deducted.values())
            if kept:
                released.append((award.reference, key, kept))
        fund = fund_of(self.round)
        if beyond:
            ledger.commit_more(self.round, beyond, fund=fund, stamp=self.stamp)
        if released:
            ledger.release(self.round, released, fund=fund, stamp=self.stamp)


def _waves(pairs: Sequence[tuple[CalledOff, Sheet]]) -> list[list[tuple[CalledOff, Sheet]]]:
    """The first of each award, then the second of each: what one is worth may hang on the one before it."""
    waves: list[list[tuple[CalledOff, Sheet]]] = []
    at: Counter[int] = Counter()
    for row, sheet in pairs:
        if at[row.award_id] == len(waves):
            waves.append([])
        waves[at[row.award_id]].append((row, sheet))
        at[row.award_id] += 1
    return waves


def _scheduled(one: Instalment) -> Instalment:
    return one if one.state == "scheduled" else replace(one, state="scheduled")


def _name(row: CalledOff, is_top_up: bool) -> str:  # noqa: FBT001 -- one of two names
    return instalment_name(row.number, TOP_UP if is_top_up else "")


def _why(one: Reckoned) -> str:
    """The reason that the event keeps: names, never an answer."""
    if one.missing:
        return "waits for " + ", ".join(one.missing)
    if one.blocked:
        return "; ".join(f"{blocked.place}: {blocked.cause}" for blocked in one.blocked)
    if one.stand_ins:
        return "stands in: " + ", ".join(one.stand_ins)
    return one.reason or "brought and signed"
