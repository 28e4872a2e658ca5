"""Editions: a definition frozen with its tables, loaded from what was frozen, the same digest for good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from definition_texts import accepted, problems_of, text_of

from almoner.definitions.load import (
    DefinitionError,
    NotAProgrammeError,
    all_programmes,
    check,
    find,
    from_edition,
    load,
)
from almoner.definitions.programme import Programme
from almoner.values.canonical import digest

PARAMETERS = "parameters:\n  ceiling: {type: money, source: Board, from: {2025-01-01: 700}}\n"
TERM = "lookups:\n  term: {file: term.csv, calendar: true}\n"
TABLE = "name,starts,ends\n2026-autumn,2026-09-01,2027-01-20\n"


def without_lines(value: Any) -> Any:
    """A programme's content with every line number left out: an edition has none."""
    if isinstance(value, Mapping):
        return {name: without_lines(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [without_lines(inner) for inner in value]
    if hasattr(value, "__dataclass_fields__"):
        named = value.__dataclass_fields__
        return {name: without_lines(getattr(value, name)) for name in named if name != "line"}
    return value


@pytest.mark.parametrize("path", all_programmes(), ids=lambda path: path.stem)
def test_a_shipped_programme_is_the_same_from_its_edition(path: Path):
    programme = load(path)
    again = from_edition(programme.frozen)
    assert again.digest == programme.digest == digest(programme.frozen)
    assert without_lines(again) == without_lines(programme)


def test_an_edition_holds_the_file_the_tables_and_the_grammar(tmp_path: Path):
    programme = accepted(tmp_path, text_of(lookups=TERM), term=TABLE)
    whole = json.loads(programme.frozen)
    assert set(whole) == {"almoner", "key", "definition", "lookups", "round"}
    assert (whole["almoner"], whole["key"], whole["round"]) == (1, "small", None)
    assert whole["lookups"] == {"term.csv": TABLE}
    assert whole["definition"]["pairs"][:2] == [["almoner", "1"], ["programme", "Small grants"]]


def test_comments_and_quotes_are_no_part_of_an_edition(tmp_path: Path):
    plain = accepted(tmp_path, text_of())
    noted = accepted(
        tmp_path, "# a comment\n" + text_of(theme='theme: "the disadvantaged, culture and sport"  # x')
    )
    assert noted.digest == plain.digest


def test_the_order_of_keys_is_part_of_an_edition(tmp_path: Path):
    one = accepted(tmp_path, text_of(derive="derive:\n  a: age + 1\n  b: age + 2\n"))
    other = accepted(tmp_path, text_of(derive="derive:\n  b: age + 2\n  a: age + 1\n"))
    assert one.digest != other.digest
    assert list(from_edition(other.frozen).derive) == ["b", "a"]


def test_a_word_a_table_and_a_null_are_parts_of_an_edition(tmp_path: Path):
    base = accepted(tmp_path, text_of(lookups=TERM), term=TABLE)
    digests = {
        base.digest,
        accepted(tmp_path, text_of(lookups=TERM, purpose="purpose: Another."), term=TABLE).digest,
        accepted(tmp_path, text_of(lookups=TERM), term=TABLE.replace("-20", "-21")).digest,
        accepted(tmp_path, text_of(lookups=TERM).replace("age: 20", "age: null"), term=TABLE).digest,
    }
    assert len(digests) == 4


def test_todays_file_changes_nothing_about_an_edition(tmp_path: Path):
    programme = accepted(tmp_path, text_of(lookups=TERM), term=TABLE)
    (tmp_path / "small.yaml").write_text("almoner: 1\n", encoding="utf-8")
    (tmp_path / "term.csv").unlink()
    assert from_edition(programme.frozen).digest == programme.digest


def written(folder: Path) -> Path:
    path = folder / "small.yaml"
    path.write_text(text_of(parameters=PARAMETERS), encoding="utf-8")
    return path


ROUND = {
    "currency": "IDR",
    "parameters": {"ceiling": {"source": "Survey 1976", "from": {"1975-01-01": Decimal("12.5")}}},
}


def test_a_round_restates_currency_and_parameters_and_is_frozen_with_them(tmp_path: Path):
    path = written(tmp_path)
    plain, restated = load(path), load(path, round_=ROUND)
    assert restated.currency == "IDR"
    ceiling = restated.parameters["ceiling"]
    assert ceiling.source == "Survey 1976"
    assert [(figure.starts, figure.value) for figure in ceiling.values] == [(date(1975, 1, 1), 12_500_000)]
    assert restated.digest != plain.digest
    again = from_edition(restated.frozen)
    assert (again.digest, again.currency) == (restated.digest, "IDR")
    assert without_lines(again) == without_lines(restated)


BAD_ROUNDS = [
    ({"currency": "rupiah"}, "'rupiah' is not a currency of ISO 4217."),
    ({"name": "1975"}, "'name' is not a key of 'round'."),
    (
        {"parameters": {"roof": {"type": "money", "source": "x", "from": {"1975-01-01": 1}}}},
        "A round restates 'roof'",
    ),
    ({"parameters": {"ceiling": {"from": {"1975-01-01": 1}}}}, "'ceiling' has no 'source'."),
    (
        {"parameters": {"ceiling": {"type": "integer", "source": "x", "from": {"1975-01-01": 1}}}},
        "A round restates 'ceiling' as integer; it is money.",
    ),
    ({"parameters": {"ceiling": {"source": "x", "from": {"1975-01-01": 0.5}}}}, "A round cannot say 0.5."),
    ({"parameters": 5}, "'parameters' of 'round' must be a mapping."),
]


@pytest.mark.parametrize(("round_", "expected"), BAD_ROUNDS)
def test_what_a_round_restates_is_checked(tmp_path: Path, round_: dict[str, Any], expected: str):
    _programme, problems = check(written(tmp_path), round_=round_)
    assert any(expected in problem.message for problem in problems), problems


NO_EDITIONS = [
    b"",
    b"{}",
    b"[]",
    b"\xff",
    b'{"almoner": 1}',
    b'{"almoner": 2, "key": "a", "definition": {"pairs": []}, "lookups": {}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": [], "lookups": {}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": {"pairs": [["a"]]}, "lookups": {}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": {"pairs": [["a", 1]]}, "lookups": {}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": {"pairs": [["a", "1"], ["a", "2"]]}, "lookups": {}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": {"pairs": []}, "lookups": {"a": 1}, "round": null}',
    b'{"almoner": 1, "key": "a", "definition": {"pairs": []}, "lookups": {}, "round": "x"}',
    b'{"almoner": 1, "key": "a", "definition": ' + b"[" * 50 + b"]" * 50 + b', "lookups": {}, "round": null}',
]


@pytest.mark.parametrize("frozen", NO_EDITIONS)
def test_bytes_that_are_no_edition_are_refused(frozen: bytes):
    with pytest.raises(DefinitionError):
        from_edition(frozen)


def test_an_edition_is_checked_like_a_file(tmp_path: Path):
    programme = accepted(tmp_path, text_of())
    broken = programme.frozen.replace(b"age >= 18", b"agee >= 18")
    with pytest.raises(DefinitionError, match="'is_grown_up' uses 'agee', which no section defines"):
        from_edition(broken)


def test_a_programme_is_found_by_its_name_or_a_path(tmp_path: Path):
    assert find("student_grants").name == "student_grants.yaml"
    assert find(written(tmp_path)) == tmp_path / "small.yaml"
    with pytest.raises(NotAProgrammeError, match="Did you mean 'student_grants'"):
        find("student_grant")
    with pytest.raises(NotAProgrammeError, match=r"There is no file nowhere\.yaml"):
        find("nowhere.yaml")
    with pytest.raises(NotAProgrammeError):
        find("../programmes/student_grants")


def test_a_file_that_is_not_there_or_badly_named_is_a_problem(tmp_path: Path):
    assert [str(problem) for problem in check(tmp_path / "none.yaml")[1]] == [
        "none.yaml: The file cannot be read."
    ]
    (tmp_path / "Small Grants.yaml").write_text(text_of(), encoding="utf-8")
    assert "The file's name is the programme's key" in check(tmp_path / "Small Grants.yaml")[1][0].message


def test_a_definition_that_says_null_in_the_wrong_place_is_a_problem(tmp_path: Path):
    assert problems_of(tmp_path, text_of(purpose="purpose: null")) == [
        "small.yaml:4: 'purpose' must be text."
    ]


def test_a_programme_cannot_be_changed(tmp_path: Path):
    programme = accepted(tmp_path, text_of())
    assert isinstance(programme, Programme)
    with pytest.raises(AttributeError):
        programme.title = "Other"  # type: ignore[misc] -- what is frozen refuses it
