"""An IMAP and an SMTP server in this process, on loopback, with one account that lives in memory (extra ``demo``)."""

from __future__ import annotations

import asyncio
import threading
from argparse import Namespace
from contextlib import AsyncExitStack
from datetime import datetime, timezone
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from imapclient import IMAPClient
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from inbox_worker.demo.ports import free_port

HOST = "127.0.0.1"
USER = PASSWORD = "demo"  # noqa: S105 - loopback only, for as long as the demo runs
START_TIMEOUT = 15  # seconds
LARGEST = 10_000_000  # bytes of a message sent to the SMTP port


class MailServer:
    """Serves between entering and leaving."""

    def __init__(self) -> None:
        self.imap_port, self.smtp_port = free_port(HOST), free_port(HOST)
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="imap server", daemon=True)
        self._smtp = Controller(_Delivery(self), hostname=HOST, port=self.smtp_port, data_size_limit=LARGEST)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(START_TIMEOUT) or self._problem is not None:
            raise OSError(f"the demo's IMAP server did not start: {self._problem or 'no answer'}")
        self._smtp.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._smtp.stop()
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    def deliver(self, content: bytes, received: datetime) -> None:
        """Put a message into the mailbox over IMAP, as received at that time."""
        with IMAPClient(HOST, self.imap_port, ssl=False, timeout=START_TIMEOUT) as client:
            client.login(USER, PASSWORD)
            client.append("INBOX", content, msg_time=received)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # noqa: BLE001 - told by __enter__
            self._problem = problem
            self._ready.set()

    async def _serve(self) -> None:
        backend, config = await DictBackend.init(_arguments(self.imap_port))
        config.apply_context()
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._stop.wait()


class _Delivery:
    """What the SMTP server does with a message: into the mailbox, with a trace line (RFC 5321, section 4.4)."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        now = datetime.now(timezone.utc)
        trace = (
            f"Received: from {session.host_name or 'unknown'} by localhost with ESMTP;\r\n\t{format_datetime(now)}\r\n"
        )
        await asyncio.to_thread(self._server.deliver, trace.encode() + envelope.content, now)
        return "250 2.0.0 delivered"


def _arguments(port: int) -> Namespace:
    """What pymap expects from its own command line."""
    return Namespace(
        host=HOST,
        port=port,
        cert=None,
        key=None,
        tls=False,
        no_tls=True,
        proxy_protocol=None,
        debug=False,
        set_uid=None,
        set_gid=None,
        skip_services=[],
        passlib_cfg=None,
        demo_data=None,
        demo_user=USER,
        demo_password=PASSWORD,
        inherited_sockets=None,
    )
