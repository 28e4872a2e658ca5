"""Messages in the reader's language."""

import pytest

from almoner.values import language
from almoner.values.language import _, ngettext, read_catalogue, use_language

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "{name} is not a section."
msgstr "{name}不是一个章节。"

msgid "{count} case"
msgid_plural "{count} cases"
msgstr[0] "{count}个案件"

#, fuzzy
msgid "Nobody confirmed this."
msgstr "没有人确认过。"
"""


@pytest.fixture
def chinese(tmp_path, monkeypatch):
    """A catalogue of the test's own in the place where Almoner looks."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "almoner.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language._catalogue.cache_clear()
    yield
    language._catalogue.cache_clear()


def test_english_is_the_message_itself():
    with use_language("en"):
        assert _("{name} is not a section.") == "{name} is not a section."
        assert ngettext("{count} case", "{count} cases", 1) == "{count} case"
        assert ngettext("{count} case", "{count} cases", 0) == "{count} cases"
        assert _("") == ""


def test_chinese_comes_from_the_catalogue(chinese):
    with use_language("zh-hans"):
        assert _("{name} is not a section.").format(name="x") == "x不是一个章节。"
        assert ngettext("{count} case", "{count} cases", 3).format(count=3) == "3个案件"


def test_what_nobody_confirmed_or_translated_stays_english(chinese):
    with use_language("zh-hans"):
        assert _("Nobody confirmed this.") == "Nobody confirmed this."
        assert _("Not there.") == "Not there."


def test_without_a_catalogue_messages_stay_english(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    language._catalogue.cache_clear()
    with use_language("zh-hans"):
        assert _("Yes") == "Yes"
    language._catalogue.cache_clear()


@pytest.mark.parametrize(
    ("setting", "lang", "expected"),
    [
        ("", "zh_CN.UTF-8", "zh-hans"),
        ("en", "zh_CN.UTF-8", "en"),
        ("zh-hans", "C", "zh-hans"),
        ("", "C.UTF-8", "en"),
        ("", "", "en"),
    ],
)
def test_the_environment_decides_until_a_language_is_set(monkeypatch, setting, lang, expected):
    monkeypatch.setenv("ALMONER_LANGUAGE", setting)
    monkeypatch.setenv("LANG", lang)
    assert language.language() == expected
    with use_language("en"):
        assert language.language() == "en"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="tlh"), use_language("tlh"):
        pass


def test_every_catalogue_that_ships_can_be_read():
    shipped = {name for name, folder in language.LANGUAGES.items() if folder}
    for path in language.FOLDER.rglob("*.po"):
        assert read_catalogue(path)
        assert path.parts[-3] in {language.LANGUAGES[name] for name in shipped}
