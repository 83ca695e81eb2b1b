"""Share what eight bits cost between a product's numbers and its weights (Xiao 2023, SmoothQuant, arXiv:2211.10438).

A few columns of what a layer takes in are a hundred times larger than the others, and all of them share one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

ALPHA = 0.75  # of a column's size that is moved into the weights
LEAST = 1e-4  # size of a column that is next to nothing
SUFFIX = "_smooth"  # of the names of the scales


def smooth(path: Path, examples: Sequence[Any]) -> None:
    """Rewrite the encoder in ``path``: what each product by weights takes in is divided by a scale for each column, and
    its weights multiplied. ``examples``: texts as vectors of pieces, by which the size of a column is measured."""
    model = onnx.load(str(path))
    weights = {i.name: i for i in model.graph.initializer}
    products = [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in weights]
    sizes = _sizes(model, list(dict.fromkeys(n.input[0] for n in products)), examples)
    for taken, size in sizes.items():
        users = [n for n in products if n.input[0] == taken]
        columns = np.max([np.abs(numpy_helper.to_array(weights[n.input[1]])).max(1) for n in users], 0)
        scale = (np.maximum(size, LEAST) ** ALPHA / np.maximum(columns, LEAST) ** (1 - ALPHA)).astype("f4")
        model.graph.initializer.append(numpy_helper.from_array(1 / scale, taken + SUFFIX))
        divided = helper.make_node("Mul", [taken, taken + SUFFIX], [f"{taken}_smoothed"], name=f"{taken}_divided")
        model.graph.node.insert(list(model.graph.node).index(users[0]), divided)
        for node in users:
            name = node.input[1]
            larger = numpy_helper.to_array(weights[name]) * scale[:, None]
            weights[name].CopyFrom(numpy_helper.from_array(larger, name))
            node.input[0] = divided.output[0]
    onnx.save(model, str(path))


def _sizes(model: Any, names: Sequence[str], examples: Sequence[Any]) -> dict[str, Any]:
    """The largest of each column of what the graph calls by these names."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    sizes: dict[str, Any] = {}
    for vectors in examples:
        found = session.run(list(names), {"vectors": vectors})
        for name, values in zip(names, found, strict=True):
            size = np.abs(values.reshape(-1, values.shape[-1])).max(0)
            sizes[name] = np.maximum(sizes.get(name, 0), size)
    return sizes
