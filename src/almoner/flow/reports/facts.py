"""Writes a round's facts for the engine: pseudonymous rows in Parquet, read inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from almoner.definitions.answers import decode_derived
from almoner.definitions.programme import Programme
from almoner.definitions.tree import Name
from almoner.engine.changes import GROUP, OCCASION
from almoner.engine.facts import Column, Computed, FactTable, Pseudonyms, computed, tables
from almoner.engine.follow_ups import occasions, state_of
from almoner.engine.samples import SAMPLES
from almoner.engine.screening import evaluate
from almoner.engine.survival import BEGAN, ENDED
from almoner.flow.applications.models import Application, Round
from almoner.flow.applications.queries import (
    answers_of,
    derived_of,
    latest_screenings,
    sheets_without_screening,
)
from almoner.flow.comparisons.queries import asked
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in, decided_elsewhere_in
from almoner.flow.deliveries.models import Delivery, Reckoning
from almoner.flow.deliveries.queries import (
    begun_on,
    called_off_answers,
    derived_of_reckoning,
    ended_on,
    reckonings,
)
from almoner.flow.deliveries.sheets import record_answers
from almoner.flow.ledger.models import Posting
from almoner.flow.records.models import FollowUp, Record
from almoner.flow.records.queries import owed_periods, samples_of, state_of_follow_up, that_count
from almoner.flow.reports.register_facts import register_sources
from almoner.flow.reports.session_facts import session_sources
from almoner.flow.reports.sheet_cells import sheet_cells
from almoner.flow.reports.stock_facts import stock_rows
from almoner.values.money import Money

Row = Mapping[str, Any]

LEDGER = "ledger of "
DELIVERIES = "deliveries of "
HELD = ("approved", "accepted", "active", "suspended", "on probation", "completed", "ended")
"""The states of an award that is a commitment."""


class FactWriter:
    """One round's facts under the pseudonyms of one statement."""

    def __init__(self, programme: Programme, round_: Round, pseudonyms: Pseudonyms) -> None:
        self._programme = programme
        self._round = round_
        self._named = pseudonyms
        self._tables = tables(programme)
        self._screenings = {one.revision.application_id: one for one in latest_screenings(round_)}
        self._unscreened = sheets_without_screening(round_)
        self._awards = list(awards_in(round_, *HELD))
        self._begun = begun_on(self._awards)
        self._ended = ended_on(self._awards)
        self._has_expressions = any(one.derive for one in programme.sheets)

    def write(self, folder: Path, *, until: Any, with_stock: bool) -> list[Path]:
        """Every table of the programme, as far as was known by the end of a period.

        The stock belongs to the programme and not to a round: `with_stock` writes it with this one, where there is any.
        """
        sources: dict[str, Iterable[Row]] = {
            "applications": self._applications(),
            "awards": self._award_rows(),
            "deliveries": self._deliveries(),
            "contributions": self._contributions(),
        }
        here = (self._programme, self._round, self._named, self._tables, until)
        held = {**session_sources(*here), **register_sources(*here)}
        for name in self._programme.records:
            if f"record_{name}" not in held:
                sources[f"record_{name}"] = self._records(name, until)
        for name in self._programme.follow_ups:
            if f"follow_up_{name}" not in held:
                sources[f"follow_up_{name}"] = self._follow_ups(name, until)
        sources |= held
        if SAMPLES in self._tables:
            sources[SAMPLES] = self._samples(until)
        stock = list(stock_rows(self._programme.key)) if with_stock else []
        if stock:
            sources["stock"] = stock
        return [self._tables[name].write(rows, folder) for name, rows in sources.items()]

    def _applications(self) -> Iterator[Row]:
        """What was asked of this office: what others decided was asked of them."""
        rows = Application.objects.filter(round=self._round).exclude(state="draft")
        for application in rows.exclude(pk__in=decided_elsewhere_in(self._round)):
            screening = self._screenings.get(application.pk)
            yield {
                "application": self._named("application", application.uid),
                "party": self._named("party", application.party_id),
                "submitted": application.as_of,
                "state": application.state,
                "outcome": screening.outcome if screening else None,
                **self._computed("applications", self._case_names(application.pk)),
            }

    def _award_rows(self) -> Iterator[Row]:
        for award in self._awards:
            names = self._case_names(award.application_id)
            yield {
                "award": self._named("award", award.uid),
                "application": None
                if _elsewhere(award)
                else self._named("application", award.application.uid),
                "party": self._named("party", award.party_id),
                "awarded": self._begun.get(award.pk, award.happened_on),
                "state": award.state,
                "decided_elsewhere": _elsewhere(award),
                **_cells(self._tables["awards"], names),
                **self._computed("awards", names),
            }

    def _deliveries(self) -> Iterator[Row]:
        yield from self._called_off()
        called_off = [name for name, one in self._programme.benefits.items() if one.call_off]
        rows = Delivery.objects.select_related("award__decision").filter(award__round=self._round)
        for delivery in rows.exclude(benefit__in=called_off):
            amount = delivery.amount_minor
            quantity = delivery.quantity_thousandths
            row = {
                "amount": None if amount is None else Money(amount, delivery.currency).amount,
                "quantity": None if quantity is None else Decimal(quantity) / 1000,
                "cost": Money(delivery.cost_minor, delivery.currency).amount,
            }
            yield {
                "delivery": self._named("delivery", delivery.uid),
                "award": self._named("award", delivery.award.uid),
                "party": self._named("party", delivery.award.party_id),
                "benefit": delivery.benefit,
                "happened": delivery.happened_on,
                "decided_elsewhere": _elsewhere(delivery.award),
                **row,
                **self._computed("deliveries", row, benefit=delivery.benefit),
            }

    def _called_off(self) -> Iterator[Row]:
        """What was brought of what is called off: its quantity, and what is paid for it so far, top-ups included."""
        parts: dict[int, list[Reckoning]] = {}
        for row in reckonings(self._round):
            parts.setdefault(row.called_off_id, []).append(row)
        for rows in parts.values():
            first, last = rows[0], rows[-1]
            award = first.called_off.award
            currency = award.currency
            due = [one.instalment for one in rows if one.instalment is not None]
            paid = all(one.state == "paid" for one in due)
            amount = Money(sum(one.amount_minor or 0 for one in due), currency).amount if paid else None
            in_kind = any(one.amount_minor is None for one in due)
            cells: dict[str, Any] = {
                "amount": None if in_kind else amount,
                "quantity": Decimal(first.quantity_thousandths) / 1000,
                "cost": Money(sum(one.cost_minor for one in due), currency).amount if in_kind else amount,
            }
            names = {
                **derived_of_reckoning(self._programme, last),
                **called_off_answers(self._programme, first.called_off),
                **cells,
                "delivered_on": first.happened_on,
            }
            benefit = first.called_off.benefit.name
            each = self._programme.benefits[benefit].each_delivery
            if each and each.amount and isinstance(each.amount.node, Name):
                # What is paid for was fixed once in minor units; the derived value behind it was not.
                names[each.amount.node.name] = Money(sum(one.worth_minor for one in rows), currency).amount
            yield {
                "delivery": self._named("delivery", first.called_off.uid),
                "award": self._named("award", award.uid),
                "party": self._named("party", award.party_id),
                "benefit": benefit,
                "happened": first.happened_on,
                "decided_elsewhere": _elsewhere(award),
                **cells,
                **self._computed("deliveries", names, benefit=benefit),
            }

    def _contributions(self) -> Iterator[Row]:
        """What was put in beside the deliveries, by the account of the ledger that each contribution names."""
        named = {
            f"{self._round.programme}:{one.source.removeprefix(LEDGER)}": one.name
            for one in self._programme.contributions.values()
            if one.source.startswith(LEDGER)
        }
        rows = Posting.objects.filter(entry__round=self._round, to_account__in=named)
        for posting in rows.order_by("id"):
            yield {
                "contribution": named[posting.to_account],
                "month": posting.happened_on,
                "amount": Money(posting.units, posting.commodity).amount,
            }

    def _records(self, name: str, until: Any) -> Iterator[Row]:
        table = self._tables[f"record_{name}"]
        about = ("award__decision", "award__application", "award__party__data_key")
        rows = Record.objects.select_related(*about).filter(award__round=self._round, name=name)
        verified = bool(self._programme.records[name].verified_by)
        reported = that_count(list(rows), verified=verified)
        found = {(row.award_id, row.period): row for row in reported if row.period}
        owed = owed_periods(self._programme, name, self._awards, self._begun, self._ended, until)
        for award, period, due_on in owed:
            record = found.pop((award.pk, period), None)
            yield self._sheet(table, "record", name, award, record, period=period, due=due_on)
        # What is written when it happens has no period, and there may be many of one award.
        for record in (*found.values(), *(row for row in reported if not row.period)):
            if record.award is not None:
                yield self._sheet(table, "record", name, record.award, record, period=record.period, due=None)

    def _follow_ups(self, name: str, until: Any) -> Iterator[Row]:
        table = self._tables[f"follow_up_{name}"]
        answers = {
            row.follow_up_id: row
            for row in Record.objects.select_related("award__party__data_key").filter(
                award__round=self._round, name=name, follow_up__isnull=False
            )
        }
        rows = list(
            FollowUp.objects.select_related("award__decision", "award__application").filter(
                award__round=self._round, name=name
            )
        )
        named = self._occasions(name, rows) if table.has(OCCASION) else {}
        for row in (row for row in rows if row.due_on <= until):
            sheet = answers.get(row.pk)
            state = state_of_follow_up(row)
            if row.award is None:
                continue
            cells = self._sheet(
                table, "follow_up", name, row.award, sheet, period="", due=row.due_on, row=row, state=state
            )
            yield {**cells, OCCASION: named.get(row.pk)} if table.has(OCCASION) else cells
        if self._programme.follow_ups[name].compared:
            yield from self._compared(name, until)

    def _samples(self, until: Any) -> Iterator[Row]:
        """How many of how many were drawn, by the month in which they fall due."""
        for draw in samples_of(self._round):
            of = Counter(due[:7] for _award, due, _delivery in draw.frame)
            drawn = Counter(draw.frame[place][1][:7] for place in draw.drawn)
            if draw.happened_on <= until:
                for month, count in sorted(of.items()):
                    yield {
                        "sample": self._named("sample", draw.uid),
                        "follow_up": draw.name,
                        "due": month,
                        "drawn": drawn[month],
                        "of": count,
                    }

    def _occasions(self, name: str, rows: Sequence[FollowUp]) -> dict[int, str | None]:
        """Which of the times that the file names each follow-up is, by the order of those of its award."""
        by_award: dict[int | None, list[FollowUp]] = {}
        for row in sorted(rows, key=lambda one: (one.due_on, one.pk)):
            by_award.setdefault(row.award_id, []).append(row)
        definition = self._programme.follow_ups[name]
        asked_before = any(not one.after for one in definition.due)
        found: dict[int, str | None] = {}
        for award, mine in by_award.items():
            first = asked_before and award in self._begun and mine[0].due_on == self._begun[award]
            labels = occasions(definition, [one.due_on for one in mine], with_baseline=first)
            found.update(zip((one.pk for one in mine), labels, strict=True))
        return found

    def _compared(self, name: str, until: Any) -> Iterator[Row]:
        """What those who are compared were asked: rows of their group, about no award."""
        table = self._tables[f"follow_up_{name}"]
        for row, follow_up in asked(self._programme, self._round, name, until):
            state = state_of(self._programme.follow_ups[name], follow_up, until).state
            if state in {"scheduled", "due"}:
                state = "due" if follow_up.attempts else "not tried"
            told = [one.on for one in follow_up.attempts if one.result == "answered"]
            yield {
                "follow_up": self._named("follow_up", f"{row.uid}:{name}:{follow_up.due_on}"),
                "award": None,
                "party": self._named("party", row.party_id),
                "period": None,
                "due": follow_up.due_on,
                "state": state,
                "happened": told[-1] if told else None,
                "decided_elsewhere": False,
                GROUP: row.group,
                **({OCCASION: None} if table.has(OCCASION) else {}),
                **sheet_cells(self._programme, table, name, [follow_up.answers or {}], [{}])[0],
            }

    def _sheet(  # noqa: PLR0913 -- a row of a sheet has these sides
        self,
        table: FactTable,
        what: str,
        name: str,
        award: Award,
        record: Record | None,
        *,
        period: str,
        due: Any,
        row: FollowUp | None = None,
        state: str = "",
    ) -> Row:
        names = record_answers(self._programme, record) if record else {}
        told = record.happened_on if record else due
        identity = row.uid if row else record.uid if record else f"{award.uid}:{name}:{period}"
        return {
            what: self._named(what, identity),
            "award": self._named("award", award.uid),
            "party": self._named("party", award.party_id),
            "period": period or None,
            "due": due,
            "state": state or (record.state if record else "due"),
            "happened": record.happened_on if record else None,
            "decided_elsewhere": _elsewhere(award),
            **({GROUP: None} if table.has(GROUP) else {}),
            **self._watch(table, award),
            **sheet_cells(self._programme, table, name, [names], [self._outer(award, told)])[0],
        }

    def _watch(self, table: FactTable, award: Award) -> Row:
        """In which months the award began and ended, where the table says so."""
        if not table.has(BEGAN):
            return {}
        return {BEGAN: self._begun.get(award.pk), ENDED: self._ended.get(award.pk)}

    def _outer(self, award: Award, told: Any) -> dict[str, Any]:
        """What a sheet about an award knows beside its answers: both days, and what the records' own values need."""
        names = self._case_names(award.application_id) if self._has_expressions else {}
        return {"as_of": award.application.as_of, **names, "today": told}

    def _case_names(self, application_id: int) -> dict[str, Any]:
        """The answers and derived values by which a case was judged; only answers where others judged."""
        screening = self._screenings.get(application_id)
        if screening is None:
            sheet = self._unscreened.get(application_id)
            return {**answers_of(self._programme, sheet), "as_of": sheet.application.as_of} if sheet else {}
        return {
            **answers_of(self._programme, screening.revision),
            **decode_derived(self._programme.derive, derived_of(screening)),
            "as_of": screening.as_of,
        }

    def _computed(self, table: str, names: Mapping[str, Any], *, benefit: str = "") -> dict[str, Any]:
        """The columns of indicators; of another benefit's deliveries an indicator knows nothing."""
        every = [one for one in computed(self._programme) if one.table == table]
        wanted = [one for one in every if not benefit or self._is_about(one.indicator, benefit)]
        blank: dict[str, Any] = {one.column: None for one in every}
        return blank | self._values(wanted, names)

    def _is_about(self, indicator: str, benefit: str) -> bool:
        source = self._programme.indicators[indicator].source
        return source.removeprefix(DELIVERIES) in {benefit, source}

    def _values(self, wanted: Sequence[Computed], names: Mapping[str, Any]) -> dict[str, Any]:
        if not wanted:
            return {}
        values = evaluate(self._programme, [one.expression for one in wanted], names)
        return {one.column: one.cell(found.value) for one, found in zip(wanted, values, strict=True)}


def _cells(table: FactTable, names: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a table that are answers or derived values, NULL where unknown."""
    return {column.name: names.get(column.given) for column in _given(table.columns)}


def _given(columns: Sequence[Column]) -> Iterator[Column]:
    return (column for column in columns if column.name.startswith(("answer.", "derived.")))


def _elsewhere(award: Award) -> bool:
    return award.decision.elsewhere is not None
