"""The office's daily run: silence suspends where the file orders it, and what is proposed is laid before a person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from almoner.definitions.programme import Programme
from almoner.definitions.sections.leaving import RENEWAL
from almoner.engine import casefile
from almoner.engine.casefile import CaseFile
from almoner.engine.ends import Ends, ends_of
from almoner.engine.renewals import GOES_ON, LIVING, reminder_due, silent_since, suspends
from almoner.engine.standing import Standings, standings_on
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions import actions as decisions
from almoner.flow.decisions.models import Award
from almoner.flow.decisions.queries import awards_in
from almoner.flow.deliveries.queries import case_files
from almoner.flow.records import actions as records
from almoner.flow.records.queries import tasks_about
from almoner.flow.steps.recipe import Request, Result, carry_out
from almoner.values.canonical import plain
from almoner.vault.models import Stamp

SUSPENDED = "suspended"


def keep_standing(round_: Round, *, request: Request) -> Result:
    """Look at every running award of a round as it stands on the day; a second run on the same day changes nothing.

    Silence suspends where the file orders it, and what is unknown gives the officer a task. Everything else is only
    proposed: a person suspends, resumes and ends.

    Returns:
        What was done, and `proposed`, `reminders` and `tasks` by award: sentences and names, never an answer.
    """
    programme = queries.programme_of(round_.edition)
    day = request.happened_on

    seen: list[_Seen] = []

    def do(stamp: Stamp) -> Result:
        seen.extend(_look_at(queries.lock_round(round_), programme, day))
        silent: dict[str, list[Award]] = defaultdict(list)
        for one in seen:
            if suspends(one.case, day):
                silent[_silence(one.case, day)].append(one.award)
        for why, rows in silent.items():
            decisions.move_awards(rows, SUSPENDED, why=why, stamp=stamp)
        names = [RENEWAL, *programme.exit_rules, *programme.standing]
        told = keep_tasks([(one.award, one.tasks) for one in seen], names, stamp)
        return {"suspended": sum(len(rows) for rows in silent.values()), **told}

    arguments = {"round": str(round_.uid), "on": day.isoformat()}
    done = carry_out(
        "keep_standing", request, may="keep standings", programme=round_.programme, arguments=arguments, do=do
    )
    # A request that is repeated is not done again; what it would show is looked at anew.
    found = seen or _look_at(round_, programme, day)
    return {"round": round_.name, **done, **_listed(found, day), "wind_down": _wind_down(programme)}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A running award as it stands on the day."""

    award: Award
    case: CaseFile
    standings: Standings
    ends: Ends

    @property
    def tasks(self) -> tuple[casefile.Task, ...]:
        """What the officer has to find out."""
        return (*self.standings.tasks, *self.ends.tasks)


def _look_at(round_: Round, programme: Programme, day: date) -> list[_Seen]:
    """Every running award of a round."""
    awards = list(awards_in(round_, *LIVING))
    cases = case_files(programme, awards)
    looked = zip(awards, cases, standings_on(cases, day), ends_of(cases, day), strict=True)
    return [_Seen(*one) for one in looked]


def keep_tasks(
    wanted: Sequence[tuple[Award, Sequence[casefile.Task]]], names: Sequence[str], stamp: Stamp
) -> dict[str, int]:
    """Open what is unknown as a task of the officer, once; close what is known by now, or misses something else now."""
    missing = {(award.pk, task.name): list(task.missing) for award, tasks in wanted for task in tasks}
    open_ = tasks_about([award for award, _tasks in wanted], names)
    gone = [one for one in open_ if missing.get((one.award_id or 0, one.name)) != one.unclear]
    records.finish_tasks(gone, why="known now, or something else is missing", stamp=stamp)
    kept = {(one.award_id, one.name) for one in open_} - {(one.award_id, one.name) for one in gone}
    new = [
        (award, task)
        for award, tasks in wanted
        for task in tasks
        if task.name in names and (award.pk, task.name) not in kept
    ]
    made = records.raise_about_awards(new, stamp=stamp)
    return {"tasks_opened": len(made), "tasks_closed": len(gone)}


def _silence(case: CaseFile, day: date) -> str:
    found = silent_since(case, day)
    return f"renewal {found.number} fell due on {found.due_on} and nobody answered" if found else ""


def _listed(seen: Sequence[_Seen], day: date) -> Result:
    """What is laid before a person, by award."""
    proposed: list[dict[str, Any]] = []
    reminders: list[dict[str, Any]] = []
    tasks: list[dict[str, Any]] = []
    states: Counter[str] = Counter()
    for one in seen:
        who = {"award": one.award.reference}
        proposed += [who | told for told in _proposals(one.case, one.standings, one.ends)]
        tasks += [who | {"about": task.name, "missing": list(task.missing)} for task in one.tasks]
        renewal = one.ends.renewal
        if renewal is not None:
            states[renewal.state] += 1
            due = reminder_due(renewal, day)
            if due is not None:
                falls = renewal.falling
                reminders.append(
                    who | {"renewal": falls.number, "reminder": str(due), "due_on": str(falls.due_on)}
                )
    return {
        "renewals": dict(sorted(states.items())),
        "proposed": proposed,
        "reminders": reminders,
        "tasks": tasks,
    }


def _proposals(case: CaseFile, standings: Standings, ends: Ends) -> Iterator[dict[str, Any]]:
    """What is proposed of a case, each with the reasons in sentences."""
    for one in standings.proposed:
        amount = {"amount": plain(one.amount)} if one.has_amount else {}
        missing = {"missing": list(one.amount_missing)} if one.amount_missing else {}
        appeal = {"appeal_days": one.appeal_days} if one.appeal_days else {}
        told = {"propose": one.name, "by": "standing", "since": str(one.looked_at), "because": []}
        yield told | amount | missing | appeal
    for end in ends.proposed:
        rules = [case.programme.eligibility[name] for name in end.refused_by]
        yield {
            "propose": "end",
            "by": end.by,
            "since": str(end.since),
            "because": [{"rule": rule.name, "refusal": rule.refusal, "basis": rule.basis} for rule in rules],
        }
    if case.state == SUSPENDED and ends.renewal is not None and ends.renewal.state == GOES_ON:
        came = max(one.came_on for one in case.renewals if one.number == ends.renewal.falling.number)
        yield {"propose": "resume", "by": RENEWAL, "since": str(came), "because": []}


def _wind_down(programme: Programme) -> Mapping[str, str] | None:
    """From when the programme takes nobody new, why, and until when whoever is in it stays."""
    found = queries.wind_down_of(programme.key)
    if found is None:
        return None
    until = programme.wind_down.until if programme.wind_down else None
    present = f"until {until}" if until else "until exit"
    return {"new": f"stop from {found.happened_on}", "present": present, "why": found.why}
