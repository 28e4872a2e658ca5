"""An office that gives a medicine for years: its round, its patients, and the files about them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almoner.values.money import Money
from flow.conftest import Office
from medicine import RENEWAL, medicine

if TYPE_CHECKING:
    from almoner.flow.applications.models import Round
    from almoner.flow.decisions.models import Award

ASKED, BEGUN, DUE = date(2026, 3, 1), date(2026, 3, 31), date(2027, 3, 31)
"""The day they applied, the day their awards became active, and the day their first renewal falls due."""


def applied(office: Office, folder: Path, *patients: str, renewal: str = RENEWAL, text: str = "") -> Round:
    """A round in which these patients applied; `text` is another file than the medicine's own."""
    from almoner.definitions.load import load
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.receiving import Sheet, receive_applications
    from almoner.flow.steps.rounds import open_round

    programme = medicine(folder, renewal)
    if text:
        (folder / "medicine.yaml").write_text(text, encoding="utf-8")
        programme = load(folder / "medicine.yaml")
    round_ = open_round(
        programme,
        name="Patients 2026",
        year=2026,
        budget=Money.of(Decimal(10_000), "CNY"),
        fund="general",
        real=False,
        request=office.request("carol", date(2026, 1, 10)),
    )
    answers = {"ill": True, "household_income": Decimal(20000), "insured": False}
    source = Source("applications", "patients.csv", "patients", "")
    sheets = [Sheet(patient, ASKED, answers) for patient in patients]
    receive_applications(round_, sheets, source=source, request=office.request("alice", ASKED))
    return round_


def treated(office: Office, folder: Path, *patients: str, **other: Any) -> Round:
    """A round whose patients have an award and the first pack."""
    from almoner.flow.steps import awarding, deciding, delivering

    round_ = applied(office, folder, *patients, **other)
    deciding.decide_each(round_, request=office.request("alice", date(2026, 3, 10)))
    awarding.approve_awards(round_, request=office.request("bob", date(2026, 3, 20)))
    awarding.start_awards(round_, request=office.request("alice", BEGUN))
    delivering.deliver_due(round_, evidence="packs", request=office.request("alice", BEGUN))
    return round_


def award_of(round_: Round, patient: str) -> Award:
    """A patient's award as it stands now."""
    from almoner.flow.decisions.models import Award

    return Award.objects.select_related("round__edition").get(round=round_, application__row_key=patient)


def renewed(
    office: Office, round_: Round, *rows: tuple[str, date, dict[str, Any]], on: date, **other: Any
) -> dict[str, Any]:
    """A file of answers to renewals is taken over: whose, which day, what was said."""
    from almoner.flow.imports.actions import Source
    from almoner.flow.steps.following import Arrived
    from almoner.flow.steps.renewing import receive_renewals

    period, who, key = other.get("period", ""), other.get("who", "alice"), other.get("key", "")
    request = office.request(who, on, key)
    arrived = [Arrived(patient, "renewal", period, day, answers) for patient, day, answers in rows]
    source = Source("records", "renewals.csv", request.key, "")
    return receive_renewals(round_, arrived, source=source, request=request)


def answer(
    income: int | None = None, *, insured: bool | None = False, pays: int | None = None
) -> dict[str, Any]:
    """What a patient says at a renewal; None is left open."""
    return {
        "household_income": None if income is None else Decimal(income),
        "insured": insured,
        "insurance_pays": None if pays is None else Decimal(pays),
    }


def daily(office: Office, round_: Round, on: date, who: str = "alice") -> dict[str, Any]:
    """The office's daily run."""
    from almoner.flow.steps.keeping import keep_standing

    return keep_standing(round_, request=office.request(who, on))


def books(round_: Round) -> tuple[int, int, int]:
    """Free, committed, disbursed; the postings say the same."""
    from almoner.flow.ledger.queries import budget_of, disagreements, unbalanced_awards

    assert disagreements() == []
    assert unbalanced_awards() == []
    budget = budget_of(round_)
    assert budget is not None
    return budget.free_minor, budget.committed_minor, budget.disbursed_minor
