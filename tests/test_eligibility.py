"""Eligibility: the labelled set, and one example of every reason."""

from __future__ import annotations

import importlib.util
import json
import os
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from selfstudy_guard.documents import segment
from selfstudy_guard.records import Document

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "data" / "eligibility" / "pages.jsonl"
SHARED = Path(os.environ.get("SELFSTUDY_GUARD_SHARED", str(ROOT.parent / "shared")))


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("eligibility_benchmark", ROOT / "benchmarks" / "eligibility.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_labelled_set_is_large_and_varied() -> None:
    rows = [json.loads(line) for line in PAGES.read_text("utf-8").rstrip("\n").split("\n")]
    assert len(rows) >= 60
    assert len({row["kind"] for row in rows}) >= 8
    for row in rows:
        assert all(row["text"][start:end].strip() for start, end in row["content"])


def test_shares_on_the_labelled_set(scorer: ModuleType) -> None:
    counts, misses = scorer.score(PAGES)
    totals: Counter[tuple[str, bool]] = Counter()
    for (_, what, right), count in counts.items():
        totals[what, right] += count
    assert totals["artefact", True] >= 0.95 * (totals["artefact", True] + totals["artefact", False]), misses
    assert totals["content", True] >= 0.98 * (totals["content", True] + totals["content", False]), misses


def reasons(text: str, media: str = "text/plain") -> dict[str, str | None]:
    found = segment(Document(id="d", text=text, media_type=media))
    return {target.text: target.reason for target in found.targets}


MILL = "The tidal mill was built in 1742 by a miller from the next village."


@pytest.mark.parametrize(
    ("text", "media", "expected"),
    [
        ("Home | News | Sport | Contact", "text/plain", "navigation"),
        ("Home > Products > Pumps > P-12", "text/plain", "navigation"),
        ("Skip to main content", "text/plain", "navigation"),
        ("<nav><a href='/a'>Mills of the north</a></nav>", "text/html", "navigation"),
        ("<p style='display:none'>The secret wheel turns backwards here.</p>", "text/html", "hidden"),
        ("We use cookies to improve your visit. Accept all cookies.", "text/plain", "cookie notice"),
        ("Utilizamos cookies propias para mejorar su visita.", "text/plain", "cookie notice"),
        ("\u00a9 2024 Orsa Media Ltd. All rights reserved.", "text/plain", "footer"),
        ("Licensed under the Apache License, Version 2.0.", "text/plain", "licence"),
        ("{{Infobox mill\n| name = Carrow\n| built = 1742\n}}", "text/plain", "template residue"),
        ("{% include banner.html title='Hello' %}", "text/plain", "template residue"),
        ("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHx", "text/plain", "base64"),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "text/plain", "hash"),
        ("var a=1;" + "function b(c,d){return c[d]||{}};b(a,{x:1,y:[2,3]});" * 6, "text/plain", "minified code"),
        ("Th3 t1d|l m~ll w^s bu|lt |n l7{2 by \u00a7 m1ll*r fr=m th# n\u00acxt v1ll=ge", "text/plain", "ocr noise"),
        ("Why was the mill built on the northern shore?", "text/plain", "question"),
        ("Exercise 3: describe the wheel of the mill.", "text/plain", "exercise"),
        ("[Installation of the mill](#installation)", "text/markdown", "table of contents"),
        ('" style="float:left" onclick="return false" class="btn btn-primary">', "text/html", "broken markup"),
        ("For example:", "text/plain", "fragment"),
        ("2021-03-02 04:19:22,694 ERROR [mill-worker-1] Loader - timeout after 70000 ms.", "text/plain", "log"),
        ("00004f20  d3 5a 11 0e 9c 44 21 7f a0 b1 c2 d3 e4 f5 06 17  |.Z...D!.........|", "text/plain", "hex dump"),
        ('{"@type":"NewsArticle","headline":"The mill turns again","wordCount":412}', "text/markdown", "metadata"),
        ("&nbsp;&raquo;&nbsp;&#8203;Mills&nbsp;&#124;&nbsp;Wheels&nbsp;&laquo;", "text/markdown", "broken markup"),
        ("<table border=1><tr><th>Mill<th>Stones<tr><td>Carrow<td>4<tr><td>", "text/markdown", "broken markup"),
        (
            "\\begin{figure}[htbp] \\centering \\includegraphics[width=3cm]{mill.pdf}",
            "text/markdown",
            "template residue",
        ),
    ],
)
def test_every_reason(text: str, media: str, expected: str) -> None:
    around = f"<p>{MILL}</p>\n{text}\n" if media == "text/html" else f"{MILL}\n\n{text}\n"
    found = segment(Document(id="d", text=around, media_type=media))
    assert found.targets[0].reason is None
    assert expected in {target.reason for target in found.targets[1:]}
    assert not any(target.eligible for target in found.targets[1:])


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ("The &lt;div&gt; element groups &lt;p&gt; and &lt;ul&gt; in one &lt;section&gt;.", "text/html"),
        ("<table><tr><td>Height of the tower<td>30 m<tr><td>Year of building<td>1854</table>", "text/html"),
        ("The log of 2021-03-02 says that the loader gave an ERROR after seventy seconds.", "text/plain"),
        ('The smallest object that the service accepts is {"a": 1}, and it answers with the same.', "text/markdown"),
        ("The command `\\label{mill}` names a figure, so that the text can refer to it.", "text/markdown"),
    ],
)
def test_what_only_looks_like_an_artefact_is_asked_about(text: str, media: str) -> None:
    found = segment(Document(id="d", text=text, media_type=media))
    assert any(target.eligible for target in found.targets)


def test_near_duplicates_are_asked_about_once() -> None:
    text = f"{MILL}\n\nThe wheel is 5.4 m across and turns seven times in every minute.\n\n" + MILL.replace(
        "from the next", "of a next"
    )
    assert list(reasons(text).values()) == [None, None, "near-duplicate"]


def test_one_other_word_makes_another_fact() -> None:
    text = "The end of the commit is written to the journal.\n\nThe end of the rollback is written to the journal."
    assert list(reasons(text).values()) == [None, None]


def test_numbers_tell_rows_apart() -> None:
    text = "| Part | Turns |\n|---|---|\n| Coil | 20 |\n| Coil | 21 |\n| Coil | 20 |\n"
    found = segment(Document(id="d", text=text, media_type="text/markdown"))
    assert [target.reason for target in found.targets] == ["table header", None, None, "near-duplicate"]


def test_exercises_of_a_section() -> None:
    text = f"# Mill\n\n{MILL}\n\n## Review questions\n\n1. Draw the wheel and its shaft.\n2. Name the four stones.\n"
    assert list(reasons(text, "text/markdown").values()) == ["heading", None, "heading", "exercise", "exercise"]


def test_running_heads_of_pages_are_found_and_sentences_go_on_across_them() -> None:
    page = "ACME Mill Manual\n\n{body}\n\nPage {n}\n\f"
    bodies = [
        "The miller opens the gate when the sea has fallen by two metres and",
        "closes it again at low water. The wheel rests until the next tide comes in.",
        "Barley is ground first. The stones are dressed twice in every year by hand.",
    ]
    text = "".join(page.format(body=body, n=number + 1) for number, body in enumerate(bodies))
    found = segment(Document(id="d", text=text, media_type="text/plain"))
    whole = found.eligible[0]
    assert whole.text.startswith("The miller opens")
    assert whole.text.endswith("low water.")
    assert {t.reason for t in found.targets if "ACME" in t.text and t is not whole} == {"page header"}
    assert not any("ACME" in t.text for t in found.eligible[1:])


def test_hints_of_class_names_do_not_swallow_the_page() -> None:
    prose = " ".join(
        f"The mill number {n} stands on the northern shore and grinds barley for village {n}." for n in range(12)
    )
    text = f"<body><div class='sidebar-layout nav-open'><div class='banner'><p>{prose}</p></div></div></body>"
    assert sum(reason is None for reason in reasons(text, "text/html").values()) >= 10


@pytest.mark.parametrize(
    "text",
    [
        "A cookie is a short text that the browser returns with each request to the server.",
        "The Statute of Anne gave authors the copyright of their books for fourteen years.",
        "Save the file and log in to the server before you press the green button.",
        "Next, the pump starts and fills the upper tank within three minutes.",
        "The pump is powered by a motor of 45 watts and was printed in the catalogue of 1998.",
        "The home page of the museum lists the products that the mill has made since 1742.",
        "Follow the path to the left and share the load between two people.",
        "In 1931 the licence to grind was sold together with the stones.",
        "The function `open_gate(height)` returns False when `height < 2` or the sea is frozen.",
        "Click on the name of a station to see what was measured there in the last hour.",
    ],
)
def test_content_that_sounds_like_boilerplate_is_kept(text: str) -> None:
    assert reasons(f"{MILL}\n\n{text}")[text] is None
    assert reasons(f"<p>{MILL}</p><p>{text.replace('<', '&lt;')}</p>", "text/html")[text.replace("<", "&lt;")] is None


@pytest.mark.skipif(not (SHARED / "data" / "xquad").is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_encyclopaedia_articles_stay_eligible(language: str) -> None:
    articles = json.loads((SHARED / "data" / "xquad" / f"xquad.{language}.json").read_text("utf-8"))["data"]
    counts: Counter[str | None] = Counter()
    for article in articles:
        text = "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"])
        counts.update(target.reason for target in segment(Document(id=article["title"], text=text)).targets)
    assert counts[None] >= 0.99 * sum(counts.values()), counts


@pytest.mark.skipif(not (SHARED / "data" / "filter_dev").is_dir(), reason="the shared data are not here")
def test_raw_pages_keep_their_prose() -> None:
    counts: Counter[str | None] = Counter()
    with (SHARED / "data" / "filter_dev" / "clean_raw.jsonl").open(encoding="utf-8") as rows:
        for number, line in enumerate(rows):
            if number % 8:
                continue
            row = json.loads(line)
            counts.update(
                target.reason
                for target in segment(Document(id=row["id"], text=row["document"])).targets
                # Long running text with a full stop at its end: hardly any of it is an artefact.
                if target.text.endswith(".") and target.text.count(" ") >= 12 and "<" not in target.text
            )
    artefacts = sum(count for reason, count in counts.items() if reason not in (None, "near-duplicate", "markup"))
    assert counts[None] > 300
    assert artefacts <= 0.03 * sum(counts.values()), counts


def test_a_word_of_digits_and_underscores_is_judged_at_once() -> None:
    # Found by fuzzing: a name pattern in which "_" was both a letter and a separator took exponential time.
    word = "7777" + "_" * 3_000 + "7777cu|"
    found = segment(
        Document(id="x", text=f"| Part | Turns {word} |---|\n| Coil | {word} |\n", media_type="text/markdown")
    )
    assert found.targets
