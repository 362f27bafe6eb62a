"""Durable work: accepted jobs are done exactly once, whatever is killed meanwhile. Knows no video."""
