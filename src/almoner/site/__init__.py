"""Settings and addresses: what Django is told."""
