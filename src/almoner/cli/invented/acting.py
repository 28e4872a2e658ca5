"""What people do in a play beside files: lots that arrive and are called back, and the daily run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from almoner.cli.demo_stage import Stage
from almoner.cli.invented.play import Arrival, Draws, Recall, Register, Run
from almoner.definitions.programme import Programme
from almoner.flow.applications.models import Round
from almoner.flow.applications.queries import programme_of
from almoner.flow.decisions.queries import find_award
from almoner.flow.registers.queries import entries_by_code
from almoner.flow.steps import ending, keeping, listing, sampling, stocking


def act_on(programme: Programme, one: Arrival | Recall, stage: Stage, round_: Round, on: date) -> Any:
    """A lot arrives, or is called back."""
    if isinstance(one, Recall):
        named = stocking.Named(programme.key, one.benefit, one.lot)
        return stocking.recall_lot(
            named, why=one.why, request=stage.request("officer", on, f"{programme.key} recall {one.lot}")
        )
    note = f"delivery note {one.lot}"
    arrived = stocking.Received(one.benefit, one.lot, one.expires, one.quantity, note)
    request = stage.request("officer", on, f"{programme.key} {note}")
    return stocking.receive_lot(programme_of(round_.edition), arrived, request=request)


def draw(draws: Draws, place: int, stage: Stage, round_: Round, on: date) -> Any:
    """Who is asked is drawn by lot, by somebody who hands nothing over."""
    request = stage.request("manager", on, f"{round_.uid} sample {draws.follow_up} {on}")
    return sampling.draw_sample(round_, draws.follow_up, seed=draws.seed + place, request=request)


def enter(register: Register, codes: Sequence[str], stage: Stage, round_: Round, on: date) -> Any:
    """A group comes on the register."""
    listed = [
        listing.Listed(register.kind, code, f"{register.title} {code}" if register.title else "")
        for code in codes
    ]
    request = stage.request("officer", on, f"{round_.uid} register {register.group}")
    return listing.register(round_, listed, request=request)


def strike_off(register: Register, code: str, stage: Stage, round_: Round, on: date) -> Any:
    """Something leaves the register."""
    entry = entries_by_code(round_, register.kind, [code])[code]
    request = stage.request("officer", on, f"{round_.uid} strike off {code}")
    return listing.strike_off(entry, why=register.struck[code][1], request=request)


def look(run: Run, stage: Stage, round_: Round, on: date) -> Any:
    """The daily run; what it proposes, a person ends for the reasons of the play, or lets run again."""
    key = f"{round_.uid} daily run {on}"
    found = keeping.keep_standing(round_, request=stage.request("officer", on, key))
    done = 0
    for one in found["proposed"]:
        award = find_award(one["award"])
        request = stage.request("approver", on, f"{one['award']} {one['propose']} {on}")
        if award is not None and one["propose"] == "end" and one["by"] in run.ends:
            ending.end_award(award, run.ends[one["by"]], why="as proposed", request=request)
            done += 1
        elif award is not None and one["propose"] == "resume" and run.resumes:
            ending.resume_award(award, why=run.resumes, request=request)
            done += 1
    return {"proposed": len(found["proposed"]), "acted_on": done}
