"""Take up a network that was written by ``pack``, to be trained further: as near as eight bits a weight allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor


def unpacked(path: Path) -> dict[str, Tensor]:
    """The state of the network in ``path`` (.npz) and the encoder beside it, by the names of ``Net``.

    ``quantize_dynamic`` stores a weight transposed, with a scale and a zero for each column; which it is, the name of
    the bias tells that is added to its product.
    """
    graph = onnx.load(str(path.with_suffix(".onnx"))).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    state = {n.removeprefix("net."): torch.tensor(v) for n, v in stored.items() if n.startswith("net.encoder.")}
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in stored:
            name = node.input[1].removesuffix("_quantized")
            steps = stored[node.input[1]].astype("f4") - stored[f"{name}_zero_point"].astype("f4")
            bias = _added_to(node.output[0], graph, stored).removeprefix("net.")
            state[f"{bias.removesuffix('_b')}_w"] = torch.tensor((steps * stored[f"{name}_scale"]).T.copy())
    questions = np.load(path)
    asked = [n for n in questions if n.endswith((".weight", ".bias"))]
    return state | {n: torch.tensor(questions[n].astype("f4")) for n in asked}


def _added_to(output: str, graph: Any, stored: dict[str, Any]) -> str:
    """The bias that a product gets, some steps later."""
    while True:
        node = next(n for n in graph.node if output in n.input)
        bias = next((i for i in node.input if i in stored and i.endswith("_b")), None)
        if bias is not None:
            return bias
        output = node.output[0]
