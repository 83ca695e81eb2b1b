"""Write a trained network as ``voice.npz``: eight bits a weight, four a number of the table, no pickle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.voice.examples import OPS, PARTSTATS
from tests.voice.net import Net
from tests.voice.start import BLOCK, Start


def pack(net: Net, begin: Start, out: Path, version: str, most: int) -> None:
    """Write the file."""
    about = {
        "version": version,
        "layers": net.layers,
        "heads": net.heads,
        "most_pieces": most,
        "partstats": PARTSTATS,
        "ops": OPS,
    }
    table, scales = _in_four_bits(np.asarray(begin.table, "f4"))
    arrays: dict[str, Any] = {
        "table": table,
        "table_scales": scales,
        "positions": net.positions.numpy()[:most].astype("f2"),
        "type": net.types.numpy(),
        "scores": np.array(begin.scores, "f2"),
        "pieces": _text("\n".join(begin.pieces)),
        "normal": _text(json.dumps({str(k): v for k, v in begin.normal.items()}, ensure_ascii=False)),
        "about": _text(json.dumps(about)),
    }
    for name, value in net.state_dict().items():
        numbers = value.detach().float().numpy()
        if name.startswith("encoder."):
            where = name.removeprefix("encoder.").replace("_", ".")
            if numbers.ndim == 2:
                scale = np.maximum(np.abs(numbers).max(1), 1e-9) / 127
                arrays[where] = np.round(numbers / scale[:, None]).astype(np.int8)
                arrays[f"{where}:scale"] = scale.astype("f4")
            else:
                arrays[where] = numbers
        elif name.partition(".")[0] not in {"table", "positions", "types"}:
            arrays[name] = numbers.astype("f2") if numbers.ndim == 2 else numbers
    np.savez_compressed(out, **arrays)


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
