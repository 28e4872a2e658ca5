"""Everything that people read is there in Chinese too, in the words agreed."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "src/almoner/locale/zh_Hans/LC_MESSAGES/almoner.po"
PLACE = re.compile(r"\{(\w+)[^{}]*\}")
WORDS = ROOT / "docs/reference/words.md"
PAGES = re.compile(
    r"src/almoner/(engine/(statement|explain)\w*|programmes/\w+|web/.*|news/.*)\.(py|yaml|html)$"
)
AUDITORS = re.compile(
    r"\b(part(y|ies)|editions?|screenings?|instalments?|postings?|bundles?|replays?)\b", re.IGNORECASE
)
NOT_OURS = {"党": "a party is an applicant or 对象", "筛查": "a screening is 资格初审", "黨": "as above"}


@cache
def tool():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools/messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def forms(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def test_every_sentence_has_its_chinese():
    missing = []
    for wanted in tool().template():
        found = catalogue().get(wanted.id) if wanted.id else wanted
        if wanted.id and (found is None or found.fuzzy or not all(forms(found.string or ""))):
            missing.append(f"{wanted.locations[0][0]}: {forms(wanted.id)[0]}")
    assert missing == [], "run `make messages`, then translate"


def test_the_catalogue_holds_nothing_that_nobody_says():
    wanted = {message.id for message in tool().template() if message.id}
    assert [message.id for message in catalogue() if message.id and message.id not in wanted] == []


def test_a_translation_names_the_same_places_as_its_sentence():
    wrong = [
        message.id
        for message in catalogue()
        if message.id and message.string
        for said in forms(message.string)
        if said and set(PLACE.findall(said)) != set(PLACE.findall(forms(message.id)[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("word", NOT_OURS)
def test_the_chinese_keeps_to_the_agreed_words(word):
    used = [message.id for message in catalogue() if word in "".join(forms(message.string or ""))]
    assert used == [], NOT_OURS[word]


def test_words_said_by_value_are_still_in_the_code():
    gone = [
        word
        for file, words in tool().VALUES.items()
        for word in words
        if f'"{word}"' not in (ROOT / file).read_text(encoding="utf-8")
        and f"'{word}'" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert gone == []


def test_pages_do_not_use_the_auditors_words():
    said = [
        f"{message.locations[0][0]}: {form}"
        for message in tool().template()
        if message.id and PAGES.match(message.locations[0][0])
        for form in forms(message.id)
        if AUDITORS.search(PLACE.sub("", form))
    ]
    assert said == [], "docs/reference/words.md says what stands on a page instead"


def test_the_list_of_words_is_whole():
    text = WORDS.read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    assert [row for row in rows if not all(cell.strip() for cell in row)] == []
    things = {row[0] for row in rows if len(row) == 5}
    asked = """programme edition party participant site entity round application screening review decision award
        session instalment delivery record follow-up task indicator contribution statement restatement bundle
        posting replay"""
    assert set(asked.split()) - things == set()


def test_texts_are_taken_from_a_programme_but_not_from_its_examples(tmp_path):
    text = """
        programme: Grants
        called: {applicant: Student}
        form: {income: {type: money, ask: What you earn, help: Per month.}}
        examples: {one: {given: {ask: 12}, expect: {text: no}}}
    """
    file = tmp_path / "grants.yaml"
    file.write_text(text, encoding="utf-8")
    tree = tool().yaml.compose(file.read_text(encoding="utf-8"))
    assert list(tool().texts_of(tree)) == ["Grants", "Student", "What you earn", "Per month."]
