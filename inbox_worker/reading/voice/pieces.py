"""Text as the pieces of words that the network knows: a unigram model (Kudo 2018, arXiv:1804.10959)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

SPACE = "\u2581"  # what stands for a space in a piece
BEGIN, END, UNKNOWN = 0, 2, 3  # numbers of pieces that stand for no text
SPECIAL = 4  # pieces below are no text
RARE = 10.0  # how much less likely an unknown character is than the rarest piece
WORDS_KEPT = 20_000  # with their pieces, for the next time
LONGEST_KEPT = 24  # letters of a word that may come again


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece, ``text[start:end]`` of what was cut up; ``number`` is its row in the table of the network."""

    number: int
    start: int
    end: int


class Pieces:
    """The pieces of a network and how likely each is."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], normal: Mapping[int, str]) -> None:
        """``scores`` are logarithms of probabilities, one a piece; ``normal`` maps code points to what they read as."""
        self._known = {p: (i, float(scores[i])) for i, p in enumerate(pieces) if i >= SPECIAL}
        self._longest = max(len(p) for p in pieces)
        self._unknown = float(min(scores[SPECIAL:])) - RARE
        self._normal = normal
        self._kept = lru_cache(maxsize=WORDS_KEPT)(self._likeliest)

    def cut(self, text: str, most: int) -> list[Piece]:
        """The likeliest pieces of a text, ``most`` at most."""
        letters, places = self._normalised(text)
        found: list[Piece] = []
        at = 0
        while at < len(letters) and len(found) < most:
            stop = letters.find(SPACE, at + 1)  # no piece goes beyond a word
            stop = len(letters) if stop < 0 else stop
            word = letters[at:stop]
            for number, length in self._kept(word) if len(word) <= LONGEST_KEPT else self._likeliest(word):
                found.append(Piece(number, places[at], places[at + length - 1] + 1))
                at += length
        return found[:most]

    def _likeliest(self, word: str) -> list[tuple[int, int]]:
        """The number and the length of each of a word's likeliest pieces (Viterbi 1967)."""
        size = len(word)
        best = [float("-inf")] * (size + 1)
        best[0] = 0.0
        number, origin = [UNKNOWN] * (size + 1), [0] * (size + 1)
        for i in range(size):
            for end in range(i + 1, min(size, i + self._longest) + 1):
                found = self._known.get(word[i:end])
                if found is not None and best[i] + found[1] > best[end]:
                    best[end], number[end], origin[end] = best[i] + found[1], found[0], i
            if best[i] + self._unknown > best[i + 1]:
                best[i + 1], number[i + 1], origin[i + 1] = best[i] + self._unknown, UNKNOWN, i
        pieces = []
        end = size
        while end > 0:
            pieces.append((number[end], end - origin[end]))
            end = origin[end]
        return pieces[::-1]

    def _normalised(self, text: str) -> tuple[str, list[int]]:
        """The text as the pieces are written, and where each of its characters stands in the original."""
        letters, places = [SPACE], [0]
        for i, character in enumerate(text):
            for letter in self._normal.get(ord(character), character):
                if letter == " ":
                    if letters[-1] == SPACE:
                        continue
                    letter = SPACE  # noqa: PLW2901 - the same letter, as it is written in pieces
                letters.append(letter)
                places.append(i)
        return "".join(letters), places
