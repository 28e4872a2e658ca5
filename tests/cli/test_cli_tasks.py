"""What a nurse and a doctor type on a clinic day: what is to be done, and that it is done."""

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

DAY = "2026-09-10"
SHEETS = """day;wristband;age;sex;upper 1;lower 1;upper 2;lower 2;call
CD-1;001;45 to 64;female;152;94;148;92;yes
CD-1;002;65 and over;female;191;110;188;112;no
CD-1;003;65 and over;female;171;80;;;yes
"""


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def said(*words: str, who: str) -> Any:
    """What the command answers as JSON."""
    result = almoner(*words, "--as", who, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Path:
    """A clinic day with three sheets, on which a nurse and a doctor work."""
    (tmp_path / "sheets.csv").write_text(SHEETS, encoding="utf-8")
    papers = [{"filing": "filing.pdf", "team": [{"person": "a volunteer", "licence": "L-1"}]}]
    (tmp_path / "papers.json").write_text(json.dumps(papers), "utf-8")
    day = ("community_clinics", "CD-1")
    mapping = str(MAPPINGS / "cedar_clinic_attendees.yaml")
    for words in (
        ("init",),
        ("user", "mia", "--role", "manager"),
        ("user", "olga", "--role", "officer", "--as", "mia"),
        ("user", "nina", "--role", "triage_nurse:community_clinics", "--as", "mia"),
        ("user", "dan", "--role", "doctor:community_clinics", "--as", "mia"),
        ("open-round", "community_clinics", "--name", "Clinics 2026", "--budget", "9000", "--as", "mia"),
        ("session", "plan", *day, "--kind", "clinic_day", "--site", "Upper village", "--day", DAY, "--as", "olga"),
        ("session", "papers", *day, str(tmp_path / "papers.json"), "--as", "olga"),
        ("session", "open", *day, "--as", "olga"),
        ("import", "community_clinics", str(tmp_path / "sheets.csv"), "--kind", "records", "--mapping", mapping,
         "--round", "Clinics 2026", "--as", "olga"),
    ):  # fmt: skip
        made = almoner(*words)
        assert made.exit_code == 0, made.output
    return tmp_path


def test_a_doctor_sees_what_goes_to_her_and_says_that_it_is_done(office: Path) -> None:
    mine = said("tasks", "community_clinics", who="dan")
    assert [(one["reference"], one["task"], one["unclear"], one["missing"]) for one in mine] == [
        ("CD-1 | 002", "hospital_today", False, []),
        ("CD-1 | 003", "hospital_today", True, ["systolic_2", "diastolic_2"]),
    ]
    assert mine[0]["due_at"] == "2026-09-10T10:30:00+08:00"  # half an hour after ten in Shanghai
    done = said("task", "CD-1 | 002", "--done", "--evidence", "ambulance slip 4", who="dan")
    assert (done["task"], done["state"], done["late"]) == ("hospital_today", "done", False)
    assert [one["reference"] for one in said("tasks", "community_clinics", who="dan")] == ["CD-1 | 003"]
    assert len(said("tasks", "community_clinics", "--all", who="dan")) == 2
    assert said("tasks", "community_clinics", "--overdue", who="olga") == []


def test_a_line_says_the_reference_the_clock_and_what_is_missing(office: Path) -> None:
    told = almoner("tasks", "programmes/community_clinics.yaml", "--as", "dan")
    line = next(line for line in told.stdout.splitlines() if line.startswith("CD-1 | 003"))
    assert (
        "hospital_today · doctor · 2026-09-10 10:30 CST · open · unclear: systolic_2, diastolic_2 · " in line
    )
    assert "171" not in told.stdout
    empty = almoner("tasks", "community_clinics", "--overdue", "--as", "nina")
    assert "Nothing is to be done." in empty.stdout


@pytest.mark.parametrize(
    ("words", "who", "code", "told"),
    [
        (("tasks", "student_grants"), "nina", 3, "nina may not"),
        (("tasks", "community_clinics", "--role", "docter"), "olga", 3, "Did you mean 'doctor'?"),
        (("task", "CD-1 | 002", "--done", "--evidence", "slip"), "olga", 3, "There is no task CD-1 | 002"),
        (("task", "CD-1 | 002", "--done"), "dan", 3, "Say which paper shows it"),
        (("task", "CD-1 | 002", "--verified"), "dan", 3, "nobody who verifies"),
        (("task", "CD-1 | 002"), "dan", 2, "Say one of"),
        (("task", "CD-1 | 002", "--done", "--verified"), "dan", 2, "Say one of"),
        (("task", "CD-1 | 002", "--done", "--withhold", "what"), "dan", 2, "--withhold goes with --send"),
        (("task", "CD-1 | 002", "--send", "out", "--evidence", "slip"), "dan", 2, "--evidence with --done"),
        (("task", "CD-1 | 002", "--send", "out"), "dan", 3, "Nothing of 'hospital_today' leaves"),
        (("record", "00000000-0000-7000-8000-000000000000"), "dan", 3, "There is no record"),
    ],
)
def test_a_wrong_word_is_refused_with_its_reason(
    office: Path, words: tuple[str, ...], who: str, code: int, told: str
) -> None:
    refused = almoner(*words, "--as", who)
    assert (refused.exit_code, told in refused.stderr) == (code, True), refused.stderr
