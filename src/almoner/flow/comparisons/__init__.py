"""Compare: parties who are helped with nothing and asked the same."""
