"""Who may do what with a register: the words in which roles allow it."""

from __future__ import annotations

KEEP = "keep registers"
SEE = "see cases"
