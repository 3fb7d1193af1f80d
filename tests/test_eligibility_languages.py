"""Boilerplate in the sixteen languages of the project, and sentences about cookies and licences that are content."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest

from selfstudy_guard.documents import segment
from selfstudy_guard.records import Document

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "data" / "eligibility"
LANGUAGES = {"en", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ko", "ar", "hi", "tr", "vi"}
CONTENT = [
    "Cookies wurden 1994 erfunden, damit eine Website ihre Besucher wiedererkennt.",
    "Les cookies furent inventés en 1994 pour qu'un site web reconnaisse ses visiteurs.",
    "I cookie furono inventati nel 1994 perché un sito riconoscesse i suoi visitatori.",
    "Pliki cookie wymyślono w 1994 roku, aby strona rozpoznawała swoich gości.",
    "Файлы cookie были придуманы в 1994 году, чтобы сайт узнавал своих посетителей.",
    "Cookie发明于1994年，使网站能够认出访问者。",
    "クッキーは1994年に発明され、ウェブサイトが訪問者を見分けられるようにした。",
    "Las cookies se inventaron en 1994 para que un sitio reconociera a sus visitantes.",
    "Creative Commons a été fondée en 2001 par un juriste de Stanford.",
    "Die Organisation Creative Commons veröffentlichte 2002 ihre ersten Lizenzen.",
    "The first printers sold licences for playing cards in 1615.",
    "Авторское право впервые признали в России в 1828 году.",
    "Abonnenten der Zeitung erhielten 1911 eine Beilage über Bienen.",
    "L'abbonamento al teatro costava allora dodici lire all'anno.",
    "Delen van het artikel verschenen in 1911 in drie kranten.",
    "The shop sold cookies and we accepted no cards until 1999.",
    "Вход в музей находится со стороны реки, у старых ворот.",
]


def shares(name: str) -> tuple[Counter[tuple[str, bool]], dict[str, list[str]]]:
    spec = importlib.util.spec_from_file_location("eligibility_benchmark", ROOT / "benchmarks" / "eligibility.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    counts, misses = scorer.score(FOLDER / name)
    totals: Counter[tuple[str, bool]] = Counter()
    for (_, what, right), count in counts.items():
        totals[what, right] += count
    return totals, misses


@pytest.mark.parametrize("name", ["languages.jsonl", "held_out.jsonl"])
def test_shares_in_sixteen_languages(name: str) -> None:
    rows = [json.loads(line) for line in (FOLDER / name).read_text("utf-8").rstrip("\n").split("\n")]
    assert {row["kind"].partition("_")[2] for row in rows} == LANGUAGES
    totals, misses = shares(name)
    assert totals["artefact", True] + totals["artefact", False] >= 300
    assert totals["artefact", True] >= 0.95 * (totals["artefact", True] + totals["artefact", False]), misses
    assert totals["content", True] >= 0.98 * (totals["content", True] + totals["content", False]), misses


@pytest.mark.parametrize("sentence", CONTENT)
def test_a_sentence_about_cookies_or_licences_is_content(sentence: str) -> None:
    found = segment(Document(id="d", text=sentence, media_type="text/plain"))
    assert [target.text for target in found.eligible] == [sentence], [target.reason for target in found.targets]


def test_a_notice_is_masked_and_not_only_left_out() -> None:
    text = "Powroźnia w Tarrinie wyrabiała liny do 1911 roku.\n\nTa strona używa plików cookie do analizy ruchu."
    found = segment(Document(id="d", text=text, media_type="text/plain"))
    assert [text[gap.start : gap.end] for gap in found.artefacts] == ["Ta strona używa plików cookie do analizy ruchu."]
