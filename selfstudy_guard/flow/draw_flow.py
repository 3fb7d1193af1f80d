"""One draw of a run, ready to be asked and answered: our own prompts, the run's documents, the checks of this pair."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import reduce

from cachetools import LRUCache

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.flow.checks import PairChecks, asked_from
from selfstudy_guard.flow.evidence import GAP, Cut, cut, cut_in_view, joined
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.keys import draw_key, request_key
from selfstudy_guard.flow.prepared import RecentDocuments
from selfstudy_guard.questions import Prompts, answer_request, question_request
from selfstudy_guard.questions.choices import closest_sentence
from selfstudy_guard.questions.scaffold import PLAIN_STYLES, Scaffold
from selfstudy_guard.questions.spotlight import Spotlight
from selfstudy_guard.records import Context, Draw, Evidence, FilterMode, Reply, Request, Target

_JOINT = 64
"""Attribution indexes over several documents that are kept."""


class DrawFlows:
    """Makes the `DrawFlow` of a draw from a run's documents and prompts.

    Args:
        prepared: the run's documents.
        prompts: the templates, and whose standards the checks hold.
        window: most characters of the context round a target.
        mode: how the filter treats what it found in the evidence.
        seed: the run's seed; every request gets its own from it.
        review: looks at the evidence once more when the question is known; None leaves it as the filter made it.
        withhold: belief from which text that the targets do not need is withheld; None withholds nothing.
        spotlight: how the evidence is set apart from instructions; None sends it as it is.
    """

    def __init__(
        self,
        prepared: RecentDocuments,
        prompts: Prompts,
        *,
        window: int = 2000,
        mode: FilterMode = "remove",
        seed: int = 0,
        review: EvidenceReview | None = None,
        withhold: float | None = None,
        spotlight: Spotlight | None = None,
    ) -> None:
        self.prompts = prompts
        self.prepared = prepared
        self._window = window
        self._mode: FilterMode = mode
        self._seed = seed
        self._review = review
        self._withhold = withhold
        self.spotlight: Spotlight | None = spotlight
        self._joint: LRUCache[tuple[str, ...], AttributionIndex] = LRUCache(_JOINT)

    @property
    def pairs_at_once(self) -> frozenset[str]:
        """Styles in which even a single draw has question and answer written in one request, as several have.

        So it is where a schema holds the form of both and the answer is short. A small model that is asked for a
        question first asks for what it cannot answer then: that took 4.4 requests a pair and lost 5 of 12 draws.
        """
        several = self.prompts.several
        if several is None or not several.patterns or self.spotlight is not None or self.prompts.answer_form != "short":
            return frozenset()
        return frozenset(PLAIN_STYLES)

    def of(self, draw: Draw) -> DrawFlow:
        """The flow of one draw. The target's texts are read from the stored document."""
        home = self.prepared.get(draw.target.document_id)
        target = self._restored(draw.target)
        draw = draw.model_copy(update={"target": target})
        blind = self._cuts(target)
        shown = GAP.join(
            self.prepared.get(one.window.document_id).shown_when_asking(one.window, one.withheld) for one in blind
        )
        checks = PairChecks(
            target,
            self._index(target),
            self.prompts,
            draw.style,
            shown,
            asked_from=asked_from(shown, blind),
            form=self.prompts.answer_form,
            told=self.prompts.told(draw.style),
        )
        return DrawFlow(
            flows=self,
            draw=draw,
            document_digest=home.document.digest,
            shown=shown,
            checks=checks,
            scaffold=Scaffold.of(draw, home.language, self.prompts, shown),
            cuts=blind,
        )

    def cuts(
        self, target: Target, blind: tuple[Cut, ...], question: str | None
    ) -> Generator[Request, Reply, tuple[Cut, ...]]:
        """What the answering model does not read, with the question in view.

        Args:
            blind: the same as long as the question was not known; without a review it changes nothing.
        """
        if self._review is None:
            return blind
        found = []
        for one in blind:
            made = yield from cut_in_view(
                self.prepared.get(one.window.document_id),
                one.window,
                mode=self._mode,
                review=self._review,
                targets=(target, *target.also),
                question=question,
                withhold=self._withhold,
            )
            found.append(made)
        return tuple(found)

    def _cuts(self, target: Target) -> tuple[Cut, ...]:
        """What the answering model does not read of each window, as long as no question is known."""
        targets = (target, *target.also)
        return tuple(
            cut(
                self.prepared.get(context.document_id),
                context,
                mode=self._mode,
                targets=targets,
                withhold=self._withhold,
            )
            for context in self._contexts(target)
        )

    def seed_of(self, name: str) -> int:
        """The sampling seed of a request."""
        digest = hashlib.blake2b(f"{self._seed}:{name}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") >> 1

    def _restored(self, target: Target) -> Target:
        restored = self.prepared.get(target.document_id).restored(target)
        if not target.also:
            return restored
        return restored.model_copy(update={"also": tuple(self._restored(other) for other in target.also)})

    def _contexts(self, target: Target) -> list[Context]:
        """The windows of a question: that of its target, and those of further targets that stand outside it."""
        context = self.prepared.get(target.document_id).context(target, self._window)
        found = [context]
        for other in target.also:
            if other.document_id == target.document_id and context.start <= other.start and other.end <= context.end:
                continue
            found.append(self.prepared.get(other.document_id).context(other, self._window // 2))
        return found

    def _index(self, target: Target) -> AttributionIndex:
        ids = tuple(dict.fromkeys([target.document_id, *(other.document_id for other in target.also)]))
        if len(ids) == 1:
            return self.prepared.get(ids[0]).index
        if ids not in self._joint:
            pieces = [piece for name in ids for piece in self.prepared.get(name).segmentation.targets]
            self._joint[ids] = AttributionIndex(pieces)
        return self._joint[ids]


@dataclass(frozen=True)
class DrawFlow:
    """What `flow.pair` needs of one draw.

    Attributes:
        flows: the run that it belongs to.
        draw: target, style and number, with the target's texts.
        document_digest: SHA-256 of the document, hex.
        shown: the context as the question generator reads it: artefacts and instructions are masked.
        checks: what is decided about its question and answer.
        scaffold: the help that small models are given.
        cuts: what its evidence leaves out of each window round its targets, with the question in view behind `in_view`.
    """

    flows: DrawFlows
    draw: Draw
    document_digest: str
    shown: str
    checks: PairChecks
    scaffold: Scaffold
    cuts: tuple[Cut, ...] = ()

    def compose_question(self, attempt: int, feedback: str | None) -> Request:
        """The request for the question."""
        name = self._name("question", attempt)
        return question_request(
            self.draw,
            self.shown,
            prompts=self.flows.prompts,
            key=name,
            feedback=feedback,
            seed=self.flows.seed_of(name),
            opening=self.scaffold.opening(attempt),
        )

    def last_resort(self) -> str | None:
        """A question made without a model, or None."""
        return self.scaffold.last_resort()

    @property
    def guided(self) -> int | None:
        """Attempts after which the last resort is taken rather than a question that the model begins itself."""
        return self.scaffold.guided if self.flows.prompts.gap_first else None

    def last_answer(self, question: str) -> str | None:
        """An answer made without a model, or None: what answers opening or gap, else the nearest sentence if wanted."""
        told = self.scaffold.told(question)
        wanted = self.flows.prompts.answer.last_resort == "sentence"
        return told or (closest_sentence(self.evidence.text, question) if wanted else None)

    def in_view(self, question: str | None) -> Generator[Request, Reply, DrawFlow]:
        """The same with the evidence for this question (None: whichever it may be); a judge may be asked about it."""
        cuts = yield from self.flows.cuts(self.draw.target, self.cuts, question)
        return self._reading(cuts)

    def tight(self) -> DrawFlow:
        """The same with no more evidence than the targets and their neighbours."""
        return self._reading(tuple(one.tight(self.flows.prepared.get(one.window.document_id)) for one in self.cuts))

    def _reading(self, cuts: tuple[Cut, ...]) -> DrawFlow:
        target = self.draw.target
        removed = any(
            one.takes(piece)
            for one in cuts
            for piece in (target, *target.also)
            if piece.document_id == one.window.document_id
        )
        evidence = reduce(joined, (one.evidence() for one in cuts))
        return replace(self, cuts=cuts, checks=self.checks.reading(evidence, removed=removed))

    @property
    def evidence(self) -> Evidence:
        """What the answering model reads; there is none before `in_view`."""
        assert self.checks.evidence is not None, "the evidence is made for a question: see in_view"
        return self.checks.evidence

    def compose_answer(self, question: str, attempt: int, feedback: str | None) -> Request:
        """The request for the answer, from the evidence."""
        name = self._name("answer", attempt)
        return answer_request(
            question,
            self.evidence.text,
            prompts=self.flows.prompts,
            key=name,
            style=self.draw.style,
            feedback=feedback,
            seed=self.flows.seed_of(name),
            spotlight=self.flows.spotlight,
        )

    def _name(self, purpose: str, attempt: int) -> str:
        return request_key(draw_key(self.document_digest, self.draw), purpose, attempt)
