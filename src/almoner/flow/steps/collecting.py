"""Takes in what is called off, sheet by sheet: each once, reckoned in order, the books in the same step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from almoner.definitions.continuing import continues
from almoner.definitions.programme import Programme
from almoner.engine.overlaps import who_must_be_free
from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.imports import actions as imports
from almoner.flow.imports.actions import Source
from almoner.flow.steps.desk import BroughtRow, Desk, each_of
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp

__all__ = ["BroughtRow", "edition_in_use", "receive_deliveries", "settle_deliveries"]


def receive_deliveries(  # noqa: PLR0913 -- a file has these sides
    round_: Round,
    name: str,
    rows: Sequence[BroughtRow],
    *,
    source: Source,
    request: Request,
    continuing: Programme | None = None,
) -> Result:
    """Take over a file of deliveries of a benefit, whole. A row that is there and says the same changes nothing.

    Each is taken, refused or held, with the reason. What is bought is paid later, by the instalment that it makes; what
    is given in kind is handed over with the sheet, and taken from its lot.

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
        StockShortError: a lot has less than was handed over, because somebody else took it meanwhile.
        NotYetCarriedOut: the file asks for more of the benefit than is carried out.
    """
    programme = edition_in_use(round_, continuing)
    each_of(programme, name)

    def do(stamp: Stamp) -> Result:
        locked = _locked(round_, programme, name)
        desk = Desk(locked, programme, name, each_of(programme, name), stamp)
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


def _locked(round_: Round, programme: Programme, name: str) -> Round:
    """The round, locked; every round of the programme where people, or somebody's time, are shared by all of them."""
    benefit = programme.benefits[name]
    shares_time = benefit.each_delivery is not None and who_must_be_free(benefit.each_delivery)
    if shares_time or any(cap.kind == "people" for cap in benefit.caps):
        queries.lock_rounds_of(programme.key)
    return queries.lock_round(round_)


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
                told.update(Desk(locked, programme, name, each_of(programme, name), stamp).settle())
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
