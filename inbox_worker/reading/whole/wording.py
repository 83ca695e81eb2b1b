"""The plainest sentences of each language, in which forms and lists are put before they are read."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_worker.reading.language import languages_of
from inbox_worker.reading.text import MAX_CHARACTERS, tokens


@dataclass(frozen=True)
class Wording:
    """How a language says yes, no, perhaps, and how many."""

    yes: str
    no: str
    perhaps: str
    count: str  # "{}" stands for the number
    list: str  # before a list of those who come

    def number(self, count: int) -> str:
        """So many come."""
        return self.count.format(count)


WORDINGS = {
    "en": Wording(
        "We will attend.", "We cannot attend.", "We hope to attend.", "We will be {}.", "The following will attend:"
    ),
    "fr": Wording(
        "Nous participerons.", "Nous ne viendrons pas.", "Nous espérons venir.", "Nous serons {}.", "Participeront :"
    ),
    "es": Wording("Asistiremos.", "No asistiremos.", "Esperamos asistir.", "Seremos {}.", "Asistirán:"),
    "pt": Wording("Participaremos.", "Não participaremos.", "Esperamos participar.", "Seremos {}.", "Participarão:"),
    "it": Wording("Parteciperemo.", "Non parteciperemo.", "Forse parteciperemo.", "Saremo in {}.", "Parteciperanno:"),
    "de": Wording("Wir nehmen teil.", "Wir kommen nicht.", "Vielleicht kommen wir.", "Wir sind {}.", "Es nehmen teil:"),
    "nl": Wording(
        "Wij nemen deel.", "Wij komen niet.", "Misschien komen wij.", "Wij zijn met {}.", "Deelnemen zullen:"
    ),
    "ar": Wording("سنشارك.", "لن نشارك.", "نأمل أن نشارك.", "سيكون عددنا {}.", "المشاركون:"),
    "zh": Wording("我们将参加。", "我们不能参加。", "我们希望参加。", "我们共{}人。", "参会人员："),
    "ru": Wording("Мы примем участие.", "Мы не приедем.", "Возможно, мы приедем.", "Нас будет {}.", "Примут участие:"),
}


def wording_for(text: str) -> Wording:
    """The sentences of the language that a text is in, as far as it can be told."""
    words = [t for t in tokens(text, 0, min(len(text), MAX_CHARACTERS)) if t.is_word]
    found = next((x.code for x in languages_of(words) if x.code in WORDINGS), "en")
    return WORDINGS[found]
