"""The documents of a run as they were judged and cut when it ran, for measuring data sets on the same targets."""

from __future__ import annotations

from selfstudy_guard.generation.run import Run
from selfstudy_guard.imported.assess import Sources
from selfstudy_guard.imported.passages import PassageIndex


def sources_of(run: Run) -> Sources:
    """What the run kept of its documents; nothing is judged again."""
    documents = tuple(run.iter_documents())
    found, pieces = run.acted_findings(), run.segmentations()
    return Sources(
        documents,
        {document.id: tuple(found[document.id]) for document in documents},
        {document.id: pieces[document.id] for document in documents},
        PassageIndex(documents),
    )
