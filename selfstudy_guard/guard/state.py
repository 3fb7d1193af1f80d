"""What a guard remembers: the ledger, the coverage so far, the draws that are open and the questions that wait.

The states of a draw, and what moves it on. Everything that affects them stands in this file:

    draw, plan
        |
        v      asked              answered
      OPEN --------->  PENDING  ----------->  RECORDED
        |  asked          |  answered
        +-----------------+---------------->  REJECTED  (at the question, or at the answer)
        |  error          |  error
        +-----------------+---------------->  FAILED
        |  cancelled      |  cancelled
        v                 v
      left             PENDING

* OPEN: planned; its call is on its way.
* PENDING: its question passed and was admitted; it waits for a call whose messages hold it (`PendingQuestions`).
* RECORDED, REJECTED: ended; the balance counts it.
* FAILED: the wrapped call raised; a later process tries it again.
* left: the call was cancelled before there was a question; the next call about its target takes it up. A cancelled
  answer leaves its question pending.

The ledger knows OPEN, left and PENDING as pending, so a process that takes up the folder goes on with them (`_resume`).
"""

from __future__ import annotations

import re
import threading
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, Literal

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.documents import segment
from selfstudy_guard.documents.eligibility.doubts import DOUBT, LAST
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.keys import draw_key, request_key
from selfstudy_guard.flow.pair import Answered, Asked, record_of, rejection_of
from selfstudy_guard.flow.prepared import Prepared, PreparedDocuments
from selfstudy_guard.guard.pending import OpenDraw, PendingQuestions
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import (
    Document,
    Draw,
    Question,
    Record,
    Rejection,
    Reply,
    Target,
    Verdict,
)

_PARTS = 20
"""Questions of one refused reply that are remembered."""
_ENDED = re.compile(r"(?<=[?\uff1f\u061f])\s+|\n+")
_KEPT = 4096
"""Documents whose pieces, findings and attribution index are kept ready."""


class GuardState:
    """The state of one guard; safe to share between threads and tasks.

    Attributes:
        documents: the registered documents by id.
        ledger: the durable state.
        pending: accepted questions that wait for their answer.

    Args:
        documents: the registered documents.
        out: run folder; None keeps the ledger in memory.
        instruction_filter: finds instruction-like spans, once a document.
        settings: what a later process must agree with to go on with the same folder.
        seed: settles the order among equally covered targets.
        withhold: belief from which a target is asked about last; None doubts none.
        skip_own_pairs: whether answers to questions that a document asks itself are left out.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        out: str | PathLike[str] | None,
        instruction_filter: InstructionFilter,
        settings: Mapping[str, Any],
        seed: int,
        *,
        withhold: float | None = None,
        skip_own_pairs: bool = False,
    ) -> None:
        self.documents: dict[str, Document] = {document.id: document for document in documents}
        self.ledger: Ledger = open_ledger(out)
        self.ledger.begin(settings)
        if out is not None:
            self.ledger.add_documents(documents)
        self._prepared = PreparedDocuments(
            self.documents.__getitem__,
            lambda document, findings: segment(document, findings=findings, skip_own_pairs=skip_own_pairs),
            instruction_filter,
            capacity=_KEPT,
            doubt=None if withhold is None else DOUBT,
        )
        self._withhold = withhold
        self._seed = seed
        self._mutex = threading.RLock()
        self._tracker = CoverageTracker()
        self._counted: set[str] = set()
        self._load: Counter[str] = Counter()
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._left: dict[str, list[tuple[str, Draw]]] = {}
        self.pending: PendingQuestions = PendingQuestions()
        self._settled: set[tuple[str, str]] = set()
        self._questions = NearDuplicates(question for _, question in self.ledger.admitted())
        self._resume()

    def _resume(self) -> None:
        """Go on where an earlier process stopped: count what is done, and take up what is open first."""
        for document_id, _, start, end, style, number in self.ledger.planned_draws():
            name = (f"{document_id}#{start}-{end}", style)
            self._numbers[name] = max(self._numbers[name], number + 1)
        for record in self.ledger.records():
            self.know(record.document_id)
            self._tracker.add_record(record)
            self._settle(record.target.id, record.question.text)
        for rejection in self.ledger.rejections():
            self._load[rejection.target.id] += 1
            if rejection.stage == "question":
                self._settle(rejection.target.document_id, rejection.question)
        position = -1
        while rows := self.ledger.pending(after=position):
            position = rows[-1][0]
            for _, key, draw, question in rows:
                if question is None:
                    self._left.setdefault(draw.target.id, []).append((key, draw))
                else:
                    # It was paid for: an answer call that holds it finishes it.
                    home = self.prepared(draw.target.document_id)
                    whole = draw.model_copy(update={"target": home.restored(draw.target)})
                    one = OpenDraw(key, whole, home.document.digest, Question(text=question))
                    self._load[whole.target.id] += 1
                    self.pending.add(one)

    def register(self, documents: Sequence[Document]) -> None:
        """Take more documents in; their ids are new."""
        with self._mutex:
            if self.ledger.path is not None:
                self.ledger.add_documents([*self.documents.values(), *documents], accept_changes=True)
            self.documents.update({document.id: document for document in documents})

    # -- documents ----------------------------------------------------------------------------------------------

    def prepared(self, document_id: str) -> Prepared:
        """Pieces, findings and attribution index of a registered document."""
        return self._prepared.get(document_id)

    def know(self, document_id: str) -> None:
        """Make the tracker count a document's targets; done when it is first met, since it costs a segmentation."""
        with self._mutex:
            if document_id not in self._counted:
                self._counted.add(document_id)
                prepared = self.prepared(document_id)
                self._tracker.add_document(prepared.document, prepared.segmentation)

    def tracker(self) -> CoverageTracker:
        """The coverage so far, with the targets of every registered document in its denominators."""
        with self._mutex:
            for document_id in self.documents:
                self.know(document_id)
            return self._tracker

    # -- drawing ------------------------------------------------------------------------------------------------

    def candidates(self, document_id: str, start: int, end: int) -> list[Target]:
        """Eligible targets that stand wholly inside a stretch of a document and hold nothing that is filtered."""
        prepared = self.prepared(document_id)
        eligible = prepared.segmentation.eligible
        first = bisect_left(eligible, start, key=lambda target: target.start)
        found = []
        for target in eligible[first:]:
            if target.start >= end:
                break
            if target.end <= end and not any(finding.span.overlaps(target.span) for finding in prepared.findings):
                found.append(target)
        return found

    def draw(self, targets: Sequence[Target], count: int, style: str) -> list[OpenDraw]:
        """Plan `count` questions about the least covered of `targets`, each about another one as long as there are any.

        What an earlier process left open among them is taken up first. Equally covered targets are taken in an order
        that the seed settles.
        """
        with self._mutex:
            drawn: list[OpenDraw] = []
            for target in targets:
                self.know(target.document_id)
            for target in targets:
                left = self._left.get(target.id)
                while left and len(drawn) < count:
                    key, draw = left.pop()
                    if draw.style != style:
                        continue
                    self._load[target.id] += 1
                    digest = self.documents[target.document_id].digest
                    drawn.append(OpenDraw(key, draw.model_copy(update={"target": target}), digest))
            while targets and len(drawn) < count:
                target = min(targets, key=self._rank)
                drawn.append(self.plan(target, style))
            return drawn

    def plan(self, target: Target, style: str, *, number: int | None = None) -> OpenDraw:
        """Plan one question about a target."""
        with self._mutex:
            name = (target.id, style)
            number = self._numbers[name] if number is None else number
            self._numbers[name] = max(self._numbers[name], number + 1)
            self._load[target.id] += 1
            draw = Draw(target=target, style=style, number=number)
            digest = self.documents[target.document_id].digest
            one = OpenDraw(draw_key(digest, draw), draw, digest)
            self.ledger.plan([(one.key, digest, draw)])
            return one

    def _rank(self, target: Target) -> tuple[int, bool, int]:
        covered = self._load[target.id] + self._tracker.count(target)
        # What may be an order is asked about when all else was asked as often, and once more.
        last = target.reason == LAST
        return covered + last, last, zlib.crc32(f"{self._seed}:{target.id}".encode("utf-8", "surrogatepass"))

    # -- outcomes -----------------------------------------------------------------------------------------------

    def note_reply(self, one: OpenDraw, purpose: str, attempt: int, reply: Reply) -> None:
        """Count what a reply cost."""
        self.ledger.save_reply(request_key(one.key, purpose, attempt), one.key, purpose, reply)

    def admit(self, one: OpenDraw, question: str) -> Verdict:
        """Whether a question is new in this run; if it is, it is remembered and waits for its answer."""
        with self._mutex:
            verdict = check_duplicate(question, self._questions)
            if verdict.accepted:
                self._questions.add(question)
                self.ledger.admit(one.key, question)
            return verdict

    def is_settled(self, target: Target, question: str) -> bool:
        """Whether a question was refused for this document, or is recorded with its answer for this target."""
        said = _said(question)
        with self._mutex:
            return (target.id, said) in self._settled or (target.document_id, said) in self._settled

    def _settle(self, name: str, question: str | None) -> None:
        if question:
            # A refused reply may hold several questions, of which a script sends on the last.
            parts = [question, *_ENDED.split(question)[:_PARTS]]
            self._settled.update((name, _said(part)) for part in parts if part.strip())

    def asked(self, one: OpenDraw, outcome: Asked) -> Rejection | None:
        """Note how asking ended: the question waits for its answer, or the draw is rejected."""
        one.usage += outcome.usage
        one.attempts += outcome.attempts
        if outcome.question is not None:
            one.question = outcome.question
            with self._mutex:
                self.pending.add(one)
            return None
        return self.reject(one, "question", outcome.verdict, outcome.last_try)

    def answered(self, one: OpenDraw, outcome: Answered) -> Record | Rejection:
        """Note how answering ended: a record, or a rejection."""
        one.usage += outcome.usage
        one.attempts += outcome.attempts
        assert one.question is not None
        if outcome.answer is None:
            return self.reject(one, "answer", outcome.verdict, one.question.text)
        made = record_of(one.key, one.draw, one.digest, one.question, outcome, one.usage)
        with self._mutex:
            stored = self.ledger.finish(made)
            self._load[one.target.id] -= 1
            self.know(one.target.document_id)
            self._tracker.add_record(made)
            self._settle(one.target.id, one.question.text)
        return stored

    def reject(
        self, one: OpenDraw, stage: Literal["question", "answer"], verdict: Verdict, last_try: str | None
    ) -> Rejection:
        """End a draw without a record."""
        made = rejection_of(one.key, one.draw, stage, verdict, last_try, one.attempts, one.usage)
        self.ledger.finish(made)
        if stage == "question":
            with self._mutex:
                self._settle(one.target.document_id, last_try)
        return made

    @contextmanager
    def on_its_way(self, *draws: OpenDraw) -> Iterator[None]:
        """The time of a call for these draws.

        If it raises, they end as failed, and a later process tries them again. If it is cancelled, a question waits
        again, and a draw without one is left for the next call about its target.
        """
        try:
            yield
        except Exception as error:
            for one in draws:
                self.ledger.fail(one.key, type(error).__name__, "the wrapped call raised")
            raise
        except BaseException:
            self.release(*draws)
            raise

    def release(self, *draws: OpenDraw) -> None:
        """Nothing came of a call for these draws: questions wait again, draws without one are left."""
        with self._mutex:
            for one in draws:
                if one.question is not None:
                    self.pending.add(one)
                else:
                    self._load[one.target.id] -= 1
                    self._left.setdefault(one.target.id, []).append((one.key, one.draw))


def _said(question: str) -> str:
    return " ".join(question.casefold().split())
