"""Documents are judged and cut once; the ledger keeps what came of it for every later look, also across a resume."""

from __future__ import annotations

import json
import uuid
from importlib.metadata import version

from selfstudy_guard.documents import segment
from selfstudy_guard.documents.eligibility.doubts import DOUBT, without_doubtful
from selfstudy_guard.filter.beliefs import examined_each
from selfstudy_guard.ledger import Ledger
from selfstudy_guard.protocols import Finds
from selfstudy_guard.settings import Settings


def cutter(settings: Settings, *, own_filter: bool) -> str:
    """Names what cuts the documents: pieces that something else made are made again.

    Args:
        settings: those that name the filter count.
        own_filter: whether the user gave a filter of his own, of which nobody can tell whether it changed; documents
            are then judged again when the run goes on.
    """
    library = version("selfstudy-guard")
    if own_filter:
        return f"{library} {uuid.uuid4().hex}"
    named = {name: value for name, value in settings.model_dump(mode="json").items() if name.startswith("filter")}
    named["asked last"] = settings.withhold is not None
    if settings.skip_own_pairs:
        named["skip_own_pairs"] = True
    return f"{library} {json.dumps(named, sort_keys=True)}"


def cut_documents(
    ledger: Ledger, finds: Finds, made_by: str, *, doubt: float | None = DOUBT, skip_own_pairs: bool = False
) -> int:
    """Judge and cut every document that was not, some at a time; returns how many.

    Targets of which as much is believed as `doubt` are not asked about; None doubts nothing. `skip_own_pairs`
    leaves out answers to questions that a document asks itself.
    """
    return ledger.keep_pieces(
        made_by,
        (
            (document, findings, without_doubtful(pieces, beliefs, doubt), beliefs)
            for document, findings, beliefs in examined_each(finds, ledger.uncut(made_by))
            for pieces in (segment(document, findings=findings, skip_own_pairs=skip_own_pairs),)
        ),
    )
