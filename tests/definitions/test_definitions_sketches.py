"""What the design's sketches say is sayable: each is read and checked; what is not carried out is a notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from definition_sketches import SKETCHES, TABLES
from definition_texts import checked

from almoner.definitions.load import from_edition

CARRIED_OUT = {"charity_clinics"}
"""The sketches of which nothing waits to be carried out."""


@pytest.mark.parametrize("name", SKETCHES)
def test_a_sketch_is_read_and_checked_and_frozen(tmp_path: Path, name: str):
    programme, problems = checked(tmp_path, SKETCHES[name], **TABLES)
    assert programme is not None, "\n".join(str(problem) for problem in problems if not problem.notice)
    assert from_edition(programme.frozen).digest == programme.digest


def test_nobody_applies_at_a_clinic(tmp_path: Path):
    programme, _problems = checked(tmp_path, SKETCHES["charity_clinics"], **TABLES)
    assert programme is not None
    assert (programme.form, programme.decision, programme.serves) == ({}, None, "public")
    assert not programme.records["attendee"].named
    assert programme.records["attendee"].raises["refer_before_leaving"].within == "same session"


def test_a_wall_is_kept(tmp_path: Path):
    programme, _problems = checked(tmp_path, SKETCHES["patient_assistance"], **TABLES)
    assert programme is not None
    assert programme.wall == ("donor", "commercial")
    assert programme.operated_by == "charity"
