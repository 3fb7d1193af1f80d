"""From a draw to the parts of its flow: our own prompts, checks and evidence."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from os import PathLike

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.flow.evidence_review import Scrutiny
from selfstudy_guard.flow.pair import PairParts, draw_key, request_key
from selfstudy_guard.flow.prepared import RecentDocuments
from selfstudy_guard.questions import (
    Prompts,
    answer_request,
    check_anchor,
    check_answer,
    check_question,
    question_request,
)
from selfstudy_guard.questions.checks import contains_answer
from selfstudy_guard.questions.scaffold import Scaffold
from selfstudy_guard.records import Context, Draw, Evidence, FilterMode, Footprint, Reply, Request, Target, Verdict

_GAP = "\n\n[...]\n\n"
"""Stands between the windows of a multi-hop question."""


def prompts_for(prompts: Prompts | str | PathLike[str] | None, model: str) -> Prompts:
    """The prompts that a user named, or those that suit the model.

    Args:
        prompts: prompts, "small", "large", the path of a file, or None.
        model: name of the model; local ones are small.

    Raises:
        InputError, PromptError: as `Prompts.load`.
    """
    if isinstance(prompts, Prompts):
        return prompts
    if prompts is None:
        return Prompts.builtin("small" if model.split(":")[0] in ("embedded", "gguf") else "large")
    if prompts in ("small", "large"):
        return Prompts.builtin(str(prompts))
    return Prompts.load(prompts)


class Composer:
    """Makes the parts of a draw's flow from prepared documents and prompts.

    Args:
        prepared: the run's documents.
        prompts: the templates.
        window: most characters of the context round a target.
        mode: how the filter treats what it found in the evidence.
        seed: the run's seed; every request gets its own from it.
        scrutiny: looks at the evidence once more when the question is known; None leaves it as the filter made it.
    """

    def __init__(
        self,
        prepared: RecentDocuments,
        prompts: Prompts,
        *,
        window: int = 2000,
        mode: FilterMode = "remove",
        seed: int = 0,
        scrutiny: Scrutiny | None = None,
    ) -> None:
        self._prepared = prepared
        self._scrutiny = scrutiny
        self._prompts = prompts
        self._window = window
        self._mode = mode
        self._seed = seed
        self._joint: OrderedDict[tuple[str, ...], AttributionIndex] = OrderedDict()

    def parts(self, draw: Draw) -> PairParts:
        """The parts of one draw. The target's texts are read from the stored document."""
        home = self._prepared.get(draw.target.document_id)
        target = self._restored(draw.target)
        draw = draw.model_copy(update={"target": target})
        key = draw_key(home.document.digest, draw)
        shown, evidence = self._views(target)
        index = self._index(target)
        placed: dict[tuple[str, str], Footprint] = {}
        scaffold = Scaffold.of(draw, home.language, self._prompts, shown)

        def compose_question(attempt: int, feedback: str | None) -> Request:
            name = request_key(key, "question", attempt)
            return question_request(
                draw,
                shown,
                prompts=self._prompts,
                key=name,
                feedback=feedback,
                seed=self._seed_of(name),
                opening=scaffold.opening(attempt),
            )

        def check(candidate: str) -> Verdict:
            return check_question(
                candidate,
                target,
                index,
                style=draw.style,
                prompts=self._prompts,
                context=shown,
                near=self._prompts.near,
            )

        def compose_answer(question: str, attempt: int, feedback: str | None) -> Request:
            return compose_from(evidence, question, attempt, feedback)

        def compose_from(shown: Evidence, question: str, attempt: int, feedback: str | None) -> Request:
            name = request_key(key, "answer", attempt)
            return answer_request(
                question,
                shown.text,
                prompts=self._prompts,
                key=name,
                style=draw.style,
                feedback=feedback,
                seed=self._seed_of(name),
            )

        def check_reply(question: str, text: str, reply: Reply) -> Verdict:
            return check_from(evidence, question, text, reply)

        def check_from(shown: Evidence, question: str, text: str, reply: Reply) -> Verdict:
            verdict = check_answer(reply, question, shown, text=text, prompts=self._prompts, style=draw.style)
            if not verdict.accepted:
                return verdict
            if contains_answer(question, text):
                feedback = "The question already states this: answer with what the question asks for."
                return Verdict(accepted=False, reason="contains-answer", feedback=feedback)
            anchored = check_anchor(question, target, index, answer=text, near=self._prompts.near)
            if anchored.accepted:
                if anchored.footprint is not None:
                    placed[question, text] = anchored.footprint
                return anchored
            feedback = "The answer draws on another part of the text than the question: answer exactly what is asked."
            return Verdict(accepted=False, reason=f"answer-{anchored.reason}", feedback=feedback)

        def footprint(question: str, text: str) -> Footprint:
            # The check has attributed this pair, only deeper: up to five targets, that is the same footprint.
            known = placed.get((question, text))
            return known if known is not None and len(known.targets) <= 5 else index.attribute(question, text, top=5)

        def in_view(question: str) -> Generator[Request, Reply, PairParts | Verdict]:
            seen = yield from self._evidence_in_view(target, question)
            if seen is None:
                feedback = "With the question in view, the passage that it is about was taken out as an instruction."
                return Verdict(accepted=False, reason="target-removed", feedback=feedback)
            return replace(
                parts,
                evidence=seen,
                compose_answer=partial(compose_from, seen),
                check_answer=partial(check_from, seen),
            )

        parts = PairParts(
            draw=draw,
            document_digest=home.document.digest,
            evidence=evidence,
            compose_question=compose_question,
            check_question=check,
            compose_answer=compose_answer,
            check_answer=check_reply,
            footprint=footprint,
            last_resort=scaffold.last_resort,
            in_view=in_view if self._scrutiny is not None else None,
        )
        return parts

    def shown(self, draw: Draw) -> str:
        """The context of a draw as the question generator may read it: artefacts and instructions are masked."""
        return self._views(draw.target)[0]

    def _restored(self, target: Target) -> Target:
        """The target with its text and lead, which the ledger does not repeat."""
        also = tuple(self._restored(other) for other in target.also)
        segmentation = self._prepared.get(target.document_id).segmentation
        if target.index < len(segmentation.targets):
            found = segmentation.targets[target.index]
            if (found.start, found.end) == (target.start, target.end):
                return found.model_copy(update={"also": also})
        text = self._prepared.get(target.document_id).document.text[target.start : target.end]
        return target.model_copy(update={"text": text, "also": also})

    def _views(self, target: Target) -> tuple[str, Evidence]:
        """What the question generator reads, and what the answering model reads."""
        shown, evidence = "", None
        for other, context in self._contexts(target):
            prepared = self._prepared.get(other.document_id)
            shown += (_GAP if evidence else "") + prepared.shown_when_asking(context)
            more = prepared.evidence(context, self._mode)
            evidence = more if evidence is None else _joined(evidence, more)
        assert evidence is not None
        return shown, evidence

    def _contexts(self, target: Target) -> list[tuple[Target, Context]]:
        """The windows of a question: that of its target, and those of further targets that stand outside it."""
        context = self._prepared.get(target.document_id).context(target, self._window)
        found = [(target, context)]
        for other in target.also:
            if other.document_id == target.document_id and context.start <= other.start and other.end <= context.end:
                continue
            found.append((other, self._prepared.get(other.document_id).context(other, self._window // 2)))
        return found

    def _evidence_in_view(self, target: Target, question: str) -> Generator[Request, Reply, Evidence | None]:
        """What the answering model reads when the question is known; None if a target is taken out of it."""
        assert self._scrutiny is not None
        evidence = None
        targets = (target, *target.also)
        for other, context in self._contexts(target):
            prepared = self._prepared.get(other.document_id)
            view = yield from self._scrutiny.view(prepared.document, prepared.findings, context, question)
            here = [one.span for one in targets if one.document_id == other.document_id]
            if self._mode in ("remove", "mask") and any(f.span.overlaps(span) for f in view.findings for span in here):
                return None
            more = replace(prepared, findings=view.findings).evidence(context, self._mode)
            more = more.model_copy(update={"judged": view.judged})
            evidence = more if evidence is None else _joined(evidence, more)
        return evidence

    def _index(self, target: Target) -> AttributionIndex:
        ids = tuple(dict.fromkeys([target.document_id, *(other.document_id for other in target.also)]))
        if len(ids) == 1:
            return self._prepared.get(ids[0]).index
        if ids not in self._joint:
            pieces = [piece for name in ids for piece in self._prepared.get(name).segmentation.targets]
            self._joint[ids] = AttributionIndex(pieces)
            if len(self._joint) > 64:
                self._joint.popitem(last=False)
        return self._joint[ids]

    def _seed_of(self, name: str) -> int:
        digest = hashlib.blake2b(f"{self._seed}:{name}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") >> 1


def _joined(one: Evidence, more: Evidence) -> Evidence:
    """Evidence from two windows; findings and judgements keep the offsets of their own documents."""
    return one.model_copy(
        update={
            "text": one.text + _GAP + more.text,
            "findings": one.findings + more.findings,
            "judged": one.judged + more.judged,
        }
    )
