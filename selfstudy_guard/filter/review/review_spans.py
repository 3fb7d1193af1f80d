"""Spans of passages: finding them whatever their white space, taking some out of others, joining what overlaps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selfstudy_guard.filter.canonical import MASK
from selfstudy_guard.records import Finding


def passages(text: str, quote: str) -> list[tuple[int, int]]:
    """Every span of `text` that holds the words of `quote`, however its white space is set."""
    words = quote.split()
    pattern = re.compile(r"\s+".join(map(re.escape, words))) if words else None
    return [match.span() for match in pattern.finditer(text)] if pattern else []


def same(one: str | None, other: str | None) -> bool:
    """Whether two passages have the same words; nothing is the same as None."""
    return one is not None and other is not None and comparable(one) == comparable(other)


def masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with mask characters at the spans."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], MASK * (end - start)]
        done = end
    return "".join([*parts, text[done:]])


def without(text: str, findings: Sequence[Finding], spans: Sequence[tuple[int, int]]) -> list[Finding]:
    """The findings with the raw words of `text`, less what lies in `spans`; a finding may fall into parts."""
    out = []
    for finding in findings:
        start = finding.start
        inside = [span for span in spans if span[0] < finding.end and span[1] > finding.start]
        for left, right in [*inside, (finding.end, finding.end)]:
            if text[start:left].strip():
                out.append(finding.model_copy(update={"start": start, "end": left, "quote": text[start:left]}))
            start = max(start, right)
    return out


def comparable(text: str) -> str:
    """The words of a passage; lone surrogates, which no file can hold, count as replacement characters."""
    return " ".join(re.sub("[\ud800-\udfff]", "\ufffd", text).split())


def block(text: str, start: int, end: int) -> Finding:
    """A finding that only a block list made."""
    return Finding(
        start=start,
        end=end,
        quote=text[start:end],
        intent="blocked",
        channel="prose",
        score=1.0,
        detector="block-list",
    )


def disjoint(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Sorted and joined where they overlap; the finding with the higher score names the whole."""
    out: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        if out and finding.start < out[-1].end:
            start, end = out[-1].start, max(out[-1].end, finding.end)
            best = max(out[-1], finding, key=lambda f: f.score)
            out[-1] = best.model_copy(update={"start": start, "end": end, "quote": text[start:end]})
        else:
            out.append(finding)
    return out
