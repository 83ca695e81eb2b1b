"""The network in PyTorch, for training; ``inbox_worker/reading/voice/network.py`` is the same for reading."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.voice.examples import OPS, PARTSTATS, UNTOLD
from tests.voice.start import Start

DROPPED = 0.1
TAGS = 3  # of a piece: outside, first or inside of the name of somebody who comes
SELDOM = -5.0  # what a piece adds to the number of those who come, before anything is learnt: next to nothing


class Net(nn.Module):
    """An encoder with the first layers of the starting point, and its questions.

    The first ``settled`` layers are not trained: what they make of a text need be found only once.
    """

    def __init__(self, start: Start, layers: int, settled: int = 0) -> None:
        super().__init__()
        self.settled = settled
        width = start.width
        self.width, self.heads, self.layers = width, start.heads, layers
        self.table = nn.Embedding.from_pretrained(torch.tensor(np.asarray(start.table)), freeze=True)
        self.register_buffer("positions", torch.tensor(start.weights["emb.pos"].reshape(-1, width)))
        self.register_buffer("types", torch.tensor(start.weights["emb.type"][:width]))
        kept = {
            name: values
            for name, values in start.weights.items()
            if name.startswith("emb.ln") or (name[0] == "l" and int(name[1:].partition(".")[0]) < layers)
        }
        self.encoder = nn.ParameterDict({n.replace(".", "_"): nn.Parameter(torch.tensor(v)) for n, v in kept.items()})
        self.att = nn.Linear(width, 3)
        self.ps, self.op = nn.Linear(3 * width, len(PARTSTATS)), nn.Linear(3 * width, len(OPS))
        self.cnt, self.selfh = nn.Linear(3 * width, UNTOLD + 1), nn.Linear(3 * width, 1)
        self.name, self.ask = nn.Linear(3 * width, 1), nn.Linear(3 * width, 1)
        self.tag, self.unit = nn.Linear(width, TAGS), nn.Linear(width, 1)
        nn.init.constant_(self.unit.bias, SELDOM)
        self.drop = nn.Dropout(DROPPED)

    def trained(self) -> list[nn.Parameter]:
        """The parameters of the layers that are trained."""
        still = tuple(f"l{i}_" for i in range(self.settled)) + (("emb",) if self.settled else ())
        return [p for name, p in self.encoder.items() if not name.startswith(still)]

    def forward(self, x: Tensor, mask: Tensor, spans: Sequence[Sequence[tuple[int, int]]]) -> dict[str, Tensor]:
        """Logits for what ``settle`` made of texts; ``people`` is one row for all spans of all texts, ``tags`` for
        all their pieces; ``total`` is no logit but how many come, added up over the pieces."""
        hidden = self._layers_of(x, mask, range(self.settled, self.layers))
        weight = self.att(hidden).masked_fill(mask[..., None] == 0, -1e9).softmax(1)
        pooled = torch.einsum("bta,bth->bah", weight, hidden)
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        first = hidden[:, 0]

        def features(pool: int) -> Tensor:
            return self.drop(torch.cat([mean, first, pooled[:, pool]], -1))

        named = [
            torch.cat([hidden[row, begin:end].mean(0), pooled[row, 0], first[row]])
            for row, places in enumerate(spans)
            for begin, end in places
        ]
        people = self.name(self.drop(torch.stack(named))).squeeze(-1) if named else torch.zeros(0)
        return {
            "partstat": self.ps(features(0)),
            "op": self.op(features(0)),
            "count": self.cnt(features(1)),
            "writer": self.selfh(features(2)).squeeze(-1),
            "ask": self.ask(features(1)).squeeze(-1),
            "people": people,
            "tags": self.tag(self.drop(hidden[mask > 0])),
            "total": (functional.softplus(self.unit(self.drop(hidden)).squeeze(-1)) * mask).sum(1),
        }

    def settle(self, numbers: Tensor, mask: Tensor) -> Tensor:
        """What the layers that are not trained make of texts, of shape (texts, pieces, width)."""
        vectors = self.table(numbers) + self.positions[: numbers.shape[1]] + self.types
        return self._layers_of(self._begun(vectors), mask, range(self.settled))

    def encoded(self, vectors: Tensor) -> Tensor:
        """The vectors of pieces, of shape (texts, pieces, width), as they are in their texts."""
        return self._layers_of(self._begun(vectors), None, range(self.layers))

    def _begun(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x, (self.width,), self.encoder["emb_ln_w"], self.encoder["emb_ln_b"], 1e-12)

    def _layers_of(self, x: Tensor, mask: Tensor | None, which: range) -> Tensor:
        rows, length, _ = x.shape
        hidden = None if mask is None else (mask[:, None, None, :] == 0)
        for i in which:
            w = {n.partition("_")[2]: p for n, p in self.encoder.items() if n.startswith(f"l{i}_")}

            def turned(name: str, x: Tensor = x, w: dict[str, Tensor] = w) -> Tensor:
                found = functional.linear(x, w[f"{name}_w"], w[f"{name}_b"])
                return found.view(rows, length, self.heads, -1).transpose(1, 2)

            heed = turned("q") @ turned("k").transpose(2, 3) * (self.width // self.heads) ** -0.5
            heed = heed if hidden is None else heed.masked_fill(hidden, -1e4)
            heeded = heed.softmax(-1).to(x.dtype) @ turned("v")
            heeded = functional.linear(heeded.transpose(1, 2).reshape(rows, length, -1), w["ao_w"], w["ao_b"])
            x = functional.layer_norm(x + self.drop(heeded), (self.width,), w["aln_w"], w["aln_b"], 1e-12)
            inner = functional.gelu(functional.linear(x, w["fi_w"], w["fi_b"]), approximate="tanh")
            inner = functional.linear(inner, w["fo_w"], w["fo_b"])
            x = functional.layer_norm(x + self.drop(inner), (self.width,), w["oln_w"], w["oln_b"], 1e-12)
        return x
