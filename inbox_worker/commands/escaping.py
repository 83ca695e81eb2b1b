"""Characters that show nothing, or turn the direction of writing, made visible on a terminal."""

from __future__ import annotations

import unicodedata

PLAIN = "\n\t"


def shown(text: str) -> str:
    """The text with control and format characters (Unicode categories Cc and Cf) as their names: ``<U+202E>``."""
    return "".join(
        f"<U+{ord(c):04X}>" if c not in PLAIN and unicodedata.category(c) in {"Cc", "Cf"} else c for c in text
    )
