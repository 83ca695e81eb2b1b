"""Write a trained network: the encoder in ONNX, eight bits a weight; the rest as arrays, four bits a number of the table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from tests.voice.examples import OPS, PARTSTATS
from tests.voice.net import Net
from tests.voice.smooth import smooth
from tests.voice.start import BLOCK, Start

OPSET = 17  # of ONNX


def pack(
    net: Net,
    begin: Start,
    out: Path,
    version: str,
    most: int,
    texts: Sequence[Sequence[int]],
    *,
    with_words: bool = True,
) -> None:
    """Write ``out`` and the encoder beside it, with the suffix ``.onnx``.

    ``texts``: some texts as numbers of pieces, to learn how large the numbers are that the encoder calculates with.
    ``with_words``: with the pieces and their vectors, which a narrow network shares with the whole one.
    """
    about = {
        "version": version,
        "layers": net.layers,
        "most_pieces": most,
        "partstats": PARTSTATS,
        "ops": OPS,
    }
    arrays: dict[str, Any] = {"about": _text(json.dumps(about)), **(_words(net, begin, most) if with_words else {})}
    for name, value in net.state_dict().items():
        numbers = value.detach().float().numpy()
        if name.partition(".")[0] not in {"table", "positions", "types", "encoder"}:
            arrays[name] = numbers.astype("f2") if numbers.ndim == 2 else numbers
    np.savez_compressed(out, **arrays)
    with TemporaryDirectory() as directory:
        plain = Path(directory) / "plain.onnx"
        encoder = _Encoder(net)
        encoder.export(plain)
        fused = optimize_model(
            str(plain), model_type="bert", num_heads=net.width // net.head, hidden_size=net.width, opt_level=0
        )  # steps that the runtime knows as one
        fused.save_model_to_file(str(plain))
        smooth(plain, [encoder.vectors(text) for text in texts])
        quantize_dynamic(
            plain, out.with_suffix(".onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )  # a range that no processor's eight-bit arithmetic leaves  # fmt: skip


def _words(net: Net, begin: Start, most: int) -> dict[str, Any]:
    table, scales = _in_four_bits(np.asarray(begin.table, "f4"))
    return {
        "table": table,
        "table_scales": scales,
        "positions": net.positions.numpy()[:most].astype("f2"),
        "type": net.types.numpy(),
        "scores": np.array(begin.scores, "f2"),
        "pieces": _text("\n".join(begin.pieces)),
        "normal": _text(json.dumps({str(k): v for k, v in begin.normal.items()}, ensure_ascii=False)),
    }


class _Encoder(nn.Module):
    """What the network does between the vectors of a text's pieces and its questions, for one text."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, vectors: Tensor) -> Tensor:
        """Of shape (pieces, width), as is what is found."""
        return self.net.encoded(vectors[None])[0]

    def vectors(self, numbers: Sequence[int]) -> Any:
        """What it is given of a text."""
        places = self.net.positions[: len(numbers)] + self.net.types
        return (self.net.table(torch.tensor(numbers)) + places).detach().numpy()

    def export(self, path: Path) -> None:
        """Write it in ONNX, for texts of any length."""
        learning = self.net.training
        self.net.eval()
        example = torch.zeros(16, self.net.width)
        lengths = {"vectors": {0: "pieces"}, "hidden": {0: "pieces"}}
        torch.onnx.export(
            self, (example,), str(path), input_names=["vectors"], output_names=["hidden"], dynamic_axes=lengths,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        self.net.train(learning)


def _in_four_bits(table: Any) -> tuple[Any, Any]:
    """The table in the blocks that it came in: sixteen steps of the largest number of each."""
    blocks = table.reshape(len(table), -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[..., None], 2)[..., 0]
    scale = (largest / -8).astype("f2")
    steps = np.where(scale == 0, 1, scale).astype("f4")[..., None]
    values = np.clip(np.round(blocks / steps) + 8, 0, 15).astype(np.uint8)
    half = BLOCK // 2
    return values[..., :half] | (values[..., half:] << 4), scale


def _text(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)
