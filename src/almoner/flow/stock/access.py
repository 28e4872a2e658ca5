"""Who may do what with stock: the words in which roles allow it."""

from __future__ import annotations

KEEP = "keep stock"
RECALL = "recall lots"
SEE = "see stock"
TRACE = "see cases"
"""Whom a lot went to is read by those who may read those cases."""
