"""Patients of the shipped programme: enrolled, asked the first questions, with what they bought and were given."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from almoner.definitions.load import find, load
from almoner.definitions.programme import Programme
from almoner.engine.call_off_cases import taking
from almoner.engine.call_offs import Brought as _Brought
from almoner.engine.call_offs import Reckoned, reckon_many
from almoner.engine.caps import Around
from almoner.engine.casefile import Attempt, CaseFile, Sheet
from almoner.engine.results import Case
from almoner.engine.schedule import plan_award
from almoner.engine.screening import screen

ENROLLED = date(2025, 3, 10)
ISSUE = {"prescription": "R-1", "lot": "CN-01", "collected_by": "patient", "card_seen": True}


@cache
def patients() -> Programme:
    return load(find("patient_assistance"))


@cache
def patient(**changed) -> CaseFile:
    """A patient who pays for a part, enrolled on 10 March 2025, whose first questions are answered."""
    programme = patients()
    typical = programme.examples["typical"]
    assert typical.as_of is not None
    answers = {**typical.answers, **changed}
    (screening,) = screen(programme, [Case(typical.as_of, answers)])
    plan = plan_award(programme, screening, ENROLLED)
    return CaseFile(
        programme=programme,
        as_of=typical.as_of,
        answers=answers,
        screening=screening,
        awarded_on=ENROLLED,
        benefits=plan.benefits,
        instalments=plan.instalments,
        follow_ups=tuple(
            replace(one, answers={"good_days": Decimal(9)}, attempts=(Attempt(ENROLLED, "answered"),))
            for one in plan.follow_ups
        ),
    )


def telling(case: CaseFile, record: str, on: date, *, verified: bool = True, **answers) -> CaseFile:
    """The case after a sheet came, and was verified on the same day."""
    sheet = Sheet(
        key=str(len(case.sheets)),
        record=record,
        happened_on=on,
        reported_on=on,
        answers={name: Decimal(value) if type(value) is int else value for name, value in answers.items()},
        state="verified" if verified else "reported",
        verified_on=on if verified else None,
    )
    return replace(case, sheets=(*case.sheets, sheet))


def buying(case: CaseFile, on: date, packs: int, *, verified: bool = True) -> CaseFile:
    """The case after an invoice came."""
    return telling(case, "invoice", on, verified=verified, number=f"F-{len(case.sheets)}", packs=packs)


def checked(case: CaseFile, on: date, *, progression: bool | None = False) -> CaseFile:
    """The case after the doctor's check of a day."""
    return telling(case, "medical_check", on, verified=False, progression=progression, dose=4)


def collecting(
    case: CaseFile, on: date, packs: int, around: Around | None = None, **changed
) -> tuple[CaseFile, Reckoned]:
    """What a hand-over comes to, and the case after it."""
    answers = {**ISSUE, "packs": Decimal(packs), **changed}
    (reckoned,) = reckon_many(case.programme, "medicine", [_Brought(case, answers, on)], around)
    if not reckoned.is_taken:
        return case, reckoned
    return taking(case, "medicine", len(case.delivered) + 1, answers, reckoned), reckoned
