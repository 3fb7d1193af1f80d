"""Marks of footnotes are no words of their sentence; numbers that are content stay. Written before looking: 14 of the
21 failed."""

import pytest

from selfstudy_guard import Document
from selfstudy_guard.documents import mask_artefacts, segment

FILLS, OPENS, ROD = (
    "The lock fills slowly.",
    "Once the water stands level the gate opens.",
    "The keeper measures it with a rod of ash.",
)


def read(html):
    found = segment(Document(id="a.html", text=html))
    return [
        " ".join(mask_artefacts(one.text, found.artefacts, start=one.start).split()).replace(" .", ".")
        for one in found.eligible
    ]


@pytest.mark.parametrize(
    "mark",
    [
        '<a epub:type="noteref" href="#n1">1</a>',
        '<sup><a href="#n1">1</a></sup>',
        '<a href="#n1" id="r1"><sup>1</sup></a>',
        "<sup>1</sup>",
        '<span class="footnote-ref">[1]</span>',
        '<a role="doc-noteref" href="notes.xhtml#n1">*</a>',
        '<a href="part5.xhtml#fn12" class="calibre3">[12]</a>',
        '<a href="#d" class="noteref">†</a>',
        ' <a epub:type="noteref" href="#n1">1</a>',
        '<a href="#fna"><sup>a</sup></a>',
        '<a id="fr1" href="#fn1">1</a>',
    ],
)
def test_a_mark_between_two_sentences(mark):
    assert read(f"<p>{FILLS}{mark} {OPENS}</p>") == [FILLS, OPENS]


def test_a_mark_does_not_glue_two_sentences_of_another_language():
    html = '<p>Das Becken füllt sich.<a id="fr1" href="#fn1">1</a> Sobald das Wasser steht, geht das Tor auf.</p>'
    assert read(html) == ["Das Becken füllt sich.", "Sobald das Wasser steht, geht das Tor auf."]


@pytest.mark.parametrize("place", ["lock{} fills slowly.", "lock fills slowly{}."])
def test_a_mark_inside_a_sentence(place):
    assert read(f"<p>The {place.format('<sup><a href=#n2>2</a></sup>')} {OPENS}</p>") == [FILLS, OPENS]


@pytest.mark.parametrize(
    "note",
    [
        f'<ol><li id="n1"><p>{ROD} <a href="#r1">↩</a></p></li></ol>',
        f'<div class="footnotes"><p><a href="#r1">1</a> {ROD}</p></div>',
        f'<aside epub:type="footnote" id="n1"><p><a href="#r1">1.</a> {ROD}</p></aside>',
        f'<aside epub:type="footnote" id="n1"><p>1 {ROD}</p></aside>',
    ],
)
def test_a_note_is_its_words(note):
    assert read(note) == [ROD]


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>The hall holds 10<sup>6</sup> bricks.</p>", "The hall holds 10^6 bricks."),
        ("<p>The field measures 40 m<sup>2</sup> in all.</p>", "The field measures 40 m2 in all."),
        ('<p>The gate opens in chapter <a href="c.html#c4">4</a> of the tale.</p>', "chapter 4 of the tale"),
        ('<p>The lock was built in <a href="#1931">1931</a> by the monks.</p>', "in 1931 by the monks"),
        ('<p><a href="#x">12</a> boats pass the lock on a summer day.</p>', "12 boats pass"),
        ("<p>Fewer than 3<sup>rd</sup> class tickets were sold there.</p>", "3rd class"),
        (
            '<table><tr><th>Lock</th><th>Boats</th></tr><tr><td><a href="#u">12</a></td><td>480</td></tr></table>',
            "12",
        ),
    ],
)
def test_a_number_that_is_content_stays(html, kept):
    assert any(kept in text for text in read(html)), read(html)
