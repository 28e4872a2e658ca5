"""Who may do what with a task: the words in which roles allow it."""

from __future__ import annotations

SEE_TASKS = "see tasks"
FINISH_TASKS = "finish tasks"
