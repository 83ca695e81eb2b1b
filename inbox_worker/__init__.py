"""inbox-worker: reads the replies to an invitation and keeps a registry of who is coming."""

__version__ = "0.1.0"
