"""Carrier documents: read at run time from folders and files that the caller names, never stored here."""

from __future__ import annotations

import gzip
import html
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_][\w-]{3,}")
_COMMON_TEXT = """
this that with from have been were will would when which their there these those then than also such into only
other some more most must should could about after before between each they them what where while does done
make made used uses using value values same first second following example note http https your very because
both over under many much like just even here being case three
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_READABLE = ("readme", "faq", "howto", "install", "todo", "authors", "intro", "tutorial", "upgrade")
_TEXT_ENDS = (".txt", ".txt.gz", ".md", ".md.gz", ".rst")
_SOURCE_ENDS = frozenset({".py", ".c", ".sh", ".pl", ".conf", ".sql", ".js", ".h"})
_UNREADABLE = (OSError, UnicodeDecodeError, EOFError, gzip.BadGzipFile)


_LANGUAGES = {
    **{
        "german": "de",
        "spanish": "es",
        "french": "fr",
        "italian": "it",
        "portuguese": "pt",
        "dutch": "nl",
        "polish": "pl",
    },
    **{
        "russian": "ru",
        "ukrainian": "uk",
        "chinese": "zh",
        "traditionalchinese": "zh",
        "japanese": "ja",
        "korean": "ko",
    },
    **{"arabic": "ar", "hindi": "hi", "turkish": "tr", "vietnamese": "vi", "indonesian": "id", "persian": "fa"},
}


def language_of(genre: str) -> str:
    """Two-letter language that the name of a genre ends in (`man_text_de`, `chat_italian`, `man_text_zh_CN`), or ""."""
    for part in reversed(re.split(r"[_:]", genre)):
        if part in _LANGUAGES or re.fullmatch("[a-z]{2}", part):
            return _LANGUAGES.get(part, part)
    return ""


class Carrier(NamedTuple):
    """A clean text: stable id, genre, text."""

    id: str
    genre: str
    text: str


def topics(text: str, rng: random.Random) -> list[str]:
    """Words and word pairs that the text repeats: what an order on the document's own topic would name."""
    words = [word for word in _WORD.findall(text) if word.lower() not in _COMMON]
    counts = Counter(words)
    pairs = Counter(re.findall(r"\b([a-z]{4,} [a-z]{4,})\b", text))
    article = "the " if text.count(" the ") * 400 > len(text) else ""
    good = [f"{article}{pair}" for pair, n in pairs.most_common(8) if n > 1 and not set(pair.split()) & _COMMON]
    good += [word if word[0].isupper() else f"{article}{word}" for word, n in counts.most_common(15) if n > 1]
    good += [rng.choice(words)] if words else []
    return good or ["the text"]


def cut(text: str, rng: random.Random, low: int = 350, high: int = 3200) -> str:
    """A random stretch of whole paragraphs, about `low` to `high` characters long."""
    if len(text) <= high and rng.random() < 0.5:
        return text.strip("\n")
    blocks = re.split(r"(\n\s*\n)", text)
    want = int(low * (high / low) ** rng.random())
    start = rng.randrange(0, max(1, len(blocks))) // 2 * 2
    out = ""
    for block in blocks[start:]:
        out += block
        if len(out) >= want:
            break
    return out.strip("\n")[: high * 2]


def roff_text(text: str) -> str:
    """Manual page source without its macros, crudely: enough for a plain-text carrier."""
    lines = []
    for line in text.splitlines():
        if line.startswith(('.\\"', "'\\\"")):
            continue
        if re.match(r"[.'](PP|P|LP|IP|TP|HP|sp|br)\b", line):
            lines.append("")
        elif re.match(r"[.'](SH|SS)\b", line):
            lines += ["", line[3:].strip().strip('"'), ""]
        elif re.match(r"[.'](B|I|BR|IR|RB|RI|BI|IB)\b", line):
            lines.append(re.sub(r"^[.']\w+\s*", "", line).replace('"', ""))
        elif not line.startswith((".", "'")):
            lines.append(line)
    out = re.sub(r"\\f.|\\&|\\c|\\[|^]", "", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", out.replace("\\-", "-").replace("\\(aq", "'").replace("\\(em", "—"))


def _decode(path: Path) -> str:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data[:400_000].decode("utf-8", errors="strict")


def _man_pages(root: Path, rng: random.Random, per_language: int) -> Iterator[Carrier]:
    folders = [path for path in sorted(root.iterdir()) if path.is_dir()]
    english = [path for path in folders if re.fullmatch(r"man[1-8]", path.name)]
    groups = [("en", english)] + [(path.name, sorted(path.glob("man*"))) for path in folders if path not in english]
    for group, parts in groups:
        pages = sorted(page for part in parts for page in part.glob("*.gz"))
        for page in rng.sample(pages, min(per_language * (3 if group == "en" else 1), len(pages))):
            try:
                raw = _decode(page)
            except _UNREADABLE:
                continue
            rough = rng.random() < 0.25
            text = cut(raw if rough else roff_text(raw), rng)
            if len(text) > 300:
                yield Carrier(f"man/{group}/{page.name}", f"man_{'raw' if rough else 'text'}_{group}", text)


def _doc_genre(path: Path) -> str | None:
    name = path.name.lower()
    if name == "metadata":
        return "package_readme"
    if name.startswith("copyright"):
        return "licence"
    if name.startswith(("changelog", "news", "history", "whatsnew")):
        return "changelog"
    if path.suffix in {".html", ".htm"}:
        return "html_doc"
    if name.startswith(_READABLE) or name.endswith(_TEXT_ENDS):
        return "readme"
    return "source_code" if path.suffix in _SOURCE_ENDS else None


def _system_docs(root: Path, rng: random.Random, most: int) -> Iterator[Carrier]:
    files: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        genre = _doc_genre(path) if path.is_file() and not path.is_symlink() else None
        if genre:
            files.setdefault(genre, []).append(path)
    for genre, paths in sorted(files.items()):
        for path in rng.sample(paths, min(most, len(paths))):
            try:
                text = cut(_decode(path), rng)
            except _UNREADABLE:
                continue
            name = genre
            if genre == "html_doc" and rng.random() < 0.5:
                name = "html_text"
                text = html.unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", "", text, flags=re.S))
            if len(text) > 250 and "\x00" not in text:
                yield Carrier(f"doc/{path.relative_to(root)}", name, text)


def _rows(path: Path) -> Iterator[Carrier]:
    for line in path.read_text(encoding="utf-8").split("\n"):  # splitlines would break at U+2028 inside a document
        row = json.loads(line) if line else {"carrier": False}
        if row.get("carrier", True) and len(row["document"]) > 250:
            yield Carrier(f"{path.stem}/{row['id']}", row["genre"], row["document"])


def _articles(path: Path, rng: random.Random) -> Iterator[Carrier]:
    language = path.stem.split(".")[-1]
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        text = "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"])
        for part in range(min(6, len(article["paragraphs"]))):
            yield Carrier(f"{path.stem}/{article.get('title', '')}/{part}", f"encyclopaedia_{language}", cut(text, rng))


def read_carriers(paths: list[Path], rng: random.Random, most: int = 500) -> list[Carrier]:
    """Carriers from every given path.

    Args:
        paths: a `.jsonl` file of rows with `document` and `genre` (rows whose `carrier` is false are left out), a JSON
            file in the format of SQuAD, a folder of manual pages (it holds `man1`), or a folder of documentation.
        rng: which files are taken, and which stretch of each.
        most: at most so many files of one genre; a quarter of it for each language of manual pages.

    Raises:
        OSError: a path cannot be read.
    """
    out: list[Carrier] = []
    for path in paths:
        if path.suffix == ".jsonl":
            out += _rows(path)
        elif path.suffix == ".json":
            out += _articles(path, rng)
        elif (path / "man1").is_dir():
            out += _man_pages(path, rng, most // 4)
        else:
            out += _system_docs(path, rng, most)
    return out
