"""What is in the picture and what is said."""
