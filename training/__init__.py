"""Training and measuring the articulation network; not shipped in the wheel."""
