"""Sentence -> Said: what one sentence says of who comes."""
