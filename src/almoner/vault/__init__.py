"""The vault: what keeps the records true. Keys, sealed fields, blind indexes, guards, the audit chain."""
