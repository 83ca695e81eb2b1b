"""Take up a network that was written by ``pack``, to be trained further: as near as eight bits a weight allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from tests.voice.smooth import SUFFIX


def unpacked(path: Path) -> dict[str, Tensor]:
    """The state of the network in ``path`` (.npz) and the encoder beside it, by the names of ``Net``.

    ``quantize_dynamic`` stores a weight transposed, with a scale and a zero for each column; which it is, the name of
    the bias tells that is added to its product. What was moved into a weight to make it smooth is taken out again.
    """
    graph = onnx.load(str(path.with_suffix(".onnx"))).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    state = {n.removeprefix("net."): torch.tensor(v) for n, v in stored.items() if n.startswith("net.encoder.")}
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in stored:
            name = node.input[1].removesuffix("_quantized")
            steps = stored[node.input[1]].astype("f4") - stored[f"{name}_zero_point"].astype("f4")
            steps = steps * _smoothed_by(node, graph, stored)
            bias = _added_to(node.output[0], graph, stored).removeprefix("net.")
            state[f"{bias.removesuffix('_b')}_w"] = torch.tensor((steps * stored[f"{name}_scale"]).T.copy())
    questions = np.load(path)
    asked = [n for n in questions if n.endswith((".weight", ".bias"))]
    return state | {n: torch.tensor(questions[n].astype("f4")) for n in asked}


def _smoothed_by(node: Any, graph: Any, stored: dict[str, Any]) -> Any:
    """What the numbers were multiplied by of which a product is taken."""
    made = {o: n for n in graph.node for o in n.output}
    divided = made[made[node.input[0]].input[0]]
    scale = next((stored[i] for i in divided.input if i in stored and i.endswith(SUFFIX)), np.ones(1, "f4"))
    return scale[:, None]


def _added_to(output: str, graph: Any, stored: dict[str, Any]) -> str:
    """The bias that a product gets, some steps later."""
    while True:
        node = next(n for n in graph.node if output in n.input)
        bias = next((i for i in reversed(node.input) if i in stored and i.endswith("_b")), None)
        if bias is not None:
            return bias
        output = node.output[0]
