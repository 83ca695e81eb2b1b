"""Whether our server could confirm who sent a message (RFC 8601)."""

from __future__ import annotations

import re

from inbox_worker.model import Code, Doubt, Evidence, Message

_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]{1,12})", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([^\s;()]{1,255})", re.IGNORECASE)
_FAILED = frozenset({"fail", "softfail", "permerror"})


def unverified(message: Message, authserv_id: str = "") -> Doubt | None:
    """A doubt where our own server's Authentication-Results says that the sender is not who it says.

    Only the topmost one that bears our server's name is looked at; others may be forged. The name is ``authserv_id``,
    or the host that the topmost Received says it was received by. Without such a header nothing is said.
    """
    ours = (authserv_id or _received_by(message)).lower().rstrip(".")
    values = [v for v in message.all_headers("authentication-results") if not ours or _name(v) == ours]
    if not values:
        return None
    value = values[0]
    results = {method.lower(): result.lower() for method, result in reversed(_RESULT.findall(value[:4000]))}
    failed = [m for m in ("dmarc", "spf", "dkim") if results.get(m) in _FAILED]
    confirmed = "dmarc" not in failed and (results.get("dmarc") == "pass" or results.get("dkim") == "pass")
    if not failed or confirmed or ("dmarc" not in failed and results.get("spf") == "pass"):
        return None
    said = ", ".join(f"{m}={results[m]}" for m in failed)
    shown = value == message.header("authentication-results")  # evidence names the topmost header of its kind
    evidence = (Evidence("sender-unverified", "authentication-results", 0, len(value), value),) if shown else ()
    return Doubt(Code.SENDER_UNVERIFIED, f"The mail server could not confirm the sender ({said}).", evidence)


def _name(value: str) -> str:
    """The authserv-id that an Authentication-Results begins with."""
    words = value.partition(";")[0].split()
    return words[0].lower().rstrip(".") if words else ""


def _received_by(message: Message) -> str:
    found = _BY.search((message.header("received") or "")[:2000])
    return found.group(1) if found else ""
