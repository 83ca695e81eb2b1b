"""Take from a network what it can best spare: ``python -m tests.voice.narrow --share 0.42 --keep narrow.pt``.

Heads and inner numbers of each layer go one by one, each time the one for whose loss the others make up best (optimal
brain surgeon for structures: Kurtic 2023, ZipLM, arXiv:2302.04089). What a loss changes in the end is told to first order
by the gradient of what the network makes of a text; so the layers can be compared, and one price of a multiplication
decides how much each of them keeps. The weights that are left make up for the others by least squares. What is still
missing a narrow network learns from the whole one: ``tests/voice/learn.py``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from inbox_worker.reading.voice.pieces import Pieces
from tests.bench.mailboxes import PARTS
from tests.voice.examples import of_mailboxes
from tests.voice.net import HEADS, INNER, LAYERS, Net
from tests.voice.start import start
from tests.voice.train import MOST_PIECES, OUT, SEED
from tests.voice.unpack import unpacked

MAILBOXES, MESSAGES = 60, 800  # by which it is found out what can be spared
AT_ONCE = 16  # inner numbers are kept in multiples of it, as processors take them
DAMPED = 1e-3  # share of the mean square that is added to all squares, so that they can be inverted
DOUBLINGS = 60  # of the search for the price


@dataclass
class Part:
    """What the last product of one part of a layer is given, some numbers for each piece, and what hangs on its result."""

    squares: Tensor  # mean products of what it is given, around the mean, of shape (given, given)
    mean: Tensor  # of what it is given
    matters: Tensor  # mean square of the gradient by its result, of shape (width,)

    @classmethod
    def of(cls, given: int, width: int) -> Part:
        """One of which nothing is known yet."""
        return cls(torch.zeros(given, given), torch.zeros(given), torch.zeros(width))

    def add(self, given: Tensor, gradient: Tensor) -> None:
        """Take in some pieces; until ``divide``, all are sums."""
        self.squares += given.T @ given
        self.mean += given.sum(0)
        self.matters += gradient.square().sum(0)

    def divide(self, pieces: int) -> None:
        """Make means of the sums."""
        self.mean /= pieces
        self.squares = self.squares / pieces - self.mean[:, None] * self.mean
        self.squares += torch.eye(len(self.mean)) * DAMPED * self.squares.diag().mean()
        self.matters /= pieces


Name = tuple[int, str]  # a layer, and the part of it


def parts_of(net: Net, texts: Sequence[Sequence[int]]) -> dict[Name, Part]:
    """By layer and part, measured on some texts as numbers of pieces."""
    net.eval()
    with torch.no_grad():
        spread = torch.cat([net.encoded(_vectors(net, text))[0] for text in texts[:100]]).std(0)
    found: dict[Name, Part] = {}
    for text in texts:
        x = net.begun(_vectors(net, text))
        given, results = {}, {}
        for i, part in ((i, part) for i in range(net.layers) for part in (HEADS, INNER)):
            w = net.layer(i)
            given[i, part] = net.heeded(x, w) if part == HEADS else net.inner(x, w)
            results[i, part] = net.brought(part, given[i, part], w)
            x = net.added(part, x, results[i, part], w)
        changed = (x / spread * torch.randn_like(x)).sum()  # its gradient squared is that of all numbers, in the mean
        gradients = torch.autograd.grad(changed, list(results.values()))
        for name, gradient in zip(results, gradients, strict=True):
            rows = given[name].detach()[0]
            found.setdefault(name, Part.of(rows.shape[1], net.width)).add(rows, gradient[0])
    for one in found.values():
        one.divide(sum(map(len, texts)))
    return found


def _vectors(net: Net, text: Sequence[int]) -> Tensor:
    return (net.table(torch.tensor(text)) + net.positions[: len(text)] + net.types)[None]


def order_of(weight: Tensor, part: Part, group: int) -> tuple[list[int], list[float]]:
    """In which order groups of what the product by ``weight`` is given are best taken away, and what it costs in all once
    each is gone: the mean square by which it changes what the network makes of a text."""
    inverse = torch.linalg.inv(part.squares.double())
    kept = weight.double() * part.matters.double().sqrt()[:, None]
    places = torch.arange(len(inverse)).view(-1, group)  # by group, which numbers it holds
    left, order, costs, cost = list(range(len(places))), [], [], 0.0
    while left:
        there = places[left]
        if group == 1:
            each = kept[:, left].square().sum(0) / inverse.diagonal()[left]
        else:
            blocks = inverse[there[:, :, None], there[:, None, :]]  # (left, group, group)
            columns = kept.T[there]  # (left, group, width)
            each = (torch.linalg.solve(blocks, columns) * columns).sum((1, 2))
        at = int(each.argmin())
        cost += float(each[at])
        gone = places[left[at]]
        order.append(left.pop(at))
        costs.append(cost)
        moved = torch.linalg.solve(inverse[gone][:, gone], inverse[gone])
        kept -= kept[:, gone] @ moved
        inverse -= inverse[:, gone] @ moved
    return order, costs


def sizes(costs: Mapping[Name, Sequence[float]], net: Net, share: float) -> dict[Name, int]:
    """How many heads and inner numbers each layer keeps, so that a piece costs ``share`` of the multiplications."""
    price = {HEADS: 4 * net.width * net.head, INNER: 2 * net.width}
    step = {HEADS: 1, INNER: AT_ONCE}
    whole = sum(price[name[1]] * len(found) for name, found in costs.items())

    def kept(dear: float) -> dict[Name, int]:
        found = {}
        for name, lost in costs.items():
            possible = range(step[name[1]], len(lost) + 1, step[name[1]])
            found[name] = min(
                possible,
                key=lambda n: (lost[len(lost) - n - 1] if n < len(lost) else 0.0) + dear * price[name[1]] * n,
            )
        return found

    low, high = 1e-15, 1e3
    for _ in range(DOUBLINGS):
        middle = (low * high) ** 0.5
        size = sum(price[name[1]] * n for name, n in kept(middle).items())
        low, high = (middle, high) if size > share * whole else (low, middle)
    return kept(high)


def narrowed(net: Net, texts: Sequence[Sequence[int]], share: float) -> dict[str, Tensor]:
    """The state of the network with ``share`` of the multiplications of its layers."""
    parts = parts_of(net, texts)
    group = {HEADS: net.head, INNER: 1}
    ways = {
        name: order_of(net.layer(name[0])[f"{name[1]}_w"].detach(), part, group[name[1]])
        for name, part in parts.items()
    }
    keep = sizes({name: costs for name, (_, costs) in ways.items()}, net, share)
    state = dict(net.state_dict())
    for (layer, part), count in keep.items():
        order, costs = ways[layer, part]
        gone = len(order) - count
        print(
            f"layer {layer}, {'heads' if part == HEADS else 'inner numbers'}: {count}, at {costs[gone - 1] if gone else 0:.4f}"
        )
        numbers = torch.tensor(sorted(order[gone:]))
        rows = (numbers[:, None] * group[part] + torch.arange(group[part])).flatten()
        for name in ("q", "k", "v") if part == HEADS else ("fi",):
            for kind in ("w", "b"):
                key = f"encoder.l{layer}_{name}_{kind}"
                state[key] = state[key][rows].clone()
        _make_up(state, f"encoder.l{layer}_{part}", parts[layer, part], rows)
    return state


def _make_up(state: dict[str, Tensor], product: str, part: Part, rows: Tensor) -> None:
    """Let a product that is given these rows alone make up for the others, by least squares."""
    weight, bias = state[f"{product}_w"], state[f"{product}_b"]
    squares = part.squares.double()
    found = torch.linalg.solve(squares[rows][:, rows], squares[rows] @ weight.double().T).T.float()
    state[f"{product}_w"] = found
    state[f"{product}_b"] = bias + weight @ part.mean - found @ part.mean[rows]


def main() -> None:
    """Narrow the shipped network, and keep what is left for training."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, default=OUT, help="one that was packed (.npz)")
    parser.add_argument("--share", type=float, required=True, help="of the multiplications of the layers that are kept")
    parser.add_argument("--keep", type=Path, required=True, help="where to keep it")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    chosen = random.Random(SEED)
    begin = start()
    net = Net(begin, LAYERS)
    net.take_up(unpacked(arguments.network))
    names = chosen.sample(PARTS["learnt"], MAILBOXES)
    examples = list(of_mailboxes(names, Pieces(begin.pieces, begin.scores, begin.normal), MOST_PIECES))
    texts = [e.numbers for e in chosen.sample(examples, min(MESSAGES, len(examples)))]
    torch.save(narrowed(net, texts, arguments.share), arguments.keep)


if __name__ == "__main__":
    main()
