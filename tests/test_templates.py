"""The words of mail drafts."""

from pathlib import Path

import pytest

from inbox_worker.reading.lexicon import lexicons
from inbox_worker.templates import load_templates
from inbox_worker.toml_table import SettingsError

EXAMPLE = (Path(__file__).parents[1] / "config/templates.toml").read_text(encoding="utf-8")


def test_every_language_fills_in_and_others_fall_back_to_english():
    templates = load_templates()
    assert set(templates.languages) == set(lexicons())
    for language in templates.languages:
        assert "Red" in templates.text(language, "silent", organisation="Red", event="E", date="D", deadline="L")
    assert templates.text("sw", "greeting") == templates.text("en", "greeting") == "Dear colleagues,"
    assert templates.text("fr-CH", "greeting") == "Chers collègues,"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("{event}: your", "{evnt}: your"), r"\[en\] subject: no such \{evnt\}; valid here are"),
        (('closing = "With', 'clozing = "With'), r"\[en\] clo.ing: every language has exactly subject"),
        (("[en]", "[xx]"), r"no \[en\]"),
        (('"Dear colleagues,"', '"Dear {colleagues,"'), r"\[en\] greeting: a single brace"),
        (("[fr]", "[fr"), "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, change, error):
    path = tmp_path / "templates.toml"
    path.write_text(EXAMPLE.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=error):
        load_templates(path)
