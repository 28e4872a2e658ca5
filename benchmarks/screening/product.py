"""One run of Almoner: its own path over a table, from a Parquet file into another."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from almoner.definitions.load import load
from almoner.engine.screening_tables import screen_table

HERE = Path(__file__).parent

if __name__ == "__main__":
    start = time.perf_counter()
    screen_table(load(HERE / "winter_relief.yaml"), sys.argv[1], sys.argv[2], key="application")
    print(json.dumps({"seconds": time.perf_counter() - start}))
