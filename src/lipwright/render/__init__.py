"""The pipeline from plan to finished file."""
