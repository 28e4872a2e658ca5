"""What an earlier release answered, every later one answers: years later a decision must be replayed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from almoner.definitions.answers import decode
from almoner.definitions.load import from_edition
from almoner.engine.results import Case
from almoner.engine.screening import screen
from almoner.engine.screening_json import as_json
from almoner.values.canonical import plain

CORPUS = sorted((Path(__file__).parent / "replays").glob("*.json"))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_every_screening_of_an_earlier_release_replays_unchanged(file: Path) -> None:
    corpus = json.loads(file.read_text(encoding="utf-8"))
    programme = from_edition(corpus["edition"].encode())
    assert programme.digest == corpus["digest"]
    said = [(date.fromisoformat(one["as_of"]), one["answers"], one["said"]) for one in corpus["screenings"]]
    cases = [Case(as_of, decode(programme.form, answers)) for as_of, answers, _said in said]
    now = [
        {**as_json(programme, one), "derived": plain(dict(one.derived))} for one in screen(programme, cases)
    ]
    assert now == [was for _as_of, _answers, was in said]


def test_there_is_a_corpus() -> None:
    assert CORPUS
