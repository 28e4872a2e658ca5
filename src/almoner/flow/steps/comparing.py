"""Takes over what a comparison answered: its parties join with their own consent, and are asked what others are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from almoner.definitions.programme import Comparison, FollowUp, Programme
from almoner.engine.follow_ups import state_of
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.comparisons import actions as comparisons
from almoner.flow.comparisons import queries as comparison_queries
from almoner.flow.comparisons.actions import Try
from almoner.flow.comparisons.models import Compared
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.steps.following import Arrived
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people import actions as people
from almoner.values.language import _
from almoner.vault.models import Stamp

OPEN = frozenset({"scheduled", "due", "lost"})


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of a file about a comparison: what came, and whether the party said yes to being asked."""

    arrived: Arrived
    consented: bool


def receive_compared(
    round_: Round, group: str, rows: Sequence[ComparedRow], *, source: Source, request: Request
) -> Result:
    """Take over a file about a comparison, whole. Who is new joins on the day of its first answer.

    Raises:
        StepRefusedError: there is no such comparison, a party did not say yes, or nothing is open that it answers.
    """
    programme = queries.programme_of(round_.edition)
    comparison = programme.comparison.get(group)
    if comparison is None:
        raise StepRefusedError(
            _("{file} compares with no '{group}'.").format(file=programme.file, group=group)
        )

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        known = comparison_queries.compared_by_row(locked, group)
        joined = _join(locked, programme, comparison, rows, known, stamp)
        known |= joined
        tries: list[Try] = []
        unchanged = 0
        for row in rows:
            made = _tries(programme, known[row.arrived.row_key], row, tries)
            unchanged += not made
            tries += made
        for name in sorted({one.name for one in tries}):
            form = programme.follow_ups[name].form
            comparisons.attempt([one for one in tries if one.name == name], form, stamp=stamp)
        counts = {"joined": len(joined), "attempts": len(tries), "unchanged": unchanged}
        imports.start(
            programme=programme.key, round_name=round_.name, source=source, counts=counts, stamp=stamp
        )
        return counts

    arguments = {"round": str(round_.uid), "file": source.file_digest, "mapping": source.mapping_digest}
    return carry_out(
        "compare", request, may="follow up", programme=round_.programme, arguments=arguments, do=do
    )


def _join(  # noqa: PLR0913, PLR0917 -- a joining has these sides
    round_: Round,
    programme: Programme,
    comparison: Comparison,
    rows: Sequence[ComparedRow],
    known: dict[str, Compared],
    stamp: Stamp,
) -> dict[str, Compared]:
    """The parties that are new, each with the consents that the file asks for."""
    new = {row.arrived.row_key: row for row in reversed(rows) if row.arrived.row_key not in known}
    silent = [key for key, row in new.items() if not row.consented]
    if silent:
        raise StepRefusedError(
            _("{count} rows are of somebody who did not say yes, the first is '{row}'.").format(
                count=len(silent), row=min(silent)
            )
        )
    order = sorted(new)
    parties = people.register_parties([people.NewParty(programme.serves) for _key in order], stamp=stamp)
    for party in parties:
        for name in comparison.consent:
            text = programme.consent[name].text
            people.record_consent(party, programme.key, name, text=text, given=True, stamp=stamp)
    pairs = [(party, key, new[key].arrived.happened_on) for party, key in zip(parties, order, strict=True)]
    made = comparisons.join(round_, comparison.name, pairs, stamp=stamp)
    return dict(zip(order, made, strict=True))


def _tries(programme: Programme, compared: Compared, row: ComparedRow, so_far: Sequence[Try]) -> list[Try]:
    """The tries that a row stands for, at the earliest occasion that is open; none where it is there already."""
    arrived = row.arrived
    follow_up = programme.follow_ups[arrived.name]
    if compared.group not in follow_up.compared:
        raise StepRefusedError(
            _("'{group}' is not asked '{name}'.").format(group=compared.group, name=arrived.name)
        )
    mac = comparisons.attempt_mac(arrived.happened_on, arrived.result, follow_up.form, arrived.answers)
    if any(one.answers_mac == mac for one in compared.attempts.all()):
        return []
    mine = [one for one in so_far if one.compared is compared]
    for due_on in comparison_queries.occasions(programme, arrived.name, compared.happened_on):
        there = comparison_queries.follow_up_of(programme, compared, arrived.name, due_on)
        done = [one for one in mine if one.due_on == due_on]
        if state_of(follow_up, there, arrived.happened_on).state in OPEN and not done:
            number = len(there.attempts)
            results = _results(follow_up, arrived.result, number)
            return [
                Try(
                    compared,
                    arrived.name,
                    due_on,
                    number + place,
                    result,
                    arrived.happened_on,
                    arrived.answers if result == "answered" else {},
                )
                for place, result in enumerate(results, start=1)
            ]
    raise StepRefusedError(_("Nothing is open that '{row}' answers.").format(row=arrived.row_key))


def _results(follow_up: FollowUp, result: str, so_far: int) -> list[str]:
    """*Lost* says that all attempts that the file asks for were made in vain."""
    return ["no answer"] * max(follow_up.attempts - so_far, 1) if result == "lost" else [result]
