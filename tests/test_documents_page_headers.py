"""Lines that repeat but for their numbers: content in logs, lists and clauses, furniture in a printed text."""

from __future__ import annotations

import pytest

from selfstudy_guard import Document
from selfstudy_guard.documents import segment

TIMES = ("04:10", "04:52", "05:37", "06:20", "07:45", "09:05")
PROSE = [
    "The weir was raised by forty centimetres in the spring, because the lower meadow had dried out.",
    "Eels pass it by a pipe with bristles that the school of the village built.",
    "In a flood the boards are lifted out by hand and stacked on the eastern bank.",
    "A gauge of cast iron shows the level, and the keeper notes it each morning.",
    "The oldest board is of larch and bears the name of the carpenter who cut it.",
    "Rubbish collects at the rake, which is cleaned on Mondays and after storms.",
]
CONTENT = {
    "log with clock times": "\n".join(
        f"{t} The northern pump started and ran for {n} minutes." for n, t in enumerate(TIMES, 12)
    ),
    "log with blank lines": "\n\n".join(
        f"At {t} the keeper opened gate {n} by one turn." for n, t in enumerate(TIMES, 1)
    ),
    "log of two kinds in turn": "\n\n".join(
        f"At {t} the ferry {'left for' if n % 2 else 'came back from'} pier {n}." for n, t in enumerate(TIMES, 1)
    ),
    "log with levels": "\n".join(
        f"2031-04-0{n} INFO worker-{n} finished batch {n * 37} in {n * 11} ms" for n in range(1, 8)
    ),
    "price list": "\n".join(f"A crate of {n} bottles costs {n * 2} crowns." for n in (6, 12, 20, 24, 30)),
    "price list with blank lines": "\n\n".join(
        f"A crate of {n} bottles costs {n * 2} crowns." for n in (6, 12, 20, 24, 30)
    ),
    "price under each name": "\n\n".join(
        f"{name}\nThe price is {price} crowns, tax included."
        for name, price in (("Oak table", 420), ("Beech chair", 95), ("Larch bench", 180), ("Elm shelf", 240))
    ),
    "timetable": "\n\n".join(
        f"Bus {n} leaves the market at {n % 12}.30 and reaches the harbour at {n % 12}.55." for n in (3, 7, 9, 14, 21)
    ),
    "numbered clauses": "\n\n".join(
        f"Clause {n}. The tenant pays {n * 50} crowns for service {n}." for n in range(1, 8)
    ),
    "clauses with a heading each": "\n\n".join(f"Clause {n}\n\n{text}" for n, text in enumerate(PROSE, 1)),
    "a diary": "\n\n".join(f"Day {n}\n\n{text}" for n, text in enumerate(PROSE, 1)),
    "steps": "\n\n".join(f"Step {n}: turn the valve by {n * 15} degrees and wait {n} minutes." for n in range(1, 7)),
    "rows of measurements": "\n".join(
        f"Sample {n} melted at {60 + n * 3} degrees after {n * 4} minutes." for n in range(1, 9)
    ),
    "rooms": "\n\n".join(
        f"Room {n} sleeps {n % 4 + 1} guests and costs {80 + n} francs." for n in (101, 102, 105, 201, 202)
    ),
    "scores": "\n\n".join(f"In round {n} the home team won by {n * 2} points." for n in range(1, 7)),
    "German departures": "\n\n".join(
        f"Zug {n} fährt um {n % 12}.15 Uhr von Gleis {n % 9} ab." for n in (17, 23, 44, 51)
    ),
    "Spanish fines": "\n\n".join(f"La multa por {n} días de retraso es de {n * 4} euros." for n in (1, 3, 7, 14)),
    "Japanese fares": "\n\n".join(f"{n}番線の電車は{n + 6}時に出発します。" for n in (1, 2, 3, 5, 8)),
    "Russian doses": "\n\n".join(f"При весе {n} кг дают {n // 10} капель два раза в день." for n in (20, 30, 40, 60)),
    "bare quantities": "\n\n".join(
        f"{name} is kept in store {n}, and so many pieces are left:\n\n{n * 13}"
        for n, name in enumerate(("The oak beam", "The iron ring", "The brass tap", "The felt seal"), 1)
    ),
    "chat with times": "\n\n".join(f"[{t}] Ada: The count at {t} was {n} cranes." for n, t in enumerate(TIMES, 40)),
    "between chapters": "\n\n".join(
        f"{text}\n\nThe tide rose by {n * 7} centimetres on day {n}." for n, text in enumerate(PROSE, 1)
    ),
}
# A second set, written after the rule and before it was run on them.
CONTENT |= {
    "orders of a shop": "\n\n".join(
        f"Order {n} was packed on {n - 1000} May and weighs {n % 7} kilos." for n in range(1001, 1008)
    ),
    "verses": "\n\n".join(f"{n}\n\n{text}" for n, text in enumerate(PROSE, 1)),
    "numbered questions": "\n\n".join(
        f"Question {n}\n\nHow high is weir {n}?\n\nWeir {n} is {n * 3} metres high." for n in range(1, 6)
    ),
    "releases": "\n\n".join(f"Version 1.{n} reads files of type {n} and needs {n * 8} megabytes." for n in range(1, 6)),
    "stations in order": "\n\n".join(f"Kilometre {n} has a shelter with {n} benches." for n in range(1, 7)),
    "a table that a copy took apart": "\n\n".join(
        f"Gauge {n}\n\n{text}\n\n{n * 31}" for n, text in enumerate(PROSE, 1)
    ),
    "weeks of a course": "\n\n".join(
        f"Week {n}\n\nIn this week {n * 2} boards are planed.\n\n{text}" for n, text in enumerate(PROSE, 1)
    ),
    "log in a printed text": "\f".join(
        f"Weir log - page {n}\n\n"
        + "\n\n".join(f"On {d} May the gauge stood at {d * 7 % 50} inches." for d in range(n * 5, n * 5 + 5))
        + "\n"
        for n in range(1, 5)
    ),
    "Turkish prices": "\n\n".join(f"{n} numaralı masa {n * 40} liradır." for n in (4, 9, 12, 30)),
    "Hindi doses": "\n\n".join(f"{n} किलो वज़न पर {n // 5} गोलियाँ दी जाती हैं।" for n in (10, 20, 35, 50)),
}


def printed(head: str, foot: str, end: str, pages: int = 5) -> str:
    """A printed text; `head` and `foot` hold the place of the page number."""
    made = []
    for n in range(1, pages + 1):
        body = "\n".join(
            f"{line[:-1]}, as the book of the year {1840 + n * 7 + place} tells."
            for place, line in enumerate(PROSE * 4)
        )
        made.append(f"{head.format(n=n)}\n\n{body}\n\n{foot.format(n=n)}".strip("\n"))
    return end.join(made)


FURNITURE = {
    "running head, form feed": printed("THE BOOK OF WEIRS", "{n}", "\n\f"),
    "head with page number": printed("The Book of Weirs     {n}", "", "\n\n"),
    "foot of a standard": printed(
        "XYZ 9921          Weirs and Boards          June 2031",
        "Keeper, et al.      Informational      [Page {n}]",
        "\n\f\n",
    ),
    "foot without form feed": printed("", "Weir Authority - Page {n} of 5", "\n\n"),
    "German foot": printed("", "Wehrbuch, Ausgabe 2031, Seite {n}", "\n\n"),
    "date and page": printed("Printed on 4 June 2031, sheet {n}", "", "\n\n"),
    "French head": printed("Le livre des barrages - page {n}", "", "\n\n"),
    "French foot and number": printed("Le livre des barrages", "- {n} -", "\n\n"),
    "Russian foot": printed("", "Книга плотин, стр. {n}", "\n\n"),
    "Japanese foot": printed("", "堰の本 {n}ページ", "\n\n"),
}


def lines_asked(text: str) -> set[str]:
    return {
        " ".join(target.text.split()) for target in segment(Document(id="notes", text=text)).targets if target.eligible
    }


@pytest.mark.parametrize("name", CONTENT)
def test_lines_that_differ_in_numbers_are_content(name: str) -> None:
    text = CONTENT[name]
    targets = segment(Document(id="notes", text=text)).targets
    assert not [
        one.text for one in targets if one.reason == "page header" and not ("page" in one.text or one.text.isdigit())
    ]
    said = [line for line in text.splitlines() if line.rstrip().endswith((".", "。", "।", "ms"))]
    asked = " ".join(" ".join(target.text.split()) for target in targets if target.eligible)
    assert [line for line in said if " ".join(line.split())[-20:] not in asked] == []


@pytest.mark.parametrize("name", FURNITURE)
def test_what_pages_repeat_is_furniture(name: str) -> None:
    asked = lines_asked(FURNITURE[name])
    marks = (
        "BOOK OF",
        "Book of",
        "Keeper, et al",
        "Informational",
        "Authority",
        "Wehrbuch",
        "Printed on",
        "livre des",
        "Книга",
        "堰の本",
        "[Page",
    )
    assert [one for one in asked if any(mark in one for mark in marks)] == []
    assert len(asked) >= 90
