"""The language files, and what the stage may know of the rest of the package."""

import ast
from pathlib import Path

import pytest

import inbox_worker.message
from inbox_worker.message.languages import LanguageError, _load, vocabulary

PACKAGE = Path(inbox_worker.message.__file__).parent
KEYS = ("wrote", "separators", "from", "sent", "to", "subject", "closings", "mobile", "legal", "banners", "substance")


@pytest.mark.parametrize("source", sorted((PACKAGE / "languages").glob("*.toml")), ids=lambda p: p.stem)
def test_each_language_file_is_valid(source: Path) -> None:
    assert _load(source.name, source.read_text("utf-8")).from_


def test_a_language_file_with_a_missing_key_names_the_file() -> None:
    with pytest.raises(LanguageError, match=r"xx\.toml: must have exactly the keys wrote, "):
        _load("xx.toml", 'wrote = ["x"]')


def test_a_language_file_with_a_number_names_the_key() -> None:
    text = "\n".join(f"{key} = []" for key in KEYS[1:])
    with pytest.raises(LanguageError, match=r"xx\.toml: wrote must be a list of texts"):
        _load("xx.toml", "wrote = [1]\n" + text)


def test_all_languages_are_merged() -> None:
    words = vocabulary().words
    assert {"cordialement", "с уважением", "此致", "best regards"} <= words.closings
    assert {"from", "de", "von", "от", "发件人"} <= words.from_


def test_the_stage_knows_only_the_shared_types() -> None:
    for source in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inbox_worker"):
                assert node.module == "inbox_worker.model" or node.module.startswith("inbox_worker.message"), source
