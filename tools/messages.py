"""Bring the catalogues in line with the sentences in the code and in the programmes' files.

`make messages` adds new sentences untranslated, drops those that are gone, and keeps the translations of
those that stayed. `tests/test_messages.py` says what is left to translate.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/almoner"
CATALOGUES = sorted((SOURCE / "locale").glob("*/LC_MESSAGES/almoner.po"))
WORDS = {"_": None, "ngettext": (1, 2)}
TEXTS = {
    "none",
    *("programme", "theme", "purpose", "ask", "help", "text", "refusal", "basis", "item", "unit", "title"),
    "who",
}
"""The keys of a programme's file whose value is a sentence or a name that people read."""
TITLED = {"benefits", "records", "follow_ups", "comparison", "contributions", "indicators"}
"""The sections whose own names are titles on a statement's page: `students_supported`, Students supported. So are the
steps of a cascade and the index by which a change is deflated."""

LEDGER = "ledger of "
"""What stands before the name of an account in a contribution's `from`."""

VALUES = {
    "src/almoner/engine/results.py": ("eligible", "needs information", "not eligible"),
    "src/almoner/engine/renewals.py": ("not yet", "open", "silent", "goes on", "ends"),
    "src/almoner/definitions/sections/leaving.py": ("renewal", "silence", "wind_down"),
    "src/almoner/flow/steps/keeping.py": ("end", "resume"),
    "src/almoner/cli/demo.py": (
        "demonstration: no company's results",
        "Not there yet: payments; the web.",
    ),
    "src/almoner/cli/data_sets.py": ("Cedar Life Sciences (invented)",),
    "src/almoner/engine/walled_figures.py": ("supported so far", "support ended", "supported now"),
}
"""Words of the data that pages and commands say through `_(value)`, which no reader of the code can see."""


def from_code() -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    """File, message and translators' notes of every sentence in the code."""
    found = extract_from_dir(
        SOURCE, method_map=[("**.py", "python")], keywords=WORDS, comment_tags=("For translators:",)
    )
    for file, _line, message, notes, _context in found:
        yield f"src/almoner/{file}", message, notes


def from_values() -> Iterator[tuple[str, str, list[str]]]:
    """File and word of everything that is said by its value."""
    for file, words in VALUES.items():
        yield from ((file, word, []) for word in words)


def from_programmes() -> Iterator[tuple[str, str, list[str]]]:
    """File and text of every sentence in the programmes' files."""
    for file in sorted((SOURCE / "programmes").glob("*.yaml")):
        tree = yaml.compose(file.read_text(encoding="utf-8"))
        for text in dict.fromkeys(texts_of(tree)):
            yield f"src/almoner/programmes/{file.name}", text, []


def from_plays() -> Iterator[tuple[str, str, list[str]]]:
    """File and name of every invented round, and of the accounts from which its costs are spent."""
    for file in sorted((SOURCE / "programmes/invented").glob("*.yaml")):
        play = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- texts alone
        accounts = [cost["account"] for cost in play.get("costs", [])]
        sessions = play.get("sessions", [])
        for one in sessions if isinstance(sessions, list) else [sessions]:
            accounts += one.get("costs", {})
        for text in (play["round"]["name"], *accounts):
            yield f"src/almoner/programmes/invented/{file.name}", text, []


def texts_of(node: yaml.Node | None, *, place: str = "") -> Iterator[str]:
    """The texts below a node, in order: examples hold answers, codes are no words."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not place and key.value in {"examples", "codes"}:
                continue
            yield from _said(place, key.value, value)
            yield from texts_of(value, place=key.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from texts_of(value, place=place or "list")


def _said(place: str, key: str, value: yaml.Node) -> Iterator[str]:
    """What people read of one key: its text, its own name as a title, the names of a figure's parts, an account."""
    if place in TITLED and isinstance(value, yaml.MappingNode):
        yield title_of(key)
    if key == "cascade" and isinstance(value, yaml.SequenceNode):
        yield from (title_of(step.value) for step in value.value)
    if not isinstance(value, yaml.ScalarNode) or not value.value:
        return
    if key in TEXTS or place == "called":
        yield value.value
    elif key == "deflate":
        yield title_of(value.value)
    elif key == "from" and value.value.startswith(LEDGER):
        yield value.value.removeprefix(LEDGER)


def title_of(name: str) -> str:
    """A name as a page shows it: `students_supported`, Students supported."""
    title: str = name.replace("_", " ").capitalize()
    return title


def template() -> Catalog:
    """Every sentence that has to be translated."""
    catalog = Catalog(project="Almoner", fuzzy=False)
    for file, message, notes in (*from_code(), *from_values(), *from_programmes(), *from_plays()):
        catalog.add(message, locations=[(file, 0)], auto_comments=notes)
    return catalog


def main() -> None:
    """Rewrite each catalogue."""
    wanted = template()
    for path in CATALOGUES:
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
        catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = "Almoner"
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
        empty = sum(1 for message in catalog if message.id and not message.string)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} sentences, {empty} to translate")  # noqa: T201 -- its answer


if __name__ == "__main__":
    main()
