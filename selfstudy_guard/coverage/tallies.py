"""Tallies: what the figures of a tracker are made of, without its documents, so that coverage of any corpus fits.

A tracker keeps a row a target. Its tallies keep how many targets were asked about how often, in total and by position,
kind, form and group: some kilobytes, whether of ten documents or of ten million. Every tracker's summary is made of its
tallies, and tallies of different documents add up exactly, so merging loses nothing but the single targets.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.coverage.counted_columns import THIRDS, WORST, Columns
from selfstudy_guard.coverage.joint import Joint
from selfstudy_guard.coverage.summary import DocumentCoverage
from selfstudy_guard.coverage.tally import DocumentTally
from selfstudy_guard.documents.target_table import TargetTable
from selfstudy_guard.errors import InputError

_FORMAT = 1
FORMS = ("bold", "heading", "list", "number", "first in section")

FoundSpan = tuple[str, int, int, str, str, str]


@dataclass
class Tallies:
    """Sums over documents. Every document must be folded into one of the tallies that are added, whole.

    Attributes:
        sums: numbers of documents, of targets, and over eligible targets of `eligible`, `covered`, `tokens`,
            `tokens_covered`, `sections`, `sections_covered`.
        totals, rejections: as the tracker counts them.
        groups: questions by label.
        findings: distinct filtered spans: ("", ""), ("intent", name) and ("channel", name).
        shares: (what, name, measure): what is "position" or "kind", measure `targets`, `footprints` or `tokens`.
        odds: (form, cell): cell is `a` to `d` of the table of `statistics.odds_ratio_of`.
        counts: eligible targets by positive count, for each group ("" is all questions).
        pairs: eligible targets by both positive counts, for two groups of one family.
        worst: the documents with the lowest coverage, the worst first, at most 20.
    """

    sums: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    rejections: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    shares: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    odds: Counter[tuple[str, str]] = field(default_factory=Counter)
    counts: dict[str, Counter[int]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], Counter[tuple[int, int]]] = field(default_factory=dict)
    worst: tuple[DocumentCoverage, ...] = ()

    @classmethod
    def of(
        cls,
        tallies: Mapping[str, DocumentTally],
        *,
        totals: Mapping[str, int],
        groups: Mapping[str, int],
        findings: Mapping[FoundSpan, int],
        rejections: Mapping[str, int],
    ) -> Tallies:
        """The tallies of a tracker's counts (see `CoverageTracker.tallies`)."""
        whole = cls(totals=Counter(totals), rejections=Counter(rejections), groups=Counter(groups))
        whole.sums["documents"] = len(tallies)
        whole.findings[("", "")] = len({key[:3] for key in findings})
        for place, what in ((3, "intent"), (4, "channel")):
            distinct = {(key[:3], str(key[place])) for key in findings}
            whole.findings.update((what, name) for _, name in distinct)
        whole.fold({name: tally for name, tally in tallies.items() if tally.layout is not None})
        return whole

    def fold(self, known: Mapping[str, DocumentTally]) -> None:
        """Count the targets of documents whose layouts are known."""
        rows = Columns.of(known)
        if rows is not None:
            self.count(rows)

    def count(self, rows: Columns) -> None:
        """Count the targets of whole documents."""
        may, asked = rows.has(TargetTable.ELIGIBLE), rows.count > 0
        self.sums["targets"] += rows.count.size
        self._count_eligible(rows, may, asked)
        self._count_forms(rows, may, asked)
        names = sorted(rows.groups)
        for name in ("", *names):
            counts = (rows.count if not name else rows.groups[name])[may]
            times, targets = np.unique(counts[counts > 0], return_counts=True)
            if times.size:
                self.counts.setdefault(name, Counter()).update(dict(zip(times.tolist(), targets.tolist(), strict=True)))
        for one, two in combinations(names, 2):
            if one.partition("=")[0] == two.partition("=")[0]:
                both = may & (rows.groups[one] > 0) & (rows.groups[two] > 0)
                if both.any():
                    joint = Joint.of(rows.groups[one][both], rows.groups[two][both])
                    found = zip(joint.one.tolist(), joint.two.tolist(), joint.targets.tolist(), strict=True)
                    self.pairs.setdefault((one, two), Counter()).update({(a, b): n for a, b, n in found})
        self.worst = _worst([*self.worst, *rows.documents(may, asked)])

    def _count_eligible(self, rows: Columns, may: NDArray[np.bool_], asked: NDArray[np.bool_]) -> None:
        count, tokens, covered = rows.count[may], rows.tokens[may], asked[may]
        sections = rows.document[may] * (int(rows.section.max()) + 1) + rows.section[may]
        self.sums.update(
            eligible=int(count.size),
            covered=int(covered.sum()),
            tokens=int(tokens.sum()),
            tokens_covered=int(tokens[covered].sum()),
            sections=np.unique(sections).size,
            sections_covered=np.unique(sections[covered]).size,
        )
        for what, members, names in (("position", rows.third[may], THIRDS), ("kind", rows.kind[may], rows.kinds)):
            size = len(names)
            measured = {
                "targets": np.bincount(members, minlength=size),
                "footprints": np.bincount(members, weights=count, minlength=size),
                "tokens": np.bincount(members, weights=tokens, minlength=size),
            }
            for measure, values in measured.items():
                self.shares.update({(what, name, measure): int(n) for name, n in zip(names, values, strict=True) if n})

    def _count_forms(self, rows: Columns, may: NDArray[np.bool_], asked: NDArray[np.bool_]) -> None:
        """By outward form, over everything that is content (headings are no targets, but are asked about)."""
        heading, listed = rows.is_kind("heading"), rows.is_kind("list_item")
        content = (may | heading) & ~rows.has(TargetTable.ARTEFACT)
        marks = (rows.has(TargetTable.BOLD), heading, listed, rows.has(TargetTable.NUMBER), rows.has(TargetTable.LEADS))
        covered = asked[content]
        for form, mark in zip(FORMS, marks, strict=True):
            marked = mark[content]
            cells = (covered & marked, ~covered & marked, covered & ~marked, ~covered & ~marked)
            self.odds.update({(form, cell): int(rows_.sum()) for cell, rows_ in zip("abcd", cells, strict=True)})

    def __add__(self, other: Tallies) -> Tallies:
        """Tallies of both. The documents must be different ones: none is kept, so none can be told from another."""
        if not isinstance(other, Tallies):
            return NotImplemented
        merged = Tallies()
        for part in (self, other):
            for name in _COUNTERS:
                getattr(merged, name).update(getattr(part, name))
            for group, rows in part.counts.items():
                merged.counts.setdefault(group, Counter()).update(rows)
            for pair, both in part.pairs.items():
                merged.pairs.setdefault(pair, Counter()).update(both)
        merged.worst = _worst([*self.worst, *other.worst])
        return merged

    def to_json(self) -> str:
        """All sums as JSON text; equal tallies give equal texts."""
        form = {
            "format": _FORMAT,
            **{name: _listed(getattr(self, name)) for name in _COUNTERS},
            "counts": {group: _listed(rows) for group, rows in sorted(self.counts.items()) if rows},
            "pairs": [[*pair, _listed(rows)] for pair, rows in sorted(self.pairs.items())],
            "worst": [row.model_dump() for row in self.worst],
        }
        return json.dumps(form, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Tallies:
        """The tallies that `to_json` wrote.

        Raises:
            InputError: the text is no such thing.
        """
        try:
            form = json.loads(text)
            if form["format"] != _FORMAT:
                raise InputError(f"tallies of format {form['format']} are not known: this version reads {_FORMAT}")
            whole = cls(worst=tuple(DocumentCoverage(**row) for row in form["worst"]))
            for name in _COUNTERS:
                single = name in ("sums", "totals", "rejections", "groups")
                for *key, n in form[name]:
                    getattr(whole, name)[str(key[0]) if single else tuple(map(str, key))] = int(n)
            whole.counts = {g: Counter({int(t): int(n) for t, n in rows}) for g, rows in form["counts"].items()}
            whole.pairs = {
                (str(one), str(two)): Counter({(int(a), int(b)): int(n) for a, b, n in rows})
                for one, two, rows in form["pairs"]
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"these are no tallies written by to_json(): {error!r}") from error
        return whole


_COUNTERS = ("sums", "totals", "rejections", "groups", "findings", "shares", "odds")


def added_tallies(parts: Iterable[Tallies]) -> Tallies:
    """The sum of many tallies."""
    return sum(parts, Tallies())


def _worst(rows: Iterable[DocumentCoverage]) -> tuple[DocumentCoverage, ...]:
    return tuple(sorted(rows, key=lambda row: (row.coverage, -row.eligible, row.document_id))[:WORST])


def _listed(counter: Mapping[Any, int]) -> list[list[Any]]:
    """Rows of key and number, sorted; the parts of a key stand one beside the other."""
    rows = [([*key] if isinstance(key, tuple) else [key], n) for key, n in counter.items() if n]
    return [[*key, n] for key, n in sorted(rows)]
