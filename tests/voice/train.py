"""Train the network and write ``voice.npz``: ``python -m tests.voice.train [--epochs 6] [--layers 6]``."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from inbox_worker.reading.voice.pieces import Pieces
from tests.voice.examples import UNKNOWN, Example, corpus_digest, of_mailboxes, of_phrases
from tests.voice.net import Net
from tests.voice.pack import pack
from tests.voice.start import start

MOST_PIECES = 384  # of a message
BATCH = 2600  # pieces, padding included
PHRASES = 0.5  # share of the phrases in each epoch
RATE, RATE_OF_QUESTIONS = 1e-4, 6e-4
WEIGHT = {"partstat": 1.0, "op": 0.4, "count": 1.0, "writer": 1.0, "ask": 0.7, "people": 1.0}
SEED = 0
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


def asked(net: Net, batch: Sequence[Example]) -> dict[str, Tensor]:
    """What the network says of a batch."""
    length = max(len(e.numbers) for e in batch)
    numbers = torch.ones(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length)
    for row, example in enumerate(batch):
        numbers[row, : len(example.numbers)] = torch.tensor(example.numbers)
        mask[row, : len(example.numbers)] = 1
    with torch.autocast("cpu", torch.bfloat16):
        said = net(numbers, mask, [e.spans for e in batch])
    return {name: logits.float() for name, logits in said.items()}


def labels(batch: Sequence[Example]) -> dict[str, Tensor]:
    """The answers of a batch, in the order of ``asked``."""
    found = {name: torch.tensor([getattr(e, name) for e in batch]) for name in WEIGHT if name != "people"}
    return found | {"people": torch.tensor([p for e in batch for p in e.people])}


def loss(said: dict[str, Tensor], wanted: dict[str, Tensor]) -> Tensor:
    """How far the network is from the answers that are known."""
    total = torch.zeros(())
    for name, logits in said.items():
        known = wanted[name] != UNKNOWN
        if not len(logits) or not known.any():
            continue
        if logits.dim() == 1:
            lost = functional.binary_cross_entropy_with_logits(logits[known], wanted[name][known].float())
        else:
            lost = functional.cross_entropy(logits[known], wanted[name][known], label_smoothing=0.03)
        total = total + WEIGHT[name] * lost
    return total


def accuracy(net: Net, examples: Sequence[Example]) -> str:
    """How many answers are right, by question."""
    right = dict.fromkeys(WEIGHT, 0)
    known = dict.fromkeys(WEIGHT, 0)
    net.eval()
    with torch.no_grad():
        for batch in batches(examples):
            wanted = labels(batch)
            for name, logits in asked(net, batch).items():
                if not len(logits):
                    continue
                best = (logits > 0).long() if logits.dim() == 1 else logits.argmax(1)
                told = wanted[name] != UNKNOWN
                right[name] += int((best[told] == wanted[name][told]).sum())
                known[name] += int(told.sum())
    net.train()
    return ", ".join(f"{name} {right[name] / max(1, known[name]):.1%}" for name in WEIGHT)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--keep", type=Path, help="where to keep the network as it is in training")
    parser.add_argument("--go-on", type=Path, help="a network that was kept, to be trained further")
    arguments = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    begin = start()
    pieces = Pieces(begin.pieces, begin.scores, begin.normal)
    letters = list(of_mailboxes("learnt", pieces, MOST_PIECES))
    phrases = list(of_phrases(pieces, MOST_PIECES))
    unseen = list(of_mailboxes("last", pieces, MOST_PIECES))
    print(f"{len(letters)} messages, {len(phrases)} phrases; {len(unseen)} messages to look at", flush=True)
    net = Net(begin, arguments.layers)
    if arguments.go_on:
        net.load_state_dict(torch.load(arguments.go_on, weights_only=True))
    encoder, questions = (
        list(net.encoder.parameters()),
        [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("encoder")],
    )
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": RATE}, {"params": questions, "lr": RATE_OF_QUESTIONS}], weight_decay=0.01
    )
    each = len(batches([*letters, *random.sample(phrases, int(len(phrases) * PHRASES))]))
    steps = each * arguments.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.08 * steps)) * max(0.03, 1 - step / steps)
    )
    net.train()
    for epoch in range(arguments.epochs):
        for batch in batches([*letters, *random.sample(phrases, int(len(phrases) * PHRASES))]):
            lost = loss(asked(net, batch), labels(batch))
            optimiser.zero_grad()
            lost.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1}: {accuracy(net, unseen)}", flush=True)
        pack(net, begin, arguments.out, f"1-{corpus_digest()}", MOST_PIECES)
        if arguments.keep:
            torch.save(net.state_dict(), arguments.keep)


if __name__ == "__main__":
    main()
