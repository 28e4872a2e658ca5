"""What a manager types to say who is what: users, their roles, and those that a programme's file names."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from almoner.cli import chapters
from almoner.cli.main import app
from databases import Database


def almoner(*words: str) -> Result:
    """The command with these words."""
    assert chapters.__all__
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def office(database: Database) -> None:
    """An office with a manager."""
    assert almoner("init").exit_code == 0
    assert almoner("user", "mia", "--role", "manager").exit_code == 0


def test_a_nurse_is_made_and_becomes_a_doctor_too(office: None) -> None:
    nurse = ("user", "nina", "--role", "triage_nurse:community_clinics", "--as", "mia")
    assert almoner(*nurse).exit_code == 0
    given = almoner("role", "give", "nina", "doctor:community_clinics", "--as", "mia")
    assert "nina holds: doctor:community_clinics, triage_nurse:community_clinics" in given.stderr
    gone = almoner("role", "withdraw", "nina", "triage_nurse:community_clinics", "--as", "mia")
    assert "nina holds: doctor:community_clinics" in gone.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("role", "give", "mia", "docter:community_clinics", "--as", "mia"), "Did you mean 'doctor'?"),
        (("role", "withdraw", "mia", "doctor:community_clinics", "--as", "mia"), "mia is no doctor"),
        (("role", "give", "nobody", "officer", "--as", "mia"), "no active user"),
        (("user", "nina", "--role", "doctor:clinics", "--as", "mia"), "There is no programme 'clinics'"),
    ],
)
def test_a_wrong_word_is_refused_with_its_reason(office: None, words: tuple[str, ...], told: str) -> None:
    refused = almoner(*words)
    assert refused.exit_code == 3
    assert told in refused.stderr
