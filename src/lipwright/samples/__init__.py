"""Sample media drawn and spoken by the project itself: a presenter whose true mouth opening is known."""
