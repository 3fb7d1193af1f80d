"""What every guarded call shares: registered documents, how they are looked for, and what the guard was told to do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from selfstudy_guard.errors import UnguardedCallError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.evidence_review import Scrutiny
from selfstudy_guard.flow.prepared import Prepared
from selfstudy_guard.guard.arguments import Arguments, text_slots
from selfstudy_guard.guard.locate.shingle_index import SMALLEST, DocumentIndex
from selfstudy_guard.guard.pending import OpenDraw
from selfstudy_guard.guard.rewriting import Sighting, Treated, chunks, look, treat
from selfstudy_guard.guard.state import Book
from selfstudy_guard.guard.unregistered import Strangers
from selfstudy_guard.guard.warnings import Notebook, PartialDocumentWarning, UnguardedCallWarning
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import FilterMode, Finding, Target

Unguarded = Literal["raise", "warn"]


def is_taken(target: Target, findings: Sequence[Finding], mode: FilterMode) -> bool:
    """Whether findings take a target, or a part of it, out of what the answering model reads."""
    return mode in ("remove", "mask") and any(finding.span.overlaps(target.span) for finding in findings)


@dataclass(frozen=True)
class Rules:
    """The settings and parts of one guard.

    Attributes:
        index: finds registered documents.
        book: what the guard remembers.
        instruction_filter: finds instruction-like spans.
        mode: how findings are treated in what the answering model reads.
        unguarded: what happens to a call that holds no registered document.
        question_attempts, answer_attempts: most calls for one question, and for one answer.
        notebook: warnings and counts.
        strangers: notices documents that nobody registered.
        scrutiny: looks at documents once more with the question in view; None leaves them as the filter made them.
        judge: what is asked about doubtful passages; None asks through the wrapped call.
    """

    index: DocumentIndex
    book: Book
    instruction_filter: InstructionFilter
    mode: FilterMode
    unguarded: Unguarded
    question_attempts: int
    answer_attempts: int
    notebook: Notebook
    strangers: Strangers = field(default_factory=Strangers)
    scrutiny: Scrutiny | None = None
    judge: Completer | AsyncCompleter | None = None

    @property
    def judges_through_the_call(self) -> bool:
        """Whether there is no other way to ask the judge than the wrapped call."""
        return self.scrutiny is not None and self.scrutiny.band is not None and self.judge is None

    def sighted(self, arguments: Arguments, purpose: str) -> list[Sighting]:
        """Where registered documents stand in a call.

        Args:
            arguments: the call's arguments.
            purpose: kind of call, within which prompts are compared.

        Returns:
            The sightings; empty only where the user allowed unguarded calls, after a warning.

        Raises:
            UnguardedCallError: no registered document was found.
        """
        self.notebook.count("calls")
        sightings = look(self.index, arguments)
        if not sightings:
            message = self._nothing_found(arguments)
            if self.unguarded == "raise":
                raise UnguardedCallError(message)
            self.notebook.count("unguarded")
            warnings.warn(message, UnguardedCallWarning, stacklevel=5)
            return []
        self.notebook.count("guarded")
        partial = [sighting for sighting in sightings if sighting.partial]
        if partial:
            self.notebook.count("partial")
            for sighting in partial:
                name = sighting.located.document_id
                self.notebook.tell_once(
                    f"partial:{name}",
                    f"a copy of document {name!r} holds {len(sighting.foreign)} passage(s) that the registered text "
                    "does not hold; they were filtered by themselves. Register the text that prompts are made from.",
                    PartialDocumentWarning,
                )
        self._look_for_strangers(arguments, sightings, purpose)
        return sightings

    def _look_for_strangers(self, arguments: Arguments, sightings: Sequence[Sighting], purpose: str) -> None:
        texts = [
            (slot.text, [sighting.located for sighting in sightings if sighting.slot.path == slot.path])
            for slot in text_slots(arguments)
        ]
        words = self.strangers.count(purpose, texts)
        if words:
            self.notebook.count("unregistered")
            self.notebook.tell_once(
                f"strangers:{purpose}",
                f"about {words} words of the messages change from call to call and are in no registered document, so "
                "they are not guarded. If they come from a document, register it: Guard([...])",
                PartialDocumentWarning,
            )

    def treated(
        self,
        arguments: Arguments,
        sightings: Sequence[Sighting],
        *,
        asking: bool = False,
        pairs: bool = False,
        prepared: Callable[[str], Prepared] | None = None,
    ) -> Treated:
        """The call's arguments with their document parts cleaned, for asking, for answering or for both at once.

        `prepared` gives documents with other findings than the filter's own.
        """
        treated = treat(
            arguments,
            sightings,
            prepared or self.book.prepared,
            self.instruction_filter.find,
            mode=self.mode,
            hide_artefacts=asking or pairs,
            hide_findings=asking,
        )
        if treated.foreign or any(evidence.findings for evidence in treated.evidence):
            self.notebook.count("filtered")
        return treated

    def drawn(
        self,
        sightings: Sequence[Sighting],
        count: int,
        style: str,
        taken: Mapping[str, Sequence[Finding]] | None = None,
    ) -> list[OpenDraw]:
        """Draws for the least covered eligible targets of the call's chunks; empty where nothing may be asked about.

        `taken` is what a judge took out, by document, beside what the filter did.
        """
        targets: dict[str, Target] = {}
        for sighting in chunks(sightings):
            located = sighting.located
            for target in self.book.candidates(located.document_id, located.document_start, located.document_end):
                if is_taken(target, (taken or {}).get(located.document_id, ()), self.mode):
                    continue
                if len(located.runs) == 1 or located.to_message(target.start, target.end) is not None:
                    targets.setdefault(target.id, target)
        if not targets:
            self.notebook.count("without_target")
            names = ", ".join(dict.fromkeys(repr(sighting.located.document_id) for sighting in sightings))
            self.notebook.tell_once(
                f"target:{names}",
                f"a part of {names} holds nothing that a question may be asked about (only markup, headings or "
                "instructions, or it is too short); its question is not anchored and not recorded",
            )
            return []
        return self.book.draw(list(targets.values()), count, style)

    def _nothing_found(self, arguments: Arguments) -> str:
        slots = text_slots(arguments)
        size = sum(len(slot.text) for slot in slots)
        names = [document.id for document in self.index.documents[:3]]
        more = f" and {len(self.index) - 3:,} more" if len(self.index) > 3 else ""
        return (
            f"no registered document was found in this call, so it cannot be guarded: looked for any {SMALLEST} words "
            f"in a row, or a whole paragraph, of {', '.join(map(repr, names)) or 'no documents'}{more} in {len(slots)} "
            f"text(s) of {size:,} characters. Register the text that the prompt is made from, Guard([...]), or allow "
            'such calls with Guard(..., unguarded="warn")'
        )
