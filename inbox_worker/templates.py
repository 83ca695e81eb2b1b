"""The words of mail drafts: one TOML file, a table for each language, checked when it is loaded."""

from __future__ import annotations

import importlib.resources
import string
import tomllib
from dataclasses import dataclass
from pathlib import Path

from inbox_worker.toml_table import SettingsError

EVERYWHERE = frozenset({"event", "date", "deadline", "organisation"})
RECORDED = EVERYWHERE | {"number", "people"}
TEXTS = {
    "subject": EVERYWHERE, "greeting": EVERYWHERE, "closing": EVERYWHERE, "silent": EVERYWHERE, "number": EVERYWHERE,
    "tentative": EVERYWHERE, "declined": EVERYWHERE, "maybe": RECORDED, "accepted": RECORDED,
    "accepted_number_missing": RECORDED, "names": frozenset({"people"}),
}  # fmt: skip
DEFAULT = "en"


@dataclass(frozen=True)
class Templates:
    """Texts by language and name."""

    languages: dict[str, dict[str, str]]

    def text(self, language: str, name: str, **values: str) -> str:
        """A text filled in, in that language (ISO 639-1, a region after it does not matter) or in English."""
        texts = self.languages.get(language[:2].lower()) or self.languages[DEFAULT]
        return texts[name].format(**{key: values.get(key, "") for key in TEXTS[name]}).strip()


def load_templates(source: Path | None = None) -> Templates:
    """The templates of a file, or those that come with us.

    Raises:
        SettingsError: where the file, a language or a text in it cannot be used.
    """
    try:
        text = source.read_text(encoding="utf-8-sig") if source else _packaged()
        document = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(
            f"{source}: the templates cannot be read: {error.strerror}; correct [drafts] templates"
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{source}: the templates are not valid TOML in UTF-8: {error}") from None
    if DEFAULT not in document:
        raise SettingsError(
            f"{source}: the templates have no [{DEFAULT}], which stands in for languages that are missing"
        )
    for language, texts in document.items():
        _check(source, language, texts)
    return Templates(document)


def _packaged() -> str:
    packaged = importlib.resources.files("inbox_worker") / "example_config" / "templates.toml"
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[1] / "config/templates.toml").read_text(encoding="utf-8")


def _check(source: Path | None, language: str, texts: object) -> None:
    if not isinstance(texts, dict):
        raise SettingsError(f"{source}: {language} must be a table of texts, written as [{language}]")
    if wrong := sorted(set(texts) ^ set(TEXTS)):
        raise SettingsError(f"{source}: [{language}] {wrong[0]}: every language has exactly {', '.join(TEXTS)}")
    for name, text in texts.items():
        try:
            used = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        except (ValueError, TypeError):
            raise SettingsError(f"{source}: [{language}] {name}: a single brace; write {{{{ or }}}} for one") from None
        if unknown := sorted(used - TEXTS[name]):
            valid = ", ".join(f"{{{field}}}" for field in sorted(TEXTS[name]))
            raise SettingsError(f"{source}: [{language}] {name}: no such {{{unknown[0]}}}; valid here are {valid}")
