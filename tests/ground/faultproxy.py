"""A TCP proxy between a client and a server in plain text that loses the reply to one command, or cuts it short."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import Self


class FaultProxy:
    """Passes bytes both ways. ``lose`` makes it drop what the server says once a client's command matches; ``cut`` lets
    only so many bytes of the client through from there."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pattern: re.Pattern[bytes] | None = None
        self._allowed: int | None = None
        self._times = 0
        self.hits = 0
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self, pattern: bytes, times: int = 1) -> None:
        """The command reaches the server and is done; its reply is lost with the connection."""
        self._pattern, self._allowed, self._times = re.compile(pattern, re.S), None, times

    def cut(self, pattern: bytes, after: int, times: int = 1) -> None:
        """Of the bytes after the pattern only ``after`` reach the server; then the connection breaks."""
        self._pattern, self._allowed, self._times = re.compile(pattern, re.S), after, times

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            lost = threading.Event()
            threading.Thread(target=self._up, args=(client, server, lost), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server, lost), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        seen = b""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                before, seen = len(seen), seen + data
                found = self._pattern.search(seen) if self._pattern and self._times > 0 and not lost.is_set() else None
                if found is None:
                    server.sendall(data)
                    continue
                self._times -= 1
                self.hits += 1
                lost.set()
                if self._allowed is None:
                    server.sendall(data)
                    threading.Event().wait(0.4)  # the server does it; _down drops its answer
                else:
                    server.sendall(data[: max(0, found.end() - before + self._allowed)])
                break
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _down(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if not lost.is_set():
                    client.sendall(data)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._listener.close()
