"""How a file says that a random sample is asked, that a question is about a delivery, and who signs a record."""

from __future__ import annotations

from pathlib import Path

import pytest
from definition_texts import checked, problems_of, text_of

from almoner.definitions.parts.given import Sample
from almoner.values.numbers import MICRO


def asked(**said: str) -> dict[str, str]:
    """A follow-up in which these words stand."""
    words = {"due": "14 days after each delivery", **said}
    lines = "".join(f"    {name}: {value}\n" for name, value in words.items())
    return {"follow_ups": f"follow_ups:\n  arrived:\n{lines}    form: {{got_it: {{type: boolean}}}}\n"}


@pytest.mark.parametrize(
    "text", ["ten", "10", "0 %", "100.0001 %", "0 at random", "-5 %", "1000 %", "3 at will"]
)
def test_a_sample_that_is_neither_a_share_nor_a_number_is_refused(tmp_path: Path, text: str) -> None:
    problems = problems_of(tmp_path, text_of(**asked(sample=text)))
    assert any("Write '10 %' or '400 at random'." in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("10 %", Sample("10 %", percent=10 * MICRO)),
        ("2.5%", Sample("2.5%", percent=2_500_000)),
        ("100 %", Sample("100 %", percent=100 * MICRO)),
        ("400 at random", Sample("400 at random", count=400)),
    ],
)
def test_a_share_and_a_number_are_carried_out_and_give_no_notice(
    tmp_path: Path, text: str, sample: Sample
) -> None:
    programme, problems = checked(tmp_path, text_of(**asked(sample=text, about="delivery")))
    assert problems == []
    assert programme is not None
    assert programme.follow_ups["arrived"].sample == sample
    assert programme.follow_ups["arrived"].other == {}
    assert programme.notices == ()


def test_what_is_about_a_delivery_counts_from_deliveries(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, text_of(**asked(about="delivery", due="5 days after award")))
    assert any("must fall due after 'each delivery'" in problem for problem in problems), problems


def test_nobodys_help_waits_for_a_sample(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, text_of(**asked(sample="10 %", due="before first delivery")))
    assert any("it cannot be asked of a sample" in problem for problem in problems), problems


def test_who_signs_a_record_about_an_award_is_carried_out_and_of_others_not_yet(tmp_path: Path) -> None:
    record = "records:\n  visit: {{about: {about}, signed_by: [visitor, second], form: {{there: {{type: boolean}}}}}}\n"
    programme, problems = checked(tmp_path, text_of(records=record.format(about="award")))
    assert (problems, programme is not None and programme.records["visit"].signed_by) == (
        [],
        ("visitor", "second"),
    )
    assert programme is not None
    assert programme.notices == ()
    _later, notices = checked(tmp_path, text_of(records=record.format(about="application")))
    assert any("'signed_by' of 'visit'" in str(one) and one.notice for one in notices)
