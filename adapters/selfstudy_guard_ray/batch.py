"""Some documents with their plans in a ledger in memory, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.documents.eligibility.doubts import DOUBT
from selfstudy_guard.engine.limits import Concurrency
from selfstudy_guard.engine.retry import Retries
from selfstudy_guard.engine.scheduler import Job, Scheduler
from selfstudy_guard.engine.session import Session
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.keys import draw_key
from selfstudy_guard.flow.prepared import PreparedDocuments, RememberedFindings
from selfstudy_guard.flow.several_targets import open_flows
from selfstudy_guard.generation.raters import rates_of
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import Document, Draw, Record, Rejection, Segmentation, Target, Verdict
from selfstudy_guard.sampling import TargetSampler
from selfstudy_guard_ray.outcomes import Ended, Order, Outcome, Result


class Admitted:
    """Accepted questions, document by document: near-duplicates are looked for within a document only."""

    def __init__(self) -> None:
        self._seen: dict[str, NearDuplicates] = {}

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse."""
        seen = self._seen.setdefault(target.document_id, NearDuplicates())
        verdict = check_duplicate(question, seen)
        if verdict.accepted:
            seen.add(question)
        return verdict

    def remember(self, document_id: str, question: str) -> None:
        """A question that was accepted before."""
        self._seen.setdefault(document_id, NearDuplicates()).add(question)


class Batch:
    """Some documents with their plans in a ledger in memory."""

    def __init__(
        self,
        order: Order,
        documents: Sequence[Document],
        before: Mapping[str, Sequence[Outcome]],
        finds: RememberedFindings,
        review: EvidenceReview | None = None,
    ) -> None:
        settings = order.settings
        self._order = order
        self._documents = documents
        self._segmentations: dict[str, Segmentation] = {}
        self._draws: dict[str, list[tuple[str, Draw]]] = {}
        self._kept: dict[str, Outcome] = {}
        self._admitted = Admitted()
        self.ledger: Ledger = open_ledger(None)
        self.ledger.add_documents(documents)
        finds.examine_many([document.text for document in documents])  # side by side, and remembered
        for document in documents:
            sampler = TargetSampler(
                [document],
                policy=order.policy,
                seed=settings.seed,
                styles=settings.styles,
                instruction_filter=finds,
                doubt=None if settings.withhold is None else DOUBT,
                skip_own_pairs=settings.skip_own_pairs,
            )
            self._segmentations.update(sampler.segmentations)
            draws = list(sampler.draws(order.n)) if sampler.targets else []
            self._draws[document.id] = [(draw_key(document.digest, draw), draw) for draw in draws]
            self.ledger.plan((key, document.digest, draw) for key, draw in self._draws[document.id])
            planned = {key for key, _ in self._draws[document.id]}
            for outcome in before.get(document.id, ()):
                if outcome.key in planned:
                    self._kept[outcome.key] = outcome
                    self.ledger.finish(outcome)
                    if isinstance(outcome, Record):
                        self._admitted.remember(document.id, outcome.question.text)
        by_id = {document.id: document for document in documents}
        prepared = PreparedDocuments(
            by_id.__getitem__,
            lambda document, findings: self._segmentations[document.id],
            finds,
            capacity=max(1, len(documents)),
            doubt=None if settings.withhold is None else DOUBT,
        )
        self._flows = DrawFlows(
            prepared,
            order.prompts,
            window=settings.window,
            mode=settings.filter_mode,
            seed=settings.seed,
            withhold=settings.withhold,
            spotlight=settings.spotlight,
            review=review,
        )

    def session(self, concurrency: Concurrency) -> Session:
        """What `arun` needs to ask all that is open. Rates and limits are the governor's."""
        pacing = self._order.pacing
        return Session(
            scheduler=Scheduler(self._jobs(), self.ledger, self._admitted, window=max(16, 4 * pacing.concurrency)),
            ledger=self.ledger,
            concurrency=concurrency,
            price=pacing.price_per_million,
            retries=Retries(pacing.tries),
            needs_price=pacing.max_cost is not None,
        )

    def _jobs(self) -> Iterator[Job[Outcome]]:
        settings = self._order.settings
        found = open_flows(
            self.ledger,
            self._flows,
            per_call=settings.per_call,
            question_attempts=settings.question_attempts,
            answer_attempts=settings.answer_attempts,
            rates=rates_of(settings),
        )
        return (Job(position, key, flow) for position, key, flow in found)

    def results(self, problem: Exception | None, stopped: str | None) -> list[Result]:
        """How every planned question stands now."""
        outcomes: dict[str, Outcome] = {}
        for outcome in _chained(self.ledger.records(), self.ledger.rejections()):
            outcomes[outcome.key] = outcome
        outcomes |= self._kept
        failed = {key: (reason, detail) for key, reason, detail in self.ledger.failures()}
        open_because = (
            ("stopped", stopped) if stopped else (type(problem).__name__, str(problem)) if problem else ("", "")
        )
        found = []
        for document in self._documents:
            tracker = CoverageTracker([document], segmentations=self._segmentations)
            ended = []
            for key, draw in self._draws[document.id]:
                made = outcomes.get(key)
                if isinstance(made, Record):
                    tracker.add_record(made)
                    ended.append(Ended(key, draw, made, "answered"))
                elif made is not None:
                    tracker.add_rejection(made)
                    ended.append(Ended(key, draw, made, "rejected", made.reason, made.detail))
                else:
                    status = "failed" if key in failed else "pending"
                    ended.append(Ended(key, draw, None, status, *failed.get(key, open_because)))
            found.append(Result(document, tuple(ended), tracker.to_json()))
        return found


def _chained(records: Iterable[Record], rejections: Iterable[Rejection]) -> Iterator[Outcome]:
    yield from records
    yield from rejections
