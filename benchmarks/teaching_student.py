"""Trains a small model on pairs or raw text and examines it closed-book. Needs torch, transformers, accelerate, gguf.

The student is a Llama with SmolLM2's chat template. Sequences of a batch lie one after the other under a block-diagonal
causal mask, so that no step is spent on padding. Single precision: many processors only emulate the shorter one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.teaching_data import Pair, Question, f1

torch.set_num_threads(1)
_JUDGED = 16
"""Tokens of an answer that F1 looks at."""

Example = tuple[list[int], list[int]]
"""Token ids, and for each whether it is learnt."""
Piece = tuple[int | None, list[int]]
"""Token ids, and the number of the piece that they follow."""


class School:
    """One student model and its tokenizer.

    Args:
        gguf: file of the model.
        folder: where its weights are kept unpacked, so that a second start is quick.
    """

    def __init__(self, gguf: Path, folder: Path) -> None:
        weights = folder / "weights.pt"
        if not weights.exists():
            folder.mkdir(parents=True, exist_ok=True)
            AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
            model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
            model.config.save_pretrained(folder)
            torch.save(model.state_dict(), weights)  # `save_pretrained` refuses tied weights that came from GGUF
        self._weights, self._folder = weights, folder
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._head, self._middle = self._ids("<|im_start|>user\n"), self._ids("<|im_end|>\n<|im_start|>assistant\n")
        self._end = self._ids("<|im_end|>")

    def fresh(self) -> Any:
        """The untrained student."""
        from transformers import AutoConfig

        config = AutoConfig.from_pretrained(self._folder)
        config._attn_implementation = "sdpa"
        model = AutoModelForCausalLM.from_config(config).float()
        model.load_state_dict(torch.load(self._weights), strict=False)
        model.tie_weights()
        return model

    def train(
        self,
        model: Any,
        pairs: Sequence[Pair],
        texts: Sequence[str] | None,
        *,
        seed: int,
        epochs: int,
        batch: int,
        rate: float,
    ) -> dict[str, Any]:
        """Train on the pairs, or on `texts` with as many steps and tokens a step as the pairs would have taken."""
        learnt = [self._example(pair) for pair in pairs]
        steps = round(len(learnt) * epochs / batch)
        if texts is not None:
            a_step = batch * sum(len(ids) for ids, _ in learnt) / len(learnt)
            learnt = [(ids, [1] * len(ids)) for ids in map(self._ids, texts)]
            batch = max(1, round(a_step * len(learnt) / sum(len(ids) for ids, _ in learnt)))
        torch.manual_seed(seed)
        rng = random.Random(seed)
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
        order: list[int] = []
        losses: list[float] = []
        tokens, began = 0, time.process_time()
        model.train()
        for step in range(steps):
            if len(order) < batch:
                order += rng.sample(range(len(learnt)), len(learnt))
            taken, order = [learnt[place] for place in order[:batch]], order[batch:]
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, (step + 1) / 5) * max(0.1, 1 - step / steps)
            loss = self._loss(model, taken)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            losses.append(round(loss.item(), 3))
            tokens += sum(len(ids) for ids, _ in taken)
        return {"steps": steps, "tokens": tokens, "losses": losses, "cpu_s": round(time.process_time() - began)}

    @torch.no_grad()
    def examine(self, model: Any, asked: Sequence[Question], options: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
        """For each question the log-probability a token of every option, the gold answer first, and what it writes."""
        model.eval()
        said = self.answers(model, [one.text for one in asked])
        found = []
        for one, choices, text in zip(asked, options, said, strict=True):
            scores = self._scores(model, one.text, choices)
            cut = self._tokenizer.decode(self._ids(text)[:_JUDGED])
            found.append({"scores": scores, "said": text, "f1": f1(cut, one.gold)})
        return found

    @torch.no_grad()
    def answers(self, model: Any, questions: Sequence[str], longest: int = 24, together: int = 32) -> list[str]:
        """What the student writes, greedily, at most so many tokens."""
        model.eval()
        found = [""] * len(questions)
        order = sorted(range(len(questions)), key=lambda place: len(questions[place]))
        for begin in range(0, len(order), together):
            places = order[begin : begin + together]
            prompts = [self._prompt(questions[place]) for place in places]
            width = max(map(len, prompts))
            ids = torch.tensor([[0] * (width - len(ids)) + ids for ids in prompts])
            seen = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in prompts])
            made = model.generate(
                input_ids=ids,
                attention_mask=seen,
                max_new_tokens=longest,
                do_sample=False,
                eos_token_id=self._end[0],
                pad_token_id=self._end[0],
            )
            for place, row in zip(places, made[:, width:], strict=True):
                found[place] = self._tokenizer.decode(row, skip_special_tokens=True).strip()
        return found

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def _prompt(self, question: str) -> list[int]:
        return self._head + self._ids(question) + self._middle

    def _example(self, pair: Pair) -> Example:
        """Question and answer are learnt, the template is not."""
        asked, said = self._ids(pair["question"]), self._ids(pair["answer"]) + self._end
        return (
            self._head + asked + self._middle + said,
            [0] * len(self._head) + [1] * len(asked) + [0] * len(self._middle) + [1] * len(said),
        )

    def _hidden(self, model: Any, pieces: Sequence[Piece]) -> Any:
        """Last hidden states of pieces that lie one after the other; each sees itself and the piece that it follows."""
        ids = torch.tensor([[one for _, sequence in pieces for one in sequence]])
        begins = [0 if after is None else len(pieces[after][1]) for after, _ in pieces]
        places = [
            begin + at for begin, (_, sequence) in zip(begins, pieces, strict=True) for at in range(len(sequence))
        ]
        home = torch.tensor([number for number, (_, sequence) in enumerate(pieces) for _ in sequence])
        before = torch.tensor([-1 if after is None else after for after, sequence in pieces for _ in sequence])
        seen = (home[:, None] == home[None]) | (before[:, None] == home[None])
        seen &= torch.tril(torch.ones(len(home), len(home), dtype=torch.bool))
        mask = torch.zeros(seen.shape).masked_fill_(~seen, -1e9)[None, None]
        return model.model(
            input_ids=ids, position_ids=torch.tensor([places]), attention_mask=mask, use_cache=False
        ).last_hidden_state[0]

    def _loss(self, model: Any, taken: Sequence[Example]) -> Any:
        ids = torch.tensor([one for sequence, _ in taken for one in sequence])
        learnt = torch.tensor([one * (at > 0) for _, which in taken for at, one in enumerate(which)])
        at = learnt.nonzero()[:, 0]
        hidden = self._hidden(model, [(None, sequence) for sequence, _ in taken])
        return functional.cross_entropy(functional.linear(hidden[at - 1], model.lm_head.weight), ids[at])

    def _scores(self, model: Any, question: str, answers: Sequence[str]) -> list[float]:
        """Mean log-probability a token of each answer; the question is read once."""
        prompt, said = self._prompt(question), [self._ids(answer) for answer in answers]
        hidden = self._hidden(model, [(None, prompt), *((0, ids) for ids in said)])
        found, begin = [], len(prompt)
        for ids in said:
            at = [len(prompt) - 1, *range(begin, begin + len(ids) - 1)]
            logits = functional.linear(hidden[at], model.lm_head.weight)
            found.append(-float(functional.cross_entropy(logits, torch.tensor(ids)).detach()))
            begin += len(ids)
        return found
