"""Draws who is asked a follow-up, where the file says that a random sample is."""

from __future__ import annotations

from almoner.definitions.programme import Sample
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.deliveries.occasions import occasions
from almoner.flow.records import actions as records
from almoner.flow.records.queries import samples_of
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.values.chance import Chance
from almoner.values.language import _
from almoner.values.numbers import MICRO
from almoner.vault.models import Stamp


def draw_sample(round_: Round, name: str, *, seed: int, request: Request) -> Result:
    """Draw a follow-up's sample among all that came up to the day and were in no draw before; plan it for the drawn.

    A share is drawn again and again, each time of what came since; a number once a round. Frame, seed and drawn are
    kept, so that anybody can draw the same again.

    Args:
        round_: the round of the awards.
        name: the follow-up.
        seed: a whole number, not below 0.
        request: who asks, and up to which day.

    Raises:
        StepRefusedError: the follow-up asks everybody, or there is nobody to draw from, or it was drawn already.
    """
    programme = queries.programme_of(round_.edition)
    follow_up = programme.follow_ups.get(name)
    sample = follow_up.sample if follow_up is not None and not follow_up.other else None
    if sample is None:
        raise StepRefusedError(_("{name} is no follow-up that asks a sample.").format(name=name))
    if seed < 0:
        raise StepRefusedError(_("A seed is a whole number, not below 0."))

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        before = samples_of(locked, name)
        if before and sample.count is not None:
            raise StepRefusedError(_("The sample of {name} was drawn in this round.").format(name=name))
        seen = {tuple(one) for draw in before for one in draw.frame}
        frame = [
            one for one in occasions(programme, locked, name, request.happened_on) if one.key not in seen
        ]
        if not frame:
            raise StepRefusedError(
                _("There is nothing new to draw a sample of {name} from.").format(name=name)
            )
        places = Chance(seed).sample(len(frame), size_of(sample, len(frame)))
        records.keep_sample(
            locked,
            name,
            wanted=sample.text,
            seed=seed,
            frame=[one.key for one in frame],
            drawn=places,
            stamp=stamp,
        )
        drawn = [frame[place] for place in places]
        records.plan_follow_ups([(one.award, name, one.due_on, one.delivery) for one in drawn], stamp=stamp)
        return {"follow_up": name, "drawn": len(drawn), "of": len(frame), "seed": str(seed)}

    arguments = {
        "round": str(round_.uid),
        "follow_up": name,
        "seed": str(seed),
        "on": request.happened_on.isoformat(),
    }
    return carry_out(
        "sample", request, may="draw samples", programme=round_.programme, arguments=arguments, do=do
    )


def size_of(sample: Sample, of: int) -> int:
    """How many are drawn: a share of all, rounded up, or a number, and never more than there are."""
    if sample.count is not None:
        return min(sample.count, of)
    return -(-of * (sample.percent or 0) // (100 * MICRO))
