"""Convergence: do different prompt styles ask about different regions of the documents?

What the paper found: prompts that are meant to be diverse converge on the same regions, so that adding styles buys
wording and no coverage.
What is varied: the style of the question (a factual one and the five self-study kinds), without the guard and with it.
What is held fixed: model, documents, calls of each style, and the passages that the styles are asked about, which are
the same for all of them. Overlap is Morisita-Horn of the footprints, beside what unrelated choices of the same
concentration would share (a permutation test) and what two runs of one and the same style would share.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.audit.asking import (
    Passage,
    Tried,
    ask_anchored,
    dealt,
    excerpts,
    first_questions,
    own_ways,
    passage_characters,
    passages_of,
    plain_request,
    small_model,
)
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.results import ExperimentResult, Figure
from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.coverage.footprint_overlap import convergence, morisita_horn
from selfstudy_guard.coverage.statistics import interval, resampled
from selfstudy_guard.coverage.summary import Overlap
from selfstudy_guard.records import Draw, Segmentation
from selfstudy_guard.sampling import TargetSampler

NAME = "convergence"
TITLE = "Convergence of styles"
FINDING = (
    "The paper: diverse prompts converge on the same regions of a document. Here six styles ask about the same "
    "passages, and the overlap of what they draw on is set against chance."
)
STYLE_PROMPTS: Mapping[str, str] = {
    "factual": "Write one question with a short answer that the following text states.",
    "structuring": "Write one request to bring something from the following text into a list or a table.",
    "summarisation": "Write one request to sum up one thing that the following text says.",
    "question": "Write one question that tests whether a reader has understood the following text.",
    "use_case": "Write one request that somebody at work would make who needs something from the following text.",
    "creative": "Write one open or playful request that builds on something in the following text.",
}
"""What the styles ask for where no guard words it; the names are those of the guard's own styles."""
_PERMUTATIONS = 500
_TARGETS_PER_CALL = 0.5
"""Eligible targets for each call of one condition: fewer, and every style must meet the others."""


def calls(setting: Setting) -> int:
    """Calls that `run` will make, at most."""
    return 2 * _each(setting) * len(_styles(setting))


def run(setting: Setting) -> ExperimentResult:
    """Ask in every style both ways, and compare the footprints."""
    styles, each = _styles(setting), _each(setting)
    whole, _, _ = setting.guarded(setting.documents)
    size = max(6, round(_TARGETS_PER_CALL * each * len(styles)))
    documents = excerpts(setting.documents, dict(whole.segmentations), size)
    sampler, flows, prepared = setting.guarded(documents, styles=styles)
    segmentations = dict(sampler.segmentations)
    eligible = len(sampler.targets)
    if not eligible:
        return ExperimentResult(
            name=NAME, title=TITLE, finding=FINDING, model=setting.model, verdict="No target may be asked about."
        )

    free = CoverageTracker(documents, segmentations=segmentations)
    all_passages = passages_of(documents, segmentations, passage_characters(setting))
    passages = dealt(all_passages, each, setting, NAME)
    plan = [(style, i) for style in styles for i in range(len(passages))]
    requests = [
        plain_request(
            setting,
            passages[i].text,
            f"{NAME}:unguided:{style}:{i}",
            instruction=_instruction(setting, style),
            shots=_shots(setting, style),
        )
        for style, i in plan
    ]
    for (style, i), question in zip(plan, first_questions(setting.caller.answers(requests)), strict=True):
        if question:
            free.add(question, document_id=passages[i].document_id, labels={"style": style})

    tied = CoverageTracker(documents, segmentations=segmentations)

    def count(tried: Tried) -> None:
        if tried.question is not None:
            draw = tried.draw
            tied.add(
                tried.question, target=draw.target, document_id=draw.target.document_id, labels={"style": draw.style}
            )

    ask_anchored(
        setting,
        f"{NAME}:anchored",
        _endless(sampler),
        lambda draw: own_ways(setting, flows, prepared, draw),
        each * len(styles),
        on_question=count,
    )
    regions = _regions(all_passages, segmentations)
    figures = []
    for condition, tracker in (("unguided", free), ("anchored", tied)):
        groups, region = _by_style(tracker, segmentations, regions, styles)
        figures += _figures(condition, groups, region, setting.seed)
    return ExperimentResult(
        name=NAME,
        title=TITLE,
        finding=FINDING,
        model=setting.model,
        figures=tuple(figures),
        verdict=_verdict(figures),
        notes=(
            f"{len(styles)} styles, {each} calls for each style and condition, {eligible} eligible targets.",
            "Overlap is Morisita-Horn of the footprints, 0 (disjoint) to 1 (the same shares), mean of all pairs of "
            "styles; its p-value is one-sided against counts moved to random targets of the same passage.",
            "The guard deals each target to the styles in turn, so that anchored styles part the documents among them.",
        ),
    )


def _styles(setting: Setting) -> tuple[str, ...]:
    return tuple(style for style in STYLE_PROMPTS if style in setting.prompts.styles)


def _each(setting: Setting) -> int:
    return max(2, setting.budget // 2 // max(1, len(_styles(setting))))


def _instruction(setting: Setting, style: str) -> str:
    if small_model(setting) and setting.ask_prompt is None:
        return "You write short questions and requests. " + setting.prompts.style(style).instruction.replace(
            "the sentence", "the passage"
        )
    return STYLE_PROMPTS[style]


def _shots(setting: Setting, style: str) -> list[tuple[str, str]]:
    return [(example.target, example.questions[0]) for example in setting.prompts.style(style).examples]


def _endless(sampler: TargetSampler) -> Iterator[Draw]:
    """The sampler's draws, as many as there are calls for."""
    yield from sampler.draws(1_000_000)


def _regions(passages: Sequence[Passage], segmentations: Mapping[str, Segmentation]) -> dict[str, NDArray[Any]]:
    """For every target of every document, the passage that it stands in."""
    found: dict[str, NDArray[Any]] = {}
    for name, segmentation in segmentations.items():
        own = [(passage.start, i) for i, passage in enumerate(passages) if passage.document_id == name]
        starts = [start for start, _ in own]
        places = [max(0, bisect_right(starts, target.start) - 1) for target in segmentation.targets]
        found[name] = np.array([own[place][1] if own else -1 for place in places], dtype=np.int64)
    return found


def _by_style(
    tracker: CoverageTracker,
    segmentations: Mapping[str, Segmentation],
    regions: Mapping[str, NDArray[Any]],
    styles: tuple[str, ...],
) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
    """Questions by target in each style, and the passages of the targets.

    The targets are those that may be asked about and those that were asked about all the same (headings).
    """
    groups = {
        style: np.concatenate([tracker.counts(name, f"style={style}") for name in segmentations]).astype(np.int64)
        for style in styles
    }
    may = np.array([target.eligible for one in segmentations.values() for target in one.targets], dtype=bool)
    kept = may | (np.sum(list(groups.values()), axis=0) > 0)
    region = np.concatenate([regions[name] for name in segmentations])
    return {style: counts[kept] for style, counts in groups.items()}, region[kept]


def mean_overlap(groups: Mapping[str, NDArray[Any]]) -> float:
    """Mean Morisita-Horn overlap of all pairs of groups that drew on anything."""
    drawn = [counts for counts in groups.values() if counts.any()]
    values = [morisita_horn(one, two) for one, two in combinations(drawn, 2)]
    return float(np.mean(values)) if values else 0.0


def chance_overlap(
    groups: Mapping[str, NDArray[Any]], region: NDArray[Any], seed: int, permutations: int = _PERMUTATIONS
) -> NDArray[Any]:
    """Mean overlaps when every group's counts are moved to random targets of the same passage (Pitman 1937).

    Groups move on their own. Passages keep their counts, since all styles were asked about the same ones.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(region, kind="stable")

    def moved(counts: NDArray[Any]) -> NDArray[Any]:
        drawn = np.empty_like(counts)
        drawn[order] = counts[np.lexsort((rng.random(counts.size), region))]
        return drawn

    return np.array(
        [mean_overlap({name: moved(counts) for name, counts in groups.items()}) for _ in range(permutations)]
    )


def same_overlap(groups: Mapping[str, NDArray[Any]], seed: int, times: int = 100) -> float:
    """Mean overlap when the pooled footprints are dealt out to the groups at random: one style asked several times."""
    rng = np.random.default_rng(seed)
    pooled = np.sum(list(groups.values()), axis=0)
    if not pooled.sum():
        return 0.0
    slots = np.repeat(np.arange(pooled.size), pooled)
    cuts = np.cumsum([int(counts.sum()) for counts in groups.values()])[:-1]
    values = []
    for _ in range(times):
        parts = np.split(rng.permutation(slots), cuts)
        values.append(mean_overlap({str(i): np.bincount(part, minlength=pooled.size) for i, part in enumerate(parts)}))
    return float(np.mean(values))


def _bootstrap(groups: Mapping[str, NDArray[Any]], seed: int) -> tuple[float, float]:
    """95 per cent interval of the mean overlap over resamples of the questions, shifted by the bias of resampling."""
    drawn = {name: resampled(counts, seed + i) for i, (name, counts) in enumerate(sorted(groups.items()))}
    times = min((len(rows) for rows in drawn.values() if len(rows)), default=0)
    values = np.array(
        [mean_overlap({name: rows[i] for name, rows in drawn.items() if len(rows)}) for i in range(times)]
    )
    if not values.size:
        return 0.0, 0.0
    shift = float(values.mean()) - mean_overlap(groups)
    bounds = interval(np.clip(values - shift, 0.0, 1.0))
    return bounds.low, bounds.high


def _figures(condition: str, groups: Mapping[str, NDArray[Any]], region: NDArray[Any], seed: int) -> list[Figure]:
    value = mean_overlap(groups)
    chance = chance_overlap(groups, region, seed)
    low, high = _bootstrap(groups, seed)
    n = int(sum((counts.sum() for counts in groups.values()), 0))
    p_value = float((1 + (chance >= value - 1e-12).sum()) / (1 + chance.size))
    reached = [counts > 0 for counts in groups.values()]
    together = int(np.any(reached, axis=0).sum())
    alone = float(np.mean([part.sum() for part in reached]))
    figures = [
        Figure(name="overlap", condition=condition, value=value, low=low, high=high, n=n, better="lower"),
        Figure(name="overlap by chance", condition=condition, value=float(chance.mean()), n=n),
        Figure(name="overlap of one style with itself", condition=condition, value=same_overlap(groups, seed), n=n),
        Figure(name="p-value against chance", condition=condition, value=p_value, n=n),
        Figure(
            name="regions added by further styles",
            condition=condition,
            value=together / alone if alone else 0.0,
            n=n,
            better="higher",
        ),
    ]
    return figures + [_pair(condition, pair) for pair in convergence(groups, seed=seed)]


def _pair(condition: str, pair: Overlap) -> Figure:
    return Figure(
        name="overlap",
        condition=condition,
        group=f"styles={pair.one} and {pair.two}",
        value=pair.morisita_horn,
        low=pair.interval.low,
        high=pair.interval.high,
        n=sum(pair.questions),
        better="lower",
    )


def _verdict(figures: list[Figure]) -> str:
    def of(name: str, condition: str) -> float:
        return next(f.value for f in figures if (f.name, f.condition, f.group) == (name, condition, ""))

    value, chance, p_value = (
        of(name, "unguided") for name in ("overlap", "overlap by chance", "p-value against chance")
    )
    says = "converge on the same regions" if p_value <= 0.05 else "are not shown to converge"
    return (
        f"Without the guard the styles {says}: overlap {value:.2f} where chance gives {chance:.2f} "
        f"(p = {p_value:.3f}); anchored {of('overlap', 'anchored'):.2f}."
    )
