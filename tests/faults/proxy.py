"""A TCP proxy in front of Dovecot's plain port that breaks one connection, at a given step and in a given manner."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

MANNERS = ("fin", "rst", "half", "stall", "black hole")


@dataclass(frozen=True)
class Step:
    """Where in the conversation something breaks.

    It strikes after ``command`` from the client (None: from the beginning). Without ``answer`` the command reaches the
    server if ``heard``, and nothing of its reply the client; with it the server's bytes pass up to the end of that
    pattern and ``more`` bytes.
    """

    name: str
    command: bytes | None
    answer: bytes | None = None
    more: int = 0
    heard: bool = True


@dataclass
class _Fault:
    step: Step
    manner: str
    seconds: float  # that a black hole lasts


@dataclass(eq=False)
class _Connection:
    client: socket.socket
    server: socket.socket
    fault: _Fault | None = None
    counted: bool = False  # whether the server's bytes are counted towards ``budget``
    budget: int | None = None
    broken: bool = False
    up: bytes = b""
    down: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)


class CuttingProxy:
    """Passes bytes both ways until it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._fault: _Fault | None = None
        self._random: tuple[int, str] | None = None
        self._dark_until = 0.0
        self.delay = 0.0  # seconds before whatever the server says
        self.each: Callable[[], tuple[int, str]] | None = None  # breaks every connection: after so many bytes, and how
        self.rate = 0  # bytes a second from the server; 0: as fast as it goes
        self.hits = 0
        self._open: set[_Connection] = set()
        self._guard = threading.Lock()
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, step: Step, manner: str, seconds: float = 2.0) -> None:
        """Break the next connection that comes to that step, once."""
        with self._guard:
            self._fault = _Fault(step, manner, seconds)

    def arm_after(self, octets: int, manner: str) -> None:
        """Break the next connection after so many bytes of the server."""
        self.arm(Step("random", None, b"", octets), manner, 1.0)

    def disarm(self) -> None:
        """Break nothing that is not broken yet."""
        with self._guard:
            self._fault = None

    @property
    def armed(self) -> bool:
        """Whether a fault waits for its step."""
        return self._fault is not None

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        while time.monotonic() < self._dark_until and not self._closed:
            time.sleep(0.02)
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        if self.each is not None:
            self.arm_after(*self.each())
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(client, server)
        with self._guard:
            self._open.add(connection)
        other = threading.Thread(target=self._up, args=(connection,), daemon=True)
        other.start()
        self._down(connection)
        other.join()
        client.close()
        server.close()
        with self._guard:
            self._open.discard(connection)
            if connection.fault is not None and not connection.broken and self._fault is None:
                self._fault = connection.fault  # it ended before its fault could strike: the next one then

    def _up(self, connection: _Connection) -> None:
        with contextlib.suppress(OSError):
            while data := connection.client.recv(65536):
                with connection.lock:
                    connection.up = (connection.up + data)[-8192:]
                    fault = self._fault
                    struck = (
                        fault is not None
                        and fault.step.command is not None
                        and not connection.broken
                        and connection.fault is None
                        and re.search(fault.step.command, connection.up)
                    )
                    if struck and fault is not None and self._take(fault):
                        connection.fault = fault
                        connection.down = b""
                        if fault.step.answer is None:
                            if fault.step.heard:
                                connection.server.sendall(data)
                                time.sleep(0.3)  # the server does it; nobody hears of it
                            self._break(connection, fault)
                            continue
                    if struck:
                        connection.up = b""
                if not connection.broken or self._hears(connection):
                    connection.server.sendall(data)
        with contextlib.suppress(OSError):
            connection.server.shutdown(socket.SHUT_WR)

    def _hears(self, connection: _Connection) -> bool:
        return connection.fault is not None and connection.fault.manner in {"half", "stall"}

    def _take(self, fault: _Fault) -> bool:
        with self._guard:
            if self._fault is not fault:
                return False
            self._fault = None
            return True

    def _down(self, connection: _Connection) -> None:
        with contextlib.suppress(OSError):
            while data := connection.server.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                for part in self._paced(data):
                    self._deliver(connection, part)
        if not connection.broken:
            with contextlib.suppress(OSError):
                connection.client.shutdown(socket.SHUT_WR)

    def _paced(self, data: bytes) -> Iterator[bytes]:
        """The bytes in parts, each when it is time for it."""
        while data:
            rate = self.rate
            part = data[: max(1, rate // 10)] if rate else data
            if rate:
                time.sleep(len(part) / rate)
            yield part
            data = data[len(part) :]

    def _deliver(self, connection: _Connection, data: bytes) -> None:
        with connection.lock:
            if connection.broken:
                return
            fault = self._fault
            from_the_start = fault is not None and fault.step.command is None and connection.fault is None
            if fault is not None and from_the_start and self._take(fault):
                connection.fault = fault
            data = self._within(connection, data)
            if data:
                connection.client.sendall(data)
            if connection.budget == 0 and connection.fault is not None:
                self._break(connection, connection.fault)

    def _within(self, connection: _Connection, data: bytes) -> bytes:
        """What of the server's bytes still passes."""
        fault = connection.fault
        if fault is None or fault.step.answer is None:
            return data
        if connection.budget is None:
            before = len(connection.down)
            connection.down += data
            found = re.search(fault.step.answer, connection.down)
            if found is None:
                return data
            connection.budget = max(0, found.end() - before) + fault.step.more
        passes = data[: connection.budget]
        connection.budget -= len(passes)
        return passes

    def _break(self, connection: _Connection, fault: _Fault) -> None:
        self.hits += 1
        connection.broken = True
        self._end(connection, fault.manner)
        if fault.manner == "black hole":
            self._dark_until = time.monotonic() + fault.seconds

    def _end(self, connection: _Connection, manner: str) -> None:
        with contextlib.suppress(OSError):
            if manner == "rst":
                connection.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.client.shutdown(socket.SHUT_RD)
                connection.client.close()
            elif manner == "fin":
                connection.client.shutdown(socket.SHUT_RDWR)
            elif manner == "half":
                connection.client.shutdown(socket.SHUT_WR)
        if manner in {"fin", "rst"}:
            with contextlib.suppress(OSError):
                connection.server.shutdown(socket.SHUT_RDWR)

    def cut_all(self, manner: str = "rst") -> int:
        """Break all connections that are open now; how many."""
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            with connection.lock:
                connection.broken = True
                self._end(connection, manner)
        return len(connections)

    def close(self) -> None:
        """Refuse and end all connections."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
