"""One TOML table, read key by key, with errors that name the file, the line, the key and what is valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class SettingsError(Exception):
    """The configuration cannot be used. The message says where, what is valid and what to do."""


class Table:
    """The keys and values of one table of a file. Each reader raises SettingsError for a value that cannot be."""

    def __init__(self, source: Path, text: str, name: str, values: dict[str, Any]) -> None:
        self.source, self.text, self.name, self.values = source, text, name, values

    def fail(self, key: str, problem: str) -> SettingsError:
        """The error for a key of this table."""
        return SettingsError(f"{self.source}{self._line(key)}: [{self.name}] {key}: {problem}")

    def _line(self, key: str) -> str:
        inside = False
        for number, line in enumerate(self.text.splitlines(), 1):
            bare = line.strip()
            if bare.startswith("["):
                inside = bare.split("#")[0].strip().strip("[]").strip() == self.name
            elif inside and bare.split("=")[0].strip().strip('"') == key:
                return f", line {number}"
        return ""

    def reject_unknown(self, valid: tuple[str, ...]) -> None:
        """Refuse keys that nobody reads."""
        for key in self.values:
            if key not in valid:
                raise self.fail(key, f"no such key; valid here are {', '.join(valid)}")

    def string(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be empty."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(key, "must be a text in quotes" if key in self.values else "is missing; give a text")
        return value

    def strings(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, list(default))
        if isinstance(value, str) or not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.fail(key, 'must be a list of texts in quotes, such as ["one", "two"]')
        return tuple(value)

    def number(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.fail(key, f"must be a whole number from {least} to {most}, is {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, "must be true or false")
        return value

    def path(self, key: str) -> Path | None:
        """A path, relative to the file; None where it is not given."""
        value = self.string(key, "")
        try:
            return self.source.parent / Path(value).expanduser() if value else None
        except RuntimeError:
            raise self.fail(key, f"nobody has the home directory that {value} begins with") from None
