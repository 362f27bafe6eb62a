"""The native dialect: what the vendor's own SDKs speak, over the same use cases."""
