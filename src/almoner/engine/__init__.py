"""What follows from definitions and facts: screening, figures, statements. Pure Python and DuckDB."""
