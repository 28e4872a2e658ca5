"""Decide: who awarded or refused, on which screening, why; and how a round was cut."""
