"""What a person types about stock: a lot is received, listed, recalled, traced and written off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from almoner.values.language import use_language
from databases import Database

PLACE = ("student_grants", "laptop", "LX-7")
CONSIGNMENT = ("--quantity", "5", "--expires", "2028-06-30", "--paper", "delivery note 7")


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def by_olga(*words: str) -> Result:
    """The officer says it on a day."""
    return almoner("lot", *words, "--as", "olga", "--on", "2026-11-02")


def said(*words: str) -> Any:
    """What the command answers as JSON."""
    result = by_olga(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Path:
    """An office with a manager, an officer and an approver."""
    for words in (
        ("init",),
        ("user", "mia", "--role", "manager"),
        ("user", "olga", "--role", "officer", "--as", "mia"),
        ("user", "abe", "--role", "approver", "--as", "mia"),
        ("user", "ada", "--role", "auditor", "--as", "mia"),
    ):
        made = almoner(*words)
        assert made.exit_code == 0, made.output
    return tmp_path


def test_a_lot_is_typed_from_its_consignment_to_its_end(office: Path) -> None:
    first = said("receive", *PLACE, *CONSIGNMENT)
    assert (first["lot"], first["free"], first["short_dated"]) == ("LX-7", "5", False)
    assert said("receive", "student_grants", "laptop", "lx-7", *CONSIGNMENT) == first
    (row,) = said("list", "programmes/student_grants.yaml")["lots"]
    assert (row["lot"], row["received"], row["free"], row["state"]) == ("LX-7", "5", "5", "usable")
    assert said("recall", *PLACE, "--why", "batteries burn")["tasks"] == 0
    assert said("trace", *PLACE) == {"lot": "LX-7", "unit": "piece", "state": "recalled", "issued": []}
    assert said("write-off", *PLACE, "--quantity", "5", "--why", "destroyed")["free"] == "0"
    assert said("list", "student_grants")["lots"][0]["state"] == "recalled"
    verified = almoner("audit", "verify", "--as", "ada")
    assert verified.exit_code == 0, verified.output


def test_a_lot_that_keeps_for_less_than_a_year_is_received_with_a_warning(office: Path) -> None:
    short = ("--quantity", "5", "--expires", "2027-06-30", "--paper", "note 8", "--json")
    result = by_olga("receive", *PLACE, *short)
    assert result.exit_code == 0, result.output
    assert "less than a year" in result.stderr
    assert json.loads(result.stdout)["short_dated"] is True


def test_lists_and_traces_are_told_in_the_readers_language(office: Path) -> None:
    said("receive", *PLACE, *CONSIGNMENT)
    told = by_olga("list", "student_grants").stdout
    assert told == (
        "laptop LX-7: 5 piece left; 5 received, 0 issued, 0 written off; until 2028-06-30; usable\n"
    )
    assert by_olga("trace", *PLACE).stdout == "Nothing of the lot LX-7 was issued.\n"
    with use_language("zh-hans"):
        assert "批号LX-7：尚余5" in by_olga("list", "student_grants").stdout
        assert "可用" in by_olga("list", "student_grants").stdout
        assert by_olga("trace", *PLACE).stdout == "批号LX-7没有发放过。\n"


@pytest.mark.parametrize(
    ("words", "who"),
    [
        (("receive", *PLACE, *CONSIGNMENT[:-1], "another note"), "mia"),
        (("write-off", *PLACE, "--quantity", "1", "--why", "broken"), "mia"),
        (("recall", *PLACE, "--why", "batteries burn"), "abe"),
        (("trace", *PLACE), "mia"),
        (("list", "student_grants"), "abe"),
    ],
)
def test_others_are_refused(office: Path, words: tuple[str, ...], who: str) -> None:
    said("receive", *PLACE, *CONSIGNMENT)
    refused = almoner("lot", *words, "--as", who, "--on", "2026-11-02")
    assert refused.exit_code == 3, refused.output
    assert "may not" in refused.stderr
    assert said("list", "student_grants")["lots"][0]["free"] == "5"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("receive", "student_grant", *PLACE[1:], *CONSIGNMENT), 2, "student_grant"),
        (("receive", *PLACE, *CONSIGNMENT[2:], "--quantity", "five"), 2, "five"),
        (("receive", *PLACE, *CONSIGNMENT[:2], "--expires", "", *CONSIGNMENT[4:]), 2, "is no day"),
        (("receive", *PLACE, *CONSIGNMENT[:2], "--expires", "2026-11-01", *CONSIGNMENT[4:]), 3, "expired"),
        (("list", "student_grant"), 3, "Nothing was received"),
        (("trace", *PLACE), 3, "no lot 'LX-7'"),
        (("recall", *PLACE, "--why", "fire"), 3, "no lot 'LX-7'"),
        (("write-off", *PLACE, "--quantity", "1", "--why", "fire"), 3, "no lot 'LX-7'"),
    ],
)
def test_a_wrong_word_is_refused_with_its_reason(
    office: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    refused = by_olga(*words)
    assert refused.exit_code == code, refused.output
    assert told in refused.stderr
