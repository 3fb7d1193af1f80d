"""Clean documents from unpacked documentation packages of Debian: `python -m training.packages FOLDER OUT`.

FOLDER holds one folder a package (`apt-get download NAME`, `dpkg-deb -x`); OUT becomes a folder with `clean.jsonl`,
whose genres name the package and the language. Nothing of it goes into the repository.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from training.data.carriers import cut, roff_text

_LANGUAGE = re.compile(
    r"/(?:help|C|html|locale|man|gnome-help|text)?/?(?P<code>ar|bg|cs|da|de|el|en(?:-[A-Z]{2})?|es|fa|fi|fr|hi|hr|hu|id|it|ja|ko|nl|pl|pt(?:[-_]BR)?"
    r"|ro|ru|sl|sr|sv|tr|uk|vi|zh(?:[-_](?:CN|TW|Hans|Hant))?)/"
)
_NAMED = re.compile(r"-(ar|bg|br|cs|de|el|en|es|fr|hi|id|it|ja|ko|nl|pl|pt|ru|sv|tr|uk|vi|zh)(?:-[a-z]{2})?$")
_SKIP = re.compile(r"\.(?:png|svg|jpe?g|gif|css|js|ods|odt|map|woff2?|so|o|pdf|idx|dat|bin|mo|ttf|xpm|wav|ogg)$")
_TAGS = re.compile(r"<(script|style|head)\b.*?</\1>|<!--.*?-->", re.S | re.I)
_BREAKS = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|td|th|table|dt|dd|br|pre|title|item|section|note|para)\b[^>]*>", re.I
)


def language(path: Path, package: str) -> str:
    """Two letters, from the folder of a file or the name of its package; "en" where neither tells."""
    found = _LANGUAGE.findall("/" + path.as_posix())
    if found:
        return found[-1][:2]
    named = _NAMED.search(package)
    return {"br": "pt"}.get(named[1], named[1]) if named else "en"


def plain(text: str) -> str:
    """Markup without its tags, a line a block."""
    text = _BREAKS.sub("\n", re.sub(r"[ \t]*\n[ \t]*", " ", _TAGS.sub("", text)))
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", re.sub(r" *\n *", "\n", text))).strip()


def _decoded(path: Path) -> str:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return data[:300_000].decode("utf-8")


def _texts(path: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Kind and text of the stretches that are taken from a file."""
    text = _decoded(path)
    if "\0" in text:
        return
    name = path.name.removesuffix(".gz")
    if "/man/" in path.as_posix():
        yield "man", cut(roff_text(text), rng)
    elif name.endswith((".html", ".htm", ".page", ".xml", ".xhtml")):
        if rng.random() < 0.12:
            yield "raw", cut(text, rng)
        else:
            yield "text", cut(plain(text), rng)
    elif "/fortunes/" in path.as_posix():
        sayings = [one.strip() for one in re.split(r"\n%\n", text)]
        for _ in range(min(25, len(sayings) // 12)):
            first = rng.randrange(len(sayings))
            yield "sayings", "\n\n".join(sayings[first : first + rng.randint(1, 6)])
    elif name.startswith(("changelog", "NEWS", "news")):
        yield "changelog", cut(text, rng)
    elif name.startswith("copyright"):
        yield "licence", cut(text, rng)
    elif name.endswith((".txt", ".md", ".rst", ".texi", ".info")) or "." not in name:
        yield "plain", cut(text, rng, 350, 2600)
        if len(text) > 60_000:
            for _ in range(min(12, len(text) // 20_000)):
                yield "plain", cut(text, rng, 350, 2600)


def documents(folder: Path, most: int, seed: int) -> Iterator[dict[str, object]]:
    """Rows of clean documents: at most so many for each package, kind and language."""
    for package in sorted(path for path in folder.iterdir() if path.is_dir()):
        rng = random.Random(f"{seed} {package.name}")
        files: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(package.rglob("*")):
            if path.is_file() and not path.is_symlink() and not _SKIP.search(path.name.removesuffix(".gz")):
                files[language(path.relative_to(package), package.name)].append(path)
        for code, paths in sorted(files.items()):
            short = re.sub(
                r"(?:-(?:help|doc|reference|data|common|\d+|html|text))*(?:-[a-z]{2}(?:-[a-z]{2})?)?$", "", package.name
            )
            short = "lo" if package.name.startswith("libreoffice-help") else short.replace("-", "")
            count: dict[str, int] = defaultdict(int)
            for path in rng.sample(paths, min(len(paths), most * 3)):
                try:
                    taken = list(_texts(path, rng))
                except (OSError, EOFError, UnicodeDecodeError):
                    continue
                for kind, text in taken:
                    genre = f"{short}_{kind}_{code}"
                    limit = 12 if kind in ("licence", "changelog") else most
                    if len(text) < 200 or count[genre] >= limit:
                        continue
                    count[genre] += 1
                    yield {"id": f"{genre}/{count[genre]}", "genre": genre, "document": text}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--most", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with (arguments.out / "clean.jsonl").open("w", encoding="utf-8") as file:
        for row in documents(arguments.folder, arguments.most, arguments.seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
