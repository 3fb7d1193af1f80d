"""From a tracker's counts to a CoverageSummary: the one place that puts all the statistics together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.convergence import convergence
from selfstudy_guard.coverage.repeats import count_repeats
from selfstudy_guard.coverage.saturation import saturation
from selfstudy_guard.coverage.statistics import concentration, odds_ratio, share_bias, wilson
from selfstudy_guard.coverage.summary import Bias, CoverageSummary, DocumentCoverage, Filtering, Interval, Overlap
from selfstudy_guard.coverage.tally import Layout, Tally

_WORST = 20
_THIRDS = ("start", "middle", "end")


@dataclass(frozen=True)
class _Columns:
    """The targets of all known documents, one below the other."""

    count: NDArray[np.int64]
    tokens: NDArray[np.int64]
    third: NDArray[np.int8]
    form: NDArray[np.uint8]
    kind: NDArray[np.int64]
    kinds: tuple[str, ...]

    def has(self, flag: int) -> NDArray[np.bool_]:
        return np.asarray((self.form & flag) != 0)


def summarise(
    tallies: Mapping[str, Tally],
    *,
    totals: Mapping[str, int],
    groups: Mapping[str, int],
    findings: Mapping[tuple[str, int, int, str, str, str], int],
    rejections: Mapping[str, int],
    sketches: NDArray[Any],
    seed: int = 0,
) -> CoverageSummary:
    """All figures from the counts of a tracker (see `CoverageTracker`)."""
    known = {name: tallies[name] for name in sorted(tallies) if tallies[name].layout is not None}
    columns = _columns(known)
    may = columns.has(Layout.ELIGIBLE)
    count, tokens = columns.count[may], columns.tokens[may]
    covered = count > 0
    sections, sections_covered = _sections(known)
    questions, anchored = totals.get("questions", 0), totals.get("anchored", 0)
    attributed = questions - totals.get("unattributed", 0)
    context = totals.get("context", 0)
    curve = saturation(count, questions)
    last = curve.curve[-1] if curve.curve else None
    return CoverageSummary(
        questions=questions,
        documents=len(tallies),
        targets=int(columns.count.size),
        eligible=int(count.size),
        covered=int(covered.sum()),
        coverage=_over(covered.sum(), count.size),
        coverage_interval=Interval(low=last.low, high=last.high) if last else Interval(),
        token_coverage=_over(tokens[covered].sum(), tokens.sum()),
        section_coverage=_over(sections_covered, sections),
        unattributed=totals.get("unattributed", 0),
        hijack_rate=_over(totals.get("artefact", 0), questions),
        hijack_interval=wilson(totals.get("artefact", 0), questions),
        on_target=_over(totals.get("on_target", 0), anchored) if anchored else None,
        on_target_interval=wilson(totals.get("on_target", 0), anchored) if anchored else None,
        targets_per_question=_over(totals.get("footprints", 0), attributed),
        concentration=concentration(count, seed),
        saturation=curve,
        position=_position(columns, may, seed),
        kinds=_kinds(columns, may, seed),
        forms=_forms(columns),
        styles=_members(groups, "style"),
        models=_members(groups, "model"),
        convergence=_convergence(known, groups, seed),
        duplicates=count_repeats(sketches),
        filtering=Filtering(
            findings=len({key[:3] for key in findings}),
            by_intent=_counted(findings, 3),
            by_channel=_counted(findings, 4),
            answers=totals.get("filtered", 0),
            retention=1 - _over(totals.get("removed", 0), context) if context else 1.0,
        ),
        rejections=dict(sorted(rejections.items())),
        worst=_worst(known),
    )


def _over(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else 0.0


def _columns(known: Mapping[str, Tally]) -> _Columns:
    names: dict[str, int] = {}
    count, tokens, third, form, kind = [], [], [], [], []
    for tally in known.values():
        layout = tally.layout
        if layout is None or not len(layout):
            continue
        number = np.array([names.setdefault(name, len(names)) for name in layout.kinds], dtype=np.int64)
        count.append(tally.group("").astype(np.int64))
        tokens.append(layout.tokens.astype(np.int64))
        third.append(layout.third())
        form.append(layout.form)
        kind.append(number[layout.kind])
    if not count:
        none = np.zeros(0, dtype=np.int64)
        return _Columns(none, none, none.astype(np.int8), none.astype(np.uint8), none, kinds=())
    return _Columns(
        count=np.concatenate(count),
        tokens=np.concatenate(tokens),
        third=np.concatenate(third),
        form=np.concatenate(form),
        kind=np.concatenate(kind),
        kinds=tuple(names),
    )


def _sections(known: Mapping[str, Tally]) -> tuple[int, int]:
    all_, covered = 0, 0
    for tally in known.values():
        if tally.layout is not None:
            may = tally.layout.has(Layout.ELIGIBLE)
            all_ += np.unique(tally.layout.section[may]).size
            covered += np.unique(tally.layout.section[may & (tally.group("") > 0)]).size
    return all_, covered


def _position(columns: _Columns, may: NDArray[np.bool_], seed: int) -> tuple[Bias, ...]:
    third, count, tokens = columns.third[may], columns.count[may], columns.tokens[may]
    return tuple(share_bias(name, count, third == place, tokens, seed) for place, name in enumerate(_THIRDS))


def _kinds(columns: _Columns, may: NDArray[np.bool_], seed: int) -> tuple[Bias, ...]:
    kind, count, tokens = columns.kind[may], columns.count[may], columns.tokens[may]
    present = sorted((name, place) for place, name in enumerate(columns.kinds) if (kind == place).any())
    return tuple(share_bias(name, count, kind == place, tokens, seed) for name, place in present)


def _forms(columns: _Columns) -> tuple[Bias, ...]:
    """Odds by outward form, over everything that is content (headings are no targets, but are asked about)."""
    heading = columns.kind == (columns.kinds.index("heading") if "heading" in columns.kinds else -1)
    listed = np.isin(columns.kind, [place for place, name in enumerate(columns.kinds) if name == "list_item"])
    content = (columns.has(Layout.ELIGIBLE) | heading) & ~columns.has(Layout.ARTEFACT)
    covered = columns.count > 0
    marked = {
        "bold": columns.has(Layout.BOLD),
        "heading": heading,
        "list": listed,
        "number": columns.has(Layout.NUMBER),
        "first in section": columns.has(Layout.LEADS),
    }
    return tuple(odds_ratio(name, covered[content], mark[content]) for name, mark in marked.items())


def _members(groups: Mapping[str, int], family: str) -> dict[str, int]:
    prefix = family + "="
    return {name.removeprefix(prefix): n for name, n in sorted(groups.items()) if name.startswith(prefix)}


def _convergence(known: Mapping[str, Tally], groups: Mapping[str, int], seed: int) -> dict[str, tuple[Overlap, ...]]:
    families: dict[str, list[str]] = {}
    for name in sorted(groups):
        families.setdefault(name.partition("=")[0], []).append(name)
    found: dict[str, tuple[Overlap, ...]] = {}
    for family, names in families.items():
        if len(names) < 2:
            continue
        names = sorted(names, key=lambda name: -groups[name])[:12]
        counts = {name.partition("=")[2]: _group_counts(known, name) for name in names}
        found[family] = convergence(counts, seed=seed)
    return found


def _group_counts(known: Mapping[str, Tally], group: str) -> NDArray[np.int64]:
    parts = []
    for tally in known.values():
        if tally.layout is not None:
            parts.append(tally.group(group)[tally.layout.has(Layout.ELIGIBLE)].astype(np.int64))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _counted(findings: Mapping[tuple[str, int, int, str, str, str], int], place: int) -> dict[str, int]:
    distinct = {(key[:3], key[place]) for key in findings}
    return dict(sorted(Counter(str(name) for _, name in distinct).items()))


def _worst(known: Mapping[str, Tally]) -> tuple[DocumentCoverage, ...]:
    rows = []
    for name, tally in known.items():
        if tally.layout is None:
            continue
        may = tally.layout.has(Layout.ELIGIBLE)
        count = tally.group("")[may]
        covered = int((count > 0).sum())
        if count.size:
            rows.append(
                DocumentCoverage(
                    document_id=name,
                    eligible=int(count.size),
                    covered=covered,
                    coverage=covered / count.size,
                    footprints=int(count.sum()),
                )
            )
    return tuple(sorted(rows, key=lambda row: (row.coverage, -row.eligible, row.document_id))[:_WORST])
