"""What a person types for a hearing: planned, written down, coded, answered late, and what the list then says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from databases import Database

KEY, DAY, LATER = "stakeholder_dialogue", "2025-03-10", "2025-03-18"
MAPPING = """\
almoner: 1
mapping: Comments of the hearings
programme: stakeholder_dialogue
kind: records
record: comment
file: {format: csv, delimiter: ";"}
party: {reference: [hearing, sheet]}
columns: {reference: hearing, said: said, group: group, may_quote: quote, wants_answer: write}
"""
COMMENTS = """hearing;sheet;said;group;quote;write
H-1;01;The pond glows at night.;neighbours;yes;yes
H-1;02;The bus is late.;staff;no;
"""


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def said(*words: str, who: str = "olga", on: str = DAY) -> Any:
    """What the command answers as JSON."""
    result = almoner(*words, "--as", who, "--on", on, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Path:
    """An office with an open hearing, and the people of the dialogue."""
    for words in (
        ("init",),
        ("user", "mia", "--role", "manager"),
        ("user", "olga", "--role", "officer", "--as", "mia"),
        ("open-round", KEY, "--name", "Dialogue 2025", "--budget", "9000", "--as", "mia"),
        ("user", "cora", "--role", f"coder:{KEY}", "--as", "mia"),
        ("user", "lena", "--role", f"dialogue_lead:{KEY}", "--as", "mia"),
    ):
        made = almoner(*words)
        assert made.exit_code == 0, made.output
    papers = [{"invitation": "invitation.pdf", "groups_asked": [{"group": "neighbours", "invited": 40}]}]
    (tmp_path / "papers.json").write_text(json.dumps(papers), "utf-8")
    (tmp_path / "comments.csv").write_text(COMMENTS, encoding="utf-8")
    (tmp_path / "comments.yaml").write_text(MAPPING, encoding="utf-8")
    said("session", "plan", KEY, "H-1", "--kind", "hearing", "--site", "River plant", "--day", DAY)
    assert said("session", "papers", KEY, "H-1", str(tmp_path / "papers.json"))["missing"] == []
    assert said("session", "open", KEY, "H-1")["state"] == "open"
    return tmp_path


def take_over(office: Path) -> Any:
    kind = ("--kind", "records", "--mapping", str(office / "comments.yaml"), "--round", "Dialogue 2025")
    return said("import", KEY, str(office / "comments.csv"), *kind)


def test_what_is_said_at_a_hearing_demands_that_somebody_reads_it(office: Path) -> None:
    taken = take_over(office)
    assert (taken["created"], taken["parties"], taken["tasks"]) == (2, 1, 2)
    seen = almoner("tasks", KEY, "--as", "cora")
    assert seen.stdout.count("code_it") == 2
    assert "pond" not in seen.stdout, "a list of tasks shows no answer"
    done = said("task", "H-1 | 02", "--done", "--evidence", "reading list 3", who="cora")
    assert (done["task"], done["state"]) == ("code_it", "done")


def test_a_comment_that_waits_for_nobody_else_is_refused_to_strangers(office: Path) -> None:
    take_over(office)
    refused = almoner("task", "H-1 | 01", "--done", "--evidence", "list 3", "--as", "lena", "--on", DAY)
    assert refused.exit_code != 0
    assert "There is no task H-1 | 01 on which lena may act." in refused.stderr
