"""Questions in another language than the documents are told, and matched by what a translation leaves as it is."""

from __future__ import annotations

import pytest

from selfstudy_guard.imported import Pair
from selfstudy_guard.imported.assess import Sources, assess
from selfstudy_guard.records import Document

TEXT = (
    "# Skerry lights\n\nThe lighthouse of Orrin was built in 1871 and stands 38 metres high. Two keepers tend the lamp "
    "at night. The fog horn of Kalvo sounds every 40 seconds in fog. Visitors climb the tower on Sundays. A ticket "
    "costs 7 crowns and is sold at the gate.\n"
)
SOURCES = Sources.prepare([Document(id="lights.md", text=TEXT)])


def judged(*pairs: tuple[str, str]):
    return assess([Pair(question, answer) for question, answer in pairs], SOURCES)


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("Wann wurde der Leuchtturm von Orrin gebaut?", "Im Jahr 1871.", "1871"),
        ("Wie viel kostet eine Karte?", "7 Kronen", "7 crowns"),
        ("门票多少钱？", "7克朗", "7 crowns"),
        ("Как часто звучит туманный горн?", "Каждые 40 секунд.", "40 seconds"),
        ("¿Cuándo se construyó el faro de Orrin y cuánto mide?", "En 1871; 38 metros.", "1871"),
        ("Combien coûte le billet et où est-il vendu ?", "7 couronnes.", "7 crowns"),
        ("Con quale frequenza suona la sirena di Kalvo?", "Ogni 40 secondi.", "40 seconds"),
        ("塔の高さは何メートルですか？", "38メートル", "38 metres"),
        ("كم ثمن التذكرة؟", "7 كرونات", "7 crowns"),
    ],
)
def test_a_translated_question_is_told_and_matched(question: str, answer: str, told: str) -> None:
    found = judged((question, answer))
    assert found.translated == 1
    (entry,) = found.entries
    assert entry.spans
    assert told in TEXT[entry.spans[0][0] : entry.spans[0][1]]


def test_nothing_is_guessed_where_nothing_is_shared() -> None:
    found = judged(("Wer geht am Abend über die Insel?", "Niemand."))
    assert (found.translated, found.by_numbers) == (1, 0)
    assert not found.entries[0].spans


def test_numbers_that_two_targets_hold_decide_nothing() -> None:
    text = (
        "The pier of the town is 12 metres wide and was built of the stone that was at hand.\n\n"
        "The quay that lies to the south of it is 12 metres long and was made of oak.\n"
    )
    sources = Sources.prepare([Document(id="a.md", text=text)])
    found = assess([Pair("Wie breit ist der Kai, und wie lang ist die Mole?", "12 Meter")], sources)
    assert (found.translated, found.by_numbers) == (1, 0)


def test_questions_in_the_language_of_the_document_are_as_before() -> None:
    found = judged(("When was the lighthouse of Orrin built?", "In 1871."), ("How tall is Mount Erebus?", "3,794 m"))
    assert (found.translated, found.by_numbers) == (0, 0)
    assert found.entries[0].spans
