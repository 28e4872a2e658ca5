"""What somebody behind the wall types: every command, and figures alone answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from databases import Database
from flow.clinic_office import EYES

DAY = "2026-09-10"
MAPPING = """almoner: 1
mapping: The day's sheets
programme: village_eyes
kind: records
record: visitor
round: {name: Eyes 2026, year: 2026, currency: CNY}
file: {format: csv}
party: {reference: nr}
columns: {reference: day, left: left, right: right, may_we_call: call}
"""

WITHOUT_AN_OFFICE = {
    "check": "reads programmes' files",
    "schema": "writes the grammar",
    "recompute": "reads a published study",
    "screen": "reads a file of the person's own",
    "verify": "reads what was published",
    "show": "shows what was published",
    "init": "makes an office, or brings its tables up to date; it reads no row",
    "demo": "makes an office of its own in an empty folder",
}
"""Commands that open no office for anybody, and so ask nobody who they are; each with its reason."""

OF_THE_OFFICE: dict[str, tuple[str, ...]] = {
    "audit verify": (),
    "awards": ("village_eyes",),
    "award": ("VEA-2026-000001-X", "--suspend", "--why", "storm"),
    "decide": ("village_eyes",),
    "due": ("village_eyes",),
    "deliver": ("village_eyes", "--evidence", "paper"),
    "import": ("{file}", "{sheets}", "--kind", "records", "--mapping", "{mapping}", "--round", "Eyes 2026"),
    "lot list": ("village_eyes",),
    "lot recall": ("village_eyes", "glasses", "L-1", "--why", "glass"),
    "lot receive": (
        "{file}",
        "glasses",
        "L-1",
        "--quantity",
        "1",
        "--expires",
        "2028-01-01",
        "--paper",
        "note",
    ),
    "lot trace": ("village_eyes", "glasses", "L-1"),
    "lot write-off": ("village_eyes", "glasses", "L-1", "--quantity", "1", "--why", "glass"),
    "open-round": ("{file}", "--name", "Eyes 2026", "--budget", "1"),
    "portfolio": (),
    "rate": ("KES", "CNY", "0.05", "--source", "a bank"),
    "record": ("{record}",),
    "register add": ("village_eyes", "S-1", "--kind", "site"),
    "register list": ("village_eyes",),
    "register load": ("village_eyes", "{papers}", "--kind", "site"),
    "register strike": ("village_eyes", "S-1", "--kind", "site", "--why", "storm"),
    "replay": ("village_eyes",),
    "review assign": ("village_eyes", "--reviewer", "olga", "--seed", "1"),
    "review give": ("VEA-2026-000001-X", "--points", "idea=1"),
    "review list": ("village_eyes",),
    "review read": ("VEA-2026-000001-X",),
    "review ties": ("village_eyes", "--own", "school="),
    "review withdraw": ("VEA-2026-000001-X", "--why", "storm"),
    "role give": ("dirk", "officer"),
    "role withdraw": ("olga", "officer"),
    "sample": ("village_eyes", "visitor"),
    "session cancel": ("village_eyes", "ED-1", "--why", "storm"),
    "session close": ("village_eyes", "ED-1", "--counted", "visitor=2"),
    "session hold": ("village_eyes", "ED-1"),
    "session open": ("village_eyes", "ED-1"),
    "session papers": ("village_eyes", "ED-1", "{papers}"),
    "session plan": ("village_eyes", "ED-9", "--kind", "eye_day", "--site", "Hill", "--day", DAY),
    "standing": ("village_eyes",),
    "statement": ("village_eyes", "--year", "2026", "--to", "{folder}"),
    "task": ("ED-1 | 1", "--done", "--evidence", "paper"),
    "tasks": ("village_eyes",),
    "user": ("zoe", "--role", "officer"),
    "wind-down": ("village_eyes", "--why", "storm"),
    "verify-records": ("village_eyes", "visitor"),
}
"""What a donor types of each command that opens an office: everything in it is really there."""

SEEN = {"figures": ("village_eyes",)}
"""What is for a donor."""


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


def commands() -> dict[str, Any]:
    """Every command there is, by its name."""

    def below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
            return
        for word, one in inner.items():
            yield from below(one, f"{name} {word}".strip())

    return dict(below(typer.main.get_command(app), ""))


@pytest.fixture
def office(database: Database, tmp_path: Path) -> dict[str, str]:
    """An eye day with two visitors, a task and a donor; the words that stand for what is there."""
    walled = EYES.replace("currency: CNY", "wall: [donor, commercial]\ncurrency: CNY", 1)
    (tmp_path / "village_eyes.yaml").write_text(walled, encoding="utf-8")
    (tmp_path / "day.yaml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "sheets.csv").write_text(
        "day,nr,left,right,call\nED-1,1,0.1,0.2,yes\nED-1,2,1,1,no\n", "utf-8"
    )
    (tmp_path / "papers.json").write_text(json.dumps([{"filing": "filing.pdf"}]), "utf-8")
    file = str(tmp_path / "village_eyes.yaml")
    day, mapping = ("village_eyes", "ED-1"), str(tmp_path / "day.yaml")
    for words in (
        ("init",),
        ("user", "mia", "--role", "manager"),
        ("user", "olga", "--role", "officer", "--as", "mia"),
        ("open-round", file, "--name", "Eyes 2026", "--budget", "9000", "--as", "mia"),
        ("user", "dirk", "--role", f"donor:{file}", "--as", "mia"),
        ("session", "plan", *day, "--kind", "eye_day", "--site", "Hill", "--day", DAY, "--as", "olga"),
        ("session", "papers", *day, str(tmp_path / "papers.json"), "--as", "olga"),
        ("session", "open", *day, "--as", "olga"),
        (
            "import",
            file,
            str(tmp_path / "sheets.csv"),
            "--kind",
            "records",
            "--mapping",
            mapping,
            "--as",
            "olga",
        ),
    ):
        made = almoner(*words)
        assert made.exit_code == 0, (words, made.output)
    from almoner.flow.records.models import Record

    return {
        "file": file,
        "mapping": mapping,
        "sheets": str(tmp_path / "sheets.csv"),
        "papers": str(tmp_path / "papers.json"),
        "folder": str(tmp_path / "out"),
        "record": str(Record.objects.earliest("id").uid),
    }


def typed(name: str, office: dict[str, str], who: str) -> list[str]:
    """A command as somebody types it about what is there."""
    words = {**OF_THE_OFFICE, **SEEN}[name]
    return [*name.split(), *(word.format(**office) for word in words), "--as", who]


def stored() -> Any:
    """How many rows there are of everything."""
    from django.apps import apps

    return {model._meta.db_table: model.objects.count() for model in apps.get_models()}


def test_every_command_is_on_one_of_the_lists() -> None:
    """A new command is refused to donors, or says here why it needs no office."""
    lists = [*WITHOUT_AN_OFFICE, *OF_THE_OFFICE, *SEEN]
    assert sorted(commands()) == sorted(lists), "say on which list of this file the command belongs"
    assert all(len(why.split()) > 2 for why in WITHOUT_AN_OFFICE.values())


@pytest.mark.parametrize("name", sorted(WITHOUT_AN_OFFICE))
def test_a_command_that_opens_no_office_asks_nobody_who_they_are(name: str) -> None:
    options = [option for parameter in commands()[name].params for option in parameter.opts]
    assert "--as" not in options


@pytest.mark.parametrize("name", sorted(OF_THE_OFFICE))
def test_a_donor_is_refused_everything_and_told_nothing(office: dict[str, str], name: str) -> None:
    before = stored()
    refused = almoner(*typed(name, office, "dirk"))
    assert refused.exit_code == 3, refused.output
    assert any(
        words in refused.stderr for words in ("dirk may not", "stands behind the wall", "dirk may act")
    )
    told = refused.stdout + refused.stderr
    for secret in ("Eyes 2026", "visitor", "send_on", "0.1"):
        assert secret not in told.replace("verify-records", ""), told
    assert stored() == before


@pytest.mark.parametrize("name", ["session open", "decide", "import", "task", "record"])
def test_a_donor_cannot_tell_what_is_there_from_what_is_not(office: dict[str, str], name: str) -> None:
    """The same words about something that does not exist get the same answer."""
    swapped = {"ED-1": "ED-7", "Eyes 2026": "Eyes 2027", "ED-1 | 1": "ED-7 | 1"}
    there = almoner(*typed(name, office, "dirk"))
    words = [swapped.get(word, word) for word in typed(name, office, "dirk")]
    if name == "record":
        words[1] = "00000000-0000-7000-8000-000000000000"
    elsewhere = almoner(*words)
    assert there.exit_code == elsewhere.exit_code == 3
    if name != "record":  # a record's name for machines cannot be guessed
        assert there.stderr.replace("ED-1", "ED-7") == elsewhere.stderr


def test_a_dry_run_counts_nothing_for_who_may_not_import(office: dict[str, str]) -> None:
    dry = [*typed("import", office, "dirk"), "--dry-run"]
    assert almoner(*dry).exit_code == 3
    made = almoner("user", "ada", "--role", "auditor", "--as", "mia")
    assert made.exit_code == 0
    assert almoner(*[*typed("import", office, "ada"), "--dry-run"]).exit_code == 3
    assert almoner(*[*typed("import", office, "olga"), "--dry-run"]).exit_code == 0


def test_a_donor_sees_figures_and_the_look_is_entered(office: dict[str, str]) -> None:
    from almoner.vault.models import AuditEntry

    seen = almoner(*typed("figures", office, "dirk"), "--json")
    assert seen.exit_code == 0, seen.output
    document = json.loads(seen.stdout)
    assert (document["until"], document["smallest_group"], document["goods"]) == ("2026-08", 10, [])
    assert {one["name"]: one["value"] for one in document["people"]} == {
        "supported now": None,
        "support ended": None,
        "supported so far": None,
    }
    table = almoner(*typed("figures", office, "dirk")).stdout
    assert "fewer than 10" in table
    assert AuditEntry.objects.filter(step="look_at_figures").count() == 2
    for who, code in (("mia", 0), ("olga", 3)):
        assert almoner(*typed("figures", office, who)).exit_code == code
    ahead = almoner(*typed("figures", office, "dirk"), "--on", "2027-01-01")
    assert (ahead.exit_code, "lies ahead" in ahead.stderr) == (3, True)
