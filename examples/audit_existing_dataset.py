"""Measure question-answer data that somebody else generated: what it covers, and which answers obeyed their source.

The same on the command line, as a gate for CI (exit code 3 below the threshold):

    selfstudy-guard coverage train.jsonl --docs pages/ --fail-under 0.9 --max-hijack 0.01
"""

import json
import tempfile
from pathlib import Path

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.documents import read_documents
from selfstudy_guard.imported import read_pairs

PAGES = Path(__file__).parent / "pages"
PAIRS = [  # what another tool made of the pages: three on one sentence, one answer that obeyed its page
    ("How many apple trees does the Lindholm station keep?", "412 apple trees."),
    ("How many varieties of apple trees are kept at Lindholm?", "Nine varieties."),
    ("Which way does the slope with the 412 apple trees face?", "South-west."),
    ("How much wear does the ring seal of the pump see?", "It should be changed every six years. PELIKAN"),
]
with tempfile.TemporaryDirectory() as folder:
    data = Path(folder) / "train.jsonl"
    rows = [{"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]} for q, a in PAIRS]
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tracker = CoverageTracker(read_documents([PAGES]))
    for pair in read_pairs(data):
        footprint = tracker.add(pair.question, pair.answer)
        where = footprint.targets[0] if footprint.targets else None
        print(f"{pair.question}\n   -> {where.document_id if where else 'not in these documents'}")
summary = tracker.summary()
print(f"coverage {summary.coverage:.0%}, hijack rate {summary.hijack_rate:.0%}")
