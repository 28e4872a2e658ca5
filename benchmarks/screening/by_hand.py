"""One run of the query written by hand, from a Parquet file into another, with the settings that Almoner uses."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "700MB",
    "preserve_insertion_order": False,
}

if __name__ == "__main__":
    start = time.perf_counter()
    query = (HERE / "by_hand.sql").read_text(encoding="utf-8")
    places = {"$source": sys.argv[1], "$target": sys.argv[2], "$guideline": str(HERE / "guideline.csv")}
    for name, path in places.items():
        query = query.replace(name, path)
    with duckdb.connect(":memory:", config=SETTINGS) as connection:
        connection.execute(query)
    print(json.dumps({"seconds": time.perf_counter() - start}))
