"""Attachments to text: a module for each format. All but text run in a process of their own (``isolation.py``)."""
