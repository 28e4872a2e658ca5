"""Follow: dated answer sheets, follow-ups that fall due, and the tasks that answers demand."""
