"""A person's review of findings: decisions on single passages, and rules (allow and block lists), applied to texts."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.apply import ACTIONS, apply_findings
from selfstudy_guard.filter.filter import InstructionFilter
from selfstudy_guard.filter.review.review_spans import block, comparable, disjoint, masked, passages, same, without
from selfstudy_guard.records import Document, FilterMode, FilterResult, Finding, Frozen

Decision = Literal["keep", "remove"]
_CONDITIONS = ("document", "detector", "intent", "channel", "quote", "score")


class ReviewRule(Frozen):
    """One entry of an allow or block list; all conditions that are given must hold.

    Attributes:
        decision: "keep" (allow) or "remove" (block).
        document: glob on the document's id.
        detector, intent, channel: as in a finding.
        quote: exact passage; white space does not matter. With "remove", every occurrence goes.
        score: with "remove" and a detector, intent or channel: findings count from this score on (0 to 1), also where
            the filter's own threshold is higher.
    """

    decision: Decision
    document: str | None = None
    detector: str | None = None
    intent: str | None = None
    channel: str | None = None
    quote: str | None = None
    score: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _conditions(self) -> ReviewRule:
        if all(getattr(self, name) is None for name in _CONDITIONS):
            raise ValueError(f"a rule needs a condition: {', '.join(_CONDITIONS[:-1])}")
        if self.quote is not None and not self.quote.split():
            raise ValueError("quote is empty")
        if self.score is not None and (self.decision == "keep" or not self.kinds):
            raise ValueError('score goes with decision = "remove" and a detector, intent or channel')
        return self

    @classmethod
    def parse(cls, text: str) -> ReviewRule:
        """A rule from words: `keep channel=html-comment document=docs/*.html`.

        Raises:
            InputError: the words are no rule.
        """
        try:
            decision, *conditions = shlex.split(text)
            fields = dict(word.split("=", 1) for word in conditions)
            return cls.model_validate({"decision": decision, **fields})
        except (ValueError, ValidationError) as error:
            raise InputError(
                f"rule {text!r} cannot be used: {reason(error)}; write for instance  keep channel=html-comment"
            ) from error

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of findings that the rule is limited to, if any."""
        return tuple(kind for kind in (self.detector, self.intent, self.channel) if kind is not None)

    def covers(self, document_id: str) -> bool:
        """Whether the rule speaks about this document."""
        return self.document is None or fnmatch.fnmatchcase(document_id, self.document)

    def matches(self, document_id: str, finding: Finding) -> bool:
        """Whether every condition holds for this finding of this document."""
        return (
            self.covers(document_id)
            and self.detector in (None, finding.detector)
            and self.intent in (None, finding.intent)
            and self.channel in (None, finding.channel)
            and (self.quote is None or comparable(self.quote) == comparable(finding.quote))
            and (self.score is None or finding.score >= self.score)
        )

    def allows(self, finding: Finding) -> bool:
        """For `InstructionFilter(allow=...)`, which knows no documents: a keep rule without `document`."""
        return self.decision == "keep" and self.document is None and self.matches("", finding)


class ReviewedFinding(Frozen):
    """One finding of one document and what a person decided; offsets in code points of the raw document."""

    decision: Decision
    document: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str
    intent: str = ""
    channel: str = ""
    score: float = 1.0
    detector: str = ""
    decoded: str | None = None

    def stands(self, text: str) -> bool:
        """Whether the passage still stands at its offsets of `text`."""
        return self.start < self.end <= len(text) and same(text[self.start : self.end], self.quote)


class Review(Frozen):
    """Decisions and rules, applied to what the filter finds.

    Attributes:
        rules: a later rule wins over an earlier one.
        findings: decisions on single findings; they win over every rule. A decision holds where the passage stands at
            its offsets, and elsewhere in its document where exactly the same words are found (after an edit).
    """

    rules: tuple[ReviewRule, ...] = ()
    findings: tuple[ReviewedFinding, ...] = ()

    @property
    def allow(self) -> tuple[ReviewRule, ...]:
        """Keep rules that hold in every document, for `InstructionFilter(allow=review.allow)`."""
        return tuple(rule for rule in self.rules if rule.decision == "keep" and rule.document is None)

    @property
    def block(self) -> tuple[str, ...]:
        """Passages that go from every document, for `InstructionFilter(block=review.block)`."""
        return tuple(
            rule.quote for rule in self.rules if rule.decision == "remove" and rule.quote and rule.document is None
        )

    def instruction_filter(self, mode: FilterMode = "remove", *, threshold: float | None = None) -> InstructionFilter:
        """A filter for `generate` and `Guard` that keeps and takes out what was decided, wherever it stands.

        Rules that name a document are left out: such a filter sees texts alone.
        """
        kept = [entry.quote for entry in self.findings if entry.decision == "keep" and entry.quote.split()]
        return InstructionFilter(mode, threshold=threshold, allow=[*self.allow, *kept], block=self.block)

    def decided(self, document_id: str, finding: Finding) -> ReviewedFinding | None:
        """The person's decision on this very finding, or None."""
        same = [entry for entry in self._of(document_id) if comparable(entry.quote) == comparable(finding.quote)]
        at_place = [entry for entry in same if (entry.start, entry.end) == (finding.start, finding.end)]
        found = at_place or same
        return found[-1] if found else None

    @cached_property
    def _by_document(self) -> Mapping[str, tuple[ReviewedFinding, ...]]:
        out: dict[str, list[ReviewedFinding]] = {}
        for entry in self.findings:
            out.setdefault(entry.document, []).append(entry)
        return {name: tuple(entries) for name, entries in out.items()}

    def _of(self, document_id: str) -> tuple[ReviewedFinding, ...]:
        return self._by_document.get(document_id, ())

    def lost(self, document: Document) -> int:
        """Decisions on this document whose passage stands nowhere in it any more."""
        text = document.text
        return sum(not entry.stands(text) and not passages(text, entry.quote) for entry in self._of(document.id))

    def apply(
        self, document: Document, instruction_filter: InstructionFilter, question: str | None = None
    ) -> FilterResult:
        """Filter a document, and treat what is found as decided.

        Args:
            document: the raw document; its id is what `document` conditions look at.
            instruction_filter: finds passages; its mode says how they are treated.
            question: the question in view, if any.
        """
        text = document.text
        stay = self._stays(document)
        # What stays is not judged, nor does it colour how its neighbours are judged: masked characters count as absent.
        base = instruction_filter.clean(masked(text, stay), question)
        found = [(finding, -1) for finding in without(text, base.findings, stay)]
        found += self._blocked(document, question)
        going = [finding for finding, origin in found if self._goes(document.id, finding, origin)]
        spans = disjoint(text, going)
        if instruction_filter.mode != "flag":
            action = ACTIONS[instruction_filter.mode]
            spans = [finding.model_copy(update={"action": action}) for finding in spans]
        taken = sum(finding.end - finding.start for finding in spans)
        return FilterResult(
            text=apply_findings(text, spans, instruction_filter.mode),
            findings=tuple(spans),
            mode=instruction_filter.mode,
            retention=1.0 - taken / len(text) if text else 1.0,
            capped=base.capped,
            beliefs=base.beliefs,
        )

    def _stays(self, document: Document) -> list[tuple[int, int]]:
        """Spans that are never judged: passages that a decision or the last matching rule keeps; sorted, disjoint."""
        text, entries = document.text, self._of(document.id)
        held = {(entry.start, entry.end) for entry in entries if entry.stands(text)}
        spans: list[tuple[int, int]] = []
        for entry in entries:
            if entry.decision == "keep":
                moved = [span for span in passages(text, entry.quote) if span not in held]
                spans += [(entry.start, entry.end)] if entry.stands(text) else moved
        for place, rule in enumerate(self.rules):
            if rule.decision == "keep" and rule.quote and rule.covers(document.id) and not rule.kinds:
                later = [other for other in self.rules[place + 1 :] if other.decision == "remove"]
                gone = any(other.covers(document.id) and same(other.quote, rule.quote) for other in later)
                spans += [] if gone else [span for span in passages(text, rule.quote) if span not in held]
        out: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], max(out[-1][1], end))
            elif end > start:
                out.append((start, end))
        return out

    def _goes(self, document_id: str, finding: Finding, origin: int) -> bool:
        decided = self.decided(document_id, finding)
        if decided is not None:
            return decided.decision == "remove"
        for rule in reversed(self.rules[origin + 1 :]):
            if rule.matches(document_id, finding):
                return rule.decision == "remove"
        return True

    def _blocked(self, document: Document, question: str | None) -> list[tuple[Finding, int]]:
        """Findings that only block rules and decisions make, each with the place of its rule."""
        out: list[tuple[Finding, int]] = []
        text = document.text
        for entry in self._of(document.id):
            if entry.decision == "remove" and entry.stands(text):
                known = entry.model_dump(include={"intent", "channel", "score", "detector", "decoded"})
                said = {name: value for name, value in known.items() if value}  # a person may leave these out
                out.append((block(text, entry.start, entry.end).model_copy(update=said), -1))
        for place, rule in enumerate(self.rules):
            if rule.decision == "keep" or not rule.covers(document.id):
                continue
            if rule.quote is not None:
                out += [(block(text, start, end), place) for start, end in passages(text, rule.quote)]
            elif rule.score is not None:
                low = InstructionFilter("flag", threshold=rule.score)
                out += [(f, place) for f in low.find(text, question) if rule.matches(document.id, f)]
            elif text and not rule.kinds:
                out.append((block(text, 0, len(text)), place))
        return out


def reason(error: Exception) -> str:
    """The first thing that is wrong, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error)
