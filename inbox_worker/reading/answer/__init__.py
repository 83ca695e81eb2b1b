"""What was said -> claims: what a message says as a whole."""
