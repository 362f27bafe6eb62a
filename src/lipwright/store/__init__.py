"""What is kept: rows in one database, bytes in one blob store."""
