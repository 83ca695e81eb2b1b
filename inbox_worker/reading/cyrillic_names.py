"""Russian names in the nominative: who is "Зульфию Каримову" is Зульфия Каримова.

A patronymic, a known given name or a title tells sex and case; where none does, a name stays as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

LONG = 5  # letters of a name that an ending may be taken from: Артём, Вильгельм
_VOWELS = "аеёиоуыэюя"
_PATRONYMIC_M = {"ича": "ич", "ичу": "ич", "ичем": "ич", "иче": "ич"}
_PATRONYMIC_F = {f"{stem}{end}": f"{stem}а" for stem in ("вн", "чн") for end in ("ы", "е", "у", "ой")}
_SURNAME_M = (
    ("ского", "ский"), ("скому", "ский"), ("ским", "ский"), ("ском", "ский"),
    ("цкого", "цкий"), ("цкому", "цкий"), ("цким", "цкий"),
    ("ова", "ов"), ("ову", "ов"), ("овым", "ов"), ("ове", "ов"),
    ("ева", "ев"), ("еву", "ев"), ("евым", "ев"), ("еве", "ев"),
    ("ёва", "ёв"), ("ёву", "ёв"), ("ёвым", "ёв"), ("ина", "ин"), ("ину", "ин"), ("иным", "ин"), ("ине", "ин"),
    ("ого", "ый"), ("ому", "ый"),
)  # fmt: skip
_SURNAME_F = (
    ("скую", "ская"), ("ской", "ская"), ("цкую", "цкая"), ("цкой", "цкая"),
    ("ову", "ова"), ("овой", "ова"), ("еву", "ева"), ("евой", "ева"), ("ёву", "ёва"), ("ёвой", "ёва"),
    ("ину", "ина"), ("иной", "ина"), ("ую", "ая"),
)  # fmt: skip
_UNCHANGED = ("ко", "о", "их", "ых", "дзе", "швили", "и", "е", "у", "ю", "э")
_OTHER_CASES = ("ом", "ем", "ым", "им", "их", "ых")
_TITLES_M = frozenset({"господина", "господину", "господином", "г-на", "г-ну", "г-ном"})
_TITLES_F = frozenset({"госпожу", "госпоже", "госпожи", "госпожой", "г-жу", "г-же", "г-жи", "г-жой"})


def nominative(name: str, title: str | None, given: Sequence[str]) -> str:
    """A name in the nominative, as far as its words tell. ``given`` are known given names, in the nominative."""
    words = name.split()
    known = _forms(tuple(given))
    sex = _sex_of_title(title)
    for word in words:
        form = known.get(word.casefold())
        if (ending := _patronymic(word)) is not None:
            sex = ending[1]
        elif form is not None and form[1] and not sex:
            sex = form[2]
    sex = sex or _sex_of_forms(words, known)
    if not sex or (sex == "m" and not _sex_of_title(title) and any(_undeclined(word, known) for word in words)):
        return name
    return " ".join(_word(word, sex, known) for word in words)


def _undeclined(word: str, known: dict[str, tuple[str, bool, str]]) -> bool:
    """Whether a man's surname would be in the nominative, so that what stands before it is no other case: "Петра Новак"
    is a woman."""
    low = word.casefold()
    ends = low[-1:].isalpha() and low[-1:] not in _VOWELS + "ьй" and not low.endswith(_OTHER_CASES)
    return ends and len(low) > LONG - 1 and low not in known


def _sex_of_title(title: str | None) -> str:
    word = (title or "").casefold().strip(". ")
    return "m" if word in _TITLES_M else "f" if word in _TITLES_F else ""


def _sex_of_forms(words: Sequence[str], known: dict[str, tuple[str, bool, str]]) -> str:
    """The sex that a given name no file knows and a surname tell together: "Нору Файзуллину" is a woman, and "Любомиром
    Вайсом" a man."""
    if len(words) == 2 and all(w.endswith(("ом", "ем")) and len(w) > LONG for w in words):
        return "m"
    if len(words) != 2 or not words[0].endswith(("у", "ю")) or words[0][:-1].casefold() in known:
        return ""
    return "f" if words[1].endswith(tuple(ending for ending, _ in _SURNAME_F if ending.endswith(("у", "ю")))) else ""


def _patronymic(word: str) -> tuple[str, str] | None:
    """The nominative and sex of a patronymic in another case."""
    low = word.casefold()
    if len(low) < 7:
        return None
    for endings, sex in ((_PATRONYMIC_M, "m"), (_PATRONYMIC_F, "f")):
        for ending, right in endings.items():
            stem = low.removesuffix(ending)
            if stem != low and (sex == "f" or stem[-1:] in "вь"):
                return word[: len(word) - len(ending)] + right, sex
    return None


def _word(word: str, sex: str, known: dict[str, tuple[str, bool, str]]) -> str:
    patronymic = _patronymic(word)
    if patronymic is not None:
        return patronymic[0]
    form = known.get(word.casefold())
    if form is not None:
        return form[0] if form[1] and form[2] == sex else word
    if "-" in word:
        return "-".join(_word(part, sex, known) for part in word.split("-"))
    if len(word) < 4 or "." in word:
        return word
    for ending, right in _SURNAME_M if sex == "m" else _SURNAME_F:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: len(word) - len(ending)] + right
    return _foreign(word, sex)


def _foreign(word: str, sex: str) -> str:
    """Other names: men's that end in a consonant are declined, women's only with an -а."""
    if sex == "m":
        if word.endswith(_UNCHANGED) and not word.endswith(("е", "у")):
            return word
        if word.endswith(("ля", "лю", "лем")):
            return word.rstrip("яюем") + "ь"  # Энгеля
        for ending in ("ом", "ем", "а", "у", "е"):
            stem = word.removesuffix(ending)
            if stem != word and stem[-1:].lower() not in _VOWELS + "ьй" and len(stem) > 2:
                return stem
        return word[:-1] + "й" if word.endswith(("ая", "ея", "ию")) else word
    if word.endswith("ию"):
        return word[:-1] + "я"
    return word[:-1] + "а" if word.endswith("у") and len(word) > 3 else word


@lru_cache(maxsize=4)
def _forms(given: tuple[str, ...]) -> dict[str, tuple[str, bool, str]]:
    """Every case of the given names: nominative, whether the form is another case, and sex."""
    found: dict[str, tuple[str, bool, str]] = {}
    oblique: dict[str, tuple[str, bool, str]] = {}
    for name in given:
        low = name.casefold()
        feminine = (low[-1] in "ая" and name not in {"Илья", "Никита", "Лука", "Кузьма"}) or name in {"Любовь", "Гаяне"}
        sex = "f" if feminine else "m"
        found[low] = (name, False, sex)
        for form in _cases(low):
            oblique.setdefault(form, (name, True, sex))
    return {**oblique, **found}


def _cases(low: str) -> list[str]:
    stem = low[:-1]
    if low.endswith("ия"):
        return [stem + e for e in ("и", "ю", "ей")]
    if low.endswith("я"):
        return [stem + e for e in ("и", "е", "ю", "ей")]
    if low.endswith("а"):
        return [stem + e for e in ("ы", "и", "е", "у", "ой", "ей")]
    if low.endswith(("й", "ь")):
        return [stem + e for e in ("я", "ю", "ем", "е", "и")]
    if low[-1] in _VOWELS:
        return []
    fleeting = {"пётр": "петр", "лев": "льв", "павел": "павл"}.get(low, low)
    return [fleeting + e for e in ("а", "у", "ом", "е")]
