"""The published models, one file each, behind one Protocol."""
