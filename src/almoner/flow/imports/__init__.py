"""Files that people bring: one run a file, all or nothing."""
