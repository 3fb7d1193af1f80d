"""Sentence embeddings for attribution from models that lie on disk: static word vectors, or an encoder in ONNX.

Both read one folder with a `tokenizer.json`; nothing is ever fetched. They need the extra `encoder`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError, MissingExtraError

Vectors = NDArray[np.float32]

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


class StaticEmbedder:
    """Mean of static token vectors, as Model2Vec stores them.

    Args:
        folder: holds `tokenizer.json` and `model.safetensors` with one matrix `embeddings` (tokens, dimensions).

    Raises:
        InputError: a file is missing or has another form.
        MissingExtraError: the package `tokenizers` is missing.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self._tokenizer = _tokenizer(Path(folder))
        self._matrix = _safetensor(Path(folder) / "model.safetensors", "embeddings")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (texts, dimensions), float32, rows of unit length (zeros for a text without known token)."""
        rows = np.zeros((len(texts), self._matrix.shape[1]), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            ids = [token for token in encoding.ids if token < self._matrix.shape[0]]
            if ids:
                rows[row] = self._matrix[ids].mean(axis=0)
        return _unit(rows)


class OnnxEmbedder:
    """Mean of an encoder's last hidden states, as sentence-transformers models export them.

    Args:
        folder: holds `tokenizer.json` and the model.
        model: name of the model file in the folder.
        max_tokens: longer texts are cut.
        batch: texts that go through the model at once.

    Raises:
        InputError: a file is missing or is not such a model.
        MissingExtraError: `onnxruntime` or `tokenizers` is missing.
    """

    def __init__(
        self, folder: str | PathLike[str], *, model: str = "model.onnx", max_tokens: int = 256, batch: int = 32
    ) -> None:
        self._tokenizer = _tokenizer(Path(folder))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding()
        self._batch = batch
        path = Path(folder) / model
        if not path.is_file():
            raise InputError(f"{path} does not exist: name the model file with OnnxEmbedder(folder, model=...)")
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError("embeddings from an ONNX model", "encoder") from error
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:
            raise InputError(f"{path} cannot be loaded as an ONNX model: {error}") from error
        self._inputs = [one.name for one in self._session.get_inputs()]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Array of shape (texts, dimensions), float32, rows of unit length."""
        parts = [self._pass(list(texts[start : start + self._batch])) for start in range(0, len(texts), self._batch)]
        return _unit(np.concatenate(parts)) if parts else np.zeros((0, 0), dtype=np.float32)

    def _pass(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        given = {
            "input_ids": np.array([one.ids for one in encodings], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encodings], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encodings], dtype=np.int64),
        }
        states = np.asarray(self._session.run(None, {name: given[name] for name in self._inputs if name in given})[0])
        if states.ndim == 2:  # the model pools by itself
            return states.astype(np.float32)
        mask = given["attention_mask"][:, :, None].astype(np.float32)
        return np.asarray((states * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1.0), dtype=np.float32)


def _unit(rows: Vectors) -> Vectors:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1.0), dtype=np.float32)


def _tokenizer(folder: Path) -> Any:
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError(f"{path} does not exist: give the folder of an embedding model with its tokenizer.json")
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtraError("embeddings from a local model", "encoder") from error
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:
        raise InputError(f"{path} is not a tokenizer file: {error}") from error


def _safetensor(path: Path, name: str) -> Vectors:
    """One matrix of a safetensors file: eight bytes of header length, a JSON header, then the numbers."""
    if not path.is_file():
        raise InputError(f"{path} does not exist: give the folder of a Model2Vec model")
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if size > path.stat().st_size:
                raise ValueError("its header is longer than the file")
            header = json.loads(file.read(size))
            about = header[name]
            start, end = about["data_offsets"]
            file.seek(8 + size + start)
            values = np.frombuffer(file.read(end - start), dtype=_DTYPES[about["dtype"]])
        return values.reshape(about["shape"]).astype(np.float32)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(f"{path} holds no matrix {name!r} of floats: {error}") from error
