"""Patients of the medicine given for years: awarded, and answering their renewals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from awarded_cases import awarded

from almoner.definitions.programme import Programme
from almoner.engine.casefile import CaseFile, Renewed
from almoner.engine.results import Case
from almoner.engine.screening import screen

BEGUN = date(2026, 3, 31)
"""The day the patient's award became active: the first renewal falls due on 31 March 2027."""


def patient(programme: Programme, begun: date = BEGUN, **changed: Any) -> CaseFile:
    """A patient with an award; `changed` stands in for the answers of the application."""
    answers = {"ill": True, "household_income": Decimal(20000), "insured": False, **changed}
    as_of = date(2026, 3, 1)
    (screening,) = screen(programme, [Case(as_of, answers)])
    assert screening.outcome == "eligible"
    return awarded(programme, screening, answers, as_of, begun)


def answering(case: CaseFile, number: int, on: date, **answers: Any) -> CaseFile:
    """The case after a renewal was answered; whole numbers stand for amounts."""
    typed = {
        name: value if isinstance(value, bool) or value is None else Decimal(value)
        for name, value in answers.items()
    }
    sheet = Renewed(number=number, came_on=on, answers=typed)
    return replace(case, renewals=(*case.renewals, sheet))
