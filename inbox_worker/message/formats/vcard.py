"""vCards (RFC 6350, and the older 2.1 and 3.0): who somebody is, a line each."""

from __future__ import annotations

import quopri
import re

from inbox_worker.message.formats.content import Content, Extracted
from inbox_worker.message.text import plain_text

LABELS = {"FN": "Name", "ORG": "Organisation", "TITLE": "Title", "ROLE": "Role", "EMAIL": "E-mail", "TEL": "Telephone"}
FOLD = re.compile(r"\n[ \t]")
SOFT = re.compile(r"=\n")
MAX_CARDS = 200


def read_vcard(content: Content) -> Extracted:
    """The text of a card or of several."""
    text, problem = plain_text(content.data, content.charset)
    lines: list[str] = []
    cards = 0
    for line in FOLD.sub("", SOFT.sub("", text)).split("\n"):
        name, colon, value = line.partition(":")
        key, _, parameters = name.partition(";")
        key = key.rpartition(".")[2].strip().upper()
        if key == "BEGIN":
            cards += 1
            lines += [""] if lines else []
        if not colon or key not in LABELS or cards > MAX_CARDS:
            continue
        if "QUOTED-PRINTABLE" in parameters.upper():
            value = quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")
        value = re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", " ").replace("\\N", " "))
        parts = [p.strip() for p in value.split(";") if p.strip()] if key == "ORG" else [value.strip()]
        if any(parts):
            lines.append(f"{LABELS[key]}: {', '.join(parts)}")
    return Extracted("\n".join(lines).strip("\n"), problem)
