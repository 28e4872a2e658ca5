"""What a person types, and the files and mappings of an office of student grants."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app

APPLICATIONS = """almoner: 1
mapping: A county's list
programme: student_grants
kind: applications
round: {name: Autumn 2026, year: 2026, currency: CNY, submitted: 2026-09-10}
file: {format: csv, delimiter: ";"}
party: {reference: Nr}
columns:
  birth_date: {from: Born, date: DD/MM/YYYY}
  full_time: Full time
  accredited: {constant: true, because: "The list holds accredited schools only."}
  enrolment_letter: Letter
  first_year: {constant: false, because: "The list is of second years and later."}
  average: {from: Average, decimal: ","}
  tuition: {from: Tuition, decimal: ",", thousands: "."}
  members: Household
  other_grant: {constant: false, because: "Holders of another grant are on another list."}
  first_generation: First in family
  home_district: {from: Home, values: {R: rural, T: town, C: city}}
ignore: [Remarks]
"""
RESULTS = """almoner: 1
mapping: Term results
programme: student_grants
kind: records
record: term_result
file: {format: csv}
party: {reference: nr}
columns: {period: term, happened_on: day, enrolled: enrolled, credits: credits, gpa: gpa}
"""
AWARDS = """almoner: 1
mapping: What the old board decided
programme: student_grants
kind: awards
file: {format: csv, delimiter: ";"}
party: {reference: Nr}
decided_elsewhere: {by: The old board, on: {from: Decided, date: DD/MM/YYYY}, paper: {from: Minute}}
columns:
  grant: {from: Granted, decimal: ",", thousands: "."}
  grant_given: {from: Paid, decimal: ",", thousands: "."}
"""
HEADER = [
    "Nr",
    "Born",
    "Full time",
    "Letter",
    "Average",
    "Tuition",
    "Household",
    "First in family",
    "Home",
    "Remarks",
]
POOR = '[{"relation": "self", "age": 20, "income": 0}, {"relation": "parent", "age": 48, "income": 600}]'
RICH = '[{"relation": "self", "age": 20, "income": 0}, {"relation": "parent", "age": 48, "income": 9000}]'
UNSAID = '[{"relation": "self", "age": 20, "income": 0}, {"relation": "parent", "age": 48}]'


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def row(number: str, household: str = POOR, **changed: str) -> list[str]:
    said = {
        "Nr": number,
        "Born": "11/02/2006",
        "Full time": "yes",
        "Letter": "letter.pdf",
        "Average": "78,5",
        "Tuition": "2.400,00",
        "Household": household,
        "First in family": "yes",
        "Home": "R",
        "Remarks": "",
    }
    return [({**said, **changed})[name] for name in HEADER]


def write(path: Path, rows: list[list[str]], header: list[str] = HEADER, delimiter: str = ";") -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return str(path)


def take_over(office: Path, file: str, *more: str, who: str = "olga", kind: str = "applications") -> Result:
    mapping = office / f"{kind}.yaml"
    words = ("import", "student_grants", file, "--kind", kind, "--mapping", str(mapping), "--as", who, *more)
    return almoner(*words, "--json")


def opened(office: Path) -> str:
    """A file of three students is taken over into a new round, which a manager opens with a budget."""
    file = write(office / "list.csv", [row("1"), row("2", RICH), row("3", UNSAID)])
    opening = almoner(
        "open-round", "student_grants", "--mapping", str(office / "applications.yaml"), "--budget", "50000",
        "--as", "mia", "--on", "2026-09-01",
    )  # fmt: skip
    assert opening.exit_code == 0, opening.output
    return file


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
