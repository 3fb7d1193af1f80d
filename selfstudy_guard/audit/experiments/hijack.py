"""Markup hijack: how often is a question about what bad cleaning left behind, and not about the content?

What the paper found: what looks worth a question is driven by local presentation, and badly cleaned markup hijacks
question generation.
What is varied: the kind of artefact, how many stand in a passage (density), and the defence: none (the user's prompt or
a plain one on the raw passage), artefacts masked, the question tied to a target without masking, and both (the guard's
own flow). What is held fixed: model, clean sentences, planted artefacts and calls of each condition. A question is
judged by where the artefacts were planted, not by what the guard takes for one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from selfstudy_guard.audit.artefacts import KINDS, DirtyPassage, dirty_passage
from selfstudy_guard.audit.asking import Ways, ask_anchored, first_questions, plain_request, small_model, with_anchor
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.results import ExperimentResult, Figure
from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import mask_artefacts
from selfstudy_guard.errors import InputError
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.prepared import PreparedDocuments
from selfstudy_guard.questions import question_request
from selfstudy_guard.records import Draw, Request, Target
from selfstudy_guard.sampling import TargetSampler

NAME = "hijack"
TITLE = "Markup hijack"
FINDING = (
    "The paper: badly cleaned markup hijacks question generation. Here artefacts of many kinds are planted in clean "
    "paragraphs, and a question is hijacked where it draws on what was planted."
)
CONDITIONS = ("unguided", "masked", "anchored", "anchored and masked")
DENSITIES = (1 / 3, 1.0, 2.0)
"""Artefacts for each paragraph."""
_PARAGRAPHS, _SENTENCES = 3, 2
_WORDS = (7, 40)
"""Words of a clean sentence, fewest and most."""


def calls(setting: Setting) -> int:
    """Calls that `run` will make, at most."""
    return len(CONDITIONS) * _each(setting)


def run(setting: Setting) -> ExperimentResult:
    """Ask about the same dirty passages under every condition."""
    each = _each(setting)
    dirty = dirty_passages(setting, each)
    sampler, flows, prepared = setting.guarded([one.document for one in dirty])
    judges = {one.document.id: Judge(one) for one in dirty}
    asked: dict[str, list[tuple[str, str]]] = {}

    for condition in ("unguided", "masked"):
        requests = []
        for one in dirty:
            text = one.document.text if condition == "unguided" else _masked(prepared, one)
            requests.append(plain_request(setting, text, f"{NAME}:{condition}:{one.document.id}"))
        replies = first_questions(setting.caller.answers(requests))
        asked[condition] = [(one.document.id, q) for one, q in zip(dirty, replies, strict=True) if q]
    for condition, masked in (("anchored", False), ("anchored and masked", True)):
        tried = ask_anchored(
            setting,
            f"{NAME}:{condition}",
            _by_passage(sampler),
            _ways(setting, flows, prepared, masked),
            each,
        )
        asked[condition] = [(one.draw.target.document_id, one.question) for one in tried if one.question is not None]

    figures: list[Figure] = []
    for condition in CONDITIONS:
        figures += _figures(condition, [(judges[name], judges[name].kind(q)) for name, q in asked[condition]])
    figures += _eligibility(dirty, prepared)
    exposed = Counter(kind for one in dirty for kind in {planted.kind for planted in one.planted})
    return ExperimentResult(
        name=NAME,
        title=TITLE,
        finding=FINDING,
        model=setting.model,
        figures=tuple(figures),
        verdict=_verdict(figures),
        notes=(
            f"{len(dirty)} passages, {len(exposed)} kinds of artefacts, each in {min(exposed.values(), default=0)} to "
            f"{max(exposed.values(), default=0)} passages; {each} calls for each condition.",
            "Rates are over the questions that came; a refused question of the guard costs a call and counts for "
            "nothing.",
            *(f"{name}: no question came, so nothing was measured." for name in CONDITIONS if not asked[name]),
            *(
                ["Prompts for small models show the target alone, so that masking what stands round it changes little."]
                if small_model(setting) and setting.ask_prompt is None
                else []
            ),
        ),
    )


def _each(setting: Setting) -> int:
    return max(2, setting.budget // len(CONDITIONS))


def dirty_passages(setting: Setting, n: int) -> list[DirtyPassage]:
    """`n` passages of clean sentences of the documents, with every density and kind about equally often.

    Raises:
        InputError: the documents hold too little prose.
    """
    rng = setting.random(f"{NAME}:passages")
    homes = _paragraphs(setting)
    if not homes:
        raise InputError("the documents hold no three paragraphs of prose: the hijack experiment needs clean sentences")
    kinds = _in_turn(list(KINDS), rng)
    found = []
    for i in range(n):
        title, paragraphs = homes[i % len(homes)]
        density = DENSITIES[(i + i // (len(DENSITIES) * len(homes))) % len(DENSITIES)]
        wanted = max(1, round(density * len(paragraphs)))
        planted: list[str] = []
        while len(planted) < wanted:
            kind = next(kinds)
            if kind not in planted:
                planted.append(kind)
        found.append(dirty_passage(f"passage-{i}.md", title, paragraphs, planted, rng))
    return found


def _in_turn(names: Sequence[str], rng: random.Random) -> Iterator[str]:
    """All names in random order, again and again."""
    while True:
        yield from rng.sample(names, len(names))


def _paragraphs(setting: Setting) -> list[tuple[str, list[list[str]]]]:
    """Titles with three paragraphs of clean sentences each, from all documents in turn."""
    sampler, _, _ = setting.guarded(setting.documents)
    by_document = []
    for segmentation in sampler.segmentations.values():
        sentences = [
            (" > ".join(target.section[-1:]) or segmentation.document_id, " ".join(target.text.split()))
            for target in segmentation.eligible
            if target.kind == "sentence"
            and not any(sign in target.text for sign in "<>{}[]|`&")
            and _WORDS[0] <= len(target.text.split()) <= _WORDS[1]
        ]
        size = _PARAGRAPHS * _SENTENCES
        by_document.append(
            [
                (sentences[at][0], [[text for _, text in sentences[at + 2 * k : at + 2 * k + 2]] for k in range(3)])
                for at in range(0, len(sentences) - size + 1, size)
            ]
        )
    return [one for row in zip_longest(*by_document) for one in row if one is not None]


def _masked(prepared: PreparedDocuments, one: DirtyPassage) -> str:
    """A passage as the guard shows it to the question generator."""
    home = prepared.get(one.document.id)
    return mask_artefacts(one.document.text, home.hidden)


def _by_passage(sampler: TargetSampler) -> Iterator[Draw]:
    """One draw of every passage, then a second one of every passage, and so on."""
    by_document: dict[str, list[Draw]] = {}
    for draw in sampler.draws():
        by_document.setdefault(draw.target.document_id, []).append(draw)
    for row in zip_longest(*(by_document[name] for name in sorted(by_document))):
        yield from (draw for draw in row if draw is not None)


def _ways(setting: Setting, flows: DrawFlows, prepared: PreparedDocuments, masked: bool) -> Callable[[Draw], Ways]:
    """The guard's own way to ask; without masking it shows the raw passage."""

    def ways_of(draw: Draw) -> Ways:
        flow = flows.of(draw)
        if masked and setting.ask_prompt is None:
            return flow.checks, flow.compose_question
        home = prepared.get(draw.target.document_id)
        raw = home.document.text
        text = mask_artefacts(raw, home.hidden) if masked else raw

        def compose(attempt: int, feedback: str | None) -> Request:
            guarded = flow.compose_question(attempt, feedback)
            if setting.ask_prompt is not None:
                return with_anchor(plain_request(setting, text, guarded.key), draw.target, feedback)
            return question_request(
                draw, text, prompts=setting.prompts, key=guarded.key, feedback=feedback, seed=guarded.seed
            )

        return flow.checks, compose

    return ways_of


class Judge:
    """Tells which artefact of a passage a question draws on, by where artefacts were planted."""

    def __init__(self, passage: DirtyPassage) -> None:
        self.passage = passage
        # Every piece is a document of its own, so that none lends its words to its neighbours.
        pieces = [(f"clean:{i}", text) for i, text in enumerate(passage.sentences)]
        text = passage.document.text
        pieces += [(f"planted:{one.kind}", text[one.start : one.end]) for one in passage.planted]
        self._index = AttributionIndex(
            [
                Target(document_id=name, start=0, end=len(piece), text=piece, index=i)
                for i, (name, piece) in enumerate(pieces)
            ]
        )

    @property
    def kinds(self) -> set[str]:
        """Kinds that stand in the passage."""
        return {one.kind for one in self.passage.planted}

    def kind(self, question: str) -> str | None:
        """The kind that `question` draws on most; None where it draws on the content, or on nothing."""
        best = self._index.attribute(question).targets[:1]
        return best[0].document_id.removeprefix("planted:") if best and best[0].document_id[0] == "p" else None


def _figures(condition: str, asked: Sequence[tuple[Judge, str | None]]) -> list[Figure]:
    """The hijack rate of all questions, of each density, and of each kind where it was there to be asked about."""

    def rate(hits: int, n: int, group: str = "") -> Figure:
        return Figure.share("hijack rate", condition, hits, n, "lower", group)

    figures = [rate(sum(kind is not None for _, kind in asked), len(asked))]
    for density in sorted({judge.passage.density for judge, _ in asked}):
        at = [kind for judge, kind in asked if judge.passage.density == density]
        figures.append(rate(sum(kind is not None for kind in at), len(at), f"artefacts a paragraph={density:.2g}"))
    for name in KINDS:
        there = [kind for judge, kind in asked if name in judge.kinds]
        if there:
            figures.append(rate(sum(kind == name for kind in there), len(there), f"kind={name}"))
    return figures


def _eligibility(dirty: Sequence[DirtyPassage], prepared: PreparedDocuments) -> list[Figure]:
    """What the guard makes of the planted artefacts before any call: those it would ask about, and clean text lost."""
    taken: list[tuple[str, bool]] = []
    clean = hidden = 0
    for one in dirty:
        home = prepared.get(one.document.id)
        eligible = home.segmentation.eligible
        for planted in one.planted:
            text = one.document.text[planted.start : planted.end]
            seen = mask_artefacts(text, home.hidden, start=planted.start)
            asked_about = any(t.start < planted.end and planted.start < t.end for t in eligible)
            taken.append(
                (planted.kind, asked_about and sum(map(str.isalnum, seen)) > 0.2 * sum(map(str.isalnum, text)))
            )
        shown = mask_artefacts(one.document.text, home.hidden)
        inside = [(p.start, p.end) for p in one.planted]
        for at, (was, now) in enumerate(zip(one.document.text, shown, strict=True)):
            if was.isspace() or any(start <= at < end for start, end in inside):
                continue
            clean += 1
            hidden += was != now
    condition, missed = CONDITIONS[-1], "artefacts taken for content"
    figures = [
        Figure.share(missed, condition, sum(hit for _, hit in taken), len(taken), "lower"),
        Figure.share("clean text masked", condition, hidden, clean, "lower"),
    ]
    for name in KINDS:
        hits = [hit for kind, hit in taken if kind == name]
        if hits:
            figures.append(Figure.share(missed, condition, sum(hits), len(hits), "lower", f"kind={name}"))
    return figures


def _verdict(figures: Sequence[Figure]) -> str:
    rates = {figure.condition: figure.value for figure in figures if (figure.name, figure.group) == ("hijack rate", "")}
    by_kind = [
        figure
        for figure in figures
        if figure.condition == "unguided" and figure.group.startswith("kind=") and figure.name == "hijack rate"
    ]
    worst = max(by_kind, key=lambda figure: figure.value, default=None)
    most = f"; most by {worst.group.removeprefix('kind=')} ({worst.value:.0%})" if worst and worst.value else ""
    return (
        f"Artefacts hijacked {rates['unguided']:.0%} of the unguided questions{most}; {rates['masked']:.0%} masked, "
        f"{rates['anchored']:.0%} anchored, {rates['anchored and masked']:.0%} with both."
    )
