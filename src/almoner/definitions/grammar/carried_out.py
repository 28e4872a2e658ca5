"""Values of keys that something carries out today. Others are read and checked, and give a notice.

A whole key that nothing carries out says so in its own table (`later`).
"""

from __future__ import annotations

BENEFIT_KINDS = frozenset({"cash", "in_kind"})
"""Kinds of benefit that a schedule can give."""

RECORDS_ABOUT = frozenset({"award"})
"""What records and follow-ups can be about, beside sessions and the records of a session."""

ANCHORS = frozenset({"award", "first delivery", "each delivery", "end"})
"""What a due day can be counted from, beside a date in the record that a follow-up is about."""
