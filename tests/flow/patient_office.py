"""A charity that gives a medicine: patients enrolled, lots in stock, invoices, checks and hand-overs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from flow.conftest import Office

ASKED, ENROLLED = date(2025, 3, 3), date(2025, 3, 10)
BOUGHT, CHECKED, COLLECTED = date(2025, 3, 12), date(2025, 3, 12), date(2025, 3, 13)
_FILES = count(1)


def source(name: str = "") -> Any:
    from almoner.flow.imports.actions import Source

    key = name or f"file-{next(_FILES)}"
    return Source("records", f"{key}.csv", key, "")


def enrolled(office: Office, patients: list[str], name: str = "Patients 2025", **changed: Any) -> Any:
    """A round of patients: decided case by case, approved, begun, the first questions answered."""
    from almoner.flow.applications.actions import Sheet
    from almoner.flow.steps import awarding, deciding, following

    round_ = office.open_round(name, "1000000")
    typical = {**office.programme.examples["typical"].answers, **changed}
    office.receive(round_, [Sheet(patient, ASKED, typical) for patient in patients], ASKED)
    deciding.decide_each(round_, request=office.request("alice", ASKED))
    awarding.approve_awards(round_, request=office.request("bob", ENROLLED))
    awarding.start_awards(round_, request=office.request("alice", ENROLLED))
    answers = {"days_taken": Decimal(20), "good_days": Decimal(9)}
    asked = [following.Arrived(patient, "how_it_goes", "", ENROLLED, answers) for patient in patients]
    following.receive_follow_ups(round_, asked, source=source(), request=office.request("alice", ENROLLED))
    return round_


def received(
    office: Office, lot: str = "CN-01", packs: int = 100, expires_on: date = date(2026, 12, 31)
) -> None:
    """A consignment of the medicine."""
    from almoner.flow.steps.stocking import Received, receive_lot

    arrived = Received("medicine", lot, expires_on, Decimal(packs), "delivery note")
    receive_lot(office.programme, arrived, request=office.request("alice", ENROLLED))


def reported(office: Office, round_: Any, rows: list[Any], on: date, who: str = "alice") -> dict[str, Any]:
    """A file of records is taken over."""
    from almoner.flow.steps.following import receive_records

    return receive_records(round_, rows, source=source(), request=office.request(who, on))


def invoice(patient: str, number: str, packs: int | None = 5, on: date = BOUGHT) -> Any:
    from almoner.flow.steps.following import Arrived

    figure = None if packs is None else Decimal(packs)
    return Arrived(patient, "invoice", "", on, {"number": number, "packs": figure})


def check(patient: str, on: date = CHECKED, *, progression: bool = False) -> Any:
    from almoner.flow.steps.following import Arrived

    return Arrived(patient, "medical_check", "", on, {"progression": progression, "dose": Decimal(4)})


def event(patient: str, what: str, on: date, *, serious: bool | None = True) -> Any:
    from almoner.flow.steps.following import Arrived

    return Arrived(patient, "adverse_event", "", on, {"what": what, "began": on, "serious": serious})


def verified(office: Office, round_: Any, on: date = BOUGHT) -> None:
    """The invoices are looked at by somebody else."""
    from almoner.flow.steps.following import verify_records

    verify_records(round_, "invoice", request=office.request("bob", on))


def sheet(patient: str, paper: str, on: date = COLLECTED, packs: int = 3, **changed: Any) -> Any:
    from almoner.flow.steps.collecting import BroughtRow

    answers = {
        "prescription": f"R-{paper}",
        "lot": "CN-01",
        "packs": Decimal(packs),
        "collected_by": "patient",
        "card_seen": True,
        "empties": Decimal(0),
    }
    return BroughtRow(patient, on, paper, {**answers, **changed})


def collect(
    office: Office, round_: Any, rows: list[Any], key: str = "", who: str = "alice"
) -> dict[str, Any]:
    """A pharmacy's sheets are taken in."""
    from almoner.flow.steps.collecting import receive_deliveries

    request = office.request(who, max(row.delivered_on for row in rows), key)
    return receive_deliveries(round_, "medicine", rows, source=source(request.key), request=request)


def ready(office: Office, patients: list[str], **changed: Any) -> Any:
    """Patients who have bought and been checked, and a lot of a hundred packs: everything is there to collect."""
    received(office)
    round_ = enrolled(office, patients, **changed)
    reported(office, round_, [invoice(one, f"F-{one}") for one in patients], BOUGHT)
    reported(office, round_, [check(one) for one in patients], CHECKED)
    verified(office, round_)
    return round_


def clinic(office: Office, folder: Any, before: str, after: str) -> Office:
    """The office with a programme that differs in one line."""
    from almoner.definitions.load import find, load

    path = find("patient_assistance")
    for table in path.parent.glob("*.csv"):
        (folder / table.name).write_bytes(table.read_bytes())
    text = path.read_text("utf-8")
    assert before in text
    (folder / path.name).write_text(text.replace(before, after), "utf-8")
    return replace(office, programme=load(folder / path.name))
