"""Takes in what people bring of what is called off: each sheet once, reckoned in order, the books in the same step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from almoner.definitions.continuing import continues
from almoner.definitions.programme import EachDelivery, Programme
from almoner.engine.call_off_cases import settling, taking
from almoner.engine.call_offs import HELD, Brought, Reckoned, reckon_many, top_up
from almoner.engine.casefile import CaseFile, Instalment
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.schedule import EACH, follow_ups_from
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions.models import Award, AwardBenefit
from almoner.flow.decisions.queries import awards_by_row
from almoner.flow.deliveries import actions as deliveries
from almoner.flow.deliveries import queries as delivery_queries
from almoner.flow.deliveries.actions import Outcome, Sheet
from almoner.flow.deliveries.models import CalledOff
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.ledger import actions as ledger
from almoner.flow.ledger.queries import fund_of
from almoner.flow.records import actions as records
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp

LIVING = ("active", "on probation", "suspended")
SETTLED = "settled"
CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A row of a file: whose award (the row of the application's file), the day, the paper, the answers."""

    row_key: str
    delivered_on: date
    paper: str
    answers: Mapping[str, Any]


def receive_deliveries(  # noqa: PLR0913 -- a file has these sides
    round_: Round,
    name: str,
    rows: Sequence[Weighed],
    *,
    source: Source,
    request: Request,
    continuing: Programme | None = None,
) -> Result:
    """Take over a file of deliveries of a benefit, whole. A row that is there and says the same changes nothing.

    Each is taken, refused or held, with the reason; nothing is paid here: what is taken makes an instalment of its own.

    Args:
        round_: the round of the awards.
        name: the benefit that is called off.
        rows: in any order; of one award they are reckoned by their days.
        source: the file.
        request: who asks.
        continuing: an edition that only adds rows to the tables of the round's own, to reckon by.

    Raises:
        StepRefusedError: a row is about nobody's award, says otherwise than what is there, or names no paper.
        BudgetExceededError: what is free does not cover what the awards did not set aside.
        NotYetCarriedOut: the file asks for more of the benefit than a purchase by call-off.
    """
    programme = edition_in_use(round_, continuing)
    each = _each(programme, name)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        desk = _Desk(locked, programme, name, each, stamp)
        sheets, unchanged = desk.sort_out(rows)
        imports.start(
            programme=programme.key,
            round_name=round_.name,
            source=source,
            counts={"created": len(sheets), "unchanged": unchanged},
            stamp=stamp,
        )
        if programme.digest != round_.edition.digest:
            applications.store_edition(programme, stamp=stamp)
        told = desk.take_in(sheets)
        return {"created": len(sheets), "unchanged": unchanged, **told}

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out(
        "collect", request, may="deliver", programme=round_.programme, arguments=arguments, do=do
    )


def settle_deliveries(round_: Round, *, request: Request, continuing: Programme | None = None) -> Result:
    """Look again at what was paid by a stand-in: where the true value is known by the day, the rest falls due."""
    programme = edition_in_use(round_, continuing)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        if programme.digest != round_.edition.digest:
            applications.store_edition(programme, stamp=stamp)
        told: Counter[str] = Counter()
        for name, benefit in programme.benefits.items():
            if benefit.call_off:
                told.update(_Desk(locked, programme, name, _each(programme, name), stamp).settle())
        return dict(told)

    arguments = {"round": str(round_.uid), "on": request.happened_on.isoformat(), "edition": programme.digest}
    return carry_out("settle", request, may="deliver", programme=round_.programme, arguments=arguments, do=do)


def edition_in_use(round_: Round, continuing: Programme | None) -> Programme:
    """The round's own edition, or one that continues its tables.

    Raises:
        StepRefusedError: the other edition changes more than that.
    """
    own = queries.programme_of(round_.edition)
    if continuing is None or continuing.digest == own.digest:
        return own
    if not continues(continuing, own):
        raise StepRefusedError(
            _("{file} changes more than it adds to the tables of the round '{name}'.").format(
                file=continuing.file, name=round_.name
            )
        )
    return continuing


def _each(programme: Programme, name: str) -> EachDelivery:
    benefit = programme.benefits.get(name)
    if benefit is None or not benefit.call_off or benefit.each_delivery is None or benefit.other:
        raise NotYetCarriedOut(programme, f"benefits.{name}, which is not called off,")
    return benefit.each_delivery


@dataclass(slots=True)
class _Desk:
    """Where the deliveries of one benefit of a round are taken in."""

    round: Round
    programme: Programme
    name: str
    each: EachDelivery
    stamp: Stamp

    def sort_out(self, rows: Sequence[Weighed]) -> tuple[list[Sheet], int]:
        """The new sheets in the order of their days, and how many rows say what is there already."""
        awards = awards_by_row(self.round, [row.row_key for row in rows])
        held = [award for award in awards.values() if award.state in LIVING]
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
        for wave in _waves(list(zip(rows, sheets, strict=True))):
            brought = [Brought(cases[row.award_id], sheet.answers, sheet.happened_on) for row, sheet in wave]
            found = reckon_many(self.programme, self.name, brought)
            for (row, sheet), one in zip(wave, found, strict=True):
                reckoned.append((row, one))
                if one.is_taken:
                    first = not cases[row.award_id].has_delivered(sheet.happened_on)
                    case = taking(cases[row.award_id], self.name, row.number, sheet.answers, one)
                    more = follow_ups_from(self.programme, EACH, sheet.happened_on, first=first)
                    cases[row.award_id] = replace(case, follow_ups=(*case.follow_ups, *more))
        self._keep(reckoned, cases, before)
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
        records.plan_follow_ups(
            [
                (awards[key], one.name, one.due_on)
                for key in awards
                for one in cases[key].follow_ups[len(before[key].follow_ups) :]
            ],
            stamp=self.stamp,
        )
        self._book(outcomes, before, benefits)

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
    return f"delivery_{row.number}" + ("_top_up" if is_top_up else "")


def _why(one: Reckoned) -> str:
    """The reason that the event keeps: names, never an answer."""
    if one.missing:
        return "waits for " + ", ".join(one.missing)
    if one.blocked:
        return "; ".join(f"{blocked.place}: {blocked.cause}" for blocked in one.blocked)
    if one.stand_ins:
        return "stands in: " + ", ".join(one.stand_ins)
    return one.reason or "weighed and signed"
