"""Every read about instalments and deliveries that another layer needs, and the case file made of all stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, prefetch_related_objects

from almoner.definitions.answers import decode, decode_derived
from almoner.definitions.programme import Programme
from almoner.engine import casefile
from almoner.engine.caps import barred_from
from almoner.engine.cycles import Issue, issues_due
from almoner.engine.results import Screening
from almoner.engine.schedule import FIRST
from almoner.engine.screening_json import from_stored
from almoner.flow.applications.models import Round
from almoner.flow.applications.queries import answers_of, latest_revisions, programme_of, wind_down_of
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in
from almoner.flow.deliveries.models import CalledOff, Delivery, Instalment, Reckoning
from almoner.flow.deliveries.sheets import record_answers, sheets_of
from almoner.flow.records.models import FollowUp
from almoner.flow.records.queries import renewal_sheets
from almoner.values.money import Money
from almoner.vault.models import Event
from almoner.vault.sealed import open_sealed

LIVING = ("active", "on probation", "suspended")
"""The states of an award under which something may still be handed over, or held."""


def instalments_of(awards: Sequence[Award]) -> dict[tuple[int, str, str], Instalment]:
    """The instalments of awards by award, benefit and name."""
    rows = Instalment.objects.select_related("benefit", "award__round", "award__party").filter(
        award__in=awards
    )
    return {(row.award_id, row.benefit.name, row.name): row for row in rows}


def case_files(programme: Programme, awards: Sequence[Award]) -> list[casefile.CaseFile]:
    """The case file of each award, from the facts of all stages."""
    prefetch_related_objects(list(awards), "benefits")
    paid = {row.instalment_id: row.happened_on for row in Delivery.objects.filter(award__in=awards)}
    instalments: dict[int, list[casefile.Instalment]] = defaultdict(list)
    for row in instalments_of(awards).values():
        instalments[row.award_id].append(_instalment(row, paid.get(row.pk)))
    sheets = sheets_of(programme, awards)
    follow_ups = _follow_ups(programme, awards)
    begun = begun_on(awards)
    delivered = _delivered(programme, awards)
    revisions = latest_revisions([award.application_id for award in awards])
    prefetch_related_objects(list(awards), "benefits", "waived")
    ended = ended_on(awards)
    resumed = _resumed_on(awards)
    renewals = _renewals(programme, awards)
    closed = wind_down_of(programme.key)
    return [
        casefile.CaseFile(
            programme=programme,
            as_of=award.application.as_of,
            answers=answers_of(programme, revisions[award.application_id]),
            screening=_screening(award),
            awarded_on=begun.get(award.pk, award.happened_on),
            benefits=figures_of(award),
            brought=brought_by(award),
            excepted=frozenset(one.name for one in award.waived.all()),
            state=award.state,
            ended_on=ended.get(award.pk),
            resumed_on=resumed.get(award.pk),
            winding_down=closed.happened_on if closed else None,
            instalments=tuple(instalments[award.pk]),
            sheets=tuple(sheets[award.pk]),
            follow_ups=tuple(
                _with_baseline(programme, one, begun.get(award.pk)) for one in follow_ups[award.pk]
            ),
            renewals=tuple(renewals[award.pk]),
            delivered=tuple(delivered[award.pk]),
        )
        for award in awards
    ]


def _with_baseline(
    programme: Programme, follow_up: casefile.FollowUp, begun: date | None
) -> casefile.FollowUp:
    """The follow-up that is due when the award begins, where the file asks one before the first delivery."""
    asked = any(due.anchor == FIRST and not due.after for due in programme.follow_ups[follow_up.name].due)
    return replace(follow_up, is_baseline=asked and follow_up.due_on == begun)


def called_off_by_row(awards: Sequence[Award], benefit: str) -> dict[tuple[int, str], CalledOff]:
    """What was brought of a benefit, by award and row of the giver's file; of corrected ones the last."""
    rows = CalledOff.objects.filter(award__in=awards, benefit__name=benefit).order_by("id")
    return {(row.award_id, row.row_key): row for row in rows}


def last_numbers(awards: Sequence[Award], benefit: str) -> dict[int, int]:
    """The highest number of what was brought of a benefit, by award."""
    rows = CalledOff.objects.filter(award__in=awards, benefit__name=benefit)
    return dict(rows.values_list("award").annotate(last=Max("number")))


def people_who_received(programme: str, benefit: str) -> int:
    """How many people of a programme ever received of what is called off, in all of its rounds."""
    rows = Reckoning.objects.filter(
        called_off__award__round__programme=programme, called_off__benefit__name=benefit
    )
    return rows.values("called_off__award__party").distinct().count()


@dataclass(frozen=True, slots=True)
class ToCollect:
    """An issue of a scheme that is due for collection: whose, of which benefit, which one.

    `barred` are the caps that leave nothing of it on the day.
    """

    award: Award
    benefit: str
    issue: Issue
    barred: tuple[str, ...] = ()


def to_collect(round_: Round, day: date) -> list[ToCollect]:
    """What of a round's schemes is due for collection on a day, in the order of the awards."""
    programme = programme_of(round_.edition)
    if not any(one.cycle for one in programme.benefits.values()):
        return []
    awards = list(awards_in(round_, *LIVING))
    return collectable(awards, case_files(programme, awards), day)


def collectable(awards: Sequence[Award], cases: Sequence[casefile.CaseFile], day: date) -> list[ToCollect]:
    """The issues that are due for collection on a day, of awards with their case files."""
    found = [
        (award, case, name, issue)
        for award, case, its in zip(awards, cases, issues_due(cases, day), strict=True)
        for name, issue in its
    ]
    barred: dict[tuple[int, str], tuple[str, ...]] = {}
    for name in {name for _award, _case, name, _issue in found}:
        mine = [(award.pk, case) for award, case, named, _issue in found if named == name]
        said = barred_from([case for _pk, case in mine], name, day)
        barred |= {(pk, name): caps for (pk, _case), caps in zip(mine, said, strict=True)}
    return [ToCollect(award, name, issue, barred[award.pk, name]) for award, _case, name, issue in found]


def waiting(round_: Round, *states: str) -> list[CalledOff]:
    """What a round holds of what is called off in some states, in the order in which it came."""
    rows = CalledOff.objects.select_related("award__party__data_key", "award__round", "benefit")
    return list(rows.filter(award__round=round_, state__in=states))


def brought_and_held(award: Award) -> tuple[str, ...]:
    """What somebody brought for money under an award and nobody has decided yet, by benefit and number."""
    rows = CalledOff.objects.filter(award=award, state="held", benefit__amount_minor__isnull=False).order_by(
        "id"
    )
    return tuple(f"{name} {number}" for name, number in rows.values_list("benefit__name", "number"))


def called_off_answers(programme: Programme, row: CalledOff) -> dict[str, Any]:
    """The typed answers of what was brought, opened with the party's key."""
    each = programme.benefits[row.benefit.name].each_delivery
    sealed = open_sealed(row.award.party.data_key, row=row, field="answers_sealed", value=row.answers_sealed)
    return decode(each.form, {**row.answers, **sealed}) if each else {}


def reckonings(round_: Round) -> list[Reckoning]:
    """What a round's deliveries of what is called off came to, with the payment of each."""
    rows = Reckoning.objects.select_related(
        "called_off__award__party__data_key",
        "called_off__award__decision",
        "called_off__benefit",
        "instalment",
    )
    return list(rows.filter(called_off__award__round=round_).prefetch_related("deductions"))


def derived_of_reckoning(programme: Programme, row: Reckoning) -> dict[str, Any]:
    """What a delivery derived, opened with the party's key."""
    each = programme.benefits[row.called_off.benefit.name].each_delivery
    opened = open_sealed(
        row.called_off.award.party.data_key, row=row, field="derived_sealed", value=row.derived_sealed
    )
    return decode_derived(each.derive, opened) if each else {}


def _delivered(programme: Programme, awards: Sequence[Award]) -> dict[int, list[casefile.Delivered]]:
    """The deliveries of what is called off that were taken, each with its top-up."""
    rows = Reckoning.objects.select_related(
        "called_off__award__party__data_key", "called_off__benefit"
    ).prefetch_related("deductions")
    by_row: dict[int, list[Reckoning]] = defaultdict(list)
    for row in rows.filter(called_off__award__in=awards).order_by("called_off_id", "is_top_up"):
        by_row[row.called_off_id].append(row)
    found: dict[int, list[casefile.Delivered]] = defaultdict(list)
    for parts in by_row.values():
        found[parts[0].called_off.award_id].append(delivered_file(programme, parts))
    return found


def delivered_file(programme: Programme, parts: Sequence[Reckoning]) -> casefile.Delivered:
    """A delivery as the case file has it: as it was taken, and what came on top when it was settled."""
    first, last = parts[0], parts[-1]
    row = first.called_off
    currency = row.award.currency
    deducted: dict[str, Money] = {}
    for part in parts:
        for one in part.deductions.all():
            before = deducted.get(one.benefit, Money.zero(currency))
            deducted[one.benefit] = before + Money(one.amount_minor, currency)
    return casefile.Delivered(
        benefit=row.benefit.name,
        number=row.number,
        delivered_on=row.happened_on,
        answers=called_off_answers(programme, row),
        derived=derived_of_reckoning(programme, last),
        quantity=Decimal(first.quantity_thousandths) / 1000,
        amount=Money(sum(part.worth_minor for part in parts), currency),
        deducted=deducted,
        stand_ins=tuple(first.stand_ins),
        settled=len(parts) > 1,
        cancelled={cap: Decimal(over) / 1000 for cap, over in first.cancelled.items()},
        cycle_no=first.cycle_no,
        issue_no=first.issue_no,
    )


def _figure(award: Award, benefit: object) -> Decimal:
    minor = getattr(benefit, "amount_minor", None)
    if minor is not None:
        return Money(minor, award.currency).amount
    return Decimal(getattr(benefit, "quantity_thousandths", 0)) / 1000


def begun_on(awards: Sequence[Award]) -> dict[int, date]:
    """The day on which each award became active."""
    return _since(awards, "active")


def ended_on(awards: Sequence[Award]) -> dict[int, date]:
    """The day on which each award that is over ended or was completed."""
    return _since(awards, "ended") | _since(awards, "completed")


def _resumed_on(awards: Sequence[Award]) -> dict[int, date]:
    """The last day on which a person resumed each award that was suspended."""
    rows = Event.objects.filter(
        kind=Award._meta.db_table,
        from_state="suspended",
        to_state="active",
        row__in=[award.pk for award in awards],
    )
    return dict(rows.order_by("version").values_list("row", "happened_on"))


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


def _renewals(programme: Programme, awards: Sequence[Award]) -> dict[int | None, list[casefile.Renewed]]:
    """The answers to renewals; one that is queried does not count."""
    found: dict[int | None, list[casefile.Renewed]] = defaultdict(list)
    if programme.renewal is None:
        return found
    for row in renewal_sheets(awards):
        if row.state != "queried":
            answers = record_answers(programme, row)
            sheet = casefile.Renewed(number=int(row.period), came_on=row.happened_on, answers=answers)
            found[row.award_id].append(sheet)
    return found


def _follow_ups(programme: Programme, awards: Sequence[Award]) -> dict[int | None, list[casefile.FollowUp]]:
    rows = FollowUp.objects.filter(award__in=awards).prefetch_related(
        "attempts", "answer__award__party__data_key"
    )
    found: dict[int | None, list[casefile.FollowUp]] = defaultdict(list)
    for row in rows:
        found[row.award_id].append(follow_up_file(programme, row))
    return found


def follow_up_file(programme: Programme, row: FollowUp) -> casefile.FollowUp:
    """A stored follow-up as the case file has it, with its attempts and its answers."""
    answer = getattr(row, "answer", None)
    return casefile.FollowUp(
        name=row.name,
        due_on=row.due_on,
        delivery=row.delivery,
        attempts=tuple(casefile.Attempt(one.happened_on, one.result) for one in row.attempts.all()),
        answers=record_answers(programme, answer) if answer else None,
    )


def _screening(award: Award) -> Screening | None:
    """What the award rests on; None where it was decided elsewhere."""
    stored = award.decision.screening
    return None if stored is None else from_stored(stored.result)


def figures_of(award: Award) -> dict[str, Decimal]:
    """What each benefit of an award comes to: an amount for money, else a quantity."""
    return {one.name: _figure(award, one) for one in award.benefits.all()}


def brought_by(award: Award) -> dict[str, Decimal]:
    """What was given of each benefit before the award came here: nothing of one that was decided here."""
    found = {}
    for one in award.benefits.all():
        if one.given_minor is not None:
            found[one.name] = Money(one.given_minor, award.currency).amount
        elif one.given_thousandths is not None:
            found[one.name] = Decimal(one.given_thousandths) / 1000
    return found


def awards_shown(round_: Round, state: str = "") -> list[dict[str, Any]]:
    """A round's awards as whoever approves them reads them: figures as text, and who decided elsewhere."""
    rows = awards_in(round_, *([state] if state else [])).prefetch_related("benefits")
    return [_shown(award) for award in rows]


def _shown(award: Award) -> dict[str, Any]:
    before = {name: str(figure) for name, figure in brought_by(award).items() if figure}
    return {
        "reference": award.reference,
        "row": award.application.row_key,
        "state": award.state,
        "set_aside": str(Money(award.cost_minor, award.currency)),
        "granted": {name: str(figure) for name, figure in figures_of(award).items()},
        "given_before": before,
        "decided_elsewhere": award.decision.elsewhere,
    }
