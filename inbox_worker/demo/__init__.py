"""The whole thing on sample mail: what ``inbox-worker demo`` shows."""
