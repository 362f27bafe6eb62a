"""Use cases and wiring."""
