"""The encoder in PyTorch: a transformer in which every token has a logit, and how it is taught to read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Weights = dict[str, NDArray[np.float32]]


def unpacked(stored: dict[str, NDArray[Any]], width: int, wide: int, extra: int) -> Weights:
    """Weights in single precision, with embeddings of `extra` tokens more.

    Args:
        stored: blocks of 32 weights in four bits with one scale (fields `scale` and `pairs`), or plain numbers.
        width, wide: of a layer.
        extra: tokens that are new; they begin as the unknown word, and a little noise.
    """
    out: Weights = {}
    for name, value in stored.items():
        if value.dtype.names:
            pairs = value["pairs"]
            numbers = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
            flat = (numbers * value["scale"].astype(np.float32)[:, None]).reshape(-1)
            out[name] = flat.reshape(-1, wide if name.endswith("narrow.weight") else width)
        else:
            out[name] = value.astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.02, (extra, width))
    out["words"] = np.concatenate([out["words"], out["words"][3] + noise]).astype(np.float32)
    return out


class Layer(nn.Module):
    """Attention and a wide layer, each added to what came in and normed afterwards."""

    def __init__(self, width: int, wide: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.attended, self.norm_attended = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.wide, self.narrow = nn.Linear(width, wide), nn.Linear(wide, width)
        self.norm_narrow = nn.LayerNorm(width, eps=1e-12)
        self.heads, self.dropout = heads, dropout

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        rows, length, width = states.shape
        parts = [
            part(states).view(rows, length, self.heads, width // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        ]
        seen = functional.scaled_dot_product_attention(*parts, attn_mask=mask)
        seen = self.attended(seen.transpose(1, 2).reshape(rows, length, width))
        states = self.norm_attended(states + functional.dropout(seen, self.dropout, self.training))
        more = self.narrow(functional.gelu(self.wide(states)))
        return self.norm_narrow(states + functional.dropout(more, self.dropout, self.training))


class Encoder(nn.Module):
    """Token ids to token logits.

    Args:
        weights: what it starts from; layers that are not named are left out.
        heads: of the attention.
        layers: which layers of the weights it has.
        dropout: in training.
    """

    def __init__(self, weights: Weights, heads: int, layers: list[int], dropout: float = 0.1) -> None:
        super().__init__()
        size, width = weights["words"].shape
        wide = len(weights[f"layers.{layers[0]}.wide.bias"])
        self.words = nn.Embedding(size, width)
        self.positions = nn.Parameter(torch.zeros(len(weights["positions"]), width))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, wide, heads, dropout) for _ in layers)
        self.head = nn.Linear(width, width)
        self.verdict = nn.Linear(width, 1)
        self.dropout = dropout
        named = dict(weights)
        named["words.weight"] = named.pop("words")
        for place, layer in enumerate(layers):
            for name in [name for name in weights if name.startswith(f"layers.{layer}.")]:
                named[name.replace(f"layers.{layer}.", f"layers.{place}.", 1)] = weights[name]
        own = self.state_dict()
        for name in own:
            if name in named:
                own[name] = torch.from_numpy(np.asarray(named[name], np.float32).copy())
        self.load_state_dict(own)

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """State of every token; `mask` says where tokens are."""
        states = self.norm(self.words(ids) + self.positions[: ids.shape[1]])
        states = functional.dropout(states, self.dropout, self.training)
        seen = mask[:, None, None, :]
        for layer in self.layers:
            states = layer(states, seen)
        return states

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logit of every token."""
        return self.verdict(functional.gelu(self.head(self.states(ids, mask))))[..., 0]

    def weights(self) -> Weights:
        """All weights by name."""
        out = {name: value.detach().float().cpu().numpy() for name, value in self.state_dict().items()}
        out["words"] = out.pop("words.weight")
        return out


def optimiser(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    """AdamW, without decay of offsets, norms and embeddings."""
    free = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    rest = [value for name, value in free if value.ndim >= 2 and name != "words.weight"]
    flat = [value for name, value in free if value.ndim < 2 or name == "words.weight"]
    groups = [{"params": rest, "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=torch.cuda.is_available())


def paced(steps: torch.optim.Optimizer, rate: float, progress: float, warm: float = 0.06) -> None:
    """Rate of learning: a rise, then a straight fall to nothing."""
    share = progress / warm if progress < warm else (1 - progress) / (1 - warm)
    for group in steps.param_groups:
        group["lr"] = rate * max(0.0, min(1.0, share))


def masked(
    ids: Tensor, mask_id: int, size: int, generator: torch.Generator, rate: float = 0.15
) -> tuple[Tensor, Tensor]:
    """Ids with words hidden (eight of ten by the mask, one by another word), and which were chosen."""
    roll = torch.rand(ids.shape, generator=generator, device=ids.device)
    chosen = roll < rate
    out = torch.where(roll < 0.8 * rate, torch.full_like(ids, mask_id), ids)
    other = torch.randint(4, size, ids.shape, generator=generator, device=ids.device)
    return torch.where((roll >= 0.8 * rate) & (roll < 0.9 * rate), other, out), chosen


def read(
    model: Encoder,
    text: NDArray[np.uint16],
    *,
    teacher: Encoder | None,
    mask_id: int,
    seed: int,
    epochs: float,
    limit: float,
    rate: float,
    rows: int,
) -> Iterator[str]:
    """Teach a model to read: to say what a larger one says of the whole text though words are hidden from it, or,
    without a teacher, to guess the hidden words.

    Args:
        model: changed in place.
        text: rows of token ids.
        teacher: its states are the goal; as wide as the model.
        mask_id: of the token that hides a word; ids from it on are not words.
        seed: of order and masks.
        epochs: times that the text is read.
        limit: seconds after which the rate of learning has fallen to nothing.
        rate: highest rate of learning.
        rows: of a batch.

    Yields:
        now and then, a line on how it goes.
    """
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    order = np.random.default_rng(seed)
    steps = optimiser(model, rate)
    data = torch.from_numpy(text.astype(np.int32))
    total = int(epochs * len(text) // rows)
    began, mean, done = time.time(), 0.0, 0
    model.train()
    picks: NDArray[np.int64] = np.zeros(0, np.int64)
    while done < total:
        progress = max(done / total, (time.time() - began) / limit)
        if progress >= 1:
            break
        if len(picks) < rows:
            picks = order.permutation(len(text))
        ids = data[torch.from_numpy(picks[:rows])].to(device, torch.long)
        picks = picks[rows:]
        frame = torch.zeros_like(ids[:, :1])
        hidden, chosen = masked(ids, mask_id, mask_id, generator)
        ids, hidden = torch.cat([frame, ids, frame + 2], 1), torch.cat([frame, hidden, frame + 2], 1)
        chosen = torch.cat([frame.bool(), chosen, frame.bool()], 1)
        mask = torch.ones_like(ids, dtype=torch.bool)
        paced(steps, rate, progress)
        with torch.autocast(device.type, torch.bfloat16):
            states = model.states(hidden, mask)
            if teacher is not None:
                with torch.no_grad():
                    goal = teacher.states(ids, mask)
                loss = 1 - functional.cosine_similarity(states.float(), goal.float(), dim=-1).mean()
            else:
                logits = states[chosen] @ model.words.weight[:mask_id].T
                loss = functional.cross_entropy(logits.float(), ids[chosen])
        steps.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        steps.step()
        done += 1
        if done % 100 == 0:
            mean = loss.item()
            yield f"reading: step {done} of {total}, loss {mean:.4f}, {time.time() - began:.0f} s"
