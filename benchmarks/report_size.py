"""Size of the report's one page for a document of 1,000 targets and more and more questions.

python benchmarks/report_size.py
"""

from __future__ import annotations

from selfstudy_guard.coverage import CoverageTracker, report_html
from selfstudy_guard.records import Document, Footprint
from selfstudy_guard.report import Entry

TARGETS = 1_000


def main() -> None:
    """Print bytes of the page by number of questions."""
    text = " ".join(
        f"Sentence {n} tells about harbour {n * 7}, its light, and the depth of the water there."
        for n in range(TARGETS)
    )
    document = Document(id="harbours.txt", text=text, media_type="text/plain")
    for asked in (0, 1, 10, 100):
        tracker = CoverageTracker([document])
        entries = []
        for target in tracker.segmentation(document.id).targets:
            footprint = Footprint(targets=(target,), scores=(0.9,))
            for number in range(asked):
                question = (
                    f"What does sentence {target.index} tell about its harbour, in full ({number})? " + "so " * 30
                )
                tracker.add(question, footprint=footprint)
                entries.append(
                    Entry(
                        question, "It tells a good deal, namely this. " * 8, document.id, ((target.start, target.end),)
                    )
                )
        page = report_html(tracker=tracker, documents=[document], records=entries)
        print(f"{TARGETS * asked:,} questions: {len(page.encode('utf-8')):,} bytes")


if __name__ == "__main__":
    main()
