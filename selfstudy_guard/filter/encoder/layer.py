"""The optional encoder layer: a small transformer that reads doubtful units together with their neighbours.

The built-in model scores every unit; those that it does not rule out are read once more, by an encoder that
`training/train_encoder.py` builds, and a logistic combination of both logits decides. Needs the extra `encoder`
(onnxruntime, tokenizers). Windows are bounded and every one scores at least one unit, so the time stays linear.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfstudy_guard.errors import InputError, MissingExtraError
from selfstudy_guard.filter.canonical import Canonical
from selfstudy_guard.filter.encoder.encoder_windows import (
    Window,
    WindowShape,
    opening,
    plan_windows,
    reached,
    unit_tokens,
    window_tokens,
)
from selfstudy_guard.filter.model.scoring import Scores, SentenceModel
from selfstudy_guard.filter.units import Units

MANIFEST = "encoder.json"
_SURE = 12.0
"""Logits of the built-in model beyond this say no more."""


class Combination(BaseModel):
    """Logit of the verdict: `built_in` times the built-in model's, plus `encoder` times the encoder's, which is kept
    within `limit` on either side, plus `bias`."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    built_in: float
    encoder: float
    bias: float
    limit: float = Field(gt=0)


class Manifest(BaseModel):
    """What `encoder.json` says of the folder it lies in.

    Attributes:
        format: of the folder; this release reads 1.
        name, version: of the encoder, for people.
        files: SHA-256 of every file, in hexadecimal digits.
        begin, end, pad: token ids.
        channels: token id of every surface form; one that is missing reads as prose.
        window: shape of a window.
        gate: belief of the built-in model from which a unit is read by the encoder.
        combination: of both logits.
        threshold: score from which a unit is a finding.
        notes: where the encoder comes from.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    name: str
    version: str
    files: dict[str, str]
    begin: int
    end: int
    pad: int
    channels: dict[str, int]
    window: WindowShape
    gate: float = Field(ge=0, le=1)
    combination: Combination
    threshold: float = Field(ge=0, le=1)
    notes: str = ""


class EncoderLayer:
    """Reads a folder that `training/train_encoder.py` made, and scores units with it.

    Args:
        folder: holds `model.onnx`, `tokenizer.json` and `encoder.json`.
        threads: of the inference; 1 does not compete with other workers, and is the same everywhere.
        batch: windows that go through the network together. A quantised network measures its numbers over the whole
            batch, so that with 1 the score of a window depends on nothing but the window.

    Raises:
        MissingExtraError: onnxruntime or tokenizers is not installed.
        InputError: the folder is missing, incomplete, damaged, or of another format.
    """

    def __init__(self, folder: str | Path, *, threads: int = 1, batch: int = 1) -> None:
        if threads < 1 or batch < 1:
            raise InputError(f"threads and batch must be at least 1, not {threads} and {batch}")
        self.folder = Path(folder)
        self.threads = threads
        self.batch = batch
        self.manifest = read_manifest(self.folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtraError("the encoder layer of the instruction filter", "encoder") from error
        contents = {name: _checked(self.folder, name, self.manifest) for name in ("model.onnx", "tokenizer.json")}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_str(contents["tokenizer.json"].decode("utf-8"))
            self._session = onnxruntime.InferenceSession(
                contents["model.onnx"], options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise classes of their own, some of them bare Exceptions
            raise _unusable(self.folder, f"its files cannot be loaded ({_line(error)})") from error
        names = {value.name for value in self._session.get_inputs()}
        if names != {"ids", "mask"}:
            raise _unusable(self.folder, f"model.onnx takes {', '.join(sorted(names))} where ids and mask are expected")

    def __reduce__(self) -> tuple[Any, ...]:
        return _load, (self.folder, self.threads, self.batch)

    def __deepcopy__(self, memo: dict[int, Any]) -> EncoderLayer:
        return self  # nothing in it changes

    def logits(self, units: Units, wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The encoder's logit of every wanted unit, nan for the others.

        Args:
            units: of a document.
            wanted: shape (units,): which to score.
        """
        out = np.full(len(units.start), np.nan)
        chosen = np.flatnonzero(wanted).tolist()
        if not chosen:
            return out
        shape = self.manifest.window
        tokens: list[list[int] | None] = [None] * len(units.start)
        for index in reached(chosen, len(tokens), shape):
            tokens[index] = unit_tokens(self._tokenizer, units, index, self.manifest.channels, shape.unit)
        lengths = [len(one) if one else 0 for one in tokens]
        cue = self.cue(units)
        waiting: list[tuple[Window, list[int], list[tuple[int, int]]]] = []
        for window in plan_windows(lengths, chosen, shape):
            waiting.append((window, *window_tokens(window, tokens, cue, self.manifest.begin, self.manifest.end)))
            if len(waiting) == self.batch:
                self._score(waiting, out)
                waiting = []
        if waiting:
            self._score(waiting, out)
        return out

    def over(self, model: SentenceModel) -> SentenceModel:
        """`model` with this layer's say in its scores, and this layer's threshold."""
        return EncodedModel(model, self)

    def cue(self, units: Units) -> list[int]:
        """Tokens of the opening of the document."""
        return opening(self._tokenizer, units, self.manifest.window.cue)

    def _score(self, batch: list[tuple[Window, list[int], list[tuple[int, int]]]], out: NDArray[np.float64]) -> None:
        """Means of the token logits over every scored unit of a batch, written into `out`."""
        width = max(len(ids) for _, ids, _ in batch)
        ids = np.full((len(batch), width), self.manifest.pad, dtype=np.int64)
        mask = np.zeros((len(batch), width), dtype=np.int64)
        for row, (_, words, _) in enumerate(batch):
            ids[row, : len(words)] = words
            mask[row, : len(words)] = 1
        scores = self._session.run(["logits"], {"ids": ids, "mask": mask})[0]
        for row, (window, _, places) in enumerate(batch):
            for index in window.scored:
                start, end = places[index - window.first]
                out[index] = scores[row, start:end].mean()

    def combined(self, belief: NDArray[np.float64], encoded: NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief of both; that of the built-in model where the encoder has not read a unit.

        Args:
            belief: of the built-in model, from 0 to 1.
            encoded: logits of the encoder; nan where it has none.
        """
        rule = self.manifest.combination
        with np.errstate(divide="ignore"):
            built_in = np.clip(np.log(belief) - np.log1p(-belief), -_SURE, _SURE)
        said = np.clip(encoded, -rule.limit, rule.limit)
        logit = np.clip(rule.built_in * built_in + rule.encoder * said + rule.bias, -30, 30)
        return np.where(np.isnan(encoded), belief, 1 / (1 + np.exp(-logit)))


class EncodedModel(SentenceModel):
    """The built-in sentence model, with the encoder's say in the score of doubtful units."""

    def __init__(self, model: SentenceModel, layer: EncoderLayer) -> None:
        super().__init__(model.weights)
        self._layer = layer
        self.threshold = layer.manifest.threshold

    def score(self, units: Units, canonical: Canonical, question: str | None = None) -> Scores:
        """Beliefs for every unit, in linear time."""
        scores = super().score(units, canonical, question)
        encoded = self._layer.logits(units, scores.probability >= self._layer.manifest.gate)
        return replace(scores, probability=self._layer.combined(scores.probability, encoded))


def read_manifest(folder: Path) -> Manifest:
    """`encoder.json` of a folder; raises InputError where there is none, or not of this format."""
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise _unusable(folder, f"it holds no {MANIFEST}") from error
    except (OSError, ValidationError) as error:
        raise _unusable(folder, f"{MANIFEST} cannot be read ({_line(error)})") from error
    shape = manifest.window
    if shape.cue + 3 + shape.before + shape.unit > shape.length:
        raise _unusable(folder, "its windows have no room for a unit and what stands before it")
    if "prose" not in manifest.channels:
        raise _unusable(folder, f"{MANIFEST} names no token for prose")
    return manifest


def _checked(folder: Path, name: str, manifest: Manifest) -> bytes:
    """Content of a file whose digest is the one that the manifest names."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise _unusable(folder, f"{name} cannot be read ({_line(error)})") from error
    if hashlib.sha256(content).hexdigest() != manifest.files.get(name):
        raise _unusable(folder, f"{name} is not the file that {MANIFEST} was written for")
    return content


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _unusable(folder: Path, reason: str) -> InputError:
    return InputError(
        f"{folder} is no encoder for the instruction filter: {reason}; "
        "build one with training/train_encoder.py (docs/filter.md)"
    )


def _load(folder: Path, threads: int, batch: int) -> EncoderLayer:
    return EncoderLayer(folder, threads=threads, batch=batch)
