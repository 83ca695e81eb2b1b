"""Words of scripts that write several as one keep their exact places, and names are found in them."""

from __future__ import annotations

import pytest

from inbox_worker.reading.cyrillic_names import nominative
from inbox_worker.reading.folding import fold
from inbox_worker.reading.language import languages_of
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.people import names_in
from inbox_worker.reading.text import tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我会将派三人出席。", ["我会", "将", "派", "三", "人", "出席", "。"]),
        ("茲通知，本會無法派員", ["兹", "通知", ",", "本会", "无法", "派员"]),
        ("２名", ["2", "名"]),
        ("وسيحضر مندوبان", ["و", "سيحضر", "مندوبان"]),
        ("بالمشاركة وللحضور", ["ب", "مشاركه", "و", "ل", "حضور"]),
        ("وَفْدُنا", ["وفدنا"]),
        ("ومنى", ["و", "مني"]),
        ("وليد وبلقاسم", ["وليد", "و", "بلقاسم"]),
    ],
)
def test_what_is_written_together_is_cut(text: str, words: list[str]) -> None:
    found = tokens(text)
    assert [t.norm for t in found] == words
    assert all(text[t.start : t.end] == t.raw for t in found)


def test_traditional_characters_and_the_arabic_article_are_folded() -> None:
    assert fold("參與") == fold("参与")
    assert fold("المشاركة") == fold("مشاركة")


@pytest.mark.parametrize(
    ("code", "text", "names"),
    [
        ("zh", "由张伟主任和刘芳女士代表我方出席", ["张伟", "刘芳"]),
        ("zh", "参会人员：周敏芝、阿不都热西提、罗晓枫", ["周敏芝", "阿不都热西提", "罗晓枫"]),
        ("zh", "代表何塞·路易斯·卡马乔将出席", ["何塞·路易斯·卡马乔"]),
        ("zh", "改由叶莲娜·莫罗佐娃顶他的名额", ["叶莲娜·莫罗佐娃"]),
        ("zh", "由副理事长玛格丽特·布林克女士及顾问让-克洛德·加尼耶先生出席", ["玛格丽特·布林克", "让-克洛德·加尼耶"]),
        ("zh", "假肢师拉斐尔·金特罗因腿伤退出", ["拉斐尔·金特罗"]),
        ("zh", "就让萨米拉·扎因跑一趟吧", ["萨米拉·扎因"]),
        ("zh", "本机构将以约翰·史密斯为团长出席会议", ["约翰·史密斯"]),
        ("zh", "因萨米拉·扎因生病，改由张伟主任参加会议", ["萨米拉·扎因", "张伟"]),
        ("zh", "由拉斐尔·金特罗代萨米拉·扎因出席", ["拉斐尔·金特罗", "萨米拉·扎因"]),
        ("zh", "以撒·科恩和因加·贝格出席", ["以撒·科恩", "因加·贝格"]),
        ("zh", "请安排时间，方便高兴", []),
        ("ar", "السفير طارق عبد المنعم الشاذلي والسيدة هالة زيدان", ["طارق عبد المنعم الشاذلي", "هالة زيدان"]),
        ("ar", "زياد حمدان، المستشار القانوني", ["زياد حمدان"]),
        ("ru", "Просим записать г-жу Зульфию Каримову", ["Зульфия Каримова"]),
        ("ru", "И.И. Иванов приедет", ["И.И. Иванов"]),
        ("en", "Dr. Petr Sladek\nManila", ["Petr Sladek"]),
        ("en", "Dr. Petr Sladek   Manila", ["Petr Sladek"]),
        ("en", "Dr. Petr Sladek  Manila  2 May", ["Petr Sladek"]),
        ("en", "by Ms Ada  Moreau and by Mr Bo  Lindqvist", ["Ada Moreau", "Bo Lindqvist"]),
        ("en", "We shall be represented by our head of unit, Dr. Petr\nSladek", ["Petr Sladek"]),
    ],
)
def test_names_are_found(code: str, text: str, names: list[str]) -> None:
    assert [n.name for n in names_in(tokens(text), text, lexicons()[code])] == names


@pytest.mark.parametrize(
    ("written", "title", "right"),
    [
        ("Иванова Ивана Петровича", None, "Иванов Иван Петрович"),
        ("Анну Сергеевну Белову", None, "Анна Сергеевна Белова"),
        ("Петра Смирнова", "г-на", "Пётр Смирнов"),
        ("Любомиром Вайсом", None, "Любомир Вайс"),
        ("Петра Новак", None, "Петра Новак"),
        ("Ивана Петрович", None, "Ивана Петрович"),
        ("Артём Вильгельм", None, "Артём Вильгельм"),
        ("Марину Тер-Ованесян", None, "Марина Тер-Ованесян"),
        ("Александра Иванова", None, "Александра Иванова"),
        ("Иван Петрович Иванов", None, "Иван Петрович Иванов"),
        ("Пак Сен Хва", None, "Пак Сен Хва"),
    ],
)
def test_russian_names_are_put_in_the_nominative(written: str, title: str | None, right: str) -> None:
    assert nominative(written, title, lexicons()["ru"].given) == right


def test_a_language_that_shares_the_script_is_not_taken_for_russian() -> None:
    ukrainian = "Дякуємо за запрошення, на жаль, ми не зможемо взяти участь у конференції цього року через брак коштів."
    assert languages_of(tokens(ukrainian)) == []
