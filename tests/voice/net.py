"""The network in PyTorch, for training; ``inbox_worker/reading/voice/network.py`` is the same for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.voice.examples import OPS, PARTSTATS, UNTOLD
from tests.voice.start import Start

DROPPED = 0.1
LAYERS = 12  # of the whole network
TAGS = 3  # of a piece: outside, first or inside of the name of somebody who comes
HEADS, INNER = "ao", "fo"  # the two parts of a layer, by the product that brings what each finds to the width
SELDOM = -5.0  # what a piece adds to the number of those who come, before anything is learnt: next to nothing


class Net(nn.Module):
    """An encoder with the first layers of the starting point, and its questions.

    The first ``settled`` layers are not trained: what they make of a text need be found only once.
    """

    def __init__(self, start: Start, layers: int, settled: int = 0) -> None:
        super().__init__()
        self.settled = settled
        width = start.width
        self.width, self.layers = width, layers
        self.head = width // start.heads  # width of one; a layer may have lost some
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

    def take_up(self, state: Mapping[str, Tensor]) -> None:
        """Become the network of which this is the state, whose layers may be narrower.

        Raises:
            ValueError: it has other layers.
        """
        for name in self.encoder:
            kept = state.get(f"encoder.{name}")
            if kept is not None and kept.shape != self.encoder[name].shape:
                self.encoder[name] = nn.Parameter(torch.empty_like(kept))
        found = self.load_state_dict(state, strict=False)  # questions may be new, and the table comes from the start
        missing = [name for name in found.missing_keys if name.startswith("encoder.")]
        if missing or found.unexpected_keys:
            raise ValueError(f"not of this network: {len(missing)} arrays missing, {found.unexpected_keys} besides")

    def layer(self, number: int) -> dict[str, Tensor]:
        """The weights of a layer by their names in it."""
        return {n.partition("_")[2]: p for n, p in self.encoder.items() if n.startswith(f"l{number}_")}

    def trained(self) -> list[nn.Parameter]:
        """The parameters of the layers that are trained."""
        still = tuple(f"l{i}_" for i in range(self.settled)) + (("emb",) if self.settled else ())
        return [p for name, p in self.encoder.items() if not name.startswith(still)]

    def forward(self, x: Tensor, mask: Tensor, spans: Sequence[Sequence[tuple[int, int]]]) -> dict[str, Tensor]:
        """Logits for what ``settle`` made of texts; ``people`` is one row for all spans of all texts, ``tags`` for
        all their pieces; ``total`` is no logit but how many come, added up over the pieces."""
        return self.answers(self.made(x, mask), mask, spans)

    def made(self, x: Tensor, mask: Tensor) -> Tensor:
        """What the other layers make of what ``settle`` made of texts, of the same shape."""
        return self._layers_of(x, mask, range(self.settled, self.layers))

    def answers(self, hidden: Tensor, mask: Tensor, spans: Sequence[Sequence[tuple[int, int]]]) -> dict[str, Tensor]:
        """Logits for what ``made`` made of texts."""
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
        return self._layers_of(self.begun(vectors), mask, range(self.settled))

    def encoded(self, vectors: Tensor) -> Tensor:
        """The vectors of pieces, of shape (texts, pieces, width), as they are in their texts."""
        return self._layers_of(self.begun(vectors), None, range(self.layers))

    def begun(self, vectors: Tensor) -> Tensor:
        """What the first layer is given."""
        return functional.layer_norm(vectors, (self.width,), self.encoder["emb_ln_w"], self.encoder["emb_ln_b"], 1e-12)

    def _layers_of(self, x: Tensor, mask: Tensor | None, which: range) -> Tensor:
        hidden = None if mask is None else (mask[:, None, None, :] == 0)
        for i in which:
            w = self.layer(i)
            x = self.added(HEADS, x, self.drop(self.brought(HEADS, self.heeded(x, w, hidden), w)), w)
            x = self.added(INNER, x, self.drop(self.brought(INNER, self.inner(x, w), w)), w)
        return x

    def heeded(self, x: Tensor, w: Mapping[str, Tensor], hidden: Tensor | None = None) -> Tensor:
        """What the heads of a layer with the weights ``w`` take from the other pieces, one head after the other."""
        rows, length, _ = x.shape

        def turned(name: str) -> Tensor:
            return (
                functional.linear(x, w[f"{name}_w"], w[f"{name}_b"]).view(rows, length, -1, self.head).transpose(1, 2)
            )

        q, k, v = turned("q"), turned("k"), turned("v")
        if hidden is None:  # as the runtime is told it
            found = (q @ k.transpose(2, 3) * self.head**-0.5).softmax(-1) @ v
        else:
            found = functional.scaled_dot_product_attention(q, k, v, attn_mask=~hidden)
        return found.transpose(1, 2).reshape(rows, length, -1)

    def inner(self, x: Tensor, w: Mapping[str, Tensor]) -> Tensor:
        """The inner numbers of a layer."""
        return functional.gelu(functional.linear(x, w["fi_w"], w["fi_b"]), approximate="tanh")

    def brought(self, part: str, found: Tensor, w: Mapping[str, Tensor]) -> Tensor:
        """What a part of a layer found, brought to the width."""
        return functional.linear(found, w[f"{part}_w"], w[f"{part}_b"])

    def added(self, part: str, x: Tensor, brought: Tensor, w: Mapping[str, Tensor]) -> Tensor:
        """It added to what that part was given."""
        norm = "aln" if part == HEADS else "oln"
        return functional.layer_norm(x + brought, (self.width,), w[f"{norm}_w"], w[f"{norm}_b"], 1e-12)
