"""What a person types, from an empty office to a verified statement, and what each refused word says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from databases import Database

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


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Path:
    """An office with an officer, an approver, a manager and an auditor, and two mapping files."""
    assert almoner("init").exit_code == 0
    assert almoner("user", "mia", "--role", "manager").exit_code == 0
    for name, role in (("olga", "officer"), ("abe", "approver"), ("ada", "auditor"), ("rolf", "reviewer")):
        made = almoner("user", name, "--role", role, "--as", "mia")
        assert made.exit_code == 0, made.output
    (tmp_path / "applications.yaml").write_text(APPLICATIONS, encoding="utf-8")
    (tmp_path / "records.yaml").write_text(RESULTS, encoding="utf-8")
    (tmp_path / "awards.yaml").write_text(AWARDS, encoding="utf-8")
    return tmp_path


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


def test_a_year_is_typed_from_an_empty_office_to_a_verified_statement(office: Path) -> None:
    file = opened(office)
    dry = said(take_over(office, file, "--dry-run"))
    assert (dry["created"], dry["updated"], dry["unchanged"]) == (3, 0, 0)
    taken = said(take_over(office, file, "--on", "2026-09-10"))
    assert taken["outcomes"] == {"eligible": 1, "needs information": 1, "not eligible": 1}
    assert said(take_over(office, file, "--dry-run"))["unchanged"] == 3
    early = almoner("decide", "programmes/student_grants.yaml", "--as", "olga", "--on", "2026-09-20")
    assert early.exit_code == 3
    assert "Somebody may still answer" in early.stderr
    cut = said(
        almoner(
            "decide",
            "student_grants",
            "--lapse",
            "--as",
            "olga",
            "--on",
            "2026-10-25",
            "--seed",
            "7",
            "--json",
        )
    )
    assert (cut["lapsed"], cut["awarded"], cut["refused"], cut["left_out"]) == (1, 1, 1, 1)
    own = almoner("decide", "student_grants", "--approve", "--as", "olga", "--on", "2026-10-26")
    assert own.exit_code == 3
    assert said(
        almoner("decide", "student_grants", "--approve", "--as", "abe", "--on", "2026-10-26", "--json")
    )
    started = said(
        almoner("decide", "student_grants", "--start", "--as", "olga", "--on", "2026-10-27", "--json")
    )
    assert started["instalments"] == 2
    paid = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 1", "--as", "olga", "--on", "2026-10-27", "--json"
        )
    )
    assert paid["delivered"] == 1
    results = write(
        office / "results.csv",
        [["1", "2026-autumn", "2027-01-20", "yes", "15", "3.1"]],
        ["nr", "term", "day", "enrolled", "credits", "gpa"],
        ",",
    )
    reported = said(
        take_over(office, results, "--round", "Autumn 2026", "--on", "2027-02-01", kind="records")
    )
    assert reported["created"] == 1
    verified = almoner(
        "verify-records", "student_grants", "term_result", "--as", "abe", "--on", "2027-02-02", "--json"
    )
    assert said(verified) == {"verified": 1}
    second = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 2", "--as", "olga", "--on", "2027-04-01", "--json"
        )
    )
    assert second["delivered"] == 1
    published = said(
        almoner(
            "statement",
            "--year",
            "2026",
            "--to",
            str(office / "out"),
            "--as",
            "mia",
            "--office",
            "Us",
            "--json",
        )
    )
    agreed = almoner("verify", published["bundle"], "--root", published["root"])
    assert (agreed.exit_code, "the root is the published one" in agreed.stdout) == (0, True)
    elsewhere = almoner("verify", published["bundle"])
    assert "origin not checked" in elsewhere.stdout
    assert almoner("verify", published["bundle"], "--root", "0" * 64).exit_code == 1
    assert said(almoner("replay", "--as", "ada", "--json")) == {
        "replayed": 3,
        "decided_elsewhere": 0,
        "differences": [],
    }
    assert said(almoner("replay", "./student_grants.yaml", "--as", "ada", "--json"))["replayed"] == 3
    assert almoner("replay", "student_grant", "--as", "ada").exit_code == 3
    assert said(almoner("audit", "verify", "--as", "ada", "--json"))["findings"] == []


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("decide", "student_grants"), "abe"),
        (("decide", "student_grants", "--approve"), "mia"),
        (("decide", "student_grants", "--start"), "abe"),
        (("deliver", "student_grants", "--evidence", "x"), "abe"),
        (("verify-records", "student_grants", "term_result"), "olga"),
        (("statement", "--year", "2026", "--to", "out"), "olga"),
        (("replay",), "olga"),
        (("audit", "verify"), "olga"),
        (("user", "new", "--role", "officer"), "olga"),
    ],
)
def test_a_command_refuses_whoever_may_not(office: Path, words: tuple[str, ...], who: str) -> None:
    opened(office)
    for name in (who, "rolf"):
        refused = almoner(*words, "--as", name)
        assert refused.exit_code == 3, refused.output
        assert f"{name} may not" in refused.stderr
    nobody = almoner(*words, "--as", "stranger")
    assert (nobody.exit_code, "There is no active user 'stranger'" in nobody.stderr) == (3, True)


@pytest.mark.parametrize("who", ["mia", "abe", "ada", "rolf"])
def test_an_import_refuses_whoever_may_not(office: Path, who: str) -> None:
    from almoner.flow.applications.models import Application

    refused = take_over(office, opened(office), who=who)
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Application.objects.exists()


OLD_HEADER = ["Nr", "Decided", "Minute", "Granted", "Paid"]
OLD_BOARD = [
    ["71", "02/03/2026", "Minute 4", "5.000,00", "2.500,00"],
    ["72", "02/03/2026", "Minute 4", "4.000,00", "0"],
]


def old_board(office: Path, rows: list[list[str]] = OLD_BOARD, name: str = "old.csv") -> str:
    return write(office / name, rows, OLD_HEADER)


def test_what_an_old_board_decided_is_taken_over_approved_and_only_the_rest_is_paid(office: Path) -> None:
    opened(office)
    file, where = old_board(office), ("--round", "Autumn 2026", "--on", "2026-09-20")
    counts = {"updated": 0, "unchanged": 0, "ambiguous": 0, "refused": 0}
    dry = said(take_over(office, file, *where, "--dry-run", kind="awards"))
    assert dry == {"created": 2, **counts, "cost_minor": 650_000}
    assert said(take_over(office, file, *where, kind="awards")) == dry
    assert said(take_over(office, file, *where, kind="awards")) == dry, "the same request, once"
    named_anew = old_board(office, [*OLD_BOARD, ["73", "02/03/2026", "Minute 4", "100", "100"]], "more.csv")
    more = said(take_over(office, named_anew, *where, kind="awards"))
    assert (more["created"], more["unchanged"], more["cost_minor"]) == (1, 2, 0)
    assert almoner("decide", "student_grants", "--approve", "--as", "olga").exit_code == 3
    approved = said(
        almoner("decide", "student_grants", "--approve", "--as", "abe", "--on", "2026-09-21", "--json")
    )
    assert approved == {"approved": 3, "decided_elsewhere": 3, "committed_minor": 650_000}
    said(almoner("decide", "student_grants", "--start", "--as", "olga", "--on", "2026-09-22", "--json"))
    paid = said(
        almoner(
            "deliver", "student_grants", "--evidence", "run 1", "--as", "olga", "--on", "2026-09-22", "--json"
        )
    )
    assert (paid["delivered"], paid["held"], paid["cost_minor"]) == (1, 2, 200_000)
    told = almoner("replay", "--as", "ada")
    assert "3 awards were decided elsewhere and are left out" in told.stdout
    assert said(almoner("audit", "verify", "--as", "ada", "--json"))["findings"] == []


def test_the_same_award_under_another_paper_is_refused(office: Path) -> None:
    opened(office)
    where = ("--round", "Autumn 2026", "--on", "2026-09-20")
    said(take_over(office, old_board(office), *where, kind="awards"))
    changed = old_board(office, [["71", "02/03/2026", "Minute 5", "5.000,00", "2.500,00"]], "changed.csv")
    dry = said(take_over(office, changed, *where, "--dry-run", kind="awards"))
    assert (dry["created"], dry["refused"]) == (0, 1)
    refused = take_over(office, changed, *where, kind="awards")
    assert (refused.exit_code, "under another paper, the first is '71'" in refused.stderr) == (3, True)


def test_a_balance_that_cannot_be_is_refused_with_the_reason_of_each_cell(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    rows = [
        ["71", "02/03/2026", "Minute 4", "5000", ""],
        ["72", "02/03/2026", "Minute 4", "5000", "5000,01"],
        ["73", "02/03/2026", "Minute 4", "", "10"],
        ["74", "02/10/2026", "Minute 4", "5000", "0"],
        ["75", "02/03/2026", "", "5000", "0"],
        ["76", "02/03/2026", "Minute 4", "0,005", "0"],
        ["77", "02/03/2026", "Minute 4", "0", "0"],
        ["78", "02/03/2026", "Minute 4", "5000", "0"],
    ]
    file = old_board(office, rows)
    refused = take_over(office, file, "--round", "Autumn 2026", "--on", "2026-09-20", kind="awards")
    assert refused.exit_code == 1
    with (office / "old.refused.csv").open(encoding="utf-8-sig", newline="") as source:
        told = [(one["row"], one["column"], one["reason"]) for one in csv.DictReader(source)]
    assert [(row, column) for row, column, _reason in told] == [
        ("1", "Paid"),
        ("2", "Paid"),
        ("3", "Paid"),
        ("4", "Decided"),
        ("5", "Minute"),
        ("6", "Granted"),
        ("7", ""),
    ]
    assert all(reason for _row, _column, reason in told)
    assert not Application.objects.exists()


@pytest.mark.parametrize("who", ["mia", "abe", "ada", "rolf"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_an_import_of_awards_refuses_whoever_may_not(office: Path, who: str, more: tuple[str, ...]) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    refused = take_over(office, old_board(office), "--round", "Autumn 2026", *more, who=who, kind="awards")
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Application.objects.exists()


@pytest.mark.parametrize("who", ["olga", "abe", "ada", "rolf"])
def test_a_round_is_opened_by_a_manager_alone(office: Path, who: str) -> None:
    from almoner.flow.applications.models import Round

    mapping = str(office / "applications.yaml")
    refused = almoner("open-round", "student_grants", "--mapping", mapping, "--budget", "5", "--as", who)
    assert (refused.exit_code, f"{who} may not" in refused.stderr) == (3, True)
    assert not Round.objects.exists()


def test_a_file_with_bad_cells_is_refused_whole_and_says_why_of_each(office: Path) -> None:
    from almoner.flow.applications.models import Application

    opened(office)
    bad = [
        row("1"),
        row("2", Born="31/02/2006"),
        row("3", Average="12e3"),
        row("4", Home="X"),
        row("5", Tuition="1,2,3"),
    ]
    refused = take_over(office, write(office / "bad.csv", bad))
    assert refused.exit_code == 1
    with (office / "bad.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [(one["row"], one["column"]) for one in told] == [
        ("2", "Born"),
        ("3", "Average"),
        ("4", "Home"),
        ("5", "Tuition"),
    ]
    assert all(one["reason"] for one in told)
    assert not Application.objects.exists()


def test_a_column_that_nobody_mapped_is_a_problem_and_not_dropped(office: Path) -> None:
    opened(office)
    file = write(office / "more.csv", [[*row("1"), "x"]], [*HEADER, "Iban"])
    refused = take_over(office, file)
    assert (refused.exit_code, "Iban" in refused.stderr) == (1, True)


def test_the_second_user_is_made_by_a_manager(office: Path) -> None:
    assert almoner("user", "zoe", "--role", "officer").exit_code == 3
    assert almoner("user", "zoe", "--role", "king", "--as", "mia").exit_code == 3
    assert almoner("user", "olga", "--role", "officer", "--as", "mia").exit_code == 3
