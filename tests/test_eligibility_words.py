"""Short ways of counting words give what the general ones give."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.documents.eligibility import blobs, wordlike
from selfstudy_guard.documents.eligibility.repeated import DuplicateFinder

LETTERS = st.text(st.sampled_from("abThe ’'-–é²½⁰ß.,\n\t_1\u00a0\u200c\u024fкあ字\u0301\u3000"), max_size=40)


@settings(max_examples=500, deadline=None)
@given(LETTERS | st.text(max_size=40))
def test_words_of_latin_text_are_those_of_any_text(text: str) -> None:
    if wordlike.is_latin(text):
        assert wordlike._LATIN_WORD.findall(text) == wordlike.WORD.findall(text)
        assert not wordlike._DENSE.search(text)
    told = wordlike.content_words(text)
    assert [wordlike._telling(text, most) >= most for most in (1, 2, 3)] == [told >= most for most in (1, 2, 3)]
    assert wordlike.solid(text) == sum(c not in " \n\t\r\u00a0\u3000" for c in text)


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("aeiouyAEbcdfgXZ.,!\"'"), max_size=9))
def test_ordinary_words_are_no_noise_by_the_other_rules(word: str) -> None:
    bare = word.strip(".,;:()[]\"'*_\u201c\u201d\u2018\u2019?!")
    if len(bare) > 1 and blobs._ORDINARY.fullmatch(bare):
        assert blobs._NAME.fullmatch(bare) is not None or blobs._GARBLED.search(bare) is None


def test_lone_surrogates_have_shingles() -> None:
    finder = DuplicateFinder()
    text = "The \ud800boiler feeds seven pumps and every pump drives one valve in the long hall"
    assert not finder.seen(text)
    assert finder.seen(text + " of")
