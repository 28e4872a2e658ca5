"""What leaves the office with a task: answers, no name, no date but those that were asked."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.definitions.programme import Field
from almoner.definitions.tree import Type
from almoner.engine.outgoing import Outgoing, Sent, candidates, gives_away, last_answer, texts_of
from definitions.definition_texts import accepted, text_of

WHAT = Field("what", Type.TEXT, 1, ask="What happened?")
BEGAN = Field("began", Type.DATE, 1)
LOT = Field("lot", Type.LOT, 1)


def report(*sent: Sent, unclear: tuple[str, ...] = ()) -> Outgoing:
    return Outgoing("Free medicine", "tell_the_maker", "safety_desk", "3f2a", unclear, sent)


def test_a_report_says_its_answers_and_what_is_not_known() -> None:
    sent = (
        Sent(WHAT, "a rash"),
        Sent(BEGAN, date(2026, 3, 19)),
        Sent(LOT, None),
        Sent(LOT, None, withheld=True),
    )
    assert report(*sent, unclear=("serious",)).as_text().decode().splitlines() == [
        "Free medicine: tell_the_maker",
        "To: safety_desk",
        "About: 3f2a",
        "Whether it had to be sent is unclear; not known: serious",
        "What happened?: a rash",
        "began: 2026-03-19",
        "lot: not known",
        "lot: withheld by the office",
    ]


def test_the_json_of_a_report_keeps_unknown_apart_from_no() -> None:
    sent = (
        Sent(Field("serious", Type.BOOLEAN, 1), value=False),
        Sent(LOT, None),
        Sent(WHAT, None, withheld=True),
    )
    answers = json.loads(report(*sent).as_json())["answers"]
    assert answers["serious"] == {"asked": "", "value": False, "known": True, "withheld": False}
    assert answers["lot"] == {"asked": "", "value": None, "known": False, "withheld": False}
    assert (answers["what"]["value"], answers["what"]["withheld"]) == (None, True)


def test_an_answer_of_several_lines_is_one_line_and_no_line_of_the_report() -> None:
    text = report(Sent(WHAT, "a rash\nAbout: somebody")).as_text().decode()
    assert text.splitlines()[-1] == "What happened?: a rash About: somebody"


def handed(day: date, number: int, lot: str | None, benefit: str = "medicine") -> SimpleNamespace:
    return SimpleNamespace(benefit=benefit, delivered_on=day, number=number, answers={"lot": lot})


def test_the_lot_is_that_of_the_last_delivery_up_to_the_day(tmp_path) -> None:
    medicine = (
        "benefits:\n  medicine: {kind: in_kind, quantity: 1, each_delivery: {form: {lot: {type: lot}}}}\n"
        "  other: {kind: in_kind, quantity: 1}\n"
    )
    programme = accepted(tmp_path, text_of(benefits=medicine))
    march = [
        handed(date(2026, 3, day), number, lot)
        for day, number, lot in ((1, 1, "A"), (9, 2, "B"), (9, 3, "C"))
    ]
    later, other = handed(date(2026, 3, 20), 4, "D"), handed(date(2026, 3, 10), 5, "E", "other")
    for until, lot in ((8, "A"), (9, "C"), (19, "C"), (20, "D")):
        assert last_answer(programme, "lot", [*march, later, other], date(2026, 3, until)) == lot
    assert last_answer(programme, "lot", [later, other], date(2026, 3, 19)) is None
    assert (
        last_answer(programme, "lot", [*march, handed(date(2026, 3, 12), 6, None)], date(2026, 3, 19)) is None
    )


NAMED = [
    ("Mr Li Wei has a rash", "Li Wei", True),
    ("LIWEI has a rash", "Li Wei", True),
    ("he lost weight", "Li Wei", False),
    ("王小明起了皮疹", "王小明", True),
    ("小明起了皮疹", "小明", True),
    ("call 138-0013-8000", "13800138000", True),
    ("call 1 3 8 0 0 1 3 8 0 0 0", "138 0013 8000", True),
    ("since 2026", "FM-2026-000001-K", False),
    ("fm 2026 000001 k", "FM-2026-000001-K", True),
    ("ＦＭ－２０２６－０００００１－Ｋ", "FM-2026-000001-K", True),  # noqa: RUF001 -- full-width signs are what people write
    ("a pan, nice", "Ann", False),
    ("a rash", "", False),
]


@pytest.mark.parametrize(("text", "secret", "told"), NAMED)
def test_a_name_or_number_is_found_however_it_is_written(text: str, secret: str, *, told: bool) -> None:
    assert gives_away(text, [secret]) is told


@given(
    st.text("abcdefg 王李张", max_size=30),
    st.text("hijkmn", min_size=3, max_size=12),
    st.text("opqrst", min_size=3, max_size=12),
)
def test_a_name_of_two_words_is_found_within_any_text(around: str, first: str, last: str) -> None:
    for told in (f"{around} {first} {last} {around}", f"{around} {first.upper()}", f"{around}-{last}."):
        assert gives_away(told, [f"{first} {last}"])
    assert not gives_away(around, [f"{first} {last}"])


@given(
    st.text("0123456789", min_size=6, max_size=18), st.sampled_from(["", " ", "-", " - "]), st.integers(1, 5)
)
def test_a_number_is_found_however_it_is_broken_up(number: str, between: str, every: int) -> None:
    parts = [number[start : start + every] for start in range(0, len(number), every)]
    assert gives_away(f"call {between.join(parts)} at night", [number])


def test_what_could_be_a_name_is_looked_up_word_by_word_and_character_by_character() -> None:
    found = candidates("Li Wei 王小明来电")
    assert {"wei", "liwei", "王小", "王小明", "小明"} <= found
    assert "li" not in found


def test_every_text_of_a_value_is_looked_at() -> None:
    value = {"name": "Li", "ways": [{"phone": "138"}, ("a", 7, None)]}
    assert list(texts_of(value)) == ["Li", "138", "a"]
    assert list(texts_of(Decimal(3))) == []
