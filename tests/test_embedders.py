"""Embedders that read a model from disk give unit rows, and name what is wrong with a folder."""

import json
from pathlib import Path

import numpy as np
import pytest

from selfstudy_guard.coverage import CoverageTracker, OnnxEmbedder, StaticEmbedder
from selfstudy_guard.errors import InputError
from selfstudy_guard.protocols import Embedder
from selfstudy_guard.records import Document

tokenizers = pytest.importorskip("tokenizers", reason="needs the extra 'encoder'")

WORDS = ["[UNK]", "clean", "hygiene", "month", "watts", "power", "filter", "motor"]


def save_tokenizer(folder: Path) -> None:
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.Lowercase()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(folder / "tokenizer.json"))


def save_matrix(path: Path, matrix: np.ndarray, name: str = "embeddings") -> None:
    kind = {"float32": "F32", "float16": "F16"}[matrix.dtype.name]
    header = json.dumps(
        {name: {"dtype": kind, "shape": list(matrix.shape), "data_offsets": [0, matrix.nbytes]}}
    ).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + matrix.tobytes())


def topics(dtype: str = "float32") -> np.ndarray:
    """Two dimensions: cleaning, and electricity."""
    return np.array([[0, 0], [1, 0], [1, 0], [0.5, 0], [0, 1], [0, 1], [0.5, 0], [0, 0.5]], dtype=dtype)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_static_vectors(tmp_path: Path, dtype: str) -> None:
    save_tokenizer(tmp_path)
    save_matrix(tmp_path / "model.safetensors", topics(dtype))
    embedder = StaticEmbedder(tmp_path)
    assert isinstance(embedder, Embedder)
    rows = embedder.embed(["Clean the filter", "power", "", "unknown words"])
    assert rows.shape == (4, 2)
    assert rows.dtype == np.float32
    assert rows[0] == pytest.approx([1, 0])
    assert rows[1] == pytest.approx([0, 1])
    assert np.linalg.norm(rows[2:], axis=1) == pytest.approx([0, 0])
    tracker = CoverageTracker(
        [Document(id="m", text="The motor draws 750 watts.\n\nRinse the filter often, say once a month.")],
        embedder=embedder,
    )
    assert "Rinse" in tracker.attribute("What does hygiene demand?").targets[0].text


def test_onnx_encoder(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="needs the extra 'encoder'")
    onnx = pytest.importorskip("onnx", reason="the test builds its model with onnx")
    from onnx import TensorProto, helper, numpy_helper

    save_tokenizer(tmp_path)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["states"])],
        "encoder",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["b", "t", 2])],
        [numpy_helper.from_array(topics(), "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, str(tmp_path / "model.onnx"))
    embedder = OnnxEmbedder(tmp_path, batch=2)
    rows = embedder.embed(["clean", "power watts watts power power", "filter motor"])
    assert rows[0] == pytest.approx([1, 0])
    assert rows[1] == pytest.approx([0, 1])
    assert rows[2] == pytest.approx([2**-0.5, 2**-0.5])
    assert embedder.embed([]).shape[0] == 0


def test_what_is_wrong_with_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"tokenizer\.json does not exist"):
        StaticEmbedder(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="not a tokenizer file"):
        StaticEmbedder(tmp_path)
    save_tokenizer(tmp_path)
    with pytest.raises(InputError, match=r"model\.safetensors does not exist"):
        StaticEmbedder(tmp_path)
    with pytest.raises(InputError, match=r"model\.onnx does not exist"):
        OnnxEmbedder(tmp_path)
    save_matrix(tmp_path / "model.safetensors", topics(), name="other")
    with pytest.raises(InputError, match="'embeddings'"):
        StaticEmbedder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(InputError, match="header"):
        StaticEmbedder(tmp_path)
