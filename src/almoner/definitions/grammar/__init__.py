"""The grammar as data: every section, every key, what it may hold and what it means.

The reader, the JSON Schema for editors and the reference page are all made from these tables, so that none of them
can know a key that another does not.
"""

from __future__ import annotations

from almoner.definitions.grammar.kinds import Key, Kind, Shape
from almoner.definitions.grammar.sections import SECTIONS, Section

VERSION = "1"
"""The version of the grammar, which is the first line of every file: `almoner: 1`."""

__all__ = ["SECTIONS", "VERSION", "Key", "Kind", "Section", "Shape"]
