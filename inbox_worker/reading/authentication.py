"""Whether our server could confirm who sent a message (RFC 8601)."""

from __future__ import annotations

import re

from inbox_worker.model import Code, Doubt, Evidence, Message

_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]{1,12})", re.IGNORECASE)
_FAILED = frozenset({"fail", "softfail", "permerror"})


def unverified(message: Message) -> Doubt | None:
    """A doubt where the topmost Authentication-Results says that the sender is not who it says.

    Only the topmost is looked at: our own server wrote it, those below may be forged. Without one nothing is said.
    """
    value = message.header("authentication-results")
    if not value:
        return None
    results = {method.lower(): result.lower() for method, result in reversed(_RESULT.findall(value[:4000]))}
    failed = [m for m in ("dmarc", "spf", "dkim") if results.get(m) in _FAILED]
    confirmed = "dmarc" not in failed and (results.get("dmarc") == "pass" or results.get("dkim") == "pass")
    if not failed or confirmed or ("dmarc" not in failed and results.get("spf") == "pass"):
        return None
    said = ", ".join(f"{m}={results[m]}" for m in failed)
    evidence = (Evidence("sender-unverified", "authentication-results", 0, len(value), value),)
    return Doubt(Code.SENDER_UNVERIFIED, f"The mail server could not confirm the sender ({said}).", evidence)
