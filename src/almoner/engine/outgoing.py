"""What leaves the office with a task: a report without a name, as JSON and as plain text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from almoner.definitions.programme import Field, Programme
from almoner.values.language import _

SHORTEST = 2
"""Of a name in letters that are no alphabet; one character alone is in too many words."""
SHORTEST_IN_LETTERS = 3
LONG_NUMBER = 6
"""From how many signs on a number is found however it is broken up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer that leaves. `value` is None where it is not known, and where it is withheld."""

    field: Field
    value: Any
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A report on its way out.

    `about` is a pseudonym of the task: who gets two reports cannot tell whether they are about one person. `unclear` is
    what would tell whether it had to be sent at all. Nothing says when it was written: no date is in it but answers.
    """

    programme: str
    task: str
    role: str
    about: str
    unclear: Sequence[str]
    sent: Sequence[Sent]

    def as_json(self) -> bytes:
        """The report for machines: UTF-8, `value` null where it is not known or withheld."""
        document = {
            "programme": self.programme,
            "report": self.task,
            "to": self.role,
            "about": self.about,
            "unclear": list(self.unclear),
            "answers": {
                one.field.name: {
                    "asked": one.field.ask,
                    "value": _plain(one.value),
                    "known": one.value is not None,
                    "withheld": one.withheld,
                }
                for one in self.sent
            },
        }
        return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()

    def as_text(self) -> bytes:
        """The report for people: UTF-8, a line an answer."""
        lines = [
            f"{self.programme}: {self.task}",
            _("To: {role}").format(role=self.role),
            _("About: {pseudonym}").format(pseudonym=self.about),
        ]
        if self.unclear:
            missing = ", ".join(self.unclear)
            lines.append(
                _("Whether it had to be sent is unclear; not known: {missing}").format(missing=missing)
            )
        lines += [f"{one.field.ask or one.field.name}: {_said(one)}" for one in self.sent]
        return ("\n".join(lines) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _said(one: Sent) -> str:
    if one.withheld:
        return _("withheld by the office")
    if one.value is None:
        return _("not known")
    if isinstance(one.value, bool):
        return _("yes") if one.value else _("no")
    return " ".join(str(_plain(one.value)).split())


def last_answer(programme: Programme, name: str, deliveries: Iterable[Any], until: date) -> Any:
    """What the last delivery that asks a question answered, up to a day; None where there was none.

    Args:
        programme: whose benefits' deliveries ask it.
        name: the question.
        deliveries: of one award, as the case file has them.
        until: the last day that counts.
    """
    asking = {
        one.name
        for one in programme.benefits.values()
        if one.each_delivery is not None and name in one.each_delivery.form
    }
    found = [one for one in deliveries if one.benefit in asking and one.delivered_on <= until]
    if not found:
        return None
    return max(found, key=lambda one: (one.delivered_on, one.number)).answers.get(name)


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_of(inner)


def gives_away(text: str, secrets: Collection[str]) -> bool:
    """Whether a text holds one of these values, or a word of one, however it is spaced and cased.

    A word in an alphabet counts as a whole word of three letters or more, a name in characters wherever it stands, and
    so does a number of six signs or more.
    """
    known, joined = candidates(text), "".join(_words(text))

    def holds(word: str) -> bool:
        if len(word) < _least(word):
            return False
        is_number = len(word) >= LONG_NUMBER and any(character.isdigit() for character in word)
        return word in joined if is_number or _is_dense(word) else word in known

    for secret in secrets:
        parts = _words(secret)
        named = [part for part in parts if not any(character.isdigit() for character in part)]
        if holds("".join(parts)) or any(holds(part) for part in named):
            return True
    return False


def candidates(text: str, *, most_words: int = 4, longest: int = 4) -> set[str]:
    """What in a text could be a name, a number or an account: words, words in a row, and short runs of characters."""
    words = _words(text)
    found = {
        "".join(words[start : start + count])
        for start in range(len(words))
        for count in range(1, most_words + 1)
    }
    found |= {
        word[start : start + count]
        for word in words
        if _is_dense(word)
        for start in range(len(word))
        for count in range(SHORTEST, longest + 1)
    }
    return {one for one in found if len(one) >= _least(one)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("_", " "))


def _is_dense(word: str) -> bool:
    """Whether a word is written in characters that stand without spaces between them."""
    return any("\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" for character in word)


def _least(word: str) -> int:
    return SHORTEST if _is_dense(word) else SHORTEST_IN_LETTERS
