"""Everything that training an encoder needs, in one file without text: `python -m training.train_encoder prepare`.

Rows are cut into units as the filter cuts them and written as token ids, so that the machine that trains needs neither
this project nor a tokenizer.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import lzma
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.encoder.encoder_windows import (
    WindowShape,
    opening,
    plan_windows,
    unit_tokens,
    window_tokens,
)
from training.encoder_start import BEGIN, END, new_tokens
from training.filter_evaluation import GENRES, SOURCES
from training.filter_rows import Prepared, cut
from training.train_filter import DISGUISED_FORMS, decoy_weight, gather, log

_TEXT = {
    ".txt",
    ".md",
    ".rst",
    ".html",
    ".htm",
    ".xml",
    ".page",
    ".pod",
    ".1",
    ".2",
    ".3",
    ".4",
    ".5",
    ".6",
    ".7",
    ".8",
}
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_ROFF = re.compile(r"^\.[A-Za-z]{1,2}\b ?|\\f[A-Z(]\w?|^[.'].*$", re.MULTILINE)
PIECE = 1500
"""Code points of one piece of free text."""


@dataclass
class Arrays:
    """Rows in token ids.

    Attributes:
        tokens: of all units, one after another.
        length: tokens of every unit.
        label: units that address a model.
        planted: units that were planted.
        weight: of every unit in training; 0 where other parts of the filter decide.
        units: units of every row.
        cue: tokens of the opening of every row, and their number.
        kind: 0 clean, 1 injected, 2 decoy, 3 a prompt to a model.
        hidden: bit k is set where the row must not be seen in training turn k.
        test: bit k is set where the row is one of the test rows of turn k.
        digest: of every row, to find it again.
    """

    tokens: NDArray[np.uint16]
    length: NDArray[np.uint16]
    label: NDArray[np.bool_]
    planted: NDArray[np.bool_]
    weight: NDArray[np.float16]
    units: NDArray[np.int32]
    cue: NDArray[np.uint16]
    cue_length: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    hidden: NDArray[np.uint8]
    test: NDArray[np.uint8]
    digest: NDArray[np.uint64]


def free_text(folders: list[Path], most: int, seed: int) -> list[str]:
    """Pieces of running text from folders of documentation; at most `most` code points of each folder."""
    rng = random.Random(seed)
    out: list[str] = []
    for folder in folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        rng.shuffle(files)
        taken = 0
        for path in files:
            if taken >= most:
                break
            text = _read(path)
            for at in range(0, min(len(text), 60_000), PIECE):
                piece = text[at : at + PIECE].strip()
                letters = sum(char.isalpha() for char in piece)
                if len(piece) > 100 and letters > 0.55 * len(piece):
                    out.append(piece)
                    taken += len(piece)
        log(folder, taken, "code points of text")
    rng.shuffle(out)
    return out


def _read(path: Path) -> str:
    """Text of a file without its markup; nothing where it is none."""
    suffixes = path.suffixes
    packed = suffixes[-1:] == [".gz"]
    kind = (suffixes[-2:-1] if packed else suffixes[-1:]) or [".txt" if path.name.isupper() else ""]
    if kind[0].lower() not in _TEXT or path.stat().st_size > 4_000_000:
        return ""
    try:
        raw = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError, EOFError):
        return ""
    if kind[0][1:].isdigit():
        text = _ROFF.sub("", text)
    elif kind[0] in (".html", ".htm", ".xml", ".page"):
        text = html.unescape(_TAGS.sub(" ", text))
    return re.sub(r"[ \t]+", " ", re.sub(r"\s*\n\s*", "\n", text))


def unit_weights(made: Prepared) -> NDArray[np.float16]:
    """What every unit counts: as in `train_filter.Table`, without encoded units."""
    row = made.row
    weight = np.clip(np.sqrt(made.size) / 12, 0.25, 2)
    weight[made.label] = 2.5 / np.sqrt(max(1, int(made.label.sum())))
    weight[made.planted & ~made.label] *= decoy_weight(row)
    if row.form in DISGUISED_FORMS:
        weight[made.planted] = 0
    return weight.astype(np.float16)


def hidden_in(made: Prepared) -> int:
    """Turns in which the row must not be seen, as bits (the turns of `filter_evaluation`)."""
    row, bits = made.row, 0
    for turn, (sources, genres) in enumerate(zip(SOURCES, GENRES, strict=True)):
        source = row.source.removeprefix("carrier:")
        if row.genre.removeprefix("prompt:") in genres | sources or source in sources | genres:
            bits |= 1 << turn
    return bits


def tested_in(made: Prepared) -> int:
    """Turns whose figures the row counts in, as bits."""
    row, bits = made.row, 0
    for turn, (sources, genres) in enumerate(zip(SOURCES, GENRES, strict=True)):
        if row.dev and row.genre in genres and (row.kind != "injected" or row.source in sources):
            bits |= 1 << turn
    return bits


def digest(made: Prepared) -> int:
    """Number that names a row."""
    row = made.row
    told = f"{row.kind}|{row.genre}|{row.source}|{row.form}|{row.span}|{row.text}"
    return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:8], "big")


def read_rows(folders: list[Path], seed: int, share: float) -> list[Prepared]:
    """The rows that the built-in model is trained on, cut."""
    made = [cut(row) for row in gather(folders, seed, share=share)]
    made = [one for one in made if one.units.start]
    log(len(made), "rows cut")
    return made


def unit_texts(made: list[Prepared]) -> Iterator[str]:
    """Texts of all units, to count word pieces."""
    for one in made:
        for start, end in zip(one.units.start, one.units.end, strict=True):
            yield one.units.text[start:end]


def encode_rows(made: list[Prepared], tokenizer: Any, most: int, cue: int) -> Arrays:
    """Rows in token ids."""
    channels = new_tokens(tokenizer.get_vocab_size())
    tokens: list[int] = []
    lengths: list[int] = []
    cues = np.zeros((len(made), cue), np.uint16)
    cue_lengths = []
    known: dict[tuple[int, str], list[int]] = {}
    for row, one in enumerate(made):
        first = opening(tokenizer, one.units, cue)
        cues[row, : len(first)] = first
        cue_lengths.append(len(first))
        for index in range(len(one.units.start)):
            key = (one.units.channel[index], one.units.text[one.units.start[index] : one.units.end[index]])
            if key not in known:
                known[key] = unit_tokens(tokenizer, one.units, index, channels, most)
            tokens.extend(known[key])
            lengths.append(len(known[key]))
    kinds = {"clean": 0, "injected": 1, "decoy": 2, "addressed": 3}
    return Arrays(
        np.array(tokens, np.uint16),
        np.array(lengths, np.uint16),
        np.concatenate([one.label for one in made]),
        np.concatenate([one.planted for one in made]),
        np.concatenate([unit_weights(one) for one in made]),
        np.array([len(one.units.start) for one in made], np.int32),
        cues,
        np.array(cue_lengths, np.uint8),
        np.array([kinds[one.row.kind] for one in made], np.uint8),
        np.array([hidden_in(one) for one in made], np.uint8),
        np.array([tested_in(one) for one in made], np.uint8),
        np.array([digest(one) for one in made], np.uint64),
    )


def encode_text(pieces: list[str], tokenizer: Any, length: int) -> NDArray[np.uint16]:
    """Free text as rows of `length` tokens."""
    flat: list[NDArray[np.uint16]] = []
    for at in range(0, len(pieces), 2000):
        for encoded in tokenizer.encode_batch_fast(pieces[at : at + 2000], add_special_tokens=False):
            flat.append(np.array(encoded.ids, np.uint16))
    joined = np.concatenate(flat) if flat else np.zeros(0, np.uint16)
    return joined[: len(joined) // length * length].reshape(-1, length)


def windows_to_judge(rows: Arrays, shape: WindowShape) -> dict[str, NDArray[Any]]:
    """Windows of the test rows exactly as the filter makes them where every unit is to be read."""
    at = np.concatenate([[0], np.cumsum(rows.length, dtype=np.int64)])
    first = np.concatenate([[0], np.cumsum(rows.units, dtype=np.int64)])
    ids: list[int] = []
    lengths: list[int] = []
    places: list[tuple[int, int, int, int]] = []
    for row in np.flatnonzero(rows.test).tolist():
        count = int(rows.units[row])
        tokens = [rows.tokens[at[first[row] + i] : at[first[row] + i + 1]].tolist() for i in range(count)]
        cue = rows.cue[row, : rows.cue_length[row]].tolist()
        for window in plan_windows([len(one) for one in tokens], range(count), shape):
            words, spans = window_tokens(window, tokens, cue, BEGIN, END)
            for index in window.scored:
                places.append((len(lengths), *spans[index - window.first], int(first[row]) + index))
            ids.extend(words)
            lengths.append(len(words))
    window_of, start, end, unit = np.array(places, np.int32).T
    out = {"ids": np.array(ids, np.uint16), "length": np.array(lengths, np.int32), "window": window_of}
    return out | {"start": start, "end": end, "unit": unit}


def save(
    path: Path,
    rows: Arrays,
    text: NDArray[np.uint16],
    weights: dict[str, NDArray[Any]],
    test: dict[str, NDArray[Any]],
    **more: Any,
) -> None:
    """One file for `encoder_fit.fit`."""
    began = time.time()
    arrays: dict[str, Any] = {f"rows.{name}": value for name, value in vars(rows).items()}
    arrays |= {f"weights.{name}": value for name, value in weights.items()}
    arrays |= {f"test.{name}": value for name, value in test.items()}
    arrays |= {"text": text} | {f"more.{name}": np.array(value) for name, value in more.items()}
    with lzma.open(path, "wb", preset=3) as file:
        np.savez(file, **arrays)
    log("wrote", path, path.stat().st_size, "bytes in", round(time.time() - began), "s")
