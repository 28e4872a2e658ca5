"""Every read about instalments and deliveries that another layer needs, and the case file made of all stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from almoner.definitions.answers import decode
from almoner.definitions.programme import Programme
from almoner.engine import casefile
from almoner.engine.not_yet import NotYetCarriedOut
from almoner.engine.results import Screening
from almoner.engine.screening_json import from_stored
from almoner.flow.applications.queries import answers_of, programme_of
from almoner.flow.decisions.models import Award
from almoner.flow.deliveries.models import Delivery, Instalment
from almoner.flow.records.models import FollowUp, Record
from almoner.values.money import Money
from almoner.vault.models import Event
from almoner.vault.sealed import open_sealed


def instalments_of(awards: Sequence[Award]) -> dict[tuple[int, str, str], Instalment]:
    """The instalments of awards by award, benefit and name."""
    rows = Instalment.objects.select_related("benefit", "award__round", "award__party").filter(
        award__in=awards
    )
    return {(row.award_id, row.benefit.name, row.name): row for row in rows}


def case_files(programme: Programme, awards: Sequence[Award]) -> list[casefile.CaseFile]:
    """The case file of each award, from the facts of all stages."""
    paid = {row.instalment_id: row.happened_on for row in Delivery.objects.filter(award__in=awards)}
    instalments: dict[int, list[casefile.Instalment]] = defaultdict(list)
    for row in instalments_of(awards).values():
        instalments[row.award_id].append(_instalment(row, paid.get(row.pk)))
    sheets = _sheets(programme, awards)
    follow_ups = _follow_ups(programme, awards)
    begun = begun_on(awards)
    ended = _since(awards, "ended") | _since(awards, "completed")
    return [
        casefile.CaseFile(
            programme=programme,
            as_of=award.application.as_of,
            answers=answers_of(programme, award.application.revisions.latest("number")),
            screening=_screening(award),
            awarded_on=begun.get(award.pk, award.happened_on),
            benefits=figures_of(award),
            state=award.state,
            ended_on=ended.get(award.pk),
            instalments=tuple(instalments[award.pk]),
            sheets=tuple(sheets[award.pk]),
            follow_ups=tuple(follow_ups[award.pk]),
        )
        for award in awards
    ]


def _figure(award: Award, benefit: object) -> Decimal:
    minor = getattr(benefit, "amount_minor", None)
    if minor is not None:
        return Money(minor, award.currency).amount
    return Decimal(getattr(benefit, "quantity_thousandths", 0)) / 1000


def begun_on(awards: Sequence[Award]) -> dict[int, date]:
    """The day on which each award became active."""
    return _since(awards, "active")


def _since(awards: Sequence[Award], state: str) -> dict[int, date]:
    rows = Event.objects.filter(
        kind=Award._meta.db_table, to_state=state, row__in=[award.pk for award in awards]
    )
    return dict(rows.order_by("-version").values_list("row", "happened_on"))


def _instalment(row: Instalment, paid_on: date | None) -> casefile.Instalment:
    currency = row.award.round.currency
    return casefile.Instalment(
        benefit=row.benefit.name,
        name=row.name,
        due_on=row.due_on,
        cost=Money(row.cost_minor, currency),
        money=None if row.amount_minor is None else Money(row.amount_minor, currency),
        quantity=None if row.quantity_thousandths is None else Decimal(row.quantity_thousandths) / 1000,
        unit=row.benefit.unit,
        state=row.state,
        paid_on=paid_on,
    )


def _sheets(programme: Programme, awards: Sequence[Award]) -> dict[int, list[casefile.Sheet]]:
    rows = Record.objects.select_related("award__party__data_key").filter(
        award__in=awards, follow_up__isnull=True
    )
    verified = dict(
        Event.objects.filter(
            kind=Record._meta.db_table, to_state="verified", row__in=rows.values_list("pk", flat=True)
        ).values_list("row", "happened_on")
    )
    found: dict[int, list[casefile.Sheet]] = defaultdict(list)
    for row in rows:
        found[row.award_id].append(
            casefile.Sheet(
                key=str(row.uid),
                record=row.name,
                period=row.period,
                happened_on=row.happened_on,
                reported_on=row.recorded_at.date(),
                answers=record_answers(programme, row),
                state=row.state,
                verified_on=verified.get(row.pk),
                corrects=str(row.corrects.uid) if row.corrects else "",
            )
        )
    return found


def record_answers(programme: Programme, record: Record) -> dict[str, object]:
    """The typed answers of a record or a follow-up, opened with the party's key."""
    asked = programme.records.get(record.name) or programme.follow_ups[record.name]
    sealed = open_sealed(
        record.award.party.data_key, row=record, field="answers_sealed", value=record.answers_sealed
    )
    return decode(asked.form, {**record.answers, **sealed})


def _follow_ups(programme: Programme, awards: Sequence[Award]) -> dict[int, list[casefile.FollowUp]]:
    rows = FollowUp.objects.filter(award__in=awards).prefetch_related(
        "attempts", "answer__award__party__data_key"
    )
    found: dict[int, list[casefile.FollowUp]] = defaultdict(list)
    for row in rows:
        found[row.award_id].append(follow_up_file(programme, row))
    return found


def follow_up_file(programme: Programme, row: FollowUp) -> casefile.FollowUp:
    """A stored follow-up as the case file has it, with its attempts and its answers."""
    answer = getattr(row, "answer", None)
    return casefile.FollowUp(
        name=row.name,
        due_on=row.due_on,
        attempts=tuple(casefile.Attempt(one.happened_on, one.result) for one in row.attempts.all()),
        answers=record_answers(programme, answer) if answer else None,
    )


def _screening(award: Award) -> Screening:
    """What the award rests on.

    Raises:
        NotYetCarriedOut: it was decided elsewhere.
    """
    if award.decision.screening is None:
        raise NotYetCarriedOut(programme_of(award.application.edition), "an award decided elsewhere")
    return from_stored(award.decision.screening.result)


def figures_of(award: Award) -> dict[str, Decimal]:
    """What each benefit of an award comes to: an amount for money, else a quantity."""
    return {one.name: _figure(award, one) for one in award.benefits.all()}
