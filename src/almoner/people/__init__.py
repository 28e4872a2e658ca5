"""People: who uses Almoner, what they may do, whom it is about, and what these have agreed to."""
