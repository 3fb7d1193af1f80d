"""What every guarded call shares: registered documents, and what the guard was told to do with calls that hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from selfstudy_guard.errors import InputError, UnguardedCallError, UnguardedCause
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.checks import PairChecks, asked_from
from selfstudy_guard.flow.claims import Claim, claims_of
from selfstudy_guard.flow.evidence import Cut, cut, cut_in_view
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.pair import Admission
from selfstudy_guard.guard.arguments import Arguments, with_only
from selfstudy_guard.guard.call_review import Asking, consulted
from selfstudy_guard.guard.locate.shingle_index import SMALLEST, DocumentIndex
from selfstudy_guard.guard.locate.words import said_words
from selfstudy_guard.guard.opaque import Opaque, opaque_parts
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.rewriting import Rewritten, rewrite, window_of
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.guard.state import GuardState
from selfstudy_guard.guard.warnings import PartialDocumentWarning, UnguardedCallWarning, WarningLog
from selfstudy_guard.protocols import AsyncCompleter, Completer, Examines
from selfstudy_guard.questions import STYLES, Prompts
from selfstudy_guard.records import FilterMode, Judgement, Request, Target, Verdict

_OWN_WORDS = 3
"""Words beside the document part from which a text counts as a prompt, and not as an argument of a template."""
Unguarded = Literal["raise", "warn"]

_REMEDIES: dict[UnguardedCause, str] = {
    "unregistered": "Register the text that the prompt is made from, Guard([...]), or allow such calls with "
    'Guard(..., unguarded="warn")',
    "opaque": 'Give the text itself, or allow such calls with Guard(..., opaque="warn")',
}
"""For a caller in Python; other hosts have their own."""


@dataclass(frozen=True)
class CallRules:
    """The settings and parts of one guard.

    Attributes:
        index: finds registered documents.
        state: what the guard remembers.
        instruction_filter: finds instruction-like spans.
        mode: how findings are treated in what the answering model reads.
        prompts: whose standards questions and answers are held to; the user's own prompts are not ours to read.
        unguarded: what happens to a call that holds no registered document.
        question_attempts, answer_attempts: most calls for one question, and for one answer.
        log: warnings and counts.
        look: looks through text that no registered document holds, each once.
        review: looks at documents once more with the question in view; None leaves them as the filter made them.
        judge: what is asked about doubtful passages; None asks through the wrapped call.
        withhold: belief from which text that neither target nor question needs is withheld; None withholds nothing.
        opaque: what happens to a call that holds parts which cannot be read.
    """

    index: DocumentIndex
    state: GuardState
    instruction_filter: InstructionFilter
    mode: FilterMode
    prompts: Prompts
    unguarded: Unguarded
    question_attempts: int
    answer_attempts: int
    log: WarningLog
    look: Examines
    review: EvidenceReview | None = None
    judge: Completer | AsyncCompleter | None = None
    withhold: float | None = None
    opaque: Opaque = "raise"

    @property
    def judges_through_the_call(self) -> bool:
        """Whether there is no other way to ask the judge than the wrapped call."""
        return self.review is not None and self.review.band is not None and self.judge is None

    def let_in(self, call: SightedCall, purpose: str) -> bool:
        """Whether a call is guarded; what is odd about it is counted and told.

        Args:
            call: what was found in it.
            purpose: kind of call, within which prompts are compared.

        Returns:
            False only where the user allowed unguarded calls, after a warning.

        Raises:
            UnguardedCallError: no registered document was found, or beside it stands something that cannot be read.
            InputError: the call asks for several replies at once, of which only one could be checked.
        """
        self.log.count("calls")
        if not call.sightings:
            error = _refusal(self._nothing_found(call), "unregistered")
            if self.unguarded == "raise":
                raise error
            self.log.count("unguarded")
            self.log.tell(str(error), UnguardedCallWarning)
            return False
        hidden = next(opaque_parts(call, self.index), None)
        if hidden is not None:
            error = _refusal(f"this call holds {hidden}, in which a document could stand unseen", "opaque")
            if self.opaque == "raise":
                raise error
            self.log.count("opaque")
            self.log.tell_once(f"opaque:{hidden}", str(error), UnguardedCallWarning)
        if purpose != "filtering" and (several := call.replies) > 1:
            raise InputError(
                f"one call asks for {several} replies, of which a guard could check only one: ask for one a call, or "
                "wrap the call with guard.filtering()"
            )
        self.log.count("guarded")
        partial = [sighting for sighting in call.sightings if sighting.partial]
        if partial:
            self.log.count("partial")
        for sighting in partial:
            name = sighting.located.document_id
            self.log.tell_once(
                f"partial:{name}",
                f"a copy of document {name!r} holds {len(sighting.foreign)} passage(s) that the registered text "
                "does not hold; they were filtered by themselves. Register the text that prompts are made from.",
                PartialDocumentWarning,
            )
        if sources := [source for found in call.sources.values() for source in found]:
            passages = sum(len(source.findings) for source in sources)
            self.log.count("unregistered")
            self.log.count("unregistered_passages", passages)
            if passages:
                self.log.tell_once(
                    f"sources:{purpose}",
                    f"about {sum(source.words for source in sources)} words beside a registered document read like one "
                    f"that nobody registered; they were filtered by themselves, and {passages} passage(s) were taken "
                    "out. Register the text, Guard([...])",
                    PartialDocumentWarning,
                )
        return True

    def style(self, name: str) -> str:
        """The style itself; raises InputError where there is none of that name."""
        return known_style(name, self.prompts)

    def rewritten(
        self, call: SightedCall, cuts: Sequence[Cut], *, asking: bool = False, pairs: bool = False
    ) -> Rewritten:
        """The call with its document parts cleaned, for asking, for answering or for both at once (pairs)."""
        made = rewrite(
            call,
            cuts,
            self.state.prepared,
            self.instruction_filter.find,
            mode=self.mode,
            hide_artefacts=asking or pairs,
            hide_findings=asking,
        )
        if made.foreign or any(evidence.findings or evidence.withheld for evidence in made.evidence):
            self.log.count("filtered")
        return made

    def masked(self, call: SightedCall, targets: Sequence[Target] = ()) -> Rewritten:
        """The call for asking: what is not content, and what the filter found, is masked in its document parts.

        Where it is known what will be asked about, suspects elsewhere are masked too.
        """
        homes = [self.state.prepared(name) for name in call.document_ids]
        windows = [window_of(sighting, home.document) for sighting, home in zip(call.sightings, homes, strict=True)]
        cuts = [
            cut(home, window, mode=self.mode, targets=targets, withhold=self.withhold)
            for home, window in zip(homes, windows, strict=True)
        ]
        return self.rewritten(call, cuts, asking=True)

    def tight(self, made: Rewritten) -> Rewritten:
        """The call with no more of its document parts than what the answer needs, and the neighbours of that."""
        needed = any(one.needed for one in made.cuts)
        homes = [self.state.prepared(one.window.document_id) for one in made.cuts]
        cuts = [
            one.tight(home) if one.needed else one.closed(home) if needed else one
            for one, home in zip(made.cuts, homes, strict=True)
        ]
        return self.rewritten(made.call, cuts)

    def checks(
        self,
        target: Target | None,
        style: str,
        *,
        asked: Rewritten | None = None,
        answered: Rewritten | None = None,
        removed: bool = False,
    ) -> PairChecks:
        """The checks of one question.

        Args:
            target: what the question is about; None for one that the script brought along.
            style: the style that was drawn.
            asked: the call as the asking model sees it.
            answered: the call as the answering model sees it.
            removed: whether the target, or a part of it, was taken out of that.
        """
        context = asked.evidence_of(target).text if asked is not None else ""
        evidence = answered.evidence_of(target) if answered is not None else None
        name = target.document_id if target is not None else evidence.document_id if evidence is not None else ""
        return PairChecks(
            target,
            self.state.prepared(name).index,
            self.prompts,
            style,
            context,
            evidence,
            removed,
            asked_from=asked_from(context, asked.cuts) if asked is not None else None,
            told=answered.call.own_words if answered is not None else "",
            beside=answered.evidence_beside(target) if answered is not None else (),
        )

    def admission(self, one: OpenDraw | None) -> Callable[[Admission], Verdict]:
        """Tells a flow of this draw whether its question is new."""

        def admit(asked: Admission) -> Verdict:
            assert one is not None, "only planned questions are admitted"
            return self.state.admit(one, asked.question)

        return admit

    def drawn(self, made: Rewritten, count: int, style: str) -> list[OpenDraw]:
        """Draws for the least covered eligible targets of a call's chunks; empty where nothing may be asked about."""
        call = made.call
        targets: dict[str, Target] = {}
        for number in call.chunks:
            located = call.sightings[number].located
            for target in self.state.candidates(located.document_id, located.document_start, located.document_end):
                if made.removes(target):
                    continue
                if len(located.runs) == 1 or located.to_message(target.start, target.end) is not None:
                    targets.setdefault(target.id, target)
        if targets:
            return self.state.draw(list(targets.values()), count, style)
        self.log.count("without_target")
        names = ", ".join(dict.fromkeys(map(repr, call.document_ids)))
        self.log.tell_once(
            f"target:{names}",
            f"a part of {names} holds nothing that a question may be asked about (only markup, headings or "
            "instructions, or it is too short); its question is not anchored and not recorded",
        )
        return []

    def _nothing_found(self, call: SightedCall) -> str:
        size = sum(len(text) for text in call.texts)
        names = [document.id for document in self.index.documents[:3]]
        more = f" and {len(self.index) - 3:,} more" if len(self.index) > 3 else ""
        return (
            f"no registered document was found in this call, so it cannot be guarded: looked for any {SMALLEST} words "
            f"in a row, or a whole paragraph, of {', '.join(map(repr, names)) or 'no documents'}{more} in "
            f"{len(call.slots)} text(s) of {size:,} characters"
        )


def _refusal(found: str, cause: UnguardedCause) -> UnguardedCallError:
    return UnguardedCallError(found, _REMEDIES[cause], cause)


def reviewed(
    rules: CallRules,
    call: SightedCall,
    question: str | None,
    *,
    one: OpenDraw | None = None,
    targets: Sequence[Target] = (),
    pairs: bool = False,
) -> Asking[Rewritten]:
    """The call with its document parts cleaned, the question in view.

    Args:
        rules: the guard; without a judge and a question in view, nothing is asked.
        call: what was found in the call.
        question: the question to be answered, where it is known.
        one: the draw that the call belongs to; it ends as failed if the judge cannot be asked.
        targets: what the call is about, where it belongs to no single draw.
        pairs: the call asks for questions as well.

    Raises:
        InputError: the judge is the wrapped call, and cannot be asked through it.
    """
    cuts = []
    targets = targets if one is None else (one.target, *one.target.also)
    homes = [rules.state.prepared(sighting.located.document_id) for sighting in call.sightings]
    windows = [window_of(sighting, home.document) for sighting, home in zip(call.sightings, homes, strict=True)]
    mentioned = call.mentioned_in(question or "")
    claims: list[Claim | None] = [None] * len(homes)
    if question and not targets and rules.withhold is not None:
        # What one chunk answers, another need not: they are weighed against each other.
        found = claims_of(question, [(home, w.start, w.end) for home, w in zip(homes, windows, strict=True)])
        # What the question quotes is what it needs, wherever else it may point.
        quoted = [windows[number] for number in mentioned]
        claims = [one.quoting(quoted, home.document.id) for one, home in zip(found, homes, strict=True)]
    for number, (home, window, claim) in enumerate(zip(homes, windows, claims, strict=True)):
        looking = cut_in_view(
            home,
            window,
            mode=rules.mode,
            review=rules.review,
            targets=targets,
            question=question,
            claim=claim,
            withhold=None if number in mentioned else rules.withhold,
        )
        with rules.state.on_its_way(*(() if one is None else (one,))):
            cuts.append(
                (yield from consulted(rules.state.ledger, rules.judge, looking, one, partial(_through_the_call, call)))
            )
    _tell(rules, [judgement for cut in cuts for judgement in cut.judged])
    return rules.rewritten(call, cuts, pairs=pairs)


def _through_the_call(call: SightedCall, request: Request) -> Arguments:
    """The user's own call, with nothing in it but the question to the judge."""
    text = "\n\n".join(message.content for message in request.messages)
    return with_only(call.arguments, text, call.near, is_prompt=_is_prompt(call))


def _is_prompt(call: SightedCall) -> bool:
    """Whether the text that the longest chunk stands in holds words of the user beside the documents."""
    slot = call.sightings[call.chunks[0]].slot
    return said_words(" ".join(call.beside(slot))) >= _OWN_WORDS


def _tell(rules: CallRules, said: Sequence[Judgement]) -> None:
    for judgement in said:
        rules.log.count("judged")
        if judgement.verdict == "none":
            rules.log.count("without_verdict")
            rules.log.tell_once(
                "verdict",
                f"a reply of the judge was no verdict ({judgement.reply!r}), so the filter's own decision stands; "
                "evidence.judged of each record lists what was asked",
            )


def known_style(name: str, prompts: Prompts) -> str:
    """A question style of the package or of the prompts; a misspelt one would be held to less.

    Raises:
        InputError: there is none of that name.
    """
    known = list(dict.fromkeys((*STYLES, *prompts.styles)))
    if not isinstance(name, str) or name not in known:
        raise InputError(f"no question style {name!r}: choose from {', '.join(known)}")
    return name
