"""Train the network and write ``voice.npz``: ``python -m tests.voice.train [--epochs 6] [--layers 12] [--settled 6]``."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from inbox_worker.reading.voice.pieces import Pieces
from tests.bench.mailboxes import PARTS
from tests.voice.examples import UNKNOWN, Example, corpus_digest, of_mailboxes, of_phrases
from tests.voice.net import Net
from tests.voice.pack import pack
from tests.voice.start import start
from tests.voice.unpack import unpacked

MOST_PIECES = 384  # of a message
BATCH = 2600  # pieces, padding included
PHRASES = 0.5  # share of the phrases in each epoch
RATE, RATE_OF_QUESTIONS = 1e-4, 6e-4
WEIGHT = {"partstat": 1.0, "op": 0.8, "count": 1.0, "writer": 1.0, "ask": 0.7, "people": 1.0, "tags": 2.0, "total": 1.5}
BY_PIECE = ("people", "tags")  # questions with several answers for a text
NEAR = 0.2  # how far the logarithm of a total may be off before every further step counts alike
KEPT = 0.998  # of the average, at each step
SEED = 0
TEXTS = 200  # by which a network is packed
OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/voice.npz"


def batches(examples: Sequence[Example]) -> list[list[Example]]:
    """Examples of like length together, in any order."""
    ordered = sorted(examples, key=lambda e: len(e.numbers) + random.random() * 20)
    found: list[list[Example]] = [[]]
    for example in ordered:
        if found[-1] and len(example.numbers) * (len(found[-1]) + 1) > BATCH:
            found.append([])
        found[-1].append(example)
    random.shuffle(found)
    return found


class Settled:
    """What the layers that are not trained make of each example, found once."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._found: dict[int, Tensor] = {}  # by the example's identity

    def learn(self, examples: Sequence[Example]) -> None:
        """Find it for some examples, which must be kept."""
        learning = self._net.training
        self._net.eval()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for batch in batches(examples):
                numbers, mask = padded(batch)
                found = self._net.settle(numbers, mask).to(torch.bfloat16)
                for row, example in enumerate(batch):
                    self._found[id(example)] = found[row, : len(example.numbers)].clone()
        self._net.train(learning)

    def of(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor]:
        """It for a batch, with the mask."""
        numbers, mask = padded(batch)
        if not self._net.settled:
            return self._net.settle(numbers, mask), mask
        x = torch.zeros(*numbers.shape, self._net.width)
        for row, example in enumerate(batch):
            x[row, : len(example.numbers)] = self._found[id(example)].float()
        return x, mask


class Average:
    """What is trained, averaged over the last steps: it tells more rightly how sure it is than the last step alone."""

    def __init__(self, parameters: Sequence[torch.nn.Parameter]) -> None:
        self._trained = list(parameters)
        self._mean = [p.detach().clone() for p in self._trained]
        self._steps = 0

    def step(self) -> None:
        """Take in the parameters as they are."""
        self._steps += 1
        kept = min(KEPT, self._steps / (self._steps + 9))
        with torch.no_grad():
            torch._foreach_lerp_(self._mean, [p.detach() for p in self._trained], 1 - kept)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The network as the average has it, for a while."""
        last = [p.detach().clone() for p in self._trained]
        with torch.no_grad():
            torch._foreach_copy_(self._trained, self._mean)
            yield
            torch._foreach_copy_(self._trained, last)


def padded(batch: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """The numbers of a batch, and where they are."""
    length = max(len(e.numbers) for e in batch)
    numbers = torch.ones(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length)
    for row, example in enumerate(batch):
        numbers[row, : len(example.numbers)] = torch.tensor(example.numbers)
        mask[row, : len(example.numbers)] = 1
    return numbers, mask


def asked(net: Net, settled: Settled, batch: Sequence[Example]) -> dict[str, Tensor]:
    """What the network says of a batch."""
    with torch.autocast("cpu", torch.bfloat16):
        said = net(*settled.of(batch), [e.spans for e in batch])
    return {name: logits.float() for name, logits in said.items()}


def labels(batch: Sequence[Example]) -> dict[str, Tensor]:
    """The answers of a batch, in the order of ``asked``."""
    found = {name: torch.tensor([getattr(e, name) for e in batch]) for name in WEIGHT if name not in BY_PIECE}
    return found | {name: torch.tensor([p for e in batch for p in getattr(e, name)]) for name in BY_PIECE}


def loss(said: dict[str, Tensor], wanted: dict[str, Tensor]) -> Tensor:
    """How far the network is from the answers that are known."""
    total = torch.zeros(())
    for name, logits in said.items():
        known = wanted[name] != UNKNOWN
        if not len(logits) or not known.any():
            continue
        if name == "total":
            lost = functional.smooth_l1_loss(logits[known].log1p(), wanted[name][known].log1p(), beta=NEAR)
        elif logits.dim() == 1:
            lost = functional.binary_cross_entropy_with_logits(logits[known], wanted[name][known].float())
        else:
            lost = functional.cross_entropy(logits[known], wanted[name][known], label_smoothing=0.03)
        total = total + WEIGHT[name] * lost
    return total


def accuracy(net: Net, settled: Settled, examples: Sequence[Example]) -> str:
    """How many answers are right, by question."""
    right = dict.fromkeys(WEIGHT, 0)
    known = dict.fromkeys(WEIGHT, 0)
    net.eval()
    with torch.no_grad():
        for batch in batches(examples):
            wanted = labels(batch)
            for name, logits in asked(net, settled, batch).items():
                if not len(logits):
                    continue
                best = _best(name, logits)
                told = wanted[name] != UNKNOWN
                if name == "tags":
                    told &= (wanted[name] > 0) | (best > 0)  # most pieces are outside of all names
                right[name] += int((best[told] == wanted[name][told]).sum())
                known[name] += int(told.sum())
    net.train()
    return ", ".join(f"{name} {right[name] / max(1, known[name]):.1%}" for name in WEIGHT)


def _best(name: str, logits: Tensor) -> Tensor:
    """The likeliest answers."""
    if name == "total":
        return logits.round()
    return (logits > 0).long() if logits.dim() == 1 else logits.argmax(1)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--settled", type=int, default=0, help="so many of the layers are not trained")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning, for the layers")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--keep", type=Path, help="where to keep the network as it is in training")
    parser.add_argument("--go-on", type=Path, help="a network to be trained further: one that was kept, or a .npz")
    parser.add_argument("--twice", nargs="*", default=(), help="mailboxes to learn from twice in each epoch")
    parser.add_argument("--share", type=float, default=1.0, help="of the other mailboxes, taken in each epoch")
    arguments = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    begin = start()
    pieces = Pieces(begin.pieces, begin.scores, begin.normal)
    letters = list(of_mailboxes([n for n in PARTS["learnt"] if n not in arguments.twice], pieces, MOST_PIECES))
    twice = list(of_mailboxes(arguments.twice, pieces, MOST_PIECES))
    phrases = list(of_phrases(pieces, MOST_PIECES))
    unseen = list(of_mailboxes(PARTS["judged"], pieces, MOST_PIECES))
    print(
        f"{len(letters) + len(twice)} messages, {len(phrases)} phrases; {len(unseen)} messages to look at", flush=True
    )

    def some() -> list[Example]:
        """What an epoch takes."""
        others = random.sample(letters, int(len(letters) * arguments.share))
        return [*others, *twice, *twice, *random.sample(phrases, int(len(phrases) * PHRASES))]

    net = Net(begin, arguments.layers, arguments.settled)
    if arguments.go_on:
        packed = arguments.go_on.suffix == ".npz"
        state = unpacked(arguments.go_on) if packed else torch.load(arguments.go_on, weights_only=True)
        net.take_up(state)
    settled = Settled(net)
    if net.settled:
        settled.learn([e for one in [*letters, *twice, *phrases, *unseen] for e in (one, *one.varied)])
    encoder, questions = (
        net.trained(),
        [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("encoder")],
    )
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": arguments.rate}, {"params": questions, "lr": RATE_OF_QUESTIONS}], weight_decay=0.01
    )
    each = len(batches(some()))
    steps = each * arguments.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.08 * steps)) * max(0.03, 1 - step / steps)
    )
    average = Average([*encoder, *questions])
    net.train()
    for epoch in range(arguments.epochs):
        for batch in batches([random.choice([e, e, *e.varied]) for e in some()]):
            lost = loss(asked(net, settled, batch), labels(batch))
            optimiser.zero_grad()
            lost.backward()
            torch.nn.utils.clip_grad_norm_([*encoder, *questions], 1.0)
            optimiser.step()
            schedule.step()
            average.step()
        with average.in_place():
            print(f"epoch {epoch + 1}: {accuracy(net, settled, unseen)}", flush=True)
            texts = [e.numbers for e in random.Random(SEED).sample(letters, TEXTS)]
            pack(net, begin, arguments.out, f"1-{corpus_digest()}", MOST_PIECES, texts)
            if arguments.keep:
                torch.save(net.state_dict(), arguments.keep)


if __name__ == "__main__":
    main()
