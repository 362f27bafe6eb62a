"""Measures any finished video of somebody speaking: the same figures for ours and for anyone else's."""
