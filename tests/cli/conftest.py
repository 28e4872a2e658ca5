"""An office whose people type."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.typed import APPLICATIONS, AWARDS, RESULTS, almoner
from databases import Database


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
