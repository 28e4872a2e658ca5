"""The stock in a statement: what was there, what came, what went and what is left, lot by lot."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from statement_cases import STORY, YEAR, moved, part_of, stated, write

from almoner.engine.connection import connect
from almoner.engine.figures import Period
from almoner.engine.statement_page import render
from almoner.engine.stock_figures import stock_by_lot
from almoner.values.language import use_language

LOTS = ("LX-1", "LX-2")
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in (1, 6, 12)]
MOVED = st.builds(
    moved,
    st.sampled_from(["received", "issued", "written off"]),
    st.sampled_from(MONTHS),
    st.integers(1, 10**6).map(lambda units: Decimal(units) / 1000),
    st.sampled_from(LOTS),
)


def test_a_lot_says_what_was_there_what_moved_in_the_period_and_what_is_left(tmp_path: Path) -> None:
    first, second = part_of(stated([write(tmp_path)]))["stock"]
    assert first == {
        "benefit": "laptop",
        "name": "LX-7",
        "unit": "piece",
        "at_first": "7.5",
        "received": "1000",
        "issued": "2.5",
        "written_off": "0.001",
        "left": "1004.999",
        "recalled": False,
    }
    assert (second["name"], second["left"], second["recalled"]) == ("LX-8", "0", True)


def test_a_lot_that_was_gone_before_or_came_later_is_not_listed(tmp_path: Path) -> None:
    write(tmp_path)
    with connect(allowed_paths=[tmp_path / "stock.parquet"]) as connection:
        listed = {
            year: [lot.name for lot in stock_by_lot(tmp_path, Period.year(year), connection)]
            for year in (2023, 2024, 2025, 2026)
        }
    assert listed == {
        2023: [],
        2024: ["LX-6", "LX-7"],
        2025: ["LX-7", "LX-8"],
        2026: ["LX-7", "LX-9"],
    }


def test_a_programme_without_lots_has_no_stock_and_no_table(tmp_path: Path) -> None:
    story = {name: rows for name, rows in STORY.items() if name != "stock"}
    statement = stated([write(tmp_path, story)])
    assert part_of(statement)["stock"] == []
    assert "Stock" not in render(statement.content)


def test_the_page_tells_the_stock_in_the_readers_language(tmp_path: Path) -> None:
    content = stated([write(tmp_path)]).content
    page = render(content)
    assert "Stock by lot, all calls together" in page
    assert "1,004.999 piece left" in page
    assert "at first 7.5 · received 1,000 · issued 2.5 · written off 0.001" in page
    assert "lot LX-8 · recalled" in page
    with use_language("zh-hans"):
        assert "批号 LX-8 · 已召回" in render(content)


@given(st.lists(MOVED, max_size=20))
def test_what_was_there_and_came_is_what_went_and_is_left(rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder), {"stock": rows})
        with connect(allowed_paths=[Path(folder) / "stock.parquet"]) as connection:
            found = {lot.name: lot for lot in stock_by_lot(Path(folder), YEAR, connection)}
    for name in LOTS:
        counted = {
            "before": Decimal(0),
            "received": Decimal(0),
            "issued": Decimal(0),
            "written off": Decimal(0),
        }
        for row in rows:
            if row["lot"] == name and row["month"] < "2025":
                counted["before"] += row["quantity"] if row["movement"] == "received" else -row["quantity"]
            elif row["lot"] == name and row["month"] < "2026":
                counted[row["movement"]] += row["quantity"]
        if not any(counted.values()):
            assert name not in found
            continue
        lot = found[name]
        assert [Decimal(one) for one in (lot.at_first, lot.received, lot.issued, lot.written_off)] == list(
            counted.values()
        )
        assert Decimal(lot.at_first) + Decimal(lot.received) == Decimal(lot.issued) + Decimal(
            lot.written_off
        ) + Decimal(lot.left)
