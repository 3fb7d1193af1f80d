"""Shares of artefact spans that are not eligible and of content that is, on the pages of tests/data/eligibility.

    python benchmarks/eligibility.py [--misses] [--raw ROWS.jsonl]

An artefact span is right when none of its visible characters stands in an eligible target without being masked;
a content span is right when at least nine tenths of its visible characters do, and are not masked.

With --raw, rows of raw HTML (`document`) are scored instead. Their own elements label them: running text is a `<p>` of
at least eight words that ends with a full stop, an artefact is the text of a frame (related, sidebar, navheader,
navfooter, footer). They are scored as they are, and once more with all class, id and role attributes removed and
`<nav>` and `<footer>` made `<div>`, so that only the text and its links can tell.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser
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
    tags = {place for match in re.finditer(r"<[^>]+>|[`*|]|^\s*#", text) for place in range(*match.span())}
    solid = [place for place, c in enumerate(text) if not c.isspace() and place not in tags]
    return sum(shown[place] for place in solid) >= 0.9 * len(solid)


FRAMES = re.compile(r"related|sphinxsidebar|sidebarwrapper|navheader|navfooter|footer|mobile-nav|nav-content")
VOID = frozenset(("br", "img", "input", "link", "meta", "hr", "col", "source", "wbr"))


class Labels(HTMLParser):
    """Labels a raw page by its own elements: spans of running text, and spans of frames."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.text = text
        self.stack: list[tuple[str, bool]] = []
        self.paragraph = -1
        self.content: list[tuple[int, int]] = []
        self.frames: list[tuple[int, int]] = []
        self.feed(text)

    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        named = dict(attrs).get("class") or ""
        frame = tag in ("nav", "footer") or FRAMES.search(named) is not None
        self.stack.append((tag, frame or (bool(self.stack) and self.stack[-1][1])))
        if tag == "p":
            self.paragraph = self.place()

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self.paragraph >= 0 and not (self.stack and self.stack[-1][1]):
            span = (self.text.index(">", self.paragraph) + 1, self.place())
            words = re.sub(r"<[^>]*>", "", self.text[slice(*span)]).split()
            if len(words) >= 8 and words[-1].endswith("."):
                self.content.append(span)
        if any(name == tag for name, _ in self.stack):
            while self.stack.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = bool(self.stack) and self.stack[-1][1] and self.stack[-1][0] not in ("script", "style")
        if inside and any(c.isalpha() for c in data):
            self.frames.append((self.place(), self.place() + len(data)))


def bare(text: str) -> str:
    """The page without what names its parts, at the same length."""
    hidden = re.sub(r"\s(?:class|id|role|aria-[a-z]+)=\"[^\"]*\"", lambda match: " " * len(match[0]), text)
    return re.sub(r"<(/?)(nav|footer)\b", lambda match: f"<{match[1]}div".ljust(len(match[0])), hidden)


def raw(path: Path) -> None:
    totals: Counter[tuple[str, str, bool]] = Counter()
    for line in path.read_text("utf-8").rstrip("\n").split("\n"):
        row = json.loads(line)
        if "html" not in row["genre"]:
            continue
        text = row["document"]
        labels = Labels(text)
        tags = [place for match in re.finditer(r"<[^>]*>", text) for place in range(*match.span())]
        markup = set(tags)
        for name, version in (("as they are", text), ("hints removed", bare(text))):
            shown = exposed(Document(id=row["id"], text=version, media_type="text/html"))
            for start, end in labels.content:
                solid = [place for place in range(start, end) if place not in markup and not text[place].isspace()]
                totals[name, "content", sum(shown[place] for place in solid) >= 0.9 * len(solid)] += 1
            for start, end in labels.frames:
                totals[name, "artefact", not any(shown[start:end])] += 1
    for name in ("as they are", "hints removed"):
        for what in ("content", "artefact"):
            right, wrong = totals[name, what, True], totals[name, what, False]
            print(f"raw pages {name}: {what} {right} of {right + wrong} right ({right / max(1, right + wrong):.2%})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print every span that is wrong")
    parser.add_argument("--raw", type=Path, help="rows of raw HTML to score instead")
    arguments = parser.parse_args()
    if arguments.raw is not None:
        raw(arguments.raw)
        return
    for name in ("languages.jsonl", "held_out.jsonl"):
        counts, _ = score(PAGES.with_name(name))  # what is wrong in the held-out pages is not looked at
        for what in ("content", "artefact"):
            right = sum(count for (_, one, good), count in counts.items() if one == what and good)
            total = sum(count for (_, one, _), count in counts.items() if one == what)
            print(f"{name}: {what} {right} of {total} right ({right / total:.2%})")
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
