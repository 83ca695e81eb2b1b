"""What the network makes of a message: one opinion, with the words that counted most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.model import Zone
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.called import lines_of_names, name_at
from inbox_worker.reading.voice.network import Answers, Network
from inbox_worker.reading.voice.pieces import BEGIN, END, Piece, Pieces

LONGEST = 4000  # characters of one stretch of new words that are given to the network
MOST_OF_IT = 0.8  # of what counted for an answer
OPENING = "query: "  # what the network was trained to find before a text


@dataclass(frozen=True)
class Named:
    """Somebody named, and how likely it is that they come (or leave, where that is what is said)."""

    name: str
    part: str
    start: int
    end: int
    comes: float


@dataclass(frozen=True)
class Opinion:
    """How likely the network holds each answer, number and person. Probabilities by name; ``count`` by how many come,
    the last but one for that many or more, the last for a number that is not told."""

    partstat: dict[str, float]
    op: dict[str, float]
    count: tuple[float, ...]
    total: float  # how many come, added up over the words
    writer: float
    ask: float
    people: tuple[Named, ...]
    words: tuple[tuple[str, int, int], ...]  # the sentence that counted most for the answer, then for the number
    grounds: tuple[tuple[str, int, int], ...]  # the sentences that together counted for most of the answer
    tally: tuple[tuple[str, int, int], ...]  # and for most of the number
    whole: bool  # nothing of the message was left out


@dataclass(frozen=True)
class _Stretch:
    """Where a stretch of a part stands in the text that the network is given."""

    part: str
    start: int
    end: int
    at: int


@dataclass(frozen=True)
class Asked:
    """A message as the network is asked about it: numbers of pieces, and for each person named their pieces."""

    numbers: list[int]
    spans: list[tuple[int, int]]
    people: list[tuple[str, str, int, int]]  # name, part, start, end
    pieces: list[Piece]  # without the first and the last number
    stretches: list[_Stretch]
    text: str


def asked_about(heard: Heard, pieces: Pieces, most: int) -> Asked:
    """A message for the network, ``most`` pieces of it."""
    text, stretches = _text(heard)
    cut = pieces.cut(OPENING + text, most - 2)
    spans, people = [], []
    for name, part, start, end in _named(heard):
        found = _located(stretches, part, start, end)
        span = span_in(cut, *found) if found is not None else None
        if span is not None:
            spans.append(span)
            people.append((name, part, start, end))
    return Asked([BEGIN, *(p.number for p in cut), END], spans, people, cut, stretches, text)


def span_in(cut: Sequence[Piece], start: int, end: int) -> tuple[int, int] | None:
    """Which of the network's numbers stand for ``text[start:end]``; None if that was left out."""
    low, high = start + len(OPENING), end + len(OPENING)
    inside = [i + 1 for i, p in enumerate(cut) if p.start < high and p.end > low and p.end > p.start]
    return (inside[0], inside[-1] + 1) if inside else None


def opinion_of(heard: Heard, network: Network, asked: Asked | None = None) -> Opinion:
    """Ask the network about a message; ``asked`` is what it is asked, if that has been found out."""
    asked = asked or asked_about(heard, network.words.pieces, network.most_pieces)
    said = network.read(asked.numbers, asked.spans)
    people = _people(heard, asked, said)
    weights = said.weight[1:-1]
    words: list[tuple[str, int, int]] = []
    counted: tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]] = ([], [])
    sentence_at = _sentences(heard, asked)
    for pool, grounds in enumerate(counted):
        sums: dict[int, float] = {}
        for piece, weight in zip(asked.pieces, weights[:, pool], strict=True):
            place = sentence_at.get(piece.start - len(OPENING))
            if place is not None:
                sums[place] = sums.get(place, 0.0) + float(weight)
        ranked = sorted(sums, key=lambda i: -sums[i])
        places = [(heard.said[i][0], heard.said[i][1].sentence.start, heard.said[i][1].sentence.end) for i in ranked]
        words += places[:1]
        total, share = sum(sums.values()), 0.0
        for i, there in zip(ranked, places, strict=True):
            if share >= MOST_OF_IT * total:
                break
            grounds.append(there)
            share += sums[i]
    return Opinion(
        dict(zip(network.partstats, said.partstat, strict=True)),
        dict(zip(network.ops, said.op, strict=True)),
        said.count,
        said.total,
        said.writer,
        said.ask,
        people,
        tuple(words),
        tuple(counted[0]),
        tuple(counted[1]),
        not asked.pieces or asked.pieces[-1].end >= len(OPENING) + len(asked.text.rstrip()),
    )


def _people(heard: Heard, asked: Asked, said: Answers) -> tuple[Named, ...]:
    """Everybody named, by a rule or by the network alone; it is asked only for those who come."""
    people = {(part, start, end): Named(name, part, start, end, comes)
              for (name, part, start, end), comes in zip(asked.people, said.people, strict=True)}  # fmt: skip
    for start, end, likely in said.names:
        inside = asked.pieces[start - 1 : end - 1]
        if not inside or any(start < b and a < end for a, b in asked.spans):
            continue
        for begin, stop in lines_of_names(asked.text, inside[0].start - len(OPENING), inside[-1].end - len(OPENING)):
            found = name_at(asked.text, begin, stop)
            if found is None:
                continue
            name, first, last = found
            stretch = next((s for s in asked.stretches if s.at <= first and last <= s.at + s.end - s.start), None)
            if stretch is not None:
                place = (stretch.part, first - stretch.at + stretch.start, last - stretch.at + stretch.start)
                people.setdefault(place, Named(name, *place, likely))
    return tuple(sorted(people.values(), key=lambda n: (n.part, n.start)))


def _text(heard: Heard) -> tuple[str, list[_Stretch]]:
    """What the network is given: who writes, about what, and the new words with the signature."""
    message = heard.message
    who = message.from_.name or (heard.sender[0] if heard.sender else "")
    text = f"{who} | {message.subject}\n" if who or message.subject else ""
    stretches = []
    for part in message.bodies:
        spans = [(s.start, s.end) for s in part.spans if s.zone in (Zone.NEW, Zone.SIGNATURE)]
        for start, stop in spans if part.spans else [(0, len(part.text))]:
            end = min(stop, start + LONGEST)
            stretches.append(_Stretch(part.section, start, end, len(text)))
            text += part.text[start:end] + "\n"
    return text, stretches


def _named(heard: Heard) -> list[tuple[str, str, int, int]]:
    """Everybody named in sentences, lists and tables, each place once, in order."""
    found: dict[tuple[str, int, int], str] = {}
    for part, said in heard.said:
        for mention in said.names:
            if not mention.vague or len(mention.name) > 1:
                found[(part, *said.offsets(mention.start, mention.end))] = mention.name
    for part, block in heard.blocks:
        for item in block.items:
            for mention, (start, end) in zip(item.mentions, item.spans, strict=True):
                if mention.kind == "name":
                    found[part, start, end] = mention.name
    return [(name, *place) for place, name in sorted(found.items())]


def _located(stretches: list[_Stretch], part: str, start: int, end: int) -> tuple[int, int] | None:
    for stretch in stretches:
        if stretch.part == part and stretch.start <= start and end <= stretch.end:
            return stretch.at + start - stretch.start, stretch.at + end - stretch.start
    return None


def _sentences(heard: Heard, asked: Asked) -> dict[int, int]:
    """For the places of the network's text, the number of the sentence in which they stand."""
    found: dict[int, int] = {}
    for i, (part, said) in enumerate(heard.said):
        for stretch in asked.stretches:
            if stretch.part == part:
                start, end = max(said.sentence.start, stretch.start), min(said.sentence.end, stretch.end)
                for at in range(start, end):
                    found.setdefault(at - stretch.start + stretch.at, i)
    return found
