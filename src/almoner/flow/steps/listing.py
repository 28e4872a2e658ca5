"""Keeps registers: what comes on one, what is struck off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from almoner.definitions.sections.registers import registers
from almoner.engine.sheets import not_reported
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.deliveries.sheets import entry_files
from almoner.flow.registers import actions
from almoner.flow.registers.access import KEEP, SEE
from almoner.flow.registers.actions import Listed
from almoner.flow.registers.models import RegisterEntry
from almoner.flow.registers.queries import register_of
from almoner.flow.steps.recipe import Request, Result, StepRefusedError, carry_out
from almoner.people.access import require
from almoner.values.language import _
from almoner.vault.models import Stamp

__all__ = ["Listed", "listed_on", "register", "strike_off"]


def register(round_: Round, listed: Sequence[Listed], *, request: Request) -> Result:
    """Put something on a round's registers, all or none.

    Raises:
        StepRefusedError: the programme keeps no such register, a code is taken or empty, or a person is named.
    """
    programme = queries.programme_of(round_.edition)

    def do(stamp: Stamp) -> Result:
        locked = queries.lock_round(round_)
        kept = registers(programme)
        for one in listed:
            if one.kind not in kept:
                message = _("{file} keeps no register of '{kind}'; it keeps: {known}.")
                known = ", ".join(kept) or _("none")
                raise StepRefusedError(message.format(file=programme.file, kind=one.kind, known=known))
            if not one.code.strip():
                raise StepRefusedError(_("What comes on a register has a code."))
            participant = programme.participants.get(one.kind)
            if participant is not None and participant.kind == "person" and one.title:
                message = _("'{code}' is a person, who stands on the register by a code and not by name.")
                raise StepRefusedError(message.format(code=one.code))
        there = Counter([*(one.code for one in register_of(locked)), *(one.code for one in listed)])
        taken = [one.code for one in listed if there[one.code] > 1]
        if taken:
            message = _("The code '{code}' stands on the register already.")
            raise StepRefusedError(message.format(code=taken[0]))
        made = actions.enter(locked, listed, stamp=stamp)
        return {"listed": len(made)}

    arguments = {
        "round": str(round_.uid),
        "listed": [[one.kind, one.code, one.title] for one in listed],
        "on": request.happened_on.isoformat(),
    }
    return carry_out("register", request, may=KEEP, programme=round_.programme, arguments=arguments, do=do)


def listed_on(round_: Round, *, request: Request) -> list[dict[str, Any]]:
    """What stands, or stood, on a round's registers, and which records about it are due on the day and not there.

    Raises:
        NotPermitted: the person may not see cases.
    """
    require(request.by, SEE, round_.programme)
    programme = queries.programme_of(round_.edition)
    entries = [one for one in register_of(round_) if one.happened_on <= request.happened_on]
    found = []
    for entry, case in zip(entries, entry_files(programme, entries), strict=True):
        missing = (not_reported(case, name, request.happened_on) for name in programme.records)
        found.append(
            {
                "kind": entry.kind,
                "code": entry.code,
                "title": entry.title,
                "since": entry.happened_on.isoformat(),
                "until": case.ended_on.isoformat() if case.ended_on else None,
                "owed": [one.label for owed in missing for one in owed],
            }
        )
    return found


def strike_off(entry: RegisterEntry, *, why: str, request: Request) -> Result:
    """Strike something off its register. Nothing is owed about it for a period that ends later.

    Raises:
        StepRefusedError: no reason is given, it is struck off already, or it came there later.
    """

    def do(stamp: Stamp) -> Result:
        queries.lock_round(entry.round)
        entry.refresh_from_db()
        if not why.strip():
            raise StepRefusedError(_("Say why it is struck off."))
        if entry.state != "listed":
            raise StepRefusedError(_("'{code}' was struck off before.").format(code=entry.code))
        if request.happened_on < entry.happened_on:
            message = _("'{code}' stands on the register since {day}.")
            raise StepRefusedError(message.format(code=entry.code, day=entry.happened_on))
        actions.strike_off(entry, why=why, stamp=stamp)
        return {"struck_off": entry.code}

    arguments = {"entry": str(entry.uid), "why": why, "on": request.happened_on.isoformat()}
    return carry_out(
        "strike_off", request, may=KEEP, programme=entry.round.programme, arguments=arguments, do=do
    )
