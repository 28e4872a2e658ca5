"""The stock in the statement of an office: once a programme, proved by the verification file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from almoner.engine.figures import Period
from almoner.engine.verify import verify
from flow.conftest import Office
from flow.test_flow_stock import findings, issue, recall, receive, references, write_off
from flow.test_flow_together import begun


def closed(office: Office, rounds: list[Any], year: int, folder: Path) -> tuple[Any, list[list[Any]]]:
    """What a year's statement of these rounds publishes, and the stock of each."""
    from almoner.flow.steps.closing import close_period

    published = close_period(
        rounds,
        office="Test office",
        period=Period.year(year),
        folder=folder,
        first_line="",
        request=office.request("carol", date(2028, 1, 5)),
    )
    content = json.loads(published.statement.read_text(encoding="utf-8"))
    return published, [part["stock"] for part in content["programmes"]]


def test_the_stock_is_told_once_a_programme_and_can_be_computed_anew(office: Office, tmp_path: Path) -> None:
    first = begun(office)
    second = office.open_round("Autumn 2027")
    receive(office)
    receive(office, paper="note 8")
    issue(office, references(first)[0], 2, "i1")
    write_off(office)
    recall(office)
    published, stock = closed(office, [second, first], 2026, tmp_path / "published")
    row = {"benefit": "laptop", "name": "LX-7", "unit": "piece", "at_first": "0", "received": "10"}
    assert stock == [[{**row, "issued": "2", "written_off": "1", "left": "7", "recalled": True}], []]
    report = verify(published.bundle, published.root)
    assert report.problems == ()
    assert "Stock by lot" in published.page.read_text(encoding="utf-8")
    _, later = closed(office, [first, second], 2027, tmp_path / "later")
    kept = {**row, "at_first": "7", "received": "0", "issued": "0", "written_off": "0", "left": "7"}
    assert later == [[{**kept, "recalled": True}], []]
    assert findings(office) == ()


def test_a_programme_without_lots_has_a_statement_without_stock(office: Office, tmp_path: Path) -> None:
    published, stock = closed(office, [office.open_round()], 2026, tmp_path / "published")
    assert stock == [[]]
    assert verify(published.bundle, published.root).problems == ()


def test_a_statement_that_says_another_stock_does_not_agree(office: Office, tmp_path: Path) -> None:
    import zipfile

    round_ = office.open_round()
    receive(office)
    published, _stock = closed(office, [round_], 2026, tmp_path / "published")
    folder = tmp_path / "opened"
    with zipfile.ZipFile(published.bundle) as package:
        package.extractall(folder)
    statement = folder / "statement.json"
    text = statement.read_text(encoding="utf-8")
    assert '"left":"5"' in text
    statement.write_text(text.replace('"left":"5"', '"left":"4"'), encoding="utf-8")
    problems = verify(folder).problems
    assert any("stock, LX-7, left" in one for one in problems), problems
