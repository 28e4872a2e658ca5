"""What a programme is: one YAML file, read, checked and frozen. Pure Python; knows no database and no web."""
