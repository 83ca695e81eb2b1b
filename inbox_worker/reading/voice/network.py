"""The network: a transformer encoder (Vaswani 2017, arXiv:1706.03762) with a few questions asked of it, in NumPy.

Its weights are in ``voice.npz``, made by ``python -m tests.voice.train``: whole numbers with a scale for each row, and
the table of pieces in blocks of 32 numbers of four bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from inbox_worker.reading.voice.pieces import Pieces

Array = npt.NDArray[np.float32]
BLOCK = 32  # numbers of the table that share a scale
KEPT = 16  # readings that are kept, in case the same text comes again
POOLS = 3  # ways in which a text is summed up: for the answer, for the number, for the writer


@dataclass(frozen=True)
class Answers:
    """What the network says of a text. Probabilities, in the order of the names that the network file gives."""

    partstat: tuple[float, ...]
    op: tuple[float, ...]
    count: tuple[float, ...]
    writer: float  # that the writer comes
    ask: float  # that a careful clerk would ask before writing anything down
    people: tuple[float, ...]  # for each span asked about, that the person comes
    weight: Array  # (pieces, POOLS): how much each piece counted


class Network:
    """A trained network."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """``stored``: the arrays of the network file."""
        about = json.loads(bytes(stored["about"]).decode())
        self.partstats: tuple[str, ...] = tuple(about["partstats"])
        self.ops: tuple[str, ...] = tuple(about["ops"])
        self.most_pieces: int = about["most_pieces"]
        self.version: str = about["version"]
        self._layers: int = about["layers"]
        self._heads: int = about["heads"]
        pieces = bytes(stored["pieces"]).decode().split("\n")
        normal = {int(k): v for k, v in json.loads(bytes(stored["normal"]).decode()).items()}
        self.pieces = Pieces(pieces, stored["scores"].astype(np.float32).tolist(), normal)
        self._table, self._scales = stored["table"], stored["table_scales"]
        names = {name.removesuffix(":scale") for name in stored if name.endswith(":scale")}
        self._weights: dict[str, Array] = {
            name: stored[name].astype(np.float32) * stored[f"{name}:scale"].astype(np.float32)[:, None]
            for name in names
        }
        kept = {"about", "pieces", "normal", "scores", "table", "table_scales"}
        self._weights |= {
            name: stored[name].astype(np.float32)
            for name in stored
            if name not in names and name not in kept and not name.endswith(":scale")
        }
        self._read = lru_cache(maxsize=KEPT)(self._answers)  # plain text and HTML of a message mostly say the same

    def read(self, numbers: Sequence[int], spans: Sequence[tuple[int, int]]) -> Answers:
        """What a text says, given as numbers of pieces; ``spans`` are the pieces of each person to be asked about."""
        return self._read(tuple(numbers), tuple(spans))

    def _answers(self, numbers: tuple[int, ...], spans: tuple[tuple[int, int], ...]) -> Answers:
        hidden = self._encode(np.asarray(numbers))
        scores = hidden @ self._weights["att.weight"].T + self._weights["att.bias"]
        weight = _softmax(scores.T).T.astype(np.float32)
        pooled = weight.T @ hidden
        mean, first = hidden.mean(0), hidden[0]

        def ask(name: str, pool: int) -> Array:
            features: Array = np.concatenate([mean, first, pooled[pool]])
            found: Array = self._linear(features[None], name)[0]
            return found

        people = [np.concatenate([hidden[start:end].mean(0), pooled[0], first]) for start, end in spans]
        told = _sigmoid(self._linear(np.stack(people), "name")[:, 0]) if people else np.zeros(0, np.float32)
        return Answers(
            tuple(_softmax(ask("ps", 0)).tolist()),
            tuple(_softmax(ask("op", 0)).tolist()),
            tuple(_softmax(ask("cnt", 1)).tolist()),
            float(_sigmoid(ask("selfh", 2))[0]),
            float(_sigmoid(ask("ask", 1))[0]),
            tuple(float(p) for p in told),
            weight,
        )

    def _linear(self, x: Array, name: str) -> Array:
        found: Array = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _rows(self, numbers: npt.NDArray[Any]) -> Array:
        """The vectors of pieces, out of the table."""
        packed = self._table[numbers]  # (pieces, blocks, 16)
        low = (packed & 15).astype(np.float32) - 8
        high = (packed >> 4).astype(np.float32) - 8
        scales = self._scales[numbers].astype(np.float32)[..., None]
        rows = np.concatenate([low, high], axis=2).astype(np.float32) * scales
        found: Array = rows.reshape(len(numbers), -1).astype(np.float32)
        return found

    def _encode(self, numbers: npt.NDArray[Any]) -> Array:
        w = self._weights
        x: Array = self._rows(numbers) + w["positions"][: len(numbers)] + w["type"]
        x = _normalised(x, w["emb.ln.w"], w["emb.ln.b"])
        for i in range(self._layers):
            x = self._layer(x, f"l{i}.")
        return x

    def _layer(self, x: Array, at: str) -> Array:
        w, heads = self._weights, self._heads
        size = x.shape[1] // heads

        def turned(name: str) -> Array:
            found: Array = (x @ w[f"{at}{name}.w"].T + w[f"{at}{name}.b"]).reshape(len(x), heads, size)
            return found.transpose(1, 0, 2)

        query, key, value = turned("q"), turned("k"), turned("v")
        heed = _softmax(query @ key.transpose(0, 2, 1) * np.float32(size**-0.5))
        seen = (heed @ value).transpose(1, 0, 2).reshape(len(x), -1)
        heeded: Array = (x + seen @ w[f"{at}ao.w"].T + w[f"{at}ao.b"]).astype(np.float32)
        x = _normalised(heeded, w[f"{at}aln.w"], w[f"{at}aln.b"])
        inner = _gelu(x @ w[f"{at}fi.w"].T + w[f"{at}fi.b"])
        return _normalised(x + inner @ w[f"{at}fo.w"].T + w[f"{at}fo.b"], w[f"{at}oln.w"], w[f"{at}oln.b"])


def _normalised(x: Array, weight: Array, bias: Array) -> Array:
    mean = x.mean(-1, keepdims=True)
    centred = x - mean
    spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-12))
    found: Array = centred / spread * weight + bias
    return found


def _gelu(x: Array) -> Array:
    found: Array = (
        np.float32(0.5) * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)))
    )
    return found


def _softmax(x: Array) -> Array:
    raised = np.exp(x - x.max(-1, keepdims=True))
    found: Array = raised / raised.sum(-1, keepdims=True)
    return found


def _sigmoid(x: Array) -> Array:
    raised: Array = np.exp(-np.clip(x, -30, 30)).astype(np.float32)
    return np.float32(1) / (1 + raised)


@cache
def network() -> Network:
    """The network that comes with the package, loaded when it is first asked for."""
    with (
        resources.as_file(resources.files("inbox_worker.reading.voice") / "voice.npz") as path,
        np.load(path, allow_pickle=False) as stored,
    ):
        return Network(dict(stored))
