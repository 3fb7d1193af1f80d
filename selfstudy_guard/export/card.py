"""The data set card that goes with a Parquet export: what is in it and how it was made; it invents no licence."""

from __future__ import annotations

import html
from collections import Counter

from selfstudy_guard.records import Record

CARD_MARK = "<!-- made by selfstudy-guard export -->"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_MOST_DOCUMENTS = 1_000_000


class CardTally:
    """What a card tells about the records, counted as they pass."""

    def __init__(self) -> None:
        self.rows: int = 0
        self.styles: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.findings: int = 0
        self.documents: set[str] = set()

    def add(self, record: Record) -> None:
        """Count one record."""
        self.rows += 1
        self.styles[record.style] += 1
        self.models[record.model or "unknown"] += 1
        self.kinds[record.target.kind] += 1
        self.findings += len(record.evidence.findings)
        if len(self.documents) < _MOST_DOCUMENTS:
            self.documents.add(record.document_digest)


def card(name: str, file_name: str, tally: CardTally) -> str:
    """The card as Markdown with the header that the Hugging Face Hub reads.

    Args:
        name: of the data set.
        file_name: of the Parquet file beside the card.
        tally: of its records.
    """
    size = next((label for limit, label in _SIZES if tally.rows < limit), "n>1M")
    return f"""---
configs:
- config_name: default
  data_files: {_quoted(file_name)}
pretty_name: {_quoted(name)}
size_categories:
- {size}
tags:
- synthetic
- question-answering
task_categories:
- question-answering
---
{CARD_MARK}

# {_shown(name)}

{tally.rows:,} question-answer pairs from {len(tally.documents):,} documents. The questions and answers were written by
a language model; each question is tied to one passage of its document (`target`), and each answer was written from
the text round it after instruction-like passages had been taken out ({tally.findings:,} were).

| | |
| --- | --- |
| models | {_counted(tally.models)} |
| styles | {_counted(tally.styles)} |
| kinds of passage | {_counted(tally.kinds)} |

## Columns

- `id`: key of the record; the same in the provenance file.
- `question`, `answer`: the pair.
- `evidence`: the text that the answer was written from, after the filter.
- `target`: the passage that the question is tied to; `start` and `end` are its code points in the document
  `document_id`.
- `kind`, `section`: what the passage is, and the headings above it.
- `style`, `model`: how the question was asked for, and of which model.

## Licence

None is stated here: the rows quote their source documents, so the licences of those decide, together with the terms of
the model. Add `license:` to the header above once you know it.
"""


def _counted(counts: Counter[str]) -> str:
    return ", ".join(
        f"{_shown(label)} ({count:,})" for label, count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))
    )


def _shown(text: str) -> str:
    """Untrusted text inside Markdown: one line, no markup."""
    line = html.escape(" ".join("".join(char if char.isprintable() else " " for char in text).split())[:200])
    return "".join("\\" + char if char in "\\`*_[]|#" else char for char in line)


def _quoted(text: str) -> str:
    """A YAML string in double quotes."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
