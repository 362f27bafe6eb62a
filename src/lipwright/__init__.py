"""Self-hosted lip-sync: the same video, the mouth following another voice."""

__version__ = "0.1.0"
