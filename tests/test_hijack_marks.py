"""The auditor sees advertisements that the sampler took for content."""

from __future__ import annotations

import pytest

from selfstudy_guard import CoverageTracker, Document
from selfstudy_guard.coverage.hijack_marks import is_presented
from selfstudy_guard.documents import segment

PAGE = (
    "<html><body><p>The mill was built in 1742 by monks from the town of Trier.</p>{}"
    "<p>The wheel of the mill was widened in 1954 by the engineers of the town.</p></body></html>"
)


@pytest.mark.parametrize(
    "block",
    [
        "<div class='gpt-unit-7'><p>Rain jackets at Pier Sports keep you dry for nine crowns.</p></div>",
        "<p>Rain jackets at Pier Sports: save 20 % this week with code RAIN20 at the till.</p>",
        "<div id='x-sponsor-3'><p>Rain jackets at Pier Sports cost nine crowns in June.</p></div>",
        "<p>Order rain jackets of Pier Sports today, with free delivery to all harbours.</p>",
    ],
)
def test_the_ruler_does_not_share_the_blind_spot_of_the_sampler(block: str) -> None:
    document = Document(id="x.html", text=PAGE.format(block))
    segmentation = segment(document)
    tracker = CoverageTracker()
    tracker.add_document(document, segmentation)
    footprint = tracker.add("What do rain jackets cost at Pier Sports?", "nine crowns", document_id="x.html")
    assert footprint.artefact
    tracker.add("Who built the mill in 1742?", "monks from Trier", document_id="x.html")
    assert tracker.summary().hijack_rate == 0.5


@pytest.mark.parametrize(
    "sentence",
    [
        "The advertisement of 1704 in the Boston News-Letter sold an estate.",
        "The tram saves 20 minutes a day for those who live beyond the bridge.",
        "The newsletter of the guild was printed by hand until 1931.",
        "Sailors used code flags to call for a pilot.",
        "Cookies are baked from rye flour, butter and honey.",
        "Orders for the new bells came from nine towns.",
    ],
)
def test_articles_about_such_things_are_content(sentence: str) -> None:
    document = Document(id="x.html", text=PAGE.format(f"<p>{sentence}</p>"))
    target = next(one for one in segment(document).targets if sentence in one.text)
    assert not is_presented(target, document.text)
