"""Files that people have (CSV, XLSX, JSON, Parquet) become typed answers, or a list of cells that cannot.

Nothing is guessed: a style of dates, a decimal comma, a unit or a delimiter that the file does not make plain
is stated in a mapping file. An empty cell is unanswered. A column that nobody asked for is a problem.
"""
