"""What is written on a terminal shows all that was sent."""

from inbox_worker.commands.escaping import shown


def test_characters_that_show_nothing_are_named():
    assert shown("We come\u202e with 3\u200b people\x1b[31m\n") == "We come<U+202E> with 3<U+200B> people<U+001B>[31m\n"


def test_words_of_all_scripts_stay_as_they_are():
    for text in ("Ana López", "Олег Панасюк", "سنشارك بوفد", "我们三人参加"):
        assert shown(text) == text
