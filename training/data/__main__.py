"""Write training rows for the instruction filter: `python -m training.data OUT --seed 0`."""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from training.data import directions, surfaces, texts, whole
from training.data.carriers import Carrier, language_of, read_carriers, topics
from training.data.compose import instruction
from training.data.harmless import GENRES, harmless, harmless_document
from training.data.texts import EVERYDAY, SLOTS
from training.data.voices import VOICES

_PLAIN = ("plain_mid_paragraph", "own_paragraph", "footnote", "md_blockquote")
_HARMLESS = (
    *GENRES,
    *(f"lang:{lang}" for lang in texts.BENIGN_LANGUAGES),
    *(f"voice:{lang}" for lang in VOICES),
    *(f"native:{lang}" for lang in texts.NATIVE_LANGUAGES),
    *(f"native_{kind}" for kind in texts.NATIVE["harmless"]),
    *directions.GENRES,
    *whole.GENRES,
    *(f"calm:{lang}" for lang in texts.CALM),
    "blob",
    "code_example",
)
LIKE_ORDERS = frozenset({*directions.GENRES, "chat_software", "statute", "handbook", "reported"})
"""Harmless genres that read most like orders."""


def _share(genre: str) -> int:
    """How often a harmless genre is drawn, against the others."""
    if genre.startswith(("lang:", "voice:", "calm:")):
        return 1
    if genre.startswith("plea:") or genre in LIKE_ORDERS or genre == "whole_manual":
        return 14
    return 3 if genre.startswith("native:") else 4


_SHARES = [_share(name) for name in _HARMLESS]
ALONE = frozenset({"task_conflict", "exfiltration", "tool_call"})
"""Intents that a short text shows little of: such orders stand in short documents half as often as others do."""
WINDOWS = 0.4
"""Share of carriers of which only a window of a few sentences stays."""
SELDOM = frozenset({"chat_template", "fake_boundary", "tool_output", "hidden_css"})
"""Forms in which harmless prose stands more seldom than orders do, in real documents too."""
PROGRAMS = frozenset(
    {"code_qa", "gen_code_example", "source_code", "package_readme", "code_python", "tutorial", "readme"}
)
"""Genres in which code to be inserted would really stand."""
_SENTENCE_END = re.compile(r"(?<=[.!?:;。!?।])[ \n]+|\n")


def surface(rng: random.Random) -> str:
    """A surface form: half of all passages stand in plain prose, a quarter in channels, a quarter disguised."""
    roll = rng.random()
    if roll < 0.5:
        return rng.choice(("plain_mid_paragraph", "plain_mid_paragraph", *_PLAIN))
    if roll < 0.8:
        return rng.choice([form for form in surfaces.WRAPPERS if form not in _PLAIN])
    return rng.choice(surfaces.DISGUISES)


def insert(carrier: str, planted: surfaces.Planted, rng: random.Random) -> tuple[str, int, str]:
    """Put a planted passage into a carrier.

    Returns:
        The document, the offset at which `planted.text` starts in it, and "start", "middle" or "end".
    """
    glue = planted.glue
    if glue == "top":
        return planted.text + "\n\n" + carrier, 0, "start"
    if glue == "end":
        head = carrier.rstrip() + "\n\n"
        return head + planted.text, len(head), "end"
    if glue == "inline":
        places = [match.end() for match in _SENTENCE_END.finditer(carrier)]
        place = rng.choice(places) if places else len(carrier)
        head = carrier[:place]
        if head and not head[-1].isspace():
            head += " "
        tail = carrier[place:]
        gap = "" if not tail or tail[0].isspace() else rng.choice((" ", " ", " ", "\n"))
        where = "start" if place < len(carrier) / 5 else "end" if place > len(carrier) * 0.85 else "middle"
        return head + planted.text + gap + tail, len(head), where
    roll = rng.random()
    breaks = (
        [match.start() for match in re.finditer(r"\n\s*\n|\n", carrier)]
        if roll < 0.25
        else [match.start() for match in re.finditer(r"\n\s*\n", carrier)]
    )
    where = rng.choices(("start", "middle", "end"), (2, 6, 2))[0]
    if where == "start":
        return planted.text + "\n\n" + carrier.lstrip("\n"), 0, where
    if where == "end" or not breaks:
        head = carrier.rstrip() + "\n\n"
        return head + planted.text, len(head), "end"
    place = rng.choice(breaks)
    gap = "\n" if roll < 0.25 else "\n\n"
    head = carrier[:place].rstrip() + gap
    return head + planted.text + gap + carrier[place:].lstrip("\n"), len(head), where


def given_words(carrier: Carrier, rng: random.Random) -> dict[str, str]:
    """Words of the carrier for the slots of a passage: two of three passages speak of their document's own topic."""
    if rng.random() < 0.65:
        return {"topic": rng.choice(topics(carrier.text, rng))}
    return {"topic": rng.choice(SLOTS["topic"])}


def pick(carriers: list[Carrier], rng: random.Random) -> Carrier:
    """A carrier: every second one by genre first, so that rare genres are not drowned by the large ones."""
    if rng.random() < 0.5:
        return rng.choice(carriers)
    genre = rng.choice(sorted({carrier.genre for carrier in carriers}))
    return rng.choice([carrier for carrier in carriers if carrier.genre == genre])


def short(carrier: Carrier, rng: random.Random) -> Carrier:
    """One to three sentences of a carrier: rows of tables, mails and notes are documents too."""
    sentences = [part for part in re.split(r"(?<=[.!?。।])\s+", carrier.text) if 15 < len(part) < 300]
    if not sentences:
        return carrier
    first = rng.randrange(len(sentences))
    return carrier._replace(text=" ".join(sentences[first : first + rng.randint(1, 3)]))


def window(carrier: Carrier, rng: random.Random) -> Carrier:
    """A few neighbouring sentences and lines of a carrier, as the context of an answer often is."""
    cuts = [0, *(match.end() for match in _SENTENCE_END.finditer(carrier.text)), len(carrier.text)]
    first = rng.randrange(max(1, len(cuts) - 4))
    text = carrier.text[cuts[first] : cuts[min(len(cuts) - 1, first + rng.randint(3, 10))]].strip("\n")
    return carrier._replace(text=text) if len(text.split()) > 12 or len(text) > 60 else carrier


def by_language(carriers: list[Carrier]) -> dict[str, list[Carrier]]:
    """Carriers by the language that their genre names."""
    out: dict[str, list[Carrier]] = {}
    for carrier in carriers:
        out.setdefault(language_of(carrier.genre), []).append(carrier)
    return out


def injected_rows(
    carriers: list[Carrier], count: int, rng: random.Random, native: float = 1.0, prompts: float = 0.0
) -> Iterator[dict[str, Any]]:
    """Documents with one planted instruction."""
    speaking = by_language(carriers)
    programs = [carrier for carrier in carriers if carrier.genre in PROGRAMS]
    for number in range(count):
        carrier = pick(carriers, rng)
        passage = instruction(rng, given_words(carrier, rng), native, prompts)
        if passage.lang in speaking and passage.lang != "en" and rng.random() < 0.65:
            carrier = rng.choice(speaking[passage.lang])  # orders in the language of their document are the harder half
        if passage.source in {"gen_blocks", "gen_code"} and rng.random() < 0.5 and programs:
            carrier = rng.choice(programs)
        if rng.random() < (0.07 if passage.intent in ALONE else 0.14):
            carrier = short(carrier, rng)
        elif rng.random() < WINDOWS:
            carrier = window(carrier, rng)
        form = surface(rng)
        if passage.source == "gen_blocks" and rng.random() < 0.6:
            form = "own_paragraph"
        disguised = form not in surfaces.WRAPPERS
        planted = (surfaces.plant_disguised if disguised else surfaces.plant)(form, passage.text, rng)
        if planted.end - planted.start < 4:
            continue
        document, at, where = insert(carrier.text, planted, rng)
        yield {
            "id": f"g{number:06d}",
            "source": passage.source,
            "document": document,
            "injected_spans": [[at, at + len(planted.text)]],
            "payload_spans": [[at + planted.start, at + planted.end]],
            "payload_text": passage.text,
            "intent": passage.intent,
            "surface_form": form,
            "lang": passage.lang,
            "strictness": passage.strictness,
            "task_conflict": passage.intent == "task_conflict",
            "position": where,
            "carrier_genre": carrier.genre,
            "carrier_id": carrier.id,
            "attack_licence": "Apache-2.0",
        }


def decoy_rows(carriers: list[Carrier], count: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Documents with one planted harmless passage: same wrappers, same places, other words."""
    speaking = by_language(carriers)
    for number in range(count):
        carrier = pick(carriers, rng)
        if rng.random() < 0.45:
            other = pick(carriers, rng) if rng.random() < 0.6 else rng.choice(speaking[language_of(carrier.genre)])
            sentences = [s for s in re.split(r"(?<=[.!?。])\s+", other.text) if 20 < len(s) < 400 and "\n\n" not in s]
            if not sentences:
                continue
            genre, text = f"carrier:{other.genre}", rng.choice(sentences)
        else:
            genre = rng.choices(_HARMLESS, _SHARES)[0]
            words = given_words(carrier, rng)
            text = harmless(genre, rng, words)
            for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
                text += " " + harmless(genre, rng, words)
        _, spoken, lang = genre.partition(":")
        if spoken and lang in speaking and rng.random() < 0.65:
            carrier = rng.choice(speaking[lang])
        if rng.random() < 0.12:
            carrier = short(carrier, rng)
        elif rng.random() < WINDOWS:
            carrier = window(carrier, rng)
        form = surface(rng)
        if genre == "html_comment" and rng.random() < 0.7:
            form = "html_comment"
        if genre == "alt_text" and rng.random() < 0.7:
            form = rng.choice(("image_alt", "meta_tag"))
        if genre == "code_comment" and rng.random() < 0.7:
            form = "code_comment"
        if form not in surfaces.WRAPPERS or (form in SELDOM and rng.random() < 0.75):
            form = rng.choice((*_PLAIN, "plain_mid_paragraph", "table_cell", "json_field"))
        planted = surfaces.plant(form, text, rng)
        document, at, _ = insert(carrier.text, planted, rng)
        yield {
            "id": f"gd{number:06d}",
            "document": document,
            "decoy_span": [at + planted.start, at + planted.end],
            "surface_form": form,
            "carrier_genre": carrier.genre,
            "decoy_genre": genre,
            "carrier_id": carrier.id,
        }


def clean_rows(
    carriers: list[Carrier], count: int, rng: random.Random, known: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """Harmless documents of our own genres, and the carriers that no given row file already holds."""
    fresh = [carrier for carrier in carriers if carrier.id.split("/")[0] not in known]
    for carrier in fresh:
        yield {
            "id": f"gc-{carrier.id}",
            "genre": carrier.genre,
            "licence": "read at run time",
            "carrier": True,
            "document": carrier.text,
        }
    for number in range(count):
        genre = rng.choices(_HARMLESS, _SHARES)[0]
        yield {
            "id": f"gc{number:06d}",
            "genre": f"gen_{genre}",
            "licence": "Apache-2.0",
            "carrier": True,
            "document": harmless_document(genre, rng) if rng.random() < 0.85 else harmless(genre, rng),
        }
    for number in range(count // 4):
        text = " ".join(harmless("prompt_alone", rng) for _ in range(rng.choice((1, 1, 1, 2))))
        row = {"id": f"gp{number:06d}", "genre": "gen_prompt_alone", "licence": "Apache-2.0", "carrier": False}
        yield {**row, "document": text}


def short_rows(carriers: list[Carrier], count: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Harmless documents of one to three sentences: of carriers, calm ones, and of every harmless genre."""
    for number in range(count):
        roll, size = rng.random(), rng.choice((1, 1, 2, 3))
        carrier = short(pick(carriers, rng), rng)
        genre, text = carrier.genre, carrier.text[:600]
        if roll < 0.45:
            genre = f"calm:{rng.choice(sorted(texts.CALM))}" if roll < 0.25 else rng.choices(_HARMLESS, _SHARES)[0]
            text = " ".join(dict.fromkeys(harmless(genre, rng) for _ in range(size)))
            genre = f"gen_{genre}"
        yield {"id": f"gs{number:06d}", "genre": genre, "licence": "", "carrier": False, "document": text}


def main() -> None:
    """Read the command line and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--carriers",
        type=Path,
        action="append",
        default=[],
        help=".jsonl rows, SQuAD-like .json, or a folder; may be repeated",
    )
    parser.add_argument("--injected", type=int, default=6000)
    parser.add_argument("--native", type=float, default=1.0, help="share of orders in the register of their document")
    parser.add_argument("--prompts", type=float, default=0.0, help="share of whole prompts among the orders")
    parser.add_argument("--decoys", type=int, default=5000)
    parser.add_argument("--clean", type=int, default=1500)
    parser.add_argument("--short", type=int, default=0, help="harmless documents of one to three sentences")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    given = read_carriers(args.carriers, rng)
    unspoken = sorted(set(texts.PLEAS) - set(by_language(given))) if given else []
    own = [
        Carrier(f"own/{n}", f"gen_{genre}", harmless_document(genre, rng))
        for n, genre in enumerate(
            [*GENRES, "blob", "code_example"] * 6
            + [*EVERYDAY, "mail"] * 60
            + [*directions.GENRES] * 25
            + [f"{kind}:{lang}" for lang in unspoken for kind in ("lang", "voice", "plea")] * 30
        )
    ]
    carriers = given + own
    known = frozenset([path.stem for path in args.carriers if path.suffix == ".jsonl"] + ["own"])
    args.out.mkdir(parents=True, exist_ok=True)
    for name, rows in (
        ("injected", injected_rows(carriers, args.injected, rng, args.native, args.prompts)),
        ("decoys", decoy_rows(carriers, args.decoys, rng)),
        ("clean", chain(clean_rows(carriers, args.clean, rng, known), short_rows(carriers, args.short, rng))),
    ):
        written = 0
        with (args.out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                written += 1
        print(f"{name}.jsonl: {written} rows")


if __name__ == "__main__":
    main()
