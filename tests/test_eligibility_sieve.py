"""Sieved patterns answer as the bare ones, on every line of the labelled pages and in any case, alone and by place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.documents.eligibility import languages, phrases
from selfstudy_guard.documents.eligibility.sieve import Sieved, _alternatives

PATTERNS = [
    value
    for module in (languages, phrases)
    for name, value in sorted(vars(module).items())
    if isinstance(value, Sieved) and name.startswith("_")
]
LINES = sorted(
    {
        " ".join(line.split())[:400]
        for path in [*Path("tests/data/eligibility").rglob("*"), *Path("selfstudy_guard/languages").glob("*.toml")]
        if path.is_file() and path.stat().st_size < 2_000_000
        for line in re.split(r'[\n"|]', path.read_text(encoding="utf-8", errors="replace"))
    }
)[::7]


@pytest.mark.parametrize("change", [str, str.upper, str.title], ids=["as it is", "upper", "title"])
def test_the_sieve_changes_no_answer(change: type[str]) -> None:
    assert len(PATTERNS) >= 14
    for line in LINES:
        text = change(line)
        lowered = text.lower()
        for one in PATTERNS:
            assert one.found(text, lowered) == (one.pattern.search(text) is not None), (text, one.pattern)


@pytest.mark.parametrize("change", [str, str.upper, str.title], ids=["as it is", "upper", "title"])
def test_places_of_a_document_leave_out_no_phrase(change: type[str]) -> None:
    """What is found in a part of a document is found there too when only the patterns of its place are searched."""
    for first in range(0, len(LINES), 8):
        lines = [change(line) for line in LINES[first : first + 8]]
        found, at = phrases.places().of("\n \t".join(lines)), 0
        for line in lines:
            bits = found.within(at, at + len(line))
            assert phrases.phrase_reason(line, bits) == phrases.phrase_reason(line), line
            at += len(line) + 3


@pytest.mark.parametrize(
    "view", ["Click\n here", "click <b>here</b>", "\u0130 cookies", "KULLANIM KO\u015eULLARI", "\u00a9"]
)
def test_places_do_not_depend_on_white_space_markup_or_case(view: str) -> None:
    shown = view.replace("<b>", "   ").replace("</b>", "    ")
    bits = phrases.places().of(view).within(0, len(view))
    assert phrases.phrase_reason(shown, bits) == phrases.phrase_reason(shown)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("cCoOkKiIıİeEsSſ ßKL"), max_size=24))
def test_letters_that_re_takes_for_each_other(text: str) -> None:
    for source in ("cookies?", r"\b(?:kolikosi|Lise)\b", "ıslık|silk", "[ck]ooki"):
        one = Sieved(re.compile(source, re.IGNORECASE))
        assert one.found(text, text.lower()) == (one.pattern.search(text) is not None)


def test_alternatives_are_cut_outside_groups_and_sets() -> None:
    assert _alternatives(r"a(?:b|c)|[|\]]d|[]|]e|\|f|[^]|]") == ["a(?:b|c)", r"[|\]]d", "[]|]e", r"\|f", "[^]|]"]


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("cookies?", {"cookie"}),
        (r"\b(?:buy|order) (?:now|today)\b", {"buy", "order"}),
        ("a|", set()),
        (r"[0-9]{4}", set()),
        (r"(?:ab)+c?", {"ab"}),
        (r"(?:ab)?c", {"c"}),
    ],
)
def test_runs_that_a_match_must_hold(source: str, runs: set[str]) -> None:
    assert set(Sieved(re.compile(source)).runs) == runs
