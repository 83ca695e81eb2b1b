"""Ports that are free just now."""

from __future__ import annotations

import socket


def free_port(host: str) -> int:
    """A TCP port of ``host`` that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((host, 0))
        port: int = listener.getsockname()[1]
        return port
