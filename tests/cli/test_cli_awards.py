"""What a person types about an award that runs for years, and what each refused word says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from databases import Database
from medicine import text_of

APPLICATIONS = """almoner: 1
mapping: Patients
programme: medicine
kind: applications
round: {name: Patients 2026, year: 2026, currency: CNY, submitted: 2026-03-01}
file: {format: csv}
party: {reference: nr}
columns: {ill: ill, household_income: income, insured: insured, insurance_pays: pays}
"""
RENEWALS = """almoner: 1
mapping: What patients say a year later
programme: medicine
kind: records
record: renewal
file: {format: csv}
party: {reference: nr}
columns: {happened_on: day, household_income: income, insured: insured, insurance_pays: pays}
"""


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def done(*words: str) -> Any:
    """What a command that is done says as JSON."""
    result = almoner(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Path:
    """An office that gives the medicine: two patients have it since 31 March 2026."""
    assert almoner("init").exit_code == 0
    assert almoner("user", "mia", "--role", "manager").exit_code == 0
    for name, role in (("olga", "officer"), ("abe", "approver"), ("ada", "auditor")):
        assert almoner("user", name, "--role", role, "--as", "mia").exit_code == 0
    (tmp_path / "medicine.yaml").write_text(text_of(), encoding="utf-8")
    (tmp_path / "patients.yaml").write_text(APPLICATIONS, encoding="utf-8")
    (tmp_path / "renewals.yaml").write_text(RENEWALS, encoding="utf-8")
    (tmp_path / "patients.csv").write_text(
        "nr,ill,income,insured,pays\n1,true,20000,false,\n2,true,20000,false,\n", encoding="utf-8"
    )
    file, mapping = str(tmp_path / "medicine.yaml"), str(tmp_path / "patients.yaml")
    opening = almoner(
        "open-round", file, "--mapping", mapping, "--budget", "5000", "--as", "mia", "--on", "2026-01-10"
    )
    assert opening.exit_code == 0, opening.output
    take = ("import", file, str(tmp_path / "patients.csv"), "--kind", "applications", "--mapping", mapping)
    done(*take, "--as", "olga", "--on", "2026-03-01")
    done("decide", file, "--as", "olga", "--on", "2026-03-10")
    done("decide", file, "--approve", "--as", "abe", "--on", "2026-03-20")
    done("decide", file, "--start", "--as", "olga", "--on", "2026-03-31")
    return tmp_path


def renewals(clinic: Path, rows: str, *, on: str, name: str = "renewals") -> tuple[str, ...]:
    """The words that take over a file of answers."""
    (clinic / f"{name}.csv").write_text("nr,day,income,insured,pays\n" + rows, encoding="utf-8")
    return (
        "import", str(clinic / "medicine.yaml"), str(clinic / f"{name}.csv"), "--kind", "records",
        "--mapping", str(clinic / "renewals.yaml"), "--round", "Patients 2026", "--as", "olga", "--on", on,
    )  # fmt: skip


def test_a_patient_answers_another_is_silent_and_a_person_decides(clinic: Path) -> None:
    file = str(clinic / "medicine.yaml")
    told = done(*renewals(clinic, "1,2027-03-05,30001,false,\n", on="2027-03-05"))
    assert (told["created"], told["ends"]) == (1, 1)
    (run,) = done("standing", file, "--as", "olga", "--on", "2027-03-31")
    assert (run["suspended"], run["renewals"]) == (1, {"ends": 1, "silent": 1})
    (proposed,) = run["proposed"]
    assert (proposed["propose"], proposed["by"]) == ("end", "renewal")
    page = almoner("standing", file, "--as", "olga", "--on", "2027-06-29")
    assert "Patients 2026: 0 suspended for silence" in page.output
    assert f"{proposed['award']}: end is proposed by renewal since 2027-03-05." in page.output
    assert "article 2: The household can pay." in page.output
    assert "is proposed by silence since 2027-06-29." in page.output
    ended = done("award", proposed["award"], "--end", "insured now", "--as", "abe", "--on", "2027-04-01")
    assert (ended["state"], ended["released_minor"]) == ("ended", 20000)
    silent = next(line.split(":")[0] for line in page.output.splitlines() if "by silence" in line)
    late = renewals(clinic, "2,2027-07-01,100,false,\n", on="2027-07-01", name="late")
    assert done(*late)["goes on"] == 1
    (run,) = done("standing", file, "--as", "olga", "--on", "2027-07-02")
    assert [(one["award"], one["propose"]) for one in run["proposed"]] == [(silent, "resume")]
    resumed = done("award", silent, "--resume", "--why", "answered", "--as", "abe", "--on", "2027-07-02")
    assert resumed == {"award": silent, "state": "active"}
    assert almoner("audit", "verify", "--as", "ada").exit_code == 0


def test_the_same_file_of_answers_again_says_the_same_and_changes_nothing(clinic: Path) -> None:
    words = renewals(clinic, "1,2027-03-05,100,false,\n", on="2027-03-05")
    assert done(*words) == done(*words)


def test_a_mapping_may_say_renewal_only_where_the_programme_renews(clinic: Path) -> None:
    mapping = clinic / "renewals.yaml"
    mapping.write_text(RENEWALS.replace("record: renewal", "record: renewl"), encoding="utf-8")
    refused = almoner(*renewals(clinic, "1,2027-03-05,100,false,\n", on="2027-03-05"))
    assert refused.exit_code == 1
    assert "The programme has no 'renewl'; there is visit, renewal. Did you mean 'renewal'?" in refused.output
    mapping.write_text(RENEWALS.replace("insured: insured", "ill: insured"), encoding="utf-8")
    refused = almoner(*renewals(clinic, "1,2027-03-05,100,false,\n", on="2027-03-05"))
    assert (refused.exit_code, "'ill'" in refused.output) == (1, True)


def test_a_renewal_may_answer_a_part_of_what_is_asked(clinic: Path) -> None:
    columns = "columns: {happened_on: day, insured: insured}\nignore: [income, pays]\n"
    part = RENEWALS[: RENEWALS.index("columns:")] + columns
    (clinic / "renewals.yaml").write_text(part, encoding="utf-8")
    told = done(*renewals(clinic, "1,2027-03-05,,false,\n", on="2027-03-05"))
    assert (told["needs information"], told["tasks_opened"]) == (1, 1)


REFUSED = [
    (
        ("award", "MA-2026-1", "--as", "abe"),
        2,
        "Say one of --suspend, --resume, --end REASON and --without NAME.",
    ),
    (("award", "MA-2026-1", "--suspend", "--resume", "--as", "abe"), 2, "Say one of"),
    (
        ("award", "MA-2026-1", "--suspend", "--as", "abe"),
        3,
        "There is no award 'MA-2026-1' on which abe may act.",
    ),
    (("standing", "student_grants", "--as", "olga"), 3, "No round of 'student_grants' was opened."),
    (("standing", "FILE", "--as", "abe"), 3, "abe may not: keep standings (medicine)."),
    (
        ("wind-down", "FILE", "--as", "olga", "--why", "x"),
        3,
        "olga may not: wind down programmes (medicine).",
    ),
    (("wind-down", "FILE", "--as", "mia"), 3, "A programme winds down only with a reason: --why."),
]


def test_every_refused_word_says_why(clinic: Path) -> None:
    for words, code, told in REFUSED:
        named = [str(clinic / "medicine.yaml") if word == "FILE" else word for word in words]
        refused = almoner(*named)
        assert (refused.exit_code, told in refused.output) == (code, True), refused.output


def test_a_programme_closes_to_new_people_and_says_so_every_day(clinic: Path) -> None:
    file = str(clinic / "medicine.yaml")
    why = "It is sold now."
    told = done("wind-down", file, "--why", why, "--as", "mia", "--on", "2026-06-01")
    assert told == {"programme": "medicine", "from": "2026-06-01"}
    (clinic / "new.csv").write_text("nr,ill,income,insured,pays\n3,true,1,false,\n", encoding="utf-8")
    mapping = str(clinic / "patients.yaml")
    take = ("import", file, str(clinic / "new.csv"), "--kind", "applications", "--mapping", mapping)
    refused = almoner(*take, "--as", "olga", "--on", "2026-06-01")
    assert refused.exit_code == 3
    assert "'medicine' takes nobody new since 2026-06-01: It is sold now." in refused.output
    page = almoner("standing", file, "--as", "olga", "--on", "2026-06-02")
    assert f"Winds down. New: stop from 2026-06-01; present: until 2028-12-31; why: {why}" in page.output
