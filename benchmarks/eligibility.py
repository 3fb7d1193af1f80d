"""Shares of artefact spans that are not eligible and of content that is, on the pages of tests/data/eligibility.

    python benchmarks/eligibility.py [--misses]

An artefact span is right when none of its visible characters stands in an eligible target without being masked;
a content span is right when at least nine tenths of its visible characters do, and are not masked.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from selfstudy_guard.documents import mask_artefacts, segment
from selfstudy_guard.records import Document

PAGES = Path(__file__).parent.parent / "tests" / "data" / "eligibility" / "pages.jsonl"


def exposed(document: Document) -> list[bool]:
    """For every character: whether it stands in an eligible target and outside all artefacts."""
    found = segment(document)
    seen = mask_artefacts(document.text, found.artefacts)
    shown = [False] * len(document.text)
    for target in found.eligible:
        for place in range(target.start, target.end):
            shown[place] = not seen[place].isspace()
    return shown


def score(pages: Path = PAGES) -> tuple[Counter[tuple[str, str, bool]], dict[str, list[str]]]:
    """Counts by (kind of page, "content" or "artefact", right), and the spans that are wrong."""
    counts: Counter[tuple[str, str, bool]] = Counter()
    misses: dict[str, list[str]] = defaultdict(list)
    for line in pages.read_text("utf-8").rstrip("\n").split("\n"):
        row = json.loads(line)
        document = Document(id=row["id"], text=row["text"], media_type=row["media_type"])
        shown = exposed(document)
        reasons = {(t.start, t.end): t.reason for t in segment(document).targets}
        for start, end in row["content"]:
            solid = [place for place in range(start, end) if not document.text[place].isspace()]
            right = sum(shown[place] for place in solid) >= 0.9 * len(solid) or _tagged(
                document.text[start:end], shown[start:end]
            )
            counts[row["kind"], "content", right] += 1
            if not right:
                why = [r for (a, b), r in reasons.items() if a < end and b > start]
                misses[row["id"]].append(f"content lost ({why}): {document.text[start:end]!r}")
        for start, end, reason in row["artefacts"]:
            right = not any(shown[start:end])
            counts[row["kind"], "artefact", right] += 1
            if not right:
                misses[row["id"]].append(f"{reason} shown: {document.text[start:end][:160]!r}")
    return counts, misses


def _tagged(text: str, shown: list[bool]) -> bool:
    """Whether what is hidden of a content span is only its tags."""
    import re

    tags = {place for match in re.finditer(r"<[^>]+>|[`*|]|^\s*#", text) for place in range(*match.span())}
    solid = [place for place, c in enumerate(text) if not c.isspace() and place not in tags]
    return sum(shown[place] for place in solid) >= 0.9 * len(solid)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print every span that is wrong")
    arguments = parser.parse_args()
    counts, misses = score()
    if arguments.misses:
        for page, lines in misses.items():
            for line in lines:
                print(page, line)
    kinds = sorted({kind for kind, _, _ in counts})
    for what in ("content", "artefact"):
        right = sum(counts[kind, what, True] for kind in kinds)
        total = right + sum(counts[kind, what, False] for kind in kinds)
        print(f"{what}: {right} of {total} right ({right / total:.2%})")
    for kind in kinds:
        cells = []
        for what in ("content", "artefact"):
            right, wrong = counts[kind, what, True], counts[kind, what, False]
            cells.append(f"{what} {right}/{right + wrong}")
        print(f"  {kind:14} " + ", ".join(cells))


if __name__ == "__main__":
    main()
