"""Language files: the packaged ones load, wrong ones say what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from inbox_worker.reading.lexicon import LexiconError, lexicons, parse_lexicon

GOOD: dict[str, Any] = {"language": {"code": "xx", "script": "latin"}, "words": {"stopwords": ["lo"], "and": ["e"]}}


def test_the_packaged_languages_load() -> None:
    assert {"ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "zh"} <= set(lexicons())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"extra": {}}, "xx.toml: no such table extra"),
        ({"language": {"code": "xxx", "script": "latin"}}, "xx.toml: \\[language\\] code"),
        ({"language": {"code": "xx", "script": "runes"}}, "xx.toml: \\[language\\] script must be one of"),
        ({"words": {"stopword": []}}, "xx.toml: \\[words\\] has no key stopword"),
        ({"words": {"stopwords": "lo"}}, "xx.toml: \\[words\\] stopwords must be a list"),
        ({"words": {"stopwords": ["lo"]}}, "xx.toml: \\[words\\] and is missing"),
        ({"phrases": {"acept": ["si"]}}, "xx.toml: \\[phrases\\] has no key acept"),
        ({"phrases": {"accept": ["~ si"]}}, "must begin and end with a word"),
        ({"phrases": {"accept": ["si|"]}}, "has an empty choice"),
        ({"numbers": {"du": "2"}}, "xx.toml: \\[numbers\\] du must be a whole number"),
    ],
)
def test_a_wrong_file_says_where_and_what(change: dict[str, Any], error: str) -> None:
    with pytest.raises(LexiconError, match=error):
        parse_lexicon({**GOOD, **change}, "xx.toml")


def test_phrases_may_have_stems_choices_options_and_gaps() -> None:
    lexicon = parse_lexicon({**GOOD, "phrases": {"accept": ["will ~ attend*", "count me|us very? in"]}}, "xx.toml")
    found = [
        (h.start, h.end)
        for h in lexicon.phrases.find(["we", "will", "surely", "be", "attending", "so", "count", "us", "in"])
    ]
    assert found == [(1, 5), (6, 9)]
