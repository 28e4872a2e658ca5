"""Values: numbers, money, dates, the clock, ids, canonical JSON, language. Pure: no database."""
