"""The records: one Django app, one migration history, a folder a stage.

Each stage holds the same files: `models.py` (rows and constraints), `access.py` (who may), `queries.py` (every read
another layer needs), `actions.py` (every write, one verb a function). Only the steps call actions.
"""
