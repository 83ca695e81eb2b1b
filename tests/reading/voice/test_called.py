"""Names that the network finds by itself."""

import pytest

from inbox_worker.reading.voice.called import lines_of_names, name_at


@pytest.mark.parametrize(
    ("before", "words", "name"),
    [
        ("with ", "Yara Lachmon,", "Yara Lachmon"),
        ("avec ", "\u00ab Gloriose\nNizigiyimana \u00bb", "Gloriose Nizigiyimana"),
        ("\u064a\u0634\u0627\u0631\u0643 ", "\u0648\u0623\u0633\u0645\u0627\u0621 \u0627\u0644\u0645\u0647\u064a\u0631\u064a", "\u0623\u0633\u0645\u0627\u0621 \u0627\u0644\u0645\u0647\u064a\u0631\u064a"),
        ("\u548c\u540c\u4e8b", "\u53f6\u6960", "\u53f6\u6960"),
        ("", "\u0413. \u0410\u0431\u0430\u0448\u0438\u0434\u0437\u0435.", "\u0413. \u0410\u0431\u0430\u0448\u0438\u0434\u0437\u0435"),
    ],
)  # fmt: skip
def test_a_name_is_cut_out_of_its_text(before: str, words: str, name: str) -> None:
    text = f"{before}{words} ..."
    found = name_at(text, len(before), len(before) + len(words))
    assert found is not None
    assert found[0] == name
    assert " ".join(text[found[1] : found[2]].split()) == name


def test_a_russian_name_is_told_in_the_nominative() -> None:
    words = "с Анной Сергеевной Беловой"
    found = name_at(words, 2, len(words))
    assert found is not None
    assert found[0] == "Анна Сергеевна Белова"


def test_a_name_ends_where_its_word_ends() -> None:
    assert name_at("with Nuno and Ann", 5, 7) == ("Nuno", 5, 9)
    assert name_at("with Nuno and Ann", 7, 9) == ("Nuno", 5, 9)


@pytest.mark.parametrize(
    "words", ["", " , ", "A", "room 25", "ada@wetlands.example", "two of us", "\u6211", "A B C D E F G"]
)
def test_what_can_be_no_name_is_none(words: str) -> None:
    assert name_at(words, 0, len(words)) is None


def test_names_on_lines_of_their_own_are_told_apart_and_a_name_over_a_line_end_is_not() -> None:
    text = "Regards,\nAda Moreau\nBo Chen\n"
    assert [text[a:b] for a, b in lines_of_names(text, 8, len(text))] == ["Ada Moreau", "Bo Chen"]
    assert lines_of_names("with Ada\nMoreau", 5, 15) == [(5, 15)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Vera Lindqvist\tPeer supporter", ["Vera Lindqvist"]),
        ("Vera Lindqvist   New York", ["Vera Lindqvist"]),
        ("Vera Lindqvist\nHead of Unit", ["Vera Lindqvist"]),
        ("Vera Lindqvist\nManila", ["Vera Lindqvist"]),
        ("Vera\n\nQuaker Office", ["Quaker Office"]),
        ("Vera\n\nQuaker", ["Vera"]),
        ("Vera  Lindqvist", ["Vera  Lindqvist"]),
        ("\u5f20\u4f1f\tLi Na", ["\u5f20\u4f1f"]),
    ],
)
def test_a_name_ends_where_its_line_or_cell_does(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in lines_of_names(text, 0, len(text))] == names


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Doutora Inês Vilaça", "Inês Vilaça"),
        ("Doutor Vilaça", "Doutor Vilaça"),
        ("Don Edward Smith", "Don Edward Smith"),
    ],
)
def test_titles_of_any_language_are_no_part_of_a_full_name(words: str, name: str) -> None:
    found = name_at(words, 0, len(words))
    assert found is not None
    assert found[0] == name
