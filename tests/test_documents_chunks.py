"""Bring your own chunks: located by monotonic alignment, whatever the splitter did to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.documents import locate_chunks, normal_form, normalise
from selfstudy_guard.errors import DocumentError
from selfstudy_guard.records import Document

SENTENCES = ["The gate closes.", "The pump starts.", "It stops again.", "Water falls at ebb.", "The end\u2014so far."]
DOCUMENTS = st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=40).map("\n".join)


def solid(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, st.integers(8, 60), st.integers(0, 30))
def test_overlapping_windows_of_repeated_text_are_found_where_they_were_cut(text: str, size: int, overlap: int) -> None:
    step = max(4, size - overlap)
    starts = [at for at in range(0, len(text), step) if text[at : at + size].strip()]
    chunks = [text[at : at + size] for at in starts]
    spans = locate_chunks(Document(id="d", text=text), chunks)
    for chunk, span in zip(chunks, spans, strict=True):
        assert solid(text[span.start : span.end]) == solid(chunk)
    # Growing starts, and together the chunks cover the document again: repeated text went to its own place.
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    if step <= size:
        covered = {place for span in spans for place in range(span.start, span.end)}
        missing = [place for place, c in enumerate(text) if not c.isspace() and place not in covered]
        assert len(missing) <= 0.05 * len(text)


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, st.integers(10, 60))
def test_white_space_and_a_common_header_do_not_matter(text: str, size: int) -> None:
    chunks = [text[at : at + size] for at in range(0, len(text), size) if text[at : at + size].strip()]
    plain = locate_chunks(Document(id="d", text=text), chunks)
    squeezed = [re.sub(r"\s+", " ", chunk).strip() for chunk in chunks]
    assert locate_chunks(Document(id="d", text=text), squeezed) == plain
    headed = [f"Document: mill, part of the manual\n\n{chunk}" for chunk in squeezed]
    if len(headed) > 1:
        assert locate_chunks(Document(id="d", text=text), headed) == plain


def test_quotes_dashes_and_invisible_characters_do_not_matter() -> None:
    text = "He said \u201cso\u201d \u2014 and\u00a0left\u00ad the mill."
    (span,) = locate_chunks(Document(id="d", text=text), ['said "so" - and left the'])
    assert text[span.start : span.end] == "said \u201cso\u201d \u2014 and\u00a0left\u00ad the"


def test_a_header_of_one_chunk_is_left_out() -> None:
    text = "Intro.\n\nThe gate closes at high water.\n\nThe wheel turns slowly at ebb."
    spans = locate_chunks(Document(id="d", text=text), ["Intro.", "# Gate > Use\nThe gate closes at high water."])
    assert text[spans[1].start : spans[1].end] == "The gate closes at high water."


def test_a_few_changed_characters_are_forgiven() -> None:
    text = "The gate closes at high water and keeps nine thousand cubic metres of sea behind the dam until ebb."
    (span,) = locate_chunks(Document(id="d", text=text), [text.replace("nine", "9").replace("sea", "seawater")])
    assert span.end - span.start > 0.4 * len(text)


def test_what_cannot_be_located_is_named() -> None:
    document = Document(id="mill.txt", text="The gate closes at high water.")
    with pytest.raises(DocumentError, match=r"chunk 1 \('Nothing of this .*mill\.txt.*does not occur"):
        locate_chunks(document, ["The gate", "Nothing of this stands in the document at all."])
    with pytest.raises(DocumentError, match="chunk 0"):
        locate_chunks(document, ["   "])


def test_more_copies_than_the_document_has_are_named() -> None:
    document = Document(id="d", text="Same line.\nSame line.\nOther line.")
    assert [span.start for span in locate_chunks(document, ["Same line."] * 2)] == [0, 11]
    with pytest.raises(DocumentError, match=r"chunk 2 .*none of them in the order"):
        locate_chunks(document, ["Same line."] * 3)


def test_no_chunks() -> None:
    assert locate_chunks(Document(id="d", text="x"), []) == []


@given(st.text())
def test_normal_form_leads_back(text: str) -> None:
    normal = normalise(text)
    assert normal.text == normal_form(text)
    assert len(normal.places) == len(normal.text)
    if normal.text:
        start, end = normal.raw(0, len(normal.text))
        assert normal_form(text[start:end]) == normal.text
        assert normal.at(normal.places[-1]) == len(normal.text) - 1
