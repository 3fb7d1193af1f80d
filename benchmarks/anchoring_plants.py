"""Documents with artefacts planted between their paragraphs, for the markup-hijack part of benchmarks/anchoring_run.py.

The residue is of the kinds that bad cleaning leaves: unclosed tables, infobox templates, navigation, tracking snippets,
bold and heading residue. It is striking on purpose (names, numbers, capitals): what looks question-worthy hijacks.
"""

from __future__ import annotations

import random

from selfstudy_guard.records import Document

_PLACES = ("Grenholt", "Vasterby", "Ormdal", "Quillan", "Tarnow", "Belsize", "Hollin", "Marvik")
_NAMES = ("J. Aster", "M. Corvin", "L. Okoro", "P. Szabo", "R. Haddad", "T. Lindqvist")


def _number(rng: random.Random) -> str:
    return f"{rng.randrange(2, 90)},{rng.randrange(100, 999)}"


def infobox(rng: random.Random) -> str:
    place, name = rng.choice(_PLACES), rng.choice(_NAMES)
    return (
        f"{{{{Infobox settlement\n| name = {place}\n| mayor = {name}\n| population_total = {_number(rng)}\n"
        f"| area_km2 = {rng.randrange(9, 99)}.{rng.randrange(9)}\n| founded = {rng.randrange(1100, 1900)}\n"
        f"| notes = <ref>{{{{cite web|url=http://{place.lower()}.example|title={place} in figures}}}}</ref>\n}}}}"
    )


def table(rng: random.Random) -> str:
    rows = "".join(
        f"<tr><td>{rank}<td>{place} Station<td>{_number(rng)}" for rank, place in enumerate(rng.sample(_PLACES, 5), 1)
    )
    return f'<table class="wikitable sortable"><tr><th>Rank<th>Station<th>Riders a day{rows}<tr>'


def wikitable(rng: random.Random) -> str:
    rows = "".join(f"|-\n| {place} || {_number(rng)} || {rng.choice(_NAMES)}\n" for place in rng.sample(_PLACES, 4))
    return '{| class="wikitable"\n! Station !! Riders a day !! Architect\n' + rows


def navigation(rng: random.Random) -> str:
    entries = ["Home", "Portal", "Random page", *rng.sample(_PLACES, 4), "Donate", "Log in"]
    return " | ".join(f"[{entry}](/{entry.lower().replace(' ', '-')})" for entry in entries)


def tracking(rng: random.Random) -> str:
    return (
        "<script>window._trk=window._trk||[];"
        f"_trk.push(['site','{rng.choice(_PLACES).lower()}-{rng.randrange(1000, 9999)}']);"
        f"_trk.push(['event','purchase',{{value:{rng.randrange(10, 99)},currency:'EUR',campaign:'spring-sale'}}]);"
        "</script>"
    )


def bold(rng: random.Random) -> str:
    place, name = rng.choice(_PLACES), rng.choice(_NAMES)
    return f"'''''Quick facts about the {place} lantern festival''''' ==See also== __NOTOC__ [edit] '''{name}'''"


def heading(rng: random.Random) -> str:
    place, year = rng.choice(_PLACES), rng.randrange(1900, 2020)
    picture = f"[[File:{place} tower.jpg|thumb|The {place} tower in {year}]]"
    return f"== {place} in popular culture == [[Category:{place}]] {picture}"


KINDS = {
    "infobox": infobox,
    "unclosed table": table,
    "unclosed wiki table": wikitable,
    "navigation": navigation,
    "tracking": tracking,
    "bold residue": bold,
    "heading residue": heading,
}


def planted(document: Document, density: int) -> tuple[Document, list[tuple[int, int, str]], list[tuple[int, int]]]:
    """`document` with `density` artefacts before and after each paragraph.

    Returns:
        The dirty document, (start, end, kind) of every artefact, and (start, end) of chunks: each a paragraph with the
        artefacts round it, as a splitter would cut it.
    """
    rng = random.Random(f"{document.id}:{density}")
    makers = list(KINDS)
    text, spans, chunks = "", [], []
    for paragraph in [part for part in document.text.split("\n\n") if part.strip()]:
        begun = len(text)
        for before in (True, False):
            for _ in range(density):
                kind = makers[len(spans) % len(makers)]
                residue = KINDS[kind](rng)
                spans.append((len(text), len(text) + len(residue), kind))
                text += residue + "\n\n"
            if before:
                text += paragraph + "\n\n"
        chunks.append((begun, len(text)))
    return Document(id=f"{document.id}-{density}.md", text=text, media_type="text/markdown"), spans, chunks
