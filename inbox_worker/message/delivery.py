"""Which of our mail a delivery report says did not arrive: RFC 3464, and what other servers write."""

from __future__ import annotations

import email
import logging
import re
from email.message import Message as Parsed

from flufl.bounce import all_failures

from inbox_worker.model import Undelivered

REPORT_SIZE = 200_000  # bytes of a report that are looked at; the returned message stands behind them
ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,250}\Z")
MOST = 50  # addresses of one report

logging.getLogger("flufl.bounce").setLevel(logging.ERROR)  # it tells of every detector it tries


def undelivered(content: bytes) -> tuple[Undelivered, ...]:
    """The addresses that a delivery report names, those given up first. Never raises."""
    try:
        parsed = email.message_from_bytes(content[:REPORT_SIZE])
        temporary, permanent = all_failures(parsed)
    except Exception:  # noqa: BLE001 - a report that its parser cannot take names nobody
        return ()
    permanent = frozenset(permanent) or _named_by_exim(parsed)
    found = [(True, address) for address in sorted(map(_text, permanent))]
    found += [(False, address) for address in sorted(map(_text, temporary))]
    given = {address for for_good, address in found if for_good}
    return tuple(
        Undelivered(address, for_good)
        for for_good, address in found[:MOST]
        if ADDRESS.match(address) and (for_good or address not in given)
    )


def _named_by_exim(parsed: Parsed) -> frozenset[bytes]:
    named = str(parsed.get("x-failed-recipients") or "")
    return frozenset(part.strip().encode() for part in named.split(",") if part.strip())


def _text(address: bytes | str) -> str:
    text = address.decode("utf-8", "replace") if isinstance(address, bytes) else address
    return text.strip().strip("<>").casefold()
