"""Apply: what was asked and answered, under which edition of the programme, and what the engine said of it."""
