"""What ``check`` prints of one thing looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One thing looked at."""

    state: str  # "ok", "warn" or "FAIL"
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.state:<4} {self.name}: {' '.join(self.text.split())}"


def ok(name: str, text: str) -> Line:
    """All is well."""
    return Line("ok", name, text)


def warn(name: str, text: str) -> Line:
    """It works, and may not be what the operator wants."""
    return Line("warn", name, text)


def fail(name: str, text: str) -> Line:
    """It does not work."""
    return Line("FAIL", name, text)
