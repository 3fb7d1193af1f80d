"""The page that `selfstudy-guard targets --html` writes: every document as it is, with its targets marked."""

from __future__ import annotations

from collections import Counter
from html import escape

from selfstudy_guard.records import Artefact, Document, Segmentation, Target

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fff; --faint: #6b7280; --yes: #d9f2df; --yes-line: #2b8a4b;
  --no: #f7e6c9; --no-line: #a86b12; --mask: #eceef1; --line: #d6dae0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7e9ee; --paper: #15181d; --faint: #9aa3b0; --yes: #17402a;
  --yes-line: #6fd394; --no: #4a3613; --no-line: #e5b45c; --mask: #262b33; --line: #363c46; } }
body { font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1rem; padding: 0; list-style: none; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 6px;
  padding: 1rem; line-height: 1.9; }
mark { color: inherit; border-radius: 3px; padding: .1em .15em; }
.yes { background: var(--yes); box-shadow: inset 0 -2px var(--yes-line); }
.no { background: var(--no); box-shadow: inset 0 -1px var(--no-line); }
.mask { background: var(--mask); color: var(--faint); }
.why { font: 600 .68rem/1 system-ui, sans-serif; color: var(--no-line); margin-right: .35em; white-space: nowrap; }
.number { font: 600 .68rem/1 system-ui, sans-serif; color: var(--yes-line); margin-right: .3em; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem .8rem .2rem 0; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
"""


class TargetsPage:
    """Collects documents and writes one self-contained page without scripts; every text is escaped."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._reasons: Counter[str] = Counter()

    def add(self, document: Document, found: Segmentation) -> None:
        """Adds one document."""
        reasons = Counter(target.reason for target in found.targets if not target.eligible)
        eligible = len(found.eligible)
        self._reasons.update({reason: count for reason, count in reasons.items() if reason})
        self._reasons[""] += eligible
        share = f"{eligible / len(found.targets):.0%}" if found.targets else "0 %"
        rows = "".join(
            f"<tr><td>{escape(str(reason))}</td><td class=count>{count:,}</td></tr>"
            for reason, count in reasons.most_common()
        )
        self._parts.append(
            f"<section><h2>{_safe(document.id)}</h2>"
            f"<p>{eligible:,} of {len(found.targets):,} targets will be asked about ({share}).</p>"
            + (f"<details><summary>Why not the others</summary><table>{rows}</table></details>" if rows else "")
            + f'<div class="text" dir="auto">{_marked(document.text, found)}</div></section>'
        )

    def text(self) -> str:
        """The page."""
        total = sum(self._reasons.values())
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f"<title>Targets</title><style>{_STYLE}</style></head><body>"
            f"<h1>What will be asked about</h1><p>{self._reasons['']:,} of {total:,} targets in {len(self._parts):,} "
            "documents.</p>"
            '<ul class="legend"><li><mark class="yes"><span class="number">1</span>asked about</mark></li>'
            '<li><mark class="no"><span class="why">reason</span>content, but not asked about</mark></li>'
            '<li><mark class="mask"><span class="why">reason</span>artefact: masked from the asking model</mark></li>'
            "</ul>" + "\n".join(self._parts) + "</body></html>\n"
        )


def _marked(text: str, found: Segmentation) -> str:
    """The raw text with targets and artefacts marked; what stands in neither is left as it is."""
    parts: list[str] = []
    at = 0
    number = 0
    masks = list(found.artefacts)
    for target in found.targets:
        if target.start < at:
            continue
        parts.append(_unmarked(text, at, target.start, masks))
        if target.eligible:
            number += 1
            parts.append(f'<mark class="yes" title="{_title(target)}"><span class="number">{number}</span>')
            parts.append(_unmarked(text, target.start, target.end, masks))
        else:
            kind = "mask" if target.kind == "markup" else "no"
            parts.append(f'<mark class="{kind}" title="{_title(target)}">')
            parts.append(
                f'<span class="why">{escape(target.reason or "")}</span>{_safe(text[target.start : target.end])}'
            )
        parts.append("</mark>")
        at = target.end
    parts.append(_unmarked(text, at, len(text), masks))
    return "".join(parts)


def _unmarked(text: str, start: int, end: int, masks: list[Artefact]) -> str:
    """A stretch between targets, or inside one, with its artefacts in grey; used-up `masks` are dropped."""
    parts: list[str] = []
    at = start
    while masks and masks[0].start < end:
        mask = masks[0]
        left, right = max(mask.start, at), min(mask.end, end)
        if right > left:
            parts.append(_safe(text[at:left]))
            hidden = _safe(text[left:right])
            parts.append(
                f'<span class="mask" title="{escape(mask.reason)}">{hidden}</span>' if hidden.strip() else hidden
            )
            at = right
        if mask.end > end:
            break
        masks.pop(0)
    parts.append(_safe(text[at:end]))
    return "".join(parts)


def _safe(text: str) -> str:
    """Escaped, with control characters shown as their pictures, so that nothing is hidden and nothing acts."""
    shown = "".join(
        c
        if c in "\n\t" or c.isprintable() or c in "\u3000\u00a0"
        else chr(0x2400 + ord(c))
        if ord(c) < 32
        else "\u2423"
        for c in text
        if c != "\r"
    )
    return escape(shown)


def _title(target: Target) -> str:
    where = " > ".join(target.section)
    why = f"; {target.reason}" if target.reason else ""
    return escape(_safe_line(f"{target.kind}, about {target.tokens} tokens{why}{'; ' + where if where else ''}"))


def _safe_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
