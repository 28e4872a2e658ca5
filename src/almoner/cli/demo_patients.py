"""The invented office's patients: enrolled in autumn 2024; what they bought, were given and told until the end of 2025.

They do not exist and are the same from the same seed. There are failures in them: a doctor who has not answered, an
invoice that somebody else handed in before, people who come without their card or too early, months that nobody
checked, a lot that is recalled, an adverse event, a question a year later that was never answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from almoner.cli.data_sets import MAPPINGS
from almoner.cli.demo_office import SEED, Row, chance_of, often, weighted, write_json, write_sheet
from almoner.cli.demo_stage import Act, Later, Play, Policy, Stage
from almoner.engine.figures import Period
from almoner.flow.applications import queries
from almoner.flow.applications.models import Round
from almoner.flow.decisions.queries import awarded_row_keys, awards_in, find_award
from almoner.flow.deliveries.queries import LIVING, to_collect
from almoner.flow.records.queries import open_follow_ups, row_key_of
from almoner.flow.steps import ending, keeping, stocking
from almoner.values.dates import add_days

PROGRAMME = "patient_assistance"
NAME = "Cedar Life Sciences (invented), patients 2024"
PATIENTS = 36
OPENS, RECEIVED, DECIDED, BASELINE = date(2024, 9, 2), date(2024, 9, 16), date(2024, 11, 4), date(2024, 11, 5)
VISITS = tuple(DECIDED + timedelta(days=28 * number + 16) for number in range(15))
"""Every 28 days the pharmacies, the doctors and the patients send their files of the stretch before."""

BUDGET = Decimal(360_000)


@dataclass(frozen=True, slots=True)
class Consignment:
    """A lot as it arrives: its number, the day, how many packs, the last day."""

    lot: str
    on: date
    packs: int
    expires: date


LOTS = (
    Consignment("CN-24A", date(2024, 11, 6), 220, date(2026, 3, 31)),
    Consignment("CN-25A", date(2025, 3, 3), 300, date(2026, 9, 30)),
    Consignment("RV-24A", date(2024, 11, 6), 130, date(2026, 6, 30)),
)
RECALLED, RECALLED_ON = "CN-24A", date(2025, 6, 10)
CALLED_ON = date(2025, 7, 28)
RENEWED_ON, RENEWED_LATE, ENDED_ON = date(2025, 10, 6), date(2025, 11, 25), date(2025, 12, 3)
DAILY_RUNS = (date(2025, 11, 4), date(2025, 12, 2))
"""A year after the enrolment silence suspends; the office looks again when the late answers have come."""

REASONS = {"renewal": "insured now", "it_helps_no_longer": "progression"}
"""For which reason a person ends what is proposed by a renewal, or by the rule."""

ANSWERED, LOST = 0.41, 0.2
"""The shares of the later questions that are answered, and lost after three attempts; the rest is still waiting."""


def applicants(seed: int = SEED) -> list[Row]:
    """The applications, most of them whole."""
    return [_applicant(seed, f"CLP-{number:03d}") for number in range(1, PATIENTS + 1)]


def _applicant(seed: int, patient: str) -> Row:
    chance = chance_of(seed, patient)
    size = 1 + chance.below(6)
    on_register = often(chance, 0.2)
    return {
        "patient": patient,
        "as_of": (OPENS + timedelta(days=chance.below(12))).isoformat(),
        "drug": "cedarinib" if often(chance, 0.75) else "riverumab",
        "illness_confirmed": None if often(chance, 0.14) else often(chance, 0.95),
        "doctor_registered": often(chance, 0.97),
        "on_register": on_register,
        "household_size": size,
        "household_income": 6_000 + (2_000 if on_register else 9_000) * size + 500 * chance.below(60),
        "insured": often(chance, 0.08),
    }


def invoices(since: date, until: date, patients: Sequence[str], *, seed: int = SEED) -> list[Row]:
    """What patients bought after one day and until another: those who pay buy most months."""
    known = {row["patient"]: row for row in applicants(seed)}
    rows = []
    for patient in sorted(patients):
        chance = chance_of(seed, f"{patient}/bought/{until}")
        if known[patient]["on_register"] or not often(chance, 0.85):
            continue
        day = since + timedelta(days=1 + chance.below(12))
        stolen = patient != patients[0] and until > VISITS[1] and often(chance, 0.02)
        number = f"INV-{patients[0]}-{VISITS[1]}" if stolen else f"INV-{patient}-{until}"
        rows.append({"patient": patient, "day": _day(day), "number": number, "packs": 1 + chance.below(3)})
    return rows


def checks(since: date, until: date, patients: Sequence[str], *, seed: int = SEED) -> list[Row]:
    """What the doctors wrote after one day and until another; one month in twelve nobody is seen."""
    rows = []
    for patient in sorted(patients):
        chance = chance_of(seed, f"{patient}/checked/{until}")
        if often(chance, 0.08):
            continue
        day = since + timedelta(days=14 + chance.below(10))
        rows.append(
            {
                "patient": patient,
                "day": _day(day),
                "progression": "yes" if often(chance, 0.012) else "no",
                "dose": 3 + chance.below(2),
            }
        )
    return rows


def issues(until: date, parts: dict[str, int], *, seed: int = SEED) -> list[Row]:
    """The pharmacies' sheets of a day for those whose issue is due, and a few who come all the same."""
    known = {row["patient"]: row for row in applicants(seed)}
    rows = []
    for patient in sorted(known):
        chance = chance_of(seed, f"{patient}/collected/{until}")
        comes = often(chance, 0.94) if patient in parts else often(chance, 0.03)
        if not comes:
            continue
        wanted = parts.get(patient, 2)
        rows.append(
            {
                "patient": patient,
                "day": _day(until),
                "sheet": f"{patient}-{until:%y%m%d}",
                "prescription": f"RX-{patient[4:]}-{until:%y%m%d}",
                "lot": _lot(known[patient]["drug"], until),
                "packs": wanted + (2 if often(chance, 0.03) else 0),
                "by": weighted(chance, (("patient", 0.7), ("family", 0.24), ("courier", 0.06))),
                "card": "no" if often(chance, 0.02) else "yes",
                "empties": chance.below(4),
            }
        )
    return rows


def _lot(drug: str, day: date) -> str:
    if drug == "riverumab":
        return "RV-24A"
    return "CN-25A" if day >= RECALLED_ON else "CN-24A"


def adverse_events(until: date, patients: Sequence[str], *, seed: int = SEED) -> list[Row]:
    """What was reported on a day: now and then something, once something serious."""
    rows = []
    for patient in sorted(patients):
        chance = chance_of(seed, f"{patient}/harmed/{until}")
        if often(chance, 0.03):
            serious = weighted(chance, (("yes", 0.15), ("no", 0.75), ("", 0.1)))
            what = "rash and fever, taken to hospital" if serious == "yes" else "nausea for some days"
            began = until - timedelta(days=1 + chance.below(5))
            rows.append(
                {
                    "patient": patient,
                    "day": _day(until),
                    "what": what,
                    "began": _day(began),
                    "serious": serious,
                }
            )
    return rows


def how_it_goes(asked_on: date, patients: Sequence[str], *, first: bool, seed: int = SEED) -> list[Row]:
    """The questions before the first issue, which all answer, and half a year later, which four in ten answer."""
    rows = []
    for patient in sorted(patients):
        chance = chance_of(seed, f"{patient}/asked/{first}")
        result = "answered" if first else weighted(chance, (("answered", ANSWERED), ("lost", LOST), ("", 1)))
        if not result:
            continue
        taken, good = (
            (12 + chance.below(12), 4 + chance.below(12))
            if first
            else (20 + chance.below(9), 9 + chance.below(14))
        )
        answered = result == "answered"
        rows.append(
            {
                "patient": patient,
                "day": _day(asked_on),
                "result": result,
                "days_taken": taken if answered else "",
                "good_days": good if answered else "",
            }
        )
    return rows


def renewals(asked_on: date, patients: Sequence[str], *, late: bool, seed: int = SEED) -> list[Row]:
    """What patients answer a year later: most in time, some too late, some never; one leaves a gap."""
    known = {row["patient"]: row for row in applicants(seed)}
    rows = []
    for patient in sorted(patients):
        chance = chance_of(seed, f"{patient}/renewal")
        when = weighted(chance, (("in time", 0.72), ("late", 0.12), ("never", 0.16)))
        if when != ("late" if late else "in time"):
            continue
        before = known[patient]
        grown = 85 + chance.below(60) if often(chance, 0.92) else 320
        rows.append(
            {
                "patient": patient,
                "day": _day(asked_on),
                "people": before["household_size"],
                "income": "" if often(chance, 0.06) else before["household_income"] * grown // 100,
                "insured": "yes" if often(chance, 0.06) else "no",
            }
        )
    return rows


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def patients(work: Path) -> Callable[[], Play]:
    """The enrolment of 2024 and what came of it, made when its turn comes."""

    def make() -> Play:
        return Play(
            programme=PROGRAMME,
            file=write_json(work / "patients-2024.json", applicants()),
            mapping=MAPPINGS / "cedar_patients_2024.yaml",
            policy=Policy(BUDGET, SEED, "demonstration: the doctor did not answer in time", fund="health"),
            opens=OPENS,
            received_on=RECEIVED,
            cut_on=DECIDED,
            real=False,
            acts=[
                *_stock(),
                *(Act(day, _daily_run) for day in DAILY_RUNS),
                Act(ENDED_ON, _end_what_is_proposed),
            ],
            later=[
                _asked(work, BASELINE, first=True),
                *_visits(work),
                _asked(work, CALLED_ON, first=False),
                _records(work, RENEWED_ON, "renewals", partial(renewals, RENEWED_ON, late=False)),
                _records(work, RENEWED_LATE, "renewals", partial(renewals, RENEWED_LATE, late=True)),
            ],
            management_cost=[(date(2025, 12, 20), Decimal(44_000))],
            period=Period.year(2025),
            closed_on=date(2026, 1, 20),
        )

    return make


def _stock() -> list[Act]:
    """The consignments, and the recall."""
    return [*(Act(one.on, partial(_receive, one)) for one in LOTS), Act(RECALLED_ON, _recall)]


def _receive(one: Consignment, stage: Stage, round_: Round, on: date) -> Any:
    note = f"delivery note {one.lot}"
    arrived = stocking.Received("medicine", one.lot, one.expires, Decimal(one.packs), note)
    programme = queries.programme_of(round_.edition)
    return stocking.receive_lot(programme, arrived, request=stage.request("officer", on, note))


def _recall(stage: Stage, _round: Round, on: date) -> Any:
    named = stocking.Named(PROGRAMME, "medicine", RECALLED)
    request = stage.request("officer", on, f"recall {RECALLED}")
    return stocking.recall_lot(named, why="glass splinters in two packs (invented)", request=request)


def _daily_run(stage: Stage, round_: Round, on: date) -> Any:
    return keeping.keep_standing(round_, request=stage.request("officer", on, f"daily run {on}"))


def _end_what_is_proposed(stage: Stage, round_: Round, on: date) -> Any:
    """A person ends what the daily run lays before them, and lets those run again who answered late."""
    run = keeping.keep_standing(round_, request=stage.request("officer", on, f"daily run {on}"))
    done = []
    for one in run["proposed"]:
        award = find_award(one["award"])
        request = stage.request("approver", on, f"{one['award']} {one['propose']}")
        if award is not None and one["propose"] == "end" and one["by"] in REASONS:
            done.append(ending.end_award(award, REASONS[one["by"]], why="as proposed", request=request))
        elif award is not None and one["propose"] == "resume":
            done.append(ending.resume_award(award, why="answered late", request=request))
    return {"proposed": len(run["proposed"]), "acted_on": len(done)}


def _visits(work: Path) -> list[Later]:
    """What each stretch of 28 days brings: what was bought, checked, told, and last of all what was collected."""
    found: list[Later] = []
    for number, until in enumerate(VISITS):
        since = VISITS[number - 1] if number else DECIDED
        found += [
            _records(work, until, "invoices", partial(invoices, since, until)),
            _records(work, until, "checks", partial(checks, since, until)),
            _records(work, until, "adverse_events", partial(adverse_events, until)),
            _collected(work, add_days(until, 1)),
        ]
    return found


def _records(work: Path, on: date, what: str, made: Callable[[Sequence[str]], list[Row]]) -> Later:
    def write(round_: Round) -> Path | None:
        rows = made(awarded_row_keys(round_))
        return write_sheet(work / f"{what}-{on}.csv", rows) if rows else None

    return Later(on, "records", MAPPINGS / f"cedar_{what}.yaml", write)


def _collected(work: Path, on: date) -> Later:
    def write(round_: Round) -> Path | None:
        due = [one for one in to_collect(round_, on) if not one.barred]
        rows = issues(on, {one.award.application.row_key: int(one.issue.part) for one in due})
        enrolled = {award.application.row_key for award in awards_in(round_, *LIVING)}
        mine = [row for row in rows if row["patient"] in enrolled]
        return write_sheet(work / f"issues-{on}.csv", mine) if mine else None

    return Later(on, "deliveries", MAPPINGS / "cedar_issues.yaml", write)


def _asked(work: Path, on: date, *, first: bool) -> Later:
    def write(round_: Round) -> Path | None:
        waiting = [row_key_of(one) for one in open_follow_ups(round_, "how_it_goes") if one.due_on <= on]
        rows = how_it_goes(on, waiting, first=first)
        return write_sheet(work / f"how_it_goes-{on}.csv", rows) if rows else None

    return Later(on, "follow-ups", MAPPINGS / "cedar_how_it_goes.yaml", write)
