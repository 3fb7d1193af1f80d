"""From tallies to a CoverageSummary: the one place that puts all the statistics together."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

from selfstudy_guard.coverage.counted_columns import THIRDS
from selfstudy_guard.coverage.footprint_overlap import convergence_of
from selfstudy_guard.coverage.histogram import Histogram
from selfstudy_guard.coverage.joint import Joint
from selfstudy_guard.coverage.saturation_curve import saturation
from selfstudy_guard.coverage.statistics import concentration, odds_ratio_of, share_bias_of, wilson
from selfstudy_guard.coverage.summary import Bias, CoverageSummary, Duplicates, Filtering, Interval, Overlap
from selfstudy_guard.coverage.tallies import FORMS, Tallies

_GROUPS = 12
"""Most groups of a family that are paired."""


def summarise(tallies: Tallies, duplicates: Duplicates, *, seed: int = 0) -> CoverageSummary:
    """All figures.

    Args:
        tallies: of all documents.
        duplicates: from the sketches of all questions, which tallies do not hold.
        seed: of the bootstrap and permutations.
    """
    sums, totals = tallies.sums, tallies.totals
    questions, anchored = totals["questions"], totals["anchored"]
    attributed = questions - totals["unattributed"]
    context, eligible = totals["context"], sums["eligible"]
    counted = Histogram.counted(tallies.counts.get("", Counter()), eligible)
    curve = saturation(counted, questions)
    last = curve.curve[-1] if curve.curve else None
    kinds = sorted(name for what, name, measure in tallies.shares if (what, measure) == ("kind", "targets"))
    return CoverageSummary(
        questions=questions,
        documents=sums["documents"],
        targets=sums["targets"],
        eligible=eligible,
        covered=sums["covered"],
        coverage=_over(sums["covered"], eligible),
        coverage_interval=Interval(low=last.low, high=last.high) if last else Interval(),
        token_coverage=_over(sums["tokens_covered"], sums["tokens"]),
        section_coverage=_over(sums["sections_covered"], sums["sections"]),
        unattributed=totals["unattributed"],
        hijack_rate=_over(totals["artefact"], questions),
        hijack_interval=wilson(totals["artefact"], questions),
        on_target=_over(totals["on_target"], anchored) if anchored else None,
        on_target_interval=wilson(totals["on_target"], anchored) if anchored else None,
        targets_per_question=_over(totals["footprints"], attributed),
        concentration=concentration(counted, seed),
        saturation=curve,
        position=_biases(tallies, "position", list(THIRDS), counted.total, seed),
        kinds=_biases(tallies, "kind", kinds, counted.total, seed),
        forms=tuple(odds_ratio_of(form, *(float(tallies.odds[form, cell]) for cell in "abcd")) for form in FORMS),
        styles=_members(tallies, "style"),
        models=_members(tallies, "model"),
        convergence=_convergence(tallies, seed),
        duplicates=duplicates,
        filtering=Filtering(
            findings=tallies.findings["", ""],
            by_intent=_found(tallies, "intent"),
            by_channel=_found(tallies, "channel"),
            answers=totals["filtered"],
            retention=1 - _over(totals["removed"], context) if context else 1.0,
            withheld=_over(totals["withheld"], context),
            withholding=totals["withholding"],
        ),
        rejections=dict(sorted(tallies.rejections.items())),
        worst=tallies.worst,
    )


def _over(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else 0.0


def _biases(tallies: Tallies, what: str, names: list[str], footprints: int, seed: int) -> tuple[Bias, ...]:
    shares = tallies.shares
    return tuple(
        share_bias_of(
            name,
            targets=shares[what, name, "targets"],
            hits=shares[what, name, "footprints"],
            total=footprints,
            expected=_over(shares[what, name, "tokens"], tallies.sums["tokens"]),
            seed=seed,
        )
        for name in names
    )


def _members(tallies: Tallies, family: str) -> dict[str, int]:
    prefix = family + "="
    return {name.removeprefix(prefix): n for name, n in sorted(tallies.groups.items()) if name.startswith(prefix)}


def _found(tallies: Tallies, what: str) -> dict[str, int]:
    return {name: n for (kind, name), n in sorted(tallies.findings.items()) if kind == what and n}


def _convergence(tallies: Tallies, seed: int) -> dict[str, tuple[Overlap, ...]]:
    families: dict[str, list[str]] = {}
    for name in sorted(tallies.groups):
        families.setdefault(name.partition("=")[0], []).append(name)
    found: dict[str, tuple[Overlap, ...]] = {}
    for family, names in families.items():
        if len(names) < 2:
            continue
        largest = sorted(sorted(names, key=lambda name: -tallies.groups[name])[:_GROUPS])
        pairs = {
            (one.partition("=")[2], two.partition("=")[2]): Joint.counted(
                tallies.pairs.get((one, two), Counter()),
                tallies.counts.get(one, Counter()),
                tallies.counts.get(two, Counter()),
                tallies.sums["eligible"],
            )
            for one, two in combinations(largest, 2)
        }
        found[family] = convergence_of(pairs, seed=seed)
    return found
