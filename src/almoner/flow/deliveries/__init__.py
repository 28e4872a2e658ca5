"""Deliver: instalments of a benefit, and what was handed over."""
