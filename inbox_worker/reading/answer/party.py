"""Who comes: the people and numbers of one claim, as they are found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from inbox_worker.reading.answer.heard import Heard, is_sender, same_person
from inbox_worker.reading.grammar.said import Mention, Said
from inbox_worker.reading.list_items import Item


@dataclass
class Party:
    """Who comes."""

    people: list[tuple[Mention, str, int, int]] = field(default_factory=list)  # mention, part, start, end
    selves: list[tuple[str, int, int]] = field(default_factory=list)
    unnamed: list[tuple[int, str, int, int, int]] = field(default_factory=list)  # number, part, start, end, sentence
    totals: list[tuple[int, str, int, int]] = field(default_factory=list)
    more: list[tuple[int, str, int, int]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    unread: tuple[str, int, int] | None = None  # an item of a list in which nobody was found
    listed: bool = False  # a list or table names everybody
    open_range: tuple[str, int, int] | None = None
    vague: tuple[str, int, int] | None = None
    scattered: bool = False
    agreed: int | None = None  # a number that the names in its own sentence bear out
    stand_in: bool = False  # somebody of theirs who was not named cannot come, and was not announced
    others: tuple[str, int, int] | None = None  # a person named elsewhere, of whom it is not said whether they come


def add(heard: Heard, party: Party, part: str, said: Said, mention: Mention, sentence: int) -> None:
    start, end = said.offsets(mention.start, mention.end)
    if mention.kind == "name":
        if is_sender(heard, mention.name):
            party.selves.append((part, start, end))
        elif not any(same_person(mention.name, m.name) for m, *_ in party.people):
            party.people.append((_in_full(heard, mention), part, start, end))
    elif mention.kind == "self":
        party.selves.append((part, start, end))
    elif mention.kind == "anaphor":
        found = _antecedent(heard, sentence)
        if (
            found is not None
            and not is_sender(heard, found[0].name)
            and not any(same_person(found[0].name, m.name) for m, *_ in party.people)
        ):
            party.people.append(found)
    elif mention.kind in {"role", "part"}:
        party.unnamed.append((mention.number, part, start, end, sentence))
    elif mention.kind == "total":
        party.totals.append((mention.number, part, start, end))
    elif mention.kind == "more":
        party.more.append((mention.number, part, start, end))


def _in_full(heard: Heard, mention: Mention) -> Mention:
    """A surname with the given name that the message tells beside it elsewhere: "Dr Ana López ... Dr López"."""
    if " " in mention.name or mention.name.isupper() or mention.title is None:
        return mention
    full = {m.name for _, said in heard.said for m in said.names if m.name.endswith(f" {mention.name}")}
    return replace(mention, name=full.pop()) if len(full) == 1 else mention


def _antecedent(heard: Heard, sentence: int) -> tuple[Mention, str, int, int] | None:
    """The last person named in the two sentences before one that begins with "she"."""
    for i in range(sentence - 1, max(-1, sentence - 4), -1):
        part, said = heard.said[i]
        names = [m for m in said.names if not m.vague or m.title]
        if names:
            return (names[-1], part, *said.offsets(names[-1].start, names[-1].end))
    return None


def add_item(heard: Heard, party: Party, part: str, item: Item) -> None:
    for mention, (start, end) in zip(item.mentions, item.spans, strict=True):
        if mention.kind == "name":
            if is_sender(heard, mention.name):
                party.selves.append((part, start, end))
            elif not any(same_person(mention.name, m.name) for m, *_ in party.people):
                party.people.append((mention, part, start, end))
        elif mention.kind == "self":
            party.selves.append((part, start, end))
        else:
            party.unnamed.append((mention.number, part, start, end, -1))
