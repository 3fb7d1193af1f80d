"""Cross-validation of the instruction filter that leaves whole sources of attacks and whole genres out, in turn:
`python -m training.filter_evaluation DEV --attacks ATTACKS --more FOLDER... --dump FILE`.

Four turns. In each, some families of sources and some genres of clean text are never trained on, neither as attack,
carrier, decoy nor clean text. The figures come from attacks of those sources, and from clean text and decoys of those
genres. It prints the two anchors of the scale of beliefs: the logits from which what is taken out costs `--kept` and
`--withheld` of the clean characters of all turns. What is encoded is judged by what it says, by the weights of its
turn, as the filter does.
"""

from __future__ import annotations

import argparse
import pickle
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.filter.detection import joined
from selfstudy_guard.filter.hidden import open_hidden
from selfstudy_guard.filter.introduced import introduced_code
from selfstudy_guard.filter.model.scoring import SentenceModel, network
from selfstudy_guard.filter.model.weights import Weights, save_weights
from training.filter_rows import ADDRESSED, Prepared
from training.filter_tables import tables
from training.gather import Folders, gather
from training.table import Table
from training.train_filter import THRESHOLD, WITHHOLD, anchored, arguments_for, log, table_of, train

FAMILIES = {
    "garak_latent": "garak", "bastioncorpus": "bastion", "cyberseceval": "cyberseceval",
    "cyberseceval_multi": "cyberseceval", "self_instruct_seed": "self_instruct", "self_instruct_user": "self_instruct",
    "authored_selfstudy": "authored", "tasktracker_translated": "tasktracker",
}  # fmt: skip
TURNS = (
    ("piarena asb", "table man_git readme_markdown_raw man_roff_raw notinject lo gnomeuserdocs gen_handbook"),
    ("tasktracker authored", "resume_report api_python policy_must html_python_raw wildguard_benign debian gen_chat"),
    ("pincer garak self_instruct", "code_qa math_problems sql_docs bastion_hard_benign anarchism fortunes gen_recipe"),
    ("bastion cyberseceval proventra", "html_postgres_raw python3 postgresql debianhandbook man manpages gen_faq"),
)
"""Families of attack sources and genres (or their first words) that each turn leaves out."""
HIDDEN_FORMS = frozenset(
    ("base64 zero_width unicode_tags encoded_native homoglyph hex_rot13_url hidden_css html_comment image_alt").split()
)
PROSE_FORMS = frozenset({"plain_mid_paragraph", "own_paragraph", "footnote", "md_blockquote"})


Scored = list[tuple[Prepared, NDArray[np.float64]]]
"""Documents, with the logits or beliefs of their units."""
Turns = list[tuple[Weights, Scored]]
"""What each turn trained, before it is anchored, and the logits of the documents that it left out."""


def family(source: str) -> str:
    """Sources of one origin are left out together."""
    return "piarena" if source.startswith("piarena") else FAMILIES.get(source, source)


def left_out(name: str, turn: int) -> bool:
    """Whether a turn leaves a source or genre out."""
    sources, genres = (set(part.split()) for part in TURNS[turn])
    name = name.removeprefix("carrier:").removeprefix("prompt:")
    generated = "gen_" + name if not name.startswith("gen_") else name
    return family(name) in sources or bool({name, name.split("_")[0], generated} & genres)


def tested(made: Prepared, turn: int) -> bool:
    """Whether a row of a turn counts: of documents that we read ourselves, a quarter."""
    row = made.row
    if row.kind == "injected":
        return row.dev and left_out(row.source, turn)
    if not left_out(row.genre, turn):
        return False
    return row.dev or (row.kind == "clean" and zlib.crc32(row.text[:200].encode()) % 4 == 0)


def logits(table: Table, documents: NDArray[np.int64], weights: Weights) -> list[NDArray[np.float64]]:
    """For the units of each document: the logit of the belief; 20 where it was opened as encoded or invisible."""
    units = table.units_of(documents)
    linear = (table.grams[units] @ weights.grams + weights.bias).astype(np.float32)
    inputs = np.hstack([table.features[units], table.contexts(documents, linear)]).astype(np.float32)
    inputs = np.clip((inputs - weights.mean) * weights.scale, -6, 6)
    out = sum(network(inputs, layers).astype(np.float64) for layers in weights.layers) / len(weights.layers)
    opened = np.where(table.opened[units], 20.0, out)
    return np.split(opened, np.cumsum(table.count[documents])[:-1])


def opened_by(weights: Weights, scored: Scored) -> Iterator[tuple[Prepared, NDArray[np.float64]]]:
    """The documents with their beliefs, in which only what the filter would take for a hidden order counts as opened.

    Args:
        weights: anchored ones, of the turn.
        scored: documents with beliefs on the same scale; 1 where anything was opened, whatever it said.
    """
    model = SentenceModel(weights)
    for made, believed in scored:
        if not made.opened.any():
            yield made, believed
            continue
        seen = model.score(made.units, made.canonical)
        opened = np.zeros(len(believed), dtype=bool)
        judge = (model, seen.probability)
        open_hidden(made.units, made.canonical, seen.strange, seen.coded, model.familiar, opened, {}, judge)
        values = np.where(made.opened, np.where(opened, 1.0, seen.probability), believed)
        yield replace(made, opened=opened), values


def beliefs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """From logits."""
    return np.asarray(1 / (1 + np.exp(-values)))


def taken_units(made: Prepared, probability: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Units that the filter takes out, as `detection.detect` decides (rules and the cap aside)."""
    flagged = (probability >= threshold) & ~made.terse
    taken = joined(made.units, flagged, probability, threshold)
    for _, first, last in introduced_code(made.units, flagged & ~made.opened):
        taken[first : last + 1] = True
    return taken


def figures(
    scored: Scored,
    threshold: float,
) -> dict[str, object]:
    """The figures of score_filter.py, by units."""
    by: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    genre: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    outside = [0, 0]
    for made, probability in scored:
        row = made.row
        taken = taken_units(made, probability, threshold)
        if row.kind in ("injected", "decoy"):
            share = float(made.inside[taken].sum() / max(1, row.span[1] - row.span[0]))
            if row.kind == "decoy":
                by["decoys"]["all"].append(share)
                by["decoy_form"][row.form].append(share)
                continue
            by["recall"]["all"].append(share)
            by["intact"]["all"].append(share < 0.05)
            by["neutralised"]["all"].append(share >= 0.8)
            by["exposed"]["all"].append(share <= 0.8)
            by["family"][family(row.source)].append(share)
            by["intact_of"][family(row.source)].append(share < 0.05)
            by["form"][row.form].append(share)
            by["source"][row.source].append(share)
            by["intent"][row.intent].append(share)
            by["lang"]["en" if row.lang in ("en", "English") else "other"].append(share)
            length = row.span[1] - row.span[0]
            by["length"][
                "<50" if length < 50 else "<150" if length < 150 else "<400" if length < 400 else ">=400"
            ].append(share)
            if row.form in HIDDEN_FORMS:
                by["group"]["hidden"].append(share)
            if row.form in PROSE_FORMS:
                by["group"]["prose"].append(share)
            outside[0] += int(made.outside[taken].sum())
            outside[1] += len(row.text) - (row.wrapper[1] - row.wrapper[0])
        else:
            genre[row.genre][0] += int(made.size[taken].sum())
            genre[row.genre][1] += len(row.text)
    documents = {name: 1 - lost / all_ for name, (lost, all_) in genre.items() if name not in ADDRESSED}
    lost = sum(v[0] for k, v in genre.items() if k not in ADDRESSED)
    total = sum(v[1] for k, v in genre.items() if k not in ADDRESSED)
    out: dict[str, object] = {
        "clean": 1 - lost / max(1, total),
        "worst": min(((round(v, 4), k) for k, v in documents.items()), default=(1.0, "")),
        "collateral": 1 - outside[0] / max(1, outside[1]),
        "genres": {k: round(v, 4) for k, v in sorted(documents.items())},
        "addressed": {k: round(1 - v[0] / v[1], 4) for k, v in sorted(genre.items()) if k in ADDRESSED},
    }
    for name, groups in by.items():
        means = {k: round(float(np.mean(v)), 4) for k, v in sorted(groups.items())}
        out[name] = means["all"] if set(means) == {"all"} else means
    return out


def lost(scored: Scored, threshold: float) -> float:
    """Share of the clean characters that the beliefs take out; what decoding opens goes at any threshold."""
    gone = whole = 0
    for made, probability in scored:
        if made.row.kind == "clean":
            taken = taken_units(made, probability, threshold)
            gone += int(made.size[taken & ~made.opened].sum())
            whole += len(made.row.text)
    return gone / max(1, whole)


def anchor(scored: Scored, wanted: float, *, alone: bool) -> float:
    """Logit from which units cost `wanted` of the clean characters.

    Args:
        scored: documents with the logits of their units.
        wanted: share of clean characters.
        alone: every unit by itself, as beliefs are read, and not with its neighbours, as the filter takes them out.
    """
    if alone:
        values = np.concatenate([value for made, value in scored if made.row.kind == "clean"])
        sizes = np.concatenate([made.size for made, _ in scored if made.row.kind == "clean"])
        order = np.argsort(-values)
        return float(values[order][np.searchsorted(np.cumsum(sizes[order]), wanted * sizes.sum())])
    low, high = -4.0, 6.0
    shown = [(made, beliefs(value)) for made, value in scored]
    for _ in range(11):
        middle = (low + high) / 2
        if lost(shown, float(beliefs(np.array(middle)))) > wanted:
            low = middle
        else:
            high = middle
    return high


def low_beliefs(scored: Scored) -> dict[str, dict[str, float]]:
    """Share of the orders of which no unit reaches a belief of 0.05, and 0.02."""
    best: dict[str, list[float]] = defaultdict(list)
    for made, probability in scored:
        if made.row.kind == "injected":
            group = "in_context" if made.row.form == "in_context" else "other"
            best[group].append(float(probability[made.inside > 0].max(initial=0)))
    return {
        group: {f"<{limit}": round(float(np.mean(np.array(values) < limit)), 4) for limit in (0.05, 0.02)}
        for group, values in best.items()
    }


def short(result: dict[str, object]) -> str:
    """One line."""
    shown = ("recall", "intact", "neutralised", "group", "family", "intact_of", "lang", "decoys", "clean", "worst")
    return " ".join(f"{key}={result.get(key)}" for key in (*shown, "collateral", "addressed"))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments_for(parser)
    parser.add_argument("--kept", type=float, default=0.998, help="of the clean characters, at the threshold")
    parser.add_argument("--withheld", type=float, default=0.06, help="of the clean characters, at a belief of 0.05")
    parser.add_argument("--table", type=Path, help="pickle of the table: read where it exists, else written")
    parser.add_argument("--turns", type=int, nargs="*", default=list(range(len(TURNS))))
    parser.add_argument("--out", type=Path, help="train on all rows too, and write the weights, anchored")
    parser.add_argument("--tables", type=Path, help="write all tables at the threshold as Markdown")
    parser.add_argument("--dump", type=Path, help="pickle of the held-out rows with their logits")
    options = parser.parse_args()
    if options.table and options.table.exists():
        table = pickle.loads(options.table.read_bytes())
    else:
        table = table_of(
            gather(Folders(options.dev, options.attacks, options.more, options.share), options.seed), options.processes
        )
        if options.table:
            options.table.write_bytes(pickle.dumps(table, protocol=5))
    whole = None
    if options.out:
        whole = train(table, np.arange(len(table.rows)), options.seed, networks=options.networks, epochs=options.epochs)
        save_weights(str(options.out), whole)
    turns: Turns = []
    for turn in options.turns:
        hidden = np.array([left_out(m.row.source, turn) or left_out(m.row.genre, turn) for m in table.rows])
        training = np.flatnonzero(~hidden)
        test = np.flatnonzero([tested(made, turn) for made in table.rows])
        weights = train(table, training, options.seed, networks=options.networks, epochs=options.epochs)
        tested_rows = (table.rows[index] for index in test)
        turns.append((weights, list(zip(tested_rows, logits(table, test, weights), strict=True))))
        log("turn", turn, "trained on", len(training), "tested on", len(test), "documents")
        if options.dump:
            options.dump.write_bytes(pickle.dumps(turns, protocol=5))
    shown, anchors = report(turns, options.kept, options.withheld)
    if whole is not None:
        save_weights(str(options.out), anchored(whole, *anchors))
    if options.tables:
        options.tables.write_text(tables(lambda value: figures(shown, value), THRESHOLD))


def report(turns: Turns, kept: float, withheld: float) -> tuple[Scored, tuple[float, float]]:
    """Print the anchors and the figures on their scale; returns the documents with the beliefs on it."""
    scored = [one for _, of_turn in turns for one in of_turn]
    finding, suspect = anchor(scored, 1 - kept, alone=False), anchor(scored, withheld, alone=True)
    print(f"--anchors {finding:.3f} {suspect:.3f}")
    high, low = np.log(THRESHOLD / (1 - THRESHOLD)), np.log(WITHHOLD / (1 - WITHHOLD))
    slope = (high - low) / (finding - suspect)
    shown = [
        one
        for weights, of_turn in turns
        for one in opened_by(
            anchored(weights, finding, suspect),
            [(made, beliefs(high + slope * (value - finding))) for made, value in of_turn],
        )
    ]
    for key, value in figures(shown, THRESHOLD).items():
        print(f"{key:12} {value}")
    print("low beliefs ", low_beliefs(shown))
    for threshold in (0.02, 0.05, 0.15, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9):
        print(threshold, short(figures(shown, threshold)), flush=True)
    return shown, (finding, suspect)


if __name__ == "__main__":
    main()
