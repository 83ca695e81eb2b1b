"""How fast this machine is just now, for limits that keep work from growing out of hand."""

from __future__ import annotations

import re
import time
from collections import Counter

ORDINARY = 0.05  # CPU seconds that the work below takes where the limits of the tests were set, with nothing beside it
TEXT = "Dear colleagues, we confirm that Ana Silva and two more will come on 2 March. " * 4_000


def pace() -> float:
    """How many times as long the same work takes here and now; at least 1, so that no limit is below what it says."""
    begun = time.process_time()
    counted = Counter(word.casefold() for word in re.findall(r"\w+", TEXT))
    sorted("".join(reversed(word)) for word in re.findall(r"[a-z]{2,}", TEXT))
    assert len(counted) > 10
    return max(1.0, (time.process_time() - begun) / ORDINARY)
