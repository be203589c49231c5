"""Targets: what was to be reached, how it stands, and what the documents say of it."""
