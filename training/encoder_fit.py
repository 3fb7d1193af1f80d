"""Fitting the encoder: `python -m training.train_encoder fit`. Needs PyTorch and numpy, nothing of this project."""

from __future__ import annotations

import lzma
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.encoder_network import Encoder, Weights, optimiser, paced, read, unpacked
from training.encoder_windows import CLEAN, PAD, Batch, Drawing, Rows, Shape, batches

Arrays = dict[str, NDArray[Any]]
_SHARD = 1500
_known: dict[str, Any] = {}
"""What the worker processes share: set before they start, never changed afterwards."""


def log(*words: object) -> None:
    """Progress on standard error."""
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def part(arrays: Arrays, prefix: str) -> Arrays:
    """Arrays whose names begin with the prefix."""
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


def _shard(task: tuple[NDArray[np.int64], NDArray[np.int64], Drawing, int, list[int]]) -> list[Batch]:
    chosen, carriers, drawing, tokens, seed = task
    return batches(_known["rows"], chosen, carriers, _known["shape"], drawing, tokens, seed)


def drawn_batches(
    pool: Any,
    chosen: NDArray[np.int64],
    carriers: NDArray[np.int64],
    drawing: Drawing,
    *,
    tokens: int,
    epochs: int,
    seed: int,
) -> Iterator[tuple[float, Batch]]:
    """Batches of all epochs, each with the share of the work that is done before it."""
    rng = np.random.default_rng(seed)
    tasks = []
    for epoch in range(epochs):
        order = rng.permutation(chosen)
        for number, at in enumerate(range(0, len(order), _SHARD)):
            tasks.append((order[at : at + _SHARD], carriers, drawing, tokens, [seed, epoch, number]))
    made = pool.imap(_shard, tasks) if pool is not None else map(_shard, tasks)
    for number, shard in enumerate(made):
        for inner, batch in enumerate(shard):
            yield (number + inner / len(shard)) / len(tasks), batch


def unit_means(logits: torch.Tensor, unit: torch.Tensor, count: int) -> torch.Tensor:
    """Mean of the token logits of every unit."""
    flat = unit.reshape(-1)
    sums = torch.zeros(count + 1, device=logits.device).index_add(0, flat, logits.reshape(-1).float())
    return (sums / torch.bincount(flat, minlength=count + 1).clamp(min=1))[1:]


def tune(model: Encoder, made: Iterator[tuple[float, Batch]], *, rate: float, limit: float, seed: int) -> None:
    """Teach a model to tell which units address a model; the rate of learning has fallen to nothing after `limit`
    seconds at the latest."""
    device = next(model.parameters()).device
    torch.manual_seed(seed)
    steps = optimiser(model, rate)
    model.train()
    began, total, seen = time.time(), 0.0, 0
    for number, (share, batch) in enumerate(made):
        progress = max(share, (time.time() - began) / limit)
        if progress >= 1:
            break
        paced(steps, rate, progress)
        ids = torch.from_numpy(batch.ids).to(device, torch.long)
        unit = torch.from_numpy(batch.unit).to(device, torch.long)
        label, weight = torch.from_numpy(batch.label).to(device), torch.from_numpy(batch.weight).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            logits = model(ids, ids != PAD)
        means = unit_means(logits, unit, len(label))
        loss = functional.binary_cross_entropy_with_logits(means, label * 0.98 + 0.005, weight, reduction="sum")
        loss = loss / weight.sum()
        steps.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        steps.step()
        seen += ids.numel()
        if number % 50 == 49:
            total = loss.item() if not total else 0.7 * total + 0.3 * loss.item()
        if number % 200 == 199:
            log(
                f"tuning: {share:.0%}, step {number + 1}, loss {total:.4f}, {seen / (time.time() - began):.0f} tokens/s"
            )


@torch.no_grad()
def judged(model: Encoder, test: Arrays, tokens: int = 65_536) -> NDArray[np.float32]:
    """Logits of the units of the test rows, in the windows of the filter itself."""
    device = next(model.parameters()).device
    model.eval()
    at = np.concatenate([[0], np.cumsum(test["length"], dtype=np.int64)])
    places: dict[int, list[int]] = {}
    for number, window in enumerate(test["window"].tolist()):
        places.setdefault(window, []).append(number)
    out = np.zeros(len(test["unit"]), np.float32)
    order = np.argsort(test["length"], kind="stable").tolist()
    while order:
        width = int(test["length"][order[-1]])
        group, order = order[-max(1, tokens // width) :], order[: -max(1, tokens // width)]
        ids = np.full((len(group), width), PAD, np.int64)
        for row, window in enumerate(group):
            ids[row, : at[window + 1] - at[window]] = test["ids"][at[window] : at[window + 1]]
        put = torch.from_numpy(ids).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            logits = model(put, put != PAD).float().cpu().numpy()
        for row, window in enumerate(group):
            for number in places.get(window, ()):
                out[number] = logits[row, test["start"][number] : test["end"][number]].mean()
    return out


class Bench:
    """Rows, text and workers of one call, on the device that there is."""

    def __init__(self, source: Path, seed: int) -> None:
        with lzma.open(source) as file:
            stored = np.load(file, allow_pickle=False)
            arrays = {name: stored[name] for name in stored.files}
        self.more = more = {name: int(value) for name, value in part(arrays, "more.").items()}
        shape = Shape(**{name: more[name] for name in ("length", "cue", "before", "after", "unit", "units")})
        self.start = unpacked(part(arrays, "weights."), more["width"], more["wide"], more["extra"])
        self.rows = Rows(part(arrays, "rows."), more["mask"], more["mask"] + 1)
        self.test, self.text, self.seed = part(arrays, "test."), arrays["text"], seed
        log(len(self.rows.kind), "rows,", len(self.rows.tokens), "tokens,", self.text.size, "tokens of text")
        _known.update(rows=self.rows, shape=shape)
        workers = (os.cpu_count() or 1) - 1
        self.pool = multiprocessing.get_context("fork").Pool(workers) if workers > 2 else None
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.backends.cuda.matmul.allow_tf32 = True

    def kept_layers(self) -> list[int]:
        """Every second layer of a start of twelve, else all."""
        depth = self.more["layers"]
        return [0, 2, 4, 7, 9, 11] if depth == 12 else list(range(depth))

    def read(self, layers: list[int], *, epochs: float, rate: float, limit: float, tokens: int) -> Weights:
        """Weights that have read the text."""
        torch.manual_seed(self.seed)
        heads, depth = self.more["heads"], self.more["layers"]
        model = Encoder(self.start, heads, layers).to(self.device)
        teacher = None
        if depth > len(layers):
            teacher = Encoder(self.start, heads, list(range(depth)), 0).to(self.device).eval()
        for line in read(
            model, self.text, teacher=teacher, mask_id=self.more["mask"], seed=self.seed, epochs=epochs,
            limit=limit, rate=rate, rows=max(1, tokens // self.text.shape[1]),
        ):  # fmt: skip
            log(line)
        return model.weights()

    def tune(
        self, base: Weights, turn: int, drawing: Drawing, *, epochs: int, rate: float, limit: float, tokens: int,
        frozen: int = 0, dropout: float = 0.1, share: float = 1.0,
    ) -> Encoder:  # fmt: skip
        """An encoder that has seen the rows of one turn of the evaluation; -1 stands for all rows.

        `frozen` layers from below, and the embeddings with them, keep the weights of `base`.
        """
        rows = self.rows
        free = rows.arrays["hidden"] & (1 << turn) == 0 if turn >= 0 else np.ones(len(rows.kind), bool)
        chosen = np.flatnonzero(free)
        if share < 1:
            chosen = chosen[np.random.default_rng(self.seed).random(len(chosen)) < share]
        carriers = np.flatnonzero(free & (rows.kind == CLEAN))
        torch.manual_seed(self.seed)
        depth = sum(name.endswith("query.bias") for name in base)
        model = Encoder(base, self.more["heads"], list(range(depth)), dropout).to(self.device)
        if frozen:
            kept = [model.positions, *model.norm.parameters()]
            for layer in model.layers[:frozen]:
                kept.extend(layer.parameters())
            for value in kept:
                value.requires_grad_(False)
            fixed = self.more["mask"]  # the new tokens have read nothing yet
            model.words.weight.register_hook(lambda grad: torch.cat([torch.zeros_like(grad[:fixed]), grad[fixed:]]))
        log("turn", turn, len(chosen), "rows", len(carriers), "carriers")
        made = drawn_batches(self.pool, chosen, carriers, drawing, tokens=tokens, epochs=epochs, seed=self.seed)
        tune(model, made, rate=rate, limit=limit, seed=self.seed)
        return model

    def judged(self, model: Encoder) -> NDArray[np.float32]:
        """Logits of the units of the test rows."""
        out = judged(model, self.test)
        label = self.rows.arrays["label"][self.test["unit"]]
        log("means", out[label].mean(), out[~label].mean())
        return out


def save_weights(path: Path, weights: Weights) -> None:
    """Weights in half precision."""
    halves: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez(path, **halves)
