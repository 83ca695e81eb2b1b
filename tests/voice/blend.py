"""Make one network of several that were kept in training, the mean of their weights (Wortsman 2022, "Model soups",
arXiv:2203.05482): ``python -m tests.voice.blend one.pt two.pt three.pt``. They must come from one another."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor

from inbox_worker.reading.voice.pieces import Pieces
from tests.bench.mailboxes import PARTS
from tests.voice.examples import corpus_digest, of_mailboxes
from tests.voice.net import LAYERS, Net
from tests.voice.pack import pack
from tests.voice.start import start
from tests.voice.train import MOST_PIECES, OUT, SEED, TEXTS

MAILBOXES = 10  # out of which the texts are taken by which it is packed


def mean(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the states of networks of one shape."""
    return {name: torch.stack([s[name].float() for s in states]).mean(0) for name in states[0]}


def main() -> None:
    """Blend and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kept", nargs="+", type=Path, help="networks that training kept (--keep)")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--keep", type=Path, help="where to keep the blend for further training")
    arguments = parser.parse_args()
    begin = start()
    net = Net(begin, LAYERS)
    state = mean([torch.load(path, weights_only=True) for path in arguments.kept])
    net.take_up(state)
    chosen = random.Random(SEED)
    names = chosen.sample(PARTS["learnt"], MAILBOXES)
    texts = [e.numbers for e in of_mailboxes(names, Pieces(begin.pieces, begin.scores, begin.normal), MOST_PIECES)]
    pack(net, begin, arguments.out, f"1-{corpus_digest()}", MOST_PIECES, chosen.sample(texts, TEXTS))
    if arguments.keep:
        torch.save(net.state_dict(), arguments.keep)


if __name__ == "__main__":
    main()
