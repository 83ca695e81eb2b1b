"""Let a narrow network learn from the whole one: ``python -m tests.voice.learn --go-on narrow.pt --keep learnt.pt``.

It learns to make of each text what the whole network makes of it (Hinton 2015, arXiv:1503.02531; Jiao 2020, TinyBERT,
arXiv:1909.10351): the numbers of each piece after the last layer, the answers that follow from them, and, for a smaller
part, the answers that are known. The texts are those that the whole network learnt from.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inbox_worker.parallel import cores
from inbox_worker.reading.voice.network import Network, Words
from inbox_worker.reading.voice.pieces import Pieces
from tests.bench.mailboxes import PARTS
from tests.voice.examples import Example, corpus_digest, of_mailboxes, of_phrases
from tests.voice.net import LAYERS, Net
from tests.voice.pack import pack
from tests.voice.start import start
from tests.voice.train import (
    MOST_PIECES,
    NEAR,
    OUT,
    PHRASES,
    SEED,
    TEXTS,
    WEIGHT,
    Average,
    Settled,
    accuracy,
    batches,
    labels,
    loss,
)
from tests.voice.unpack import unpacked

GLANCE = OUT.with_name("glance.npz")
RATE = 3e-4
LIKE_IT, AS_IT_SAYS, AS_IT_IS = 4.0, 1.0, 0.3  # weights of the numbers, of the answers that follow, of the known ones


class Whole:
    """What the whole network makes of texts, found once and kept in sixteen bits."""

    def __init__(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as file:
            stored = dict(file)
        self._network = Network(Words(stored), stored, path.with_suffix(".onnx").read_bytes())
        self._found: dict[tuple[int, ...], Tensor] = {}
        self.spread = torch.ones(())  # of each number

    def read(self, texts: Sequence[Sequence[int]]) -> None:
        """Find it for some texts, as numbers of pieces."""
        with ThreadPoolExecutor(cores()) as pool:
            different = list(dict.fromkeys(map(tuple, texts)))
            for text, hidden in zip(different, pool.map(self._network.encode, different), strict=True):
                self._found[text] = torch.tensor(hidden.astype(np.float16))
        some = random.Random(SEED).sample(different, min(TEXTS, len(different)))
        self.spread = torch.cat([self._found[text].float() for text in some]).std(0)

    def of(self, batch: Sequence[Example], length: int) -> Tensor:
        """It for a batch, of shape (texts, length, width)."""
        found = torch.zeros(len(batch), length, len(self.spread))
        for row, example in enumerate(batch):
            found[row, : len(example.numbers)] = self._found[tuple(example.numbers)].float()
        return found


def unlike(said: dict[str, Tensor], wanted: dict[str, Tensor]) -> Tensor:
    """How far what one network says is from what another says: the divergence of their probabilities."""
    total = torch.zeros(())
    for name, logits in said.items():
        other = wanted[name]
        if not len(logits):
            continue
        if name == "total":
            lost = functional.smooth_l1_loss(logits.log1p(), other.log1p(), beta=NEAR)
        elif logits.dim() == 1:
            lost = functional.binary_cross_entropy_with_logits(logits, other.sigmoid())
        else:
            lost = functional.cross_entropy(logits, other.softmax(-1))
        total = total + WEIGHT[name] * lost
    return total


def learn(
    net: Net,
    whole: Net,
    taught: Whole,
    examples: Sequence[Example],
    phrases: Sequence[Example],
    epochs: int,
    rate: float,
    share: float,
) -> Iterator[int]:
    """Train the network; between the epochs, whose numbers are given, it is the average of the last steps. ``whole``
    has the questions of the whole network; ``share`` of the examples are taken in each epoch."""
    settled = Settled(net)
    encoder = net.trained()
    questions = [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("encoder")]
    optimiser = torch.optim.AdamW([*encoder, *questions], lr=rate, weight_decay=0.0)
    whole.eval()

    def some() -> list[list[Example]]:
        drawn = random.sample(examples, int(len(examples) * share))
        drawn += random.sample(phrases, int(len(phrases) * share * PHRASES))
        return batches([random.choice([e, *e.varied]) for e in drawn])

    steps = len(some()) * epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.04 * steps)) * max(0.02, 1 - step / steps)
    )
    average = Average([*encoder, *questions])
    for epoch in range(epochs):
        net.eval()  # nothing is dropped: what is wanted is told for each number
        told = torch.zeros(3)
        begun = some()
        for batch in begun:
            x, mask = settled.of(batch)
            spans = [e.spans for e in batch]
            hidden, wanted = net.made(x, mask), taught.of(batch, x.shape[1])
            far = ((hidden - wanted) / taught.spread).square().mean(-1)[mask > 0].mean()
            said = net.answers(hidden, mask, spans)
            with torch.no_grad():
                other = whole.answers(wanted, mask, spans)
            lost = torch.stack([far, unlike(said, other), loss(said, labels(batch))])
            optimiser.zero_grad()
            (lost * torch.tensor([LIKE_IT, AS_IT_SAYS, AS_IT_IS])).sum().backward()
            torch.nn.utils.clip_grad_norm_([*encoder, *questions], 1.0)
            optimiser.step()
            schedule.step()
            average.step()
            told += lost.detach()
        with average.in_place():
            print(f"epoch {epoch + 1}: numbers, answers, what is known: {(told / len(begun)).tolist()}", flush=True)
            yield epoch + 1


def main() -> None:
    """Learn, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", type=Path, default=OUT, help="the network to learn from, packed (.npz)")
    parser.add_argument("--go-on", type=Path, required=True, help="the network that learns, as it was kept")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="of the messages, taken in each epoch")
    parser.add_argument("--rate", type=float, default=RATE, help="of learning")
    parser.add_argument("--out", type=Path, default=GLANCE)
    parser.add_argument("--keep", type=Path, required=True, help="where to keep it for further training")
    arguments = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    begin = start()
    pieces = Pieces(begin.pieces, begin.scores, begin.normal)
    examples = list(of_mailboxes(PARTS["learnt"], pieces, MOST_PIECES))
    phrases = list(of_phrases(pieces, MOST_PIECES))
    unseen = list(of_mailboxes(PARTS["judged"], pieces, MOST_PIECES))
    whole, net = Net(begin, LAYERS), Net(begin, LAYERS)
    whole.take_up(unpacked(arguments.whole))
    net.take_up(torch.load(arguments.go_on, weights_only=True))
    taught = Whole(arguments.whole)
    taught.read([e.numbers for one in [*examples, *phrases] for e in (one, *one.varied)])
    texts = [e.numbers for e in random.Random(SEED).sample(examples, TEXTS)]
    for _ in learn(net, whole, taught, examples, phrases, arguments.epochs, arguments.rate, arguments.share):
        print(accuracy(net, Settled(net), unseen), flush=True)
        torch.save(net.state_dict(), arguments.keep)
        pack(net, begin, arguments.out, f"1-{corpus_digest()}-narrow", MOST_PIECES, texts, with_words=False)


if __name__ == "__main__":
    main()
