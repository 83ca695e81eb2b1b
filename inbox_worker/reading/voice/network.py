"""The network: a transformer encoder (Vaswani 2017, arXiv:1706.03762), run by onnxruntime, and the questions that are
asked of what it makes of a text.

``voice.onnx`` is the encoder, from the vectors of pieces to what they are in their text, weights in eight bits.
``voice.npz`` holds the rest: the pieces, their vectors in blocks of 32 numbers of four bits, and the questions.
``python -m tests.voice.train`` makes both, and ``python -m tests.voice.blend`` the mean of several. ``glance.onnx`` and
``glance.npz`` are the same network made narrow (``tests.voice.narrow``, ``tests.voice.learn``), with the same pieces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from inbox_worker.reading.voice.pieces import Pieces

Array = npt.NDArray[np.float32]
OF_WORDS = frozenset({"pieces", "scores", "normal", "table", "table_scales", "positions", "type"})
PACKAGE = "inbox_worker.reading.voice"
KEPT = 16  # readings that are kept, in case the same text comes again
ERRORS = 3  # what the runtime may say on standard error: nothing below an error
OUTSIDE, FIRST, INSIDE = 0, 1, 2  # of the name of somebody who comes
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
    total: float  # how many come, added up over the pieces
    names: tuple[tuple[int, int, float], ...]  # numbers of pieces that name somebody who comes, and how likely
    weight: Array  # (pieces, POOLS): how much each piece counted


class Words:
    """The pieces that a text is cut into, and their vectors."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """``stored``: the arrays of the file of a network that has them."""
        pieces = bytes(stored["pieces"]).decode().split("\n")
        normal = {int(k): v for k, v in json.loads(bytes(stored["normal"]).decode()).items()}
        self.pieces = Pieces(pieces, stored["scores"].astype(np.float32).tolist(), normal)
        self._table, self._scales = stored["table"], stored["table_scales"]
        self._places: Array = (stored["positions"].astype(np.float32) + stored["type"]).astype(np.float32)

    def vectors(self, numbers: Sequence[int]) -> Array:
        """What an encoder is given of a text as numbers of pieces, a row a piece."""
        packed = self._table[np.asarray(numbers)]  # (pieces, blocks, 16)
        low = (packed & 15).astype(np.float32) - 8
        high = (packed >> 4).astype(np.float32) - 8
        scales = self._scales[np.asarray(numbers)].astype(np.float32)[..., None]
        rows = np.concatenate([low, high], axis=2).astype(np.float32) * scales
        found: Array = rows.reshape(len(numbers), -1) + self._places[: len(numbers)]
        return found


class Network:
    """A trained network."""

    def __init__(self, words: Words, stored: Mapping[str, Any], encoder: bytes) -> None:
        """``stored``: the arrays of the network file; ``encoder``: a model in ONNX, from ``vectors`` to ``hidden``."""
        about = json.loads(bytes(stored["about"]).decode())
        self.partstats: tuple[str, ...] = tuple(about["partstats"])
        self.ops: tuple[str, ...] = tuple(about["ops"])
        self.most_pieces: int = about["most_pieces"]
        self.version: str = about["version"]
        self.words = words
        asked = [name for name in stored if name.endswith((".weight", ".bias"))]
        self._questions: dict[str, Array] = {name: stored[name].astype(np.float32) for name in asked}
        self._encoder = _session(encoder)
        self._read = lru_cache(maxsize=KEPT)(self._answers)  # plain text and HTML of a message mostly say the same

    def read(self, numbers: Sequence[int], spans: Sequence[tuple[int, int]]) -> Answers:
        """What a text says, given as numbers of pieces; ``spans`` are the pieces of each person to be asked about."""
        return self._read(tuple(numbers), tuple(spans))

    def _answers(self, numbers: tuple[int, ...], spans: tuple[tuple[int, int], ...]) -> Answers:
        hidden = self.encode(numbers)
        scores = hidden @ self._questions["att.weight"].T + self._questions["att.bias"]
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
            float(np.logaddexp(0, self._linear(hidden, "unit")).sum()),
            _runs(_softmax(self._linear(hidden, "tag"))),
            weight,
        )

    def _linear(self, x: Array, name: str) -> Array:
        found: Array = x @ self._questions[f"{name}.weight"].T + self._questions[f"{name}.bias"]
        return found

    def encode(self, numbers: Sequence[int]) -> Array:
        """What the encoder makes of a text as numbers of pieces, a row a piece."""
        (hidden,) = self._encoder.run(["hidden"], {"vectors": self.words.vectors(numbers)})
        found: Array = hidden
        return found


def _session(encoder: bytes) -> Any:
    """The encoder, ready to run on one core: messages, not matrices, are what is spread over the cores."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(ERRORS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep the room of the longest text for good
    options.log_severity_level = ERRORS
    return onnxruntime.InferenceSession(encoder, options, providers=["CPUExecutionProvider"])


def _runs(tags: Array) -> tuple[tuple[int, int, float], ...]:
    """Where pieces are the first of a name and inside of it, with the least probability of being of a name at all."""
    best = tags.argmax(1)
    found = []
    for start in np.flatnonzero(best == FIRST):
        end = int(start) + 1
        while end < len(best) and best[end] == INSIDE:
            end += 1
        found.append((int(start), end, float(1 - tags[start:end, OUTSIDE].max())))
    return tuple(found)


def _softmax(x: Array) -> Array:
    raised = np.exp(x - x.max(-1, keepdims=True))
    found: Array = raised / raised.sum(-1, keepdims=True)
    return found


def _sigmoid(x: Array) -> Array:
    raised: Array = np.exp(-np.clip(x, -30, 30)).astype(np.float32)
    return np.float32(1) / (1 + raised)


@cache
def words() -> Words:
    """The pieces that come with the package, of both networks, loaded when they are first asked for."""
    return Words(_stored("voice", lambda name: name in OF_WORDS))


@cache
def network() -> Network:
    """The network that comes with the package."""
    return _network("voice")


@cache
def narrow_network() -> Network:
    """The narrow one, which looks first: it costs half as much, and is right a little less often."""
    return _network("glance")


def _network(name: str) -> Network:
    encoder = (resources.files(PACKAGE) / f"{name}.onnx").read_bytes()
    return Network(words(), _stored(name, lambda array: array not in OF_WORDS), encoder)


def _stored(name: str, wanted: Callable[[str], bool]) -> dict[str, Any]:
    with (
        resources.as_file(resources.files(PACKAGE) / f"{name}.npz") as path,
        np.load(path, allow_pickle=False) as stored,
    ):
        return {array: stored[array] for array in stored if wanted(array)}
