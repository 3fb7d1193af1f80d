"""Writes a fitted encoder as the folder that `InstructionFilter(encoder=...)` takes: ONNX in eight bits, a manifest.

The graph is written node by node, so that no PyTorch is needed here and the same weights give the same file.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.encoder.encoder_windows import WindowShape
from selfstudy_guard.filter.encoder.layer import MANIFEST, Combination, Manifest
from training.encoder_start import BEGIN, END, PAD, new_tokens

Weights = dict[str, NDArray[np.float32]]


class Graph:
    """Nodes and constants of an ONNX graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._names: set[str] = set()

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        if name not in self._names:
            self._names.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        out = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], name=out, **attributes))
        return out

    def linear(self, states: str, weights: Weights, name: str) -> str:
        product = self.add("MatMul", states, self.constant(f"{name}.weight", weights[f"{name}.weight"].T))
        return self.add("Add", product, self.constant(f"{name}.bias", weights[f"{name}.bias"]))

    def norm(self, states: str, weights: Weights, name: str) -> str:
        scale, shift = (self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", states, scale, shift, axis=-1, epsilon=1e-12)


def model_of(weights: Weights, heads: int) -> Any:
    """ONNX model: `ids` and `mask` (windows, tokens) to `logits` (windows, tokens)."""
    from onnx import TensorProto, checker, helper

    graph = Graph()
    width = weights["words"].shape[1]
    words = graph.add("Gather", graph.constant("words", weights["words"]), "ids")
    length = graph.add("Shape", "ids", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    places = graph.add("Slice", graph.constant("positions", weights["positions"]), zero, length, zero)
    states = graph.norm(graph.add("Add", words, places), weights, "norm")
    absent = graph.add("Sub", graph.constant("one", np.array(1, np.float32)), graph.add("Cast", "mask", to=1))
    absent = graph.add("Mul", absent, graph.constant("never", np.array(-1e9, np.float32)))
    absent = graph.add("Unsqueeze", absent, graph.constant("axes", np.array([1, 2], np.int64)))
    split = graph.constant("split", np.array([0, 0, heads, width // heads], np.int64))
    whole = graph.constant("whole", np.array([0, 0, width], np.int64))
    scale = graph.constant("scale", np.array((width // heads) ** -0.5, np.float32))
    layer = 0
    while f"layers.{layer}.query.weight" in weights:
        name = f"layers.{layer}"
        query, key, value = (
            graph.add("Reshape", graph.linear(states, weights, f"{name}.{part}"), split)
            for part in ("query", "key", "value")
        )
        query = graph.add("Transpose", query, perm=[0, 2, 1, 3])
        key = graph.add("Transpose", key, perm=[0, 2, 3, 1])
        value = graph.add("Transpose", value, perm=[0, 2, 1, 3])
        score = graph.add("Add", graph.add("Mul", graph.add("MatMul", query, key), scale), absent)
        seen = graph.add("MatMul", graph.add("Softmax", score, axis=-1), value)
        seen = graph.add("Reshape", graph.add("Transpose", seen, perm=[0, 2, 1, 3]), whole)
        seen = graph.linear(seen, weights, f"{name}.attended")
        states = graph.norm(graph.add("Add", states, seen), weights, f"{name}.norm_attended")
        more = graph.linear(graph.add("Gelu", graph.linear(states, weights, f"{name}.wide")), weights, f"{name}.narrow")
        states = graph.norm(graph.add("Add", states, more), weights, f"{name}.norm_narrow")
        layer += 1
    verdict = graph.linear(graph.add("Gelu", graph.linear(states, weights, "head")), weights, "verdict")
    last = graph.constant("last", np.array([-1], np.int64))
    graph.nodes.append(helper.make_node("Squeeze", [verdict, last], ["logits"], name="logits"))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["windows", "tokens"]) for name in ("ids", "mask")]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["windows", "tokens"])
    made = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    checker.check_model(model)
    return model


def quantised(model: Any) -> bytes:
    """The model with weights in eight bits, bytes that onnxruntime reads (seven of them are used: some processors
    overflow with all)."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        onnx.save(model, f"{folder}/whole.onnx")
        quantize_dynamic(
            f"{folder}/whole.onnx", f"{folder}/small.onnx", weight_type=QuantType.QInt8, per_channel=True,
            reduce_range=True, op_types_to_quantize=["MatMul", "Gather"],
        )  # fmt: skip
        return Path(f"{folder}/small.onnx").read_bytes()


def write_folder(
    out: Path, weights: Weights, tokenizer: Path, chosen: dict[str, Any], *, heads: int, name: str, notes: str
) -> Manifest:
    """`model.onnx`, `tokenizer.json`, `encoder.json` in `out`; `chosen` is what `encoder_evaluation.combine` gave."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    (out / "model.onnx").write_bytes(quantised(model_of(weights, heads)))
    digests = {file: hashlib.sha256((out / file).read_bytes()).hexdigest() for file in ("model.onnx", "tokenizer.json")}
    size = len(json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"])
    channels = {token: number for token, number in new_tokens(size).items() if token != "mask"}
    manifest = Manifest(
        format=1, name=name, version=digests["model.onnx"][:12], files=digests, begin=BEGIN, end=END, pad=PAD,
        channels=channels, window=WindowShape(), gate=chosen["gate"], threshold=chosen["threshold"],
        combination=Combination(**chosen["combination"]), notes=notes,
    )  # fmt: skip
    (out / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    return manifest
