"""Writes what this release answers about the examples of every programme, for the tests of all later releases.

Run once a release: `.venv/bin/python tools/replay_corpus.py`. A file that is there is never written again: if a later
release answers otherwise, that release is wrong, or it raises the grammar version on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from almoner.definitions.answers import encode
from almoner.definitions.load import all_programmes, load
from almoner.definitions.programme import Programme
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.engine.screening_json import as_json
from almoner.values.canonical import plain

CORPUS = Path(__file__).parent.parent / "tests" / "replays"


def corpus_of(programme: Programme) -> dict[str, Any]:
    """An edition as it was frozen, its cases as they were answered, and what the engine said of each."""
    cases = [Case(one.as_of, one.answers) for one in programme.examples.values() if one.as_of is not None]
    return {
        "edition": programme.frozen.decode(),
        "digest": programme.digest,
        "screenings": [
            {
                "as_of": case.as_of.isoformat(),
                "answers": encode(programme.form, case.answers),
                "said": {**as_json(programme, said), "derived": plain(dict(said.derived))},
            }
            for case, said in zip(cases, screen(programme, cases), strict=True)
        ],
    }


def write(folder: Path = CORPUS) -> Sequence[Path]:
    """The corpus of this release, one file a programme that screens; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in all_programmes():
        programme = load(file)
        path = folder / f"{version('almoner')}-{programme.key}.json"
        if programme.eligibility and not path.exists():
            path.write_text(_text(corpus_of(programme)), encoding="utf-8")
            written.append(path)
    return written


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for made in write():
        print(made.name)  # noqa: T201 -- a script says what it wrote
