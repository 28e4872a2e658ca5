"""What a person types for a clinic day: planned, filed, opened, written down, closed; and a record that is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.data_sets import MAPPINGS
from almoner.cli.main import app
from databases import Database

DAY = "2025-03-08"
SHEETS = """day;wristband;age;sex;upper 1;lower 1;upper 2;lower 2;call
CD-1;001;45 to 64;female;152;94;148;92;yes
CD-1;002;18 to 44;male;118;76;120;78;no
CD-1;003;65 and over;female;171;80;;;yes
"""
REFERRALS = """day;wristband;hospital;appointment;phone
CD-1;001;County hospital;15/03/2025;0000001
"""


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def said(*words: str) -> Any:
    """What the command answers as JSON."""
    result = almoner(*words, "--as", "olga", "--on", DAY, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Path:
    """An office with a round of clinics and one planned day, whose papers are filed."""
    for words in (
        ("init",),
        ("user", "mia", "--role", "manager"),
        ("user", "olga", "--role", "officer", "--as", "mia"),
        ("open-round", "community_clinics", "--name", "Clinics 2025", "--budget", "9000", "--as", "mia"),
    ):
        made = almoner(*words)
        assert made.exit_code == 0, made.output
    place = ("--kind", "clinic_day", "--site", "Upper village", "--day", DAY)
    assert said("session", "plan", "community_clinics", "CD-1", *place)["state"] == "planned"
    team = [{"person": "a volunteer", "licence": "L-1"}]
    (tmp_path / "papers.json").write_text(json.dumps([{"filing": "filing.pdf", "team": team}]), "utf-8")
    (tmp_path / "sheets.csv").write_text(SHEETS, encoding="utf-8")
    (tmp_path / "referrals.csv").write_text(REFERRALS, encoding="utf-8")
    return tmp_path


def take_over(office: Path, what: str, file: str) -> Any:
    mapping = str(MAPPINGS / f"cedar_clinic_{what}.yaml")
    kind = ("--kind", "records", "--mapping", mapping, "--round", "Clinics 2025")
    return said("import", "community_clinics", str(office / file), *kind)


def test_a_clinic_day_is_typed_from_its_plan_to_its_closed_sheet(office: Path) -> None:
    from almoner.flow.records.models import Record
    from almoner.vault.models import AuditEntry

    refused = almoner("session", "open", "community_clinics", "CD-1", "--as", "olga", "--on", DAY)
    assert refused.exit_code != 0
    assert "filing, team must be there before" in refused.stderr
    papers = str(office / "papers.json")
    assert said("session", "papers", "community_clinics", "CD-1", papers)["missing"] == []
    assert said("session", "open", "community_clinics", "CD-1")["late"] == ["filing", "team"]
    taken = take_over(office, "attendees", "sheets.csv")
    assert (taken["created"], taken["tasks"], taken["unclear"], taken["parties"]) == (3, 3, 2, 0)
    assert take_over(office, "attendees", "sheets.csv") == taken
    sent = take_over(office, "referrals", "referrals.csv")
    assert (sent["created"], sent["parties"], sent["done"], sent["follow_ups"]) == (1, 1, 1, 2)
    assert said("session", "hold", "community_clinics", "CD-1")["state"] == "held"
    closed = said("session", "close", "community_clinics", "CD-1", "--counted", "attendee=3")
    assert (closed["state"], closed["late_tasks"]) == ("closed", 1)
    record = Record.objects.get(row_key="CD-1 | 001", name="attendee")
    read = almoner("record", str(record.uid), "--as", "olga", "--on", DAY)
    assert json.loads(read.stdout)["systolic_1"] == "152"
    assert AuditEntry.objects.latest("seq").step == "read_record"
    assert almoner("record", str(record.uid), "--as", "mia", "--on", DAY).exit_code != 0


def test_a_day_is_cancelled_with_its_reason(office: Path) -> None:
    cancelled = said("session", "cancel", "community_clinics", "CD-1", "--why", "storm")
    assert cancelled == {"state": "cancelled"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("session", "open", "community_clinics", "CD-9"), "There is no session 'CD-9'"),
        (("session", "close", "community_clinics", "CD-1", "--counted", "many"), "is no count"),
        (("record", "00000000-0000-7000-8000-000000000000"), "There is no record"),
    ],
)
def test_a_wrong_word_is_refused_with_its_reason(office: Path, words: tuple[str, ...], told: str) -> None:
    refused = almoner(*words, "--as", "olga", "--on", DAY)
    assert refused.exit_code != 0
    assert told in refused.stderr


def test_a_permit_that_nobody_needs_is_never_late(office: Path) -> None:
    opened = (
        "open-round",
        "public_culture_and_sport",
        "--name",
        "Run 2026",
        "--budget",
        "9000",
        "--as",
        "mia",
    )
    assert almoner(*opened).exit_code == 0
    for code, expected in (("R-1", 900), ("R-2", 1200)):
        planned = ("session", "plan", "public_culture_and_sport", code, "--kind", "run", "--site", "Park")
        said(*planned, "--day", DAY)
        papers = office / f"{code}.json"
        there = {"expected": expected, "police_permit": "permit.pdf", "medical_cover": "cover.pdf"}
        if code == "R-1":
            del there["police_permit"]
        papers.write_text(json.dumps([there]), encoding="utf-8")
        said("session", "papers", "public_culture_and_sport", code, str(papers))
    assert said("session", "open", "public_culture_and_sport", "R-1")["late"] == []
    assert said("session", "open", "public_culture_and_sport", "R-2")["late"] == ["police_permit"]
