"""What the people of a charity type in a year of giving medicine: the guide's commands, with the files it names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from almoner.cli.data_sets import MAPPINGS
from cli.typed import almoner, said, write

ROUND = "Cedar Life Sciences (invented), patients 2024"
APPLICANTS = [
    ("p-1", "cedarinib", True, False, 3, 96000, False),
    ("p-2", "cedarinib", True, True, 2, 15000, False),
    ("p-3", "cedarinib", True, False, 1, 900000, False),
]


def by(who: str, on: str, *words: str) -> Any:
    return said(almoner(*words, "--as", who, "--on", on, "--json"))


def imported(kind: str, mapping: str, file: str, on: str) -> Any:
    path = str(MAPPINGS / f"cedar_{mapping}.yaml")
    return by(
        "olga", on, "import", "patient_assistance", file, "--kind", kind, "--mapping", path, "--round", ROUND
    )


def applications(office: Path) -> str:
    rows = [
        {
            "patient": patient,
            "as_of": "2025-03-03",
            "drug": drug,
            "illness_confirmed": ill,
            "doctor_registered": True,
            "on_register": poor,
            "household_size": size,
            "household_income": income,
            "insured": insured,
        }
        for patient, drug, ill, poor, size, income, insured in APPLICANTS
    ]
    path = office / "patients.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)


def sheet(office: Path, name: str, header: list[str], *rows: list[str]) -> str:
    return write(office / f"{name}.csv", list(rows), header, ";")


INVOICE = ["patient", "day", "number", "packs"]
CHECK = ["patient", "day", "progression", "dose"]
EVENT = ["patient", "day", "what", "began", "serious"]
ISSUE = ["patient", "day", "sheet", "prescription", "lot", "packs", "by", "card", "empties"]
ASKED = ["patient", "day", "result", "days_taken", "good_days"]


def enrolled(office: Path) -> None:
    """Two patients are enrolled, one is refused, the first questions are answered, a lot is in stock."""
    mapping = str(MAPPINGS / "cedar_patients_2024.yaml")
    opening = ("open-round", "patient_assistance", "--mapping", mapping, "--budget", "100000")
    assert almoner(*opening, "--as", "mia", "--on", "2025-03-01").exit_code == 0
    taken = imported("applications", "patients_2024", applications(office), "2025-03-03")
    assert taken["outcomes"] == {"eligible": 2, "needs information": 0, "not eligible": 1}
    decided = by("olga", "2025-03-04", "decide", "patient_assistance")
    assert (decided["awarded"], decided["refused"]) == (2, 1)
    by("abe", "2025-03-05", "decide", "patient_assistance", "--approve")
    by("olga", "2025-03-10", "decide", "patient_assistance", "--start")
    asked = sheet(
        office,
        "asked",
        ASKED,
        ["p-1", "10/03/2025", "answered", "20", "9"],
        ["p-2", "10/03/2025", "answered", "11", "3"],
    )
    assert imported("follow-ups", "how_it_goes", asked, "2025-03-10")["answered"] == 2
    lot = ("lot", "receive", "patient_assistance", "medicine", "CN-24A", "--quantity", "4")
    by("olga", "2025-03-10", *lot, "--expires", "2026-12-31", "--paper", "delivery note 1")


def test_a_year_of_medicine_from_two_gates_to_a_verified_account(office: Path) -> None:
    enrolled(office)
    bought = sheet(
        office, "bought", INVOICE, ["p-1", "12/03/2025", "F-1", "5"], ["p-2", "12/03/2025", "f-1 ", "5"]
    )
    told = imported("records", "invoices", bought, "2025-03-12")
    assert (told["created"], told["queried"]) == (2, 1)
    by("abe", "2025-03-12", "verify-records", "patient_assistance", "invoice")
    checked = sheet(
        office, "checked", CHECK, ["p-1", "12/03/2025", "no", "4"], ["p-2", "12/03/2025", "no", "4"]
    )
    imported("records", "checks", checked, "2025-03-12")

    due = by("olga", "2025-03-13", "due", "patient_assistance")["due"]
    assert [(row["what"], row["figure"], row["unit"]) for row in due] == [
        ("cycle_1_issue_1", "3", "packs"),
        ("cycle_1_issue_1", "3", "packs"),
    ]
    issued = sheet(
        office,
        "issued",
        ISSUE,
        ["p-1", "13/03/2025", "S-1", "RX-1", "CN-24A", "3", "patient", "yes", "0"],
        ["p-2", "13/03/2025", "S-2", "RX-2", "cn-24a", "3", "family", "yes", "0"],
    )
    handed = imported("deliveries", "issues", issued, "2025-03-13")
    assert (handed["taken"], handed["because"]) == (2, {"stock": 1})
    again = imported("deliveries", "issues", issued, "2025-03-13")
    assert again == handed

    harmed = sheet(office, "harmed", EVENT, ["p-1", "20/03/2025", "rash", "19/03/2025", "yes"])
    assert imported("records", "adverse_events", harmed, "2025-03-20")["tasks"] == 2
    tasks = by_olga_tasks()
    assert {"tell_the_office", "tell_the_maker", "number_is_known"} <= {one["name"] for one in tasks}

    recalled = by(
        "olga", "2025-03-25", "lot", "recall", "patient_assistance", "medicine", "CN-24A", "--why", "glass"
    )
    assert (recalled["awards"], recalled["left"]) == (2, "0")
    published = said(
        almoner(
            "statement", "patient_assistance", "--year", "2025", "--to", str(office / "out"), "--as", "mia",
            "--on", "2026-01-20", "--json",
        )
    )  # fmt: skip
    assert (
        almoner("verify", str(office / "out" / "verification.zip"), "--root", published["root"]).exit_code
        == 0
    )
    assert almoner("audit", "verify", "--as", "ada").exit_code == 0
    assert said(almoner("replay", "--as", "ada", "--json"))["differences"] in ([], 0)


def by_olga_tasks() -> list[dict[str, Any]]:
    listed = said(almoner("tasks", "patient_assistance", "--as", "olga", "--json"))
    tasks: list[dict[str, Any]] = listed["tasks"] if isinstance(listed, dict) else listed
    return [{"name": one.get("name") or one.get("task"), **one} for one in tasks]


def test_what_a_sheet_may_not_do_is_said_by_name_and_nothing_leaves_the_lot(office: Path) -> None:
    enrolled(office)
    issued = sheet(
        office,
        "issued",
        ISSUE,
        ["p-2", "13/03/2025", "S-1", "RX-1", "CN-24A", "3", "patient", "yes", "0"],
    )
    assert imported("deliveries", "issues", issued, "2025-03-13")["held"] == 1  # nobody checked the patient
    checked = sheet(office, "checked", CHECK, ["p-2", "13/03/2025", "no", "4"])
    imported("records", "checks", checked, "2025-03-13")
    wrong = sheet(
        office,
        "wrong",
        ISSUE,
        ["p-2", "14/03/2025", "S-2", "RX-2", "XX-1", "1", "patient", "yes", "0"],
        ["p-2", "15/03/2025", "S-3", "RX-3", "CN-24A", "1", "patient", "no", "0"],
    )
    told = imported("deliveries", "issues", wrong, "2025-03-15")
    assert (told["refused"], told["because"]) == (2, {"nobody_was_identified": 1, "unknown_lot": 1})
    (lot,) = said(almoner("lot", "list", "patient_assistance", "--as", "olga", "--json"))["lots"]
    assert (lot["free"], lot["issued"]) == ("4", "0")
