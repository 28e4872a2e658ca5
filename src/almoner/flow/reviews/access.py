"""Who may do what with a review: the words in which roles allow it."""

from __future__ import annotations

ASSIGN = "assign reviews"
REVIEW = "review"
SEE = "see reviews"
