"""A programme closes to new people: nobody is received, proposed or approved any more; whoever is in it goes on."""

from __future__ import annotations

from datetime import date

from almoner.flow.applications import actions as applications
from almoner.flow.applications import queries
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.language import _
from almoner.vault.models import Stamp


def wind_down(programme: str, *, why: str, request: Request) -> Result:
    """From the day of the request the programme takes nobody new. What was received or awarded before stays as it is.

    Args:
        programme: its key.
        why: the reason, which everybody who is turned away is told.
        request: who asks; the day may lie ahead.

    Raises:
        StepRefusedError: no reason is given, no round was ever opened, the file of the last round does not say what a
            wind-down means, or the programme winds down already.
    """
    if not why.strip():
        raise StepRefusedError(_("A programme winds down only with a reason: --why."))
    rounds = queries.rounds_of(programme)
    if not rounds:
        raise StepRefusedError(
            _("No round of '{programme}' was ever opened; there is nothing to wind down.").format(
                programme=programme
            )
        )
    said = queries.programme_of(rounds[-1].edition)
    if said.wind_down is None:
        raise StepRefusedError(
            _(
                "{file} does not say what a wind-down means. Write 'wind_down: {{new: stop, present: until exit}}' "
                "into its 'exit', and open a round under that edition."
            ).format(file=said.file)
        )

    def do(stamp: Stamp) -> Result:
        queries.lock_rounds_of(programme)  # whoever is being received is received first
        found = queries.wind_down_of(programme)
        if found is not None:
            raise StepRefusedError(
                _("'{programme}' winds down already, from {day} on: {why}").format(
                    programme=programme, day=found.happened_on, why=found.why
                )
            )
        applications.wind_down(programme, why=why, stamp=stamp)
        return {"programme": programme, "from": stamp.happened_on.isoformat()}

    arguments = {"programme": programme, "why": why, "on": request.happened_on.isoformat()}
    return carry_out(
        "wind_down", request, may="wind down programmes", programme=programme, arguments=arguments, do=do
    )


def refuse_new(programme: str, day: date) -> None:
    """Go on only if the programme takes new people on a day.

    Raises:
        StepRefusedError: it winds down.
    """
    found = queries.closed_to_new(programme, day)
    if found is not None:
        message = _(
            "'{programme}' takes nobody new since {day}: {why} Nothing was changed. Whoever is in it goes on."
        )
        raise StepRefusedError(message.format(programme=programme, day=found.happened_on, why=found.why))
