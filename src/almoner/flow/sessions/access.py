"""Who may do what with a session: the words in which roles allow it."""

from __future__ import annotations

PLAN = "plan sessions"
HOLD = "hold sessions"
RECORD = "record"
READ_HEALTH = "read health records"
