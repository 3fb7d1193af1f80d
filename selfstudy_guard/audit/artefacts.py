"""What bad cleaning leaves in documents, written for the audit: kinds of artefacts, and passages that they stand in."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from selfstudy_guard.records import Document

_PLACES = ("Grenholt", "Vastermoor", "Quillbury", "Osterfell", "Tarnholm", "Bexworth", "Ulvesund", "Marrowdale")
_PEOPLE = ("J. Asterlund", "Petra Quist", "O. Bramwell", "Tove Kjersti", "R. Falkenrath", "Ines Halloran")
_SHOPS = ("Nordlyst", "Pinwheel", "Corvana", "Teggle", "Brightwick", "Halvorsen & Pike")
_THINGS = ("lantern festival", "clock museum", "tram depot", "salt market", "kite school", "bell foundry")


@dataclass(frozen=True)
class Planted:
    """One artefact in a passage: its kind and its span in the passage's text, in code points."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class DirtyPassage:
    """Clean paragraphs with artefacts between and inside them.

    Attributes:
        document: what a model is asked about.
        sentences: the clean sentences, in order.
        planted: the artefacts, in order of their spans.
        density: artefacts for each paragraph.
    """

    document: Document
    sentences: tuple[str, ...]
    planted: tuple[Planted, ...]
    density: float


def _unclosed_table(rng: random.Random) -> str:
    a, b = rng.sample(_PLACES, 2)
    return (
        f'<table class="wikitable sortable" border=1><tr><th>Rank<th>Station<th>Riders<tr><td>1<td>{a}'
        f"<td>{rng.randint(11, 98)},{rng.randint(100, 999)}<tr><td>2<td>{b}<td>{rng.randint(11, 98)},113<tr><td>"
    )


def _infobox(rng: random.Random) -> str:
    return (
        f"{{{{Infobox settlement | name = {rng.choice(_PLACES)} | area_km2 = {rng.randint(2, 90)}.4 | mayor = "
        f"{rng.choice(_PEOPLE)} | website = <ref name=web /> | pushpin_map = yes }}}}"
    )


def _wiki(rng: random.Random) -> str:
    return (
        f"[[File:{rng.choice(_PLACES)} harbour.jpg|thumb|220px|left|{rng.choice(_THINGS)}]] ==See also== "
        f"[[Category:{rng.choice(_PLACES)}]] __NOTOC__ [edit]"
    )


def _latex(rng: random.Random) -> str:
    return (
        f"\\begin{{figure}}[htbp] \\centering \\includegraphics[width=0.{rng.randint(4, 9)}\\textwidth]"
        f"{{figs/{rng.choice(_PLACES).lower()}.pdf}} \\vspace{{-{rng.randint(2, 9)}mm}} "
        f"\\label{{fig:{rng.randint(2, 40)}}}"
        " \\end{figure} \\newpage"
    )


def _navigation(rng: random.Random) -> str:
    a, b = rng.sample(_SHOPS, 2)
    return f"[Home](/) | [{a}](/portal) | [Random page](/random) | [{b} shop](/shop) | [Log in](/login)"


def _cookies(rng: random.Random) -> str:
    shop = rng.choice(_SHOPS)
    return (
        f"We and our {rng.randint(120, 980)} partners use cookies to store and access information on your device. "
        f"{shop} and its vendors need your consent. Accept all | Reject all | Manage preferences"
    )


def _tracking(rng: random.Random) -> str:
    code = f"{rng.choice('zqxkw')}{rng.choice('bdfgh')}-{rng.randint(1000, 9999)}"
    return f"<script>window._trk=window._trk||[];_trk.push(['site','{code}']);_trk.push(['pageView']);</script>"


def _css(rng: random.Random) -> str:
    name = rng.choice(_SHOPS).split()[0].lower()
    return (
        f".{name}-banner{{display:flex;max-width:{rng.randint(600, 1400)}px;color:#{rng.randint(100, 999)}}}"
        f"@media(max-width:{rng.randint(300, 600)}px){{.{name}-banner .logo{{display:none!important}}}}"
    )


def _base64(rng: random.Random) -> str:
    return "data:image/png;base64," + base64.b64encode(rng.randbytes(84)).decode("ascii")


def _hex(rng: random.Random) -> str:
    start = rng.randrange(0x1000, 0xF000, 16)
    rows = [f"{start + 16 * row:08x}  {rng.randbytes(16).hex(' ')}  |................|" for row in range(2)]
    return "\n".join(rows)


def _ocr(rng: random.Random) -> str:
    signs = "|l1!iI;:~^'`.,_-=*}{/\\"
    words = ["".join(rng.choice(signs + "rnmvwc") for _ in range(rng.randint(1, 7))) for _ in range(22)]
    return " ".join(words)


def _entities(rng: random.Random) -> str:
    return (
        f"&nbsp;&nbsp;&raquo;&nbsp;&#8203;{rng.choice(_PLACES)}&nbsp;&#124;&nbsp;&lt;span&gt;{rng.choice(_THINGS)}"
        "&lt;/span&gt;&nbsp;&amp;nbsp;&#160;&laquo;&nbsp;&nbsp;"
    )


def _template(rng: random.Random) -> str:
    name = rng.choice(_SHOPS).split()[0].lower()
    return (
        f"{{% if user.{name}_plan == 'gold' %}}{{{{ user.first_name|default:'friend' }}}}, you have "
        f"{{{{ {name}.points }}}} points{{% endif %}} ${{{name}.footer}}"
    )


def _log(rng: random.Random) -> str:
    host, number = rng.choice(_SHOPS).split()[0].lower(), rng.randint(100, 999)
    return (
        f"2021-03-0{rng.randint(1, 9)} 04:1{rng.randint(0, 9)}:22,{number} ERROR [{host}-worker-{rng.randint(1, 9)}] "
        f"c.{host}.cache.Loader - timeout after {rng.randint(10, 99)}000 ms, retry=3 "
        f"at c.{host}.cache.Loader.run(Loader.java:{number})"
    )


def _sharing(rng: random.Random) -> str:
    return (
        f"Share on Facebook | Tweet | Pin it | Email | Print | {rng.randint(3, 90)} comments | "
        f"Posted by {rng.choice(_PEOPLE)} | Read more"
    )


def _json(rng: random.Random) -> str:
    return (
        f'{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{rng.choice(_PLACES)} '
        f'{rng.choice(_THINGS)}",'
        f'"author":{{"@type":"Person","name":"{rng.choice(_PEOPLE)}"}},"wordCount":{rng.randint(200, 2000)}}}'
    )


KINDS: Mapping[str, Callable[[random.Random], str]] = {
    "unclosed table": _unclosed_table,
    "infobox residue": _infobox,
    "wiki commands": _wiki,
    "LaTeX commands": _latex,
    "navigation": _navigation,
    "cookie text": _cookies,
    "tracking script": _tracking,
    "CSS": _css,
    "base64": _base64,
    "hex dump": _hex,
    "OCR noise": _ocr,
    "HTML entities": _entities,
    "template braces": _template,
    "log lines": _log,
    "share buttons": _sharing,
    "page metadata": _json,
}
"""Every kind of artefact, with what makes one from random choices."""

INSIDE = frozenset({"HTML entities", "template braces", "LaTeX commands", "wiki commands"})
"""Kinds that also stand inside a paragraph, behind one of its sentences."""


def dirty_passage(
    name: str, title: str, paragraphs: Sequence[Sequence[str]], kinds: Sequence[str], rng: random.Random
) -> DirtyPassage:
    """A Markdown document of these paragraphs (of sentences) with one artefact of each of `kinds`.

    Artefacts are dealt to the paragraphs in turn and stand before or behind one; those of `INSIDE` stand inside one
    half of the time.
    """
    home = rng.sample(range(len(paragraphs)), len(paragraphs))
    where: dict[int, list[tuple[str, str]]] = {}
    for i, kind in enumerate(kinds):
        places = ("inside", "behind") if kind in INSIDE else ("before", "behind")
        where.setdefault(home[i % len(home)], []).append((rng.choice(places), kind))
    text = f"# {title}\n\n"
    planted: list[Planted] = []

    def plant(kind: str, end: str) -> None:
        nonlocal text
        made = KINDS[kind](rng)
        planted.append(Planted(kind, len(text), len(text) + len(made)))
        text += made + end

    for number, sentences in enumerate(paragraphs):
        mine = where.get(number, [])
        for _, kind in (one for one in mine if one[0] == "before"):
            plant(kind, "\n\n")
        for at, sentence in enumerate(sentences):
            text += sentence + " "
            if at == 0:
                for _, kind in (one for one in mine if one[0] == "inside"):
                    plant(kind, " ")
        text = text.rstrip(" ") + "\n\n"
        for _, kind in (one for one in mine if one[0] == "behind"):
            plant(kind, "\n\n")
    clean = tuple(sentence for sentences in paragraphs for sentence in sentences)
    document = Document(id=name, text=text, media_type="text/markdown")
    return DirtyPassage(document, clean, tuple(planted), len(kinds) / len(paragraphs))
