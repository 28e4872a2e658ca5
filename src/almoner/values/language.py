"""The reader's language: messages in English are looked up in the catalogues under `locale/`.

Catalogues are read as text (`.po`); nothing has to be compiled before. Call `_` where the text is needed, not
when a module is loaded: the language is that of the moment.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Mapping[str, str] = {"en": "", "zh-hans": "zh_Hans"}
"""The languages and the folder of each catalogue; English is the language of the messages themselves."""

FOLDER = Path(__file__).parent.parent / "locale"

_language: ContextVar[str] = ContextVar("almoner_language")


def language() -> str:
    """The language in use: the one set, else `ALMONER_LANGUAGE`, else `LANG`, else English."""
    chosen = _language.get("")
    return chosen or _from_environment()


@contextmanager
def use_language(name: str) -> Iterator[None]:
    """Speak another language, `en` or `zh-hans`, within a `with` block.

    Raises:
        ValueError: the language is not one of `LANGUAGES`.
    """
    if name not in LANGUAGES:
        raise ValueError(f"{name!r} is not a language here; use {' or '.join(LANGUAGES)}.")
    token = _language.set(name)
    try:
        yield
    finally:
        _language.reset(token)


def _(message: str) -> str:
    """The message in the language in use; the message itself where there is no translation."""
    return _catalogue(language()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of a message that fits a count, in the language in use."""
    return _catalogue(language()).ngettext(singular, plural, count)


MOST_NAMED = 5
"""How many things a sentence names before it says that there are more."""


def few(things: Sequence[object], between: str = ", ") -> str:
    """The first few of some things, and a sign that there are more where there are."""
    more = " …" if len(things) > MOST_NAMED else ""
    return between.join(str(one) for one in things[:MOST_NAMED]) + more


def _from_environment() -> str:
    wanted = os.environ.get("ALMONER_LANGUAGE") or os.environ.get("LANG") or ""
    name = wanted.split(".", maxsplit=1)[0].replace("_", "-").lower()
    return "zh-hans" if name in ("zh", "zh-cn", "zh-sg", "zh-hans") else "en"


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    folder = LANGUAGES[name]
    if not folder:
        return gettext.NullTranslations()
    path = FOLDER / folder / "LC_MESSAGES" / "almoner.po"
    if not path.exists():
        return gettext.NullTranslations()
    return read_catalogue(path)


def read_catalogue(path: Path) -> gettext.NullTranslations:
    """The catalogue in `<locale>/LC_MESSAGES/….po`, without fuzzy entries: nobody confirmed those."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.parent.parent.name, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
