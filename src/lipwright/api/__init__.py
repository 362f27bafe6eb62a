"""The REST server: one door to the use cases, thin."""
