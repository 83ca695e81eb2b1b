"""Decision: what to record of a reading and what to ask a person. Pure functions: no clock, disk or database."""

from inbox_worker.decision.policy import decide, is_late
from inbox_worker.decision.rulings import rule
from inbox_worker.decision.story import tell

__all__ = ["decide", "is_late", "rule", "tell"]
