"""Unguided against anchored questions with the built-in model, calibration of the anchor check, and markup hijack.

    python benchmarks/anchoring.py calibration [--lang en de es zh]
    python benchmarks/anchoring.py coverage [--articles 2] [--pages]
    python benchmarks/anchoring.py hijack [--articles 2] [--questions 16]

`calibration` needs no model. XQuAD is found through SELFSTUDY_GUARD_SHARED or the sibling folder ../shared.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import mask_artefacts, read_documents, segment
from selfstudy_guard.embedded import embedded_completer
from selfstudy_guard.flow import Admission, Asked, ask
from selfstudy_guard.questions import (
    NearDuplicates,
    Prompts,
    check_anchor,
    check_duplicate,
    check_question,
    parse_question,
    question_request,
)
from selfstudy_guard.records import Document, Message, Request, Target

ROOT = Path(__file__).resolve().parents[1]
PROMPTS = Prompts.builtin("small")
ATTEMPTS = 6
ARTEFACTS = {
    "navigation": "[Home](/) | [Portal](/portal) | [Random page](/random) | [Donate](/donate) | [Log in](/login)",
    "infobox": "{{Infobox settlement | name = Grenholt | area_km2 = 12.4 | mayor = J. Aster | notes = <ref/> }}",
    "unclosed table": '<table class="wikitable"><tr><th>Rank<th>Station<th>Riders<tr><td>1<td>Hollow St<td>48,113<tr>',
    "tracking": "<script>window._trk=window._trk||[];_trk.push(['site','zq-4471']);_trk.push(['pageView']);</script>",
    "heading residue": "**''''Quick facts about the lantern festival''''** ==See also== __NOTOC__ [edit]",
}


def xquad(language: str) -> Iterator[tuple[Document, list[tuple[str, str, int]]]]:
    """Every article with its human questions: question, answer, offset of the answer."""
    named = os.environ.get("SELFSTUDY_GUARD_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    given = os.environ.get("XQUAD_FOLDER")
    path = (Path(given) if given else folder / "data" / "xquad") / f"xquad.{language}.json"
    for article in json.loads(path.read_text("utf-8"))["data"]:
        text, questions = "", []
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                start = len(text) + qa["answers"][0]["answer_start"]
                questions.append((qa["question"], qa["answers"][0]["text"], start))
            text += paragraph["context"] + "\n\n"
        yield Document(id=article["title"], text=text), questions


def calibration(languages: Sequence[str]) -> None:
    """Human questions on their own sentence, on a random other one and on a neighbour."""
    for language in languages:
        rng = random.Random(0)
        counts = np.zeros((3, 3))
        asked = 0
        for document, questions in xquad(language):
            targets = segment(document).targets
            index = AttributionIndex(targets)
            for question, answer, start in questions:
                own = next((target for target in targets if target.start <= start < target.end), None)
                if own is None or len(targets) < 3:
                    continue
                asked += 1
                beside = targets[own.index + 1 if own.index + 1 < len(targets) else own.index - 1]
                other = rng.choice([target for target in targets if target is not own])
                for row, target in enumerate((own, other, beside)):
                    alone = not check_anchor(question, target, index).accepted
                    pair = not check_anchor(question, target, index, answer=answer).accepted
                    strict = not check_anchor(question, target, index, near=1.0).accepted
                    counts[row] += (alone, alone or pair, strict)
        share = counts / asked
        print(f"{language}: {asked} questions", flush=True)
        for row, where in enumerate(("their own sentence", "a random other sentence", "the next sentence")):
            alone, both, strict = share[row]
            print(
                f"  refused for {where}: {alone:.3f} alone, {both:.3f} alone or with the answer; "
                f"{strict:.3f} alone when the target must be best",
                flush=True,
            )


def unguided(passage: str, seed: int) -> Request:
    """What scripts usually send: a passage, and no word about which part of it to ask about."""
    shots = []
    for example in PROMPTS.answer.examples:
        shots += [
            Message(role="user", content=f"Passage: {example.evidence}\nQuestion:"),
            Message(role="assistant", content=example.question),
        ]
    system = Message(
        role="system", content="You write short questions for an exam. Each question asks for one thing in the passage."
    )
    last = Message(role="user", content=f"Passage: {passage}\nQuestion:")
    return Request(purpose="question", messages=(system, *shots, last), max_tokens=60, temperature=0.8, seed=seed)


def drive(
    target: Target, index: AttributionIndex, shown: str, accepted: NearDuplicates, seed: int, model
) -> tuple[Asked, str]:
    """The asking half of the flow; also the first candidate, which is what a plain anchor without check gives."""
    flow = ask(
        target,
        compose=lambda attempt, feedback: question_request(
            target, shown, prompts=PROMPTS, key="", feedback=feedback, seed=seed * 101 + attempt
        ),
        check=lambda text: check_question(text, target, index, prompts=PROMPTS, context=shown, near=PROMPTS.near),
        attempts=ATTEMPTS,
    )
    raw = None
    step = next(flow)
    while True:
        if isinstance(step, Admission):
            answer = check_duplicate(step.question, accepted)
            if answer.accepted:
                accepted.add(step.question)
        else:
            answer = model.complete(step)
            if raw is None:
                raw = (parse_question(answer.text) or ("",))[0]
        try:
            step = flow.send(answer)
        except StopIteration as end:
            return end.value, raw or ""


def gini(counts: np.ndarray) -> float:
    """Gini coefficient of counts (0 even, 1 all on one)."""
    ordered = np.sort(counts.astype(float))
    n = ordered.size
    return 0.0 if not ordered.sum() else float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def hits(questions: Sequence[str], targets: Sequence[Target], index: AttributionIndex) -> np.ndarray:
    """How many questions fall on each target, by attribution that does not know the target."""
    place = {(target.start, target.end): i for i, target in enumerate(targets)}
    counts = np.zeros(len(targets), dtype=int)
    for question in questions:
        best = index.attribute(question).targets[:1]
        if best and (best[0].start, best[0].end) in place:
            counts[place[best[0].start, best[0].end]] += 1
    return counts


def coverage(documents: list[tuple[Document, list[tuple[str, str, int]]]]) -> None:
    """One question for every eligible target, unguided, with a plain anchor, and anchored and checked."""
    model = embedded_completer()
    for document, human in documents:
        segmentation = segment(document)
        targets = list(segmentation.eligible)
        index = AttributionIndex(segmentation.targets)
        passages = [part for part in document.text.split("\n\n") if len(part.split()) > 8]
        begun = time.process_time()
        free = []
        for i in range(len(targets)):
            reply = model.complete(unguided(passages[i % len(passages)][:1500], i))
            free.append((parse_question(reply.text) or ("",))[0])
        accepted = NearDuplicates()
        asked, raw = [], []
        for i, target in enumerate(targets):
            shown = mask_artefacts(target.text, segmentation.artefacts, start=target.start)
            one, first = drive(target, index, shown, accepted, i, model)
            asked.append(one)
            raw.append(first)
        kept = [(t, a.question.text) for t, a in zip(targets, asked, strict=True) if a.question]
        own = sum(best_is(index, question, target) for target, question in kept) / max(1, len(kept))
        raw_own = sum(best_is(index, question, target) for target, question in zip(targets, raw, strict=True)) / len(
            targets
        )
        calls = sum(a.attempts for a in asked)
        line = f"{document.id}: {len(targets)} targets, {len(targets)} questions"
        for name, questions in (("unguided", free), ("plain anchor", raw), ("anchored", [q for _, q in kept])):
            counts = hits(questions, targets, index)
            line += f"; {name} covered {np.mean(counts > 0):.2f} Gini {gini(counts):.2f}"
            if human:
                asked_about = [
                    counts[i] > 0 for _, _, at in human for i, t in enumerate(targets) if t.start <= at < t.end
                ]
                line += f" human {np.mean(asked_about):.2f}"
        reasons = {}
        for a in asked:
            if not a.question:
                reasons[a.verdict.reason] = reasons.get(a.verdict.reason, 0) + 1
        line += f"; own target: plain {raw_own:.2f}, accepted {own:.2f}"
        line += f" ({len(kept)} accepted, {calls / max(1, len(kept)):.2f} calls for each, rejected {reasons})"
        line += f"; CPU {(time.process_time() - begun) / len(targets):.1f} s a target"
        print(line, flush=True)


def best_is(index: AttributionIndex, question: str, target: Target) -> bool:
    """Whether attribution, which does not know the target, puts it first."""
    found = index.attribute(question).targets
    return bool(found) and found[0].span.overlaps(target.span)


def hijack(articles: int, questions: int) -> None:
    """Articles with artefacts planted between their paragraphs: how many questions are about an artefact."""
    model = embedded_completer()
    for document, _ in list(xquad("en"))[:articles]:
        paragraphs = [part for part in document.text.split("\n\n") if part]
        text, planted = "", []
        for i, paragraph in enumerate(paragraphs):
            residue = list(ARTEFACTS.values())[i % len(ARTEFACTS)]
            text += paragraph + "\n\n"
            planted.append((len(text), len(text) + len(residue)))
            text += residue + "\n\n"
        dirty = Document(id=document.id + ".md", text=text, media_type="text/markdown")
        segmentation = segment(dirty)

        def in_planted(start: int, end: int, planted: list[tuple[int, int]] = planted) -> bool:
            return any(start < right and left < end for left, right in planted)

        # Judged by what was planted, not by what segmentation thinks of it.
        clean = [t for t in segmentation.targets if not in_planted(t.start, t.end)]
        judged = [
            Target(document_id=dirty.id, start=left, end=right, text=text[left:right], kind="markup", eligible=False)
            for left, right in planted
        ]
        index = AttributionIndex(sorted([*clean, *judged], key=lambda t: t.start))
        chunks = [
            f"{text[left:right]}\n{p}"
            for (left, right), p in zip(planted, [*paragraphs[1:], paragraphs[0]], strict=True)
        ]
        free = []
        for i in range(questions):
            reply = model.complete(unguided(chunks[i % len(chunks)][:1500], i))
            free.append((parse_question(reply.text) or ("",))[0])
        own = AttributionIndex(segmentation.targets)
        chosen = random.Random(1).sample(list(segmentation.eligible), min(questions, len(segmentation.eligible)))
        leaked = sum(in_planted(t.start, t.end) for t in segmentation.eligible)
        accepted = NearDuplicates()
        kept = []
        for i, target in enumerate(chosen):
            shown = mask_artefacts(target.text, segmentation.artefacts, start=target.start)
            one, _ = drive(target, own, shown, accepted, i, model)
            if one.question:
                kept.append(one.question.text)
        rates = []
        for asked in (free, kept):
            found = [index.attribute(question).targets[:1] for question in asked]
            rates.append(np.mean([bool(best) and in_planted(best[0].start, best[0].end) for best in found]))
        print(
            f"{document.id}: hijacked unguided {rates[0]:.2f} of {len(free)}, anchored and masked {rates[1]:.2f} of "
            f"{len(kept)}; planted spans that segmentation would ask about: {leaked} of {len(planted)}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("calibration", "coverage", "hijack"))
    parser.add_argument("--lang", nargs="+", default=["en", "de", "es", "zh"])
    parser.add_argument("--articles", type=int, default=2)
    parser.add_argument("--questions", type=int, default=16)
    parser.add_argument("--pages", action="store_true", help="the example pages too")
    options = parser.parse_args()
    if options.what == "calibration":
        calibration(options.lang)
    elif options.what == "hijack":
        hijack(options.articles, options.questions)
    else:
        documents = list(xquad("en"))[: options.articles] if options.articles else []
        if options.pages:
            pages = read_documents([ROOT / "examples" / "pages"])
            documents += [(page, []) for page in pages]
        coverage(documents)


if __name__ == "__main__":
    main()
