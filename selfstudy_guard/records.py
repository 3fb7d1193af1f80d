"""The frozen values that pass between the parts: documents, targets, findings, requests, replies, records.

Every offset is a half-open span in Unicode code points of the raw text of its document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from selfstudy_guard.errors import InputError
from selfstudy_guard.wrong_document import wrong_document

Purpose = Literal["question", "answer", "pairs", "judge", "rate"]
AnswerForm = Literal["short", "sentence", "explained"]
"""How long an answer to a plain question is: a few words, one sentence, or one sentence and what explains it."""
FilterMode = Literal["remove", "mask", "quote", "flag"]
FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "other"]
TargetKind = Literal[
    "sentence",
    "heading",
    "list_item",
    "table_row",
    "code_block",
    "definition",
    "caption",
    "formula",
    "markup",
]
"""`markup` is text that only presents or decorates (navigation, template residue ...); it is never eligible."""

LONGEST_REPLY = 200_000
"""Characters of a reply up to which it is read; no question and no answer is longer."""
HEAD_OF_REPLY = 2_000
"""Characters that are kept of a reply beyond that."""


class Frozen(BaseModel):
    """Base of all records: immutable, and no unknown field passes unnoticed."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Document(Frozen):
    """A source text. It is never changed; every cleaning is a mask over its offsets.

    Attributes:
        id: stable name, unique within a run (relative path, or the id field of a row).
        text: the raw text.
        metadata: JSON-like values that travel with the records.
        media_type: how structure is read: "text/plain", "text/markdown", "text/html", "text/x-rst" or
            "text/x-source"; None lets the id's suffix, then the text itself, decide.
    """

    id: str = Field(min_length=1)
    text: str
    metadata: Mapping[str, Any] = Field(default_factory=dict)
    media_type: str | None = None

    if not TYPE_CHECKING:  # type checkers read the fields

        def __init__(self, *unnamed: Any, **given: Any) -> None:
            if unnamed:
                raise InputError("a Document takes its parts by name: Document(id=..., text=...)")
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise InputError(wrong_document(error, given, list(type(self).model_fields))) from error

    @classmethod
    def from_text(cls, text: str, **metadata: Any) -> Document:
        """A document named after the digest of its text."""
        return cls(id="text-" + text_digest(text)[:12], text=text, metadata=metadata)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the UTF-8 text, in hex (64 characters)."""
        return text_digest(self.text)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, whose digest is that of its own text."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("digest", None)
        return copied


def text_digest(text: str) -> str:
    """SHA-256 of `text` in hex; lone surrogates are allowed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Span(Frozen):
    """Half-open range `[start, end)` of code points in the raw text of a document."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.end < self.start:
            raise ValueError(f"span ends before it starts: {self.start}..{self.end}")
        return self

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


class Target(Frozen):
    """The evidence span that one question is tied to.

    Attributes:
        document_id: id of the document that the offsets belong to.
        start, end: code points of the raw text, half-open.
        text: `document.text[start:end]`, exactly.
        kind: what the span is in its document.
        section: headings above it, outermost first.
        index: place among all targets of the document, in text order, from 0.
        tokens: estimated length in model tokens.
        eligible: whether it may be asked about.
        reason: why not, in one or two words ("navigation", "instruction", "near-duplicate" ...); of an eligible target
            "suspect" where it is asked about last, else None.
        lead: raw text that the span needs to be understood (header row of a table, caption of a code block).
        also: further targets that a multi-hop question must use as well.
    """

    document_id: str
    start: int
    end: int
    text: str
    kind: TargetKind = "sentence"
    section: tuple[str, ...] = ()
    index: int = 0
    tokens: int = 0
    eligible: bool = True
    reason: str | None = None
    lead: str = ""
    also: tuple[Target, ...] = ()

    @property
    def span(self) -> Span:
        """The target's span."""
        return Span(start=self.start, end=self.end)

    @property
    def id(self) -> str:
        """Name that is unique within a run: document id and offsets."""
        return f"{self.document_id}#{self.start}-{self.end}"

    @property
    def is_artefact(self) -> bool:
        """Whether this is not content: markup, navigation, residue, or a passage that is addressed to the model."""
        return self.kind == "markup" or self.reason == "instruction"


class Artefact(Frozen):
    """A span that is not content (navigation, template residue, blobs ...): never a target, masked when asking."""

    start: int
    end: int
    reason: str


class Segmentation(Frozen):
    """A document in pieces: all its targets in text order, eligible or not, and its artefacts (sorted, disjoint)."""

    document_id: str
    targets: tuple[Target, ...]
    artefacts: tuple[Artefact, ...] = ()

    @cached_property
    def eligible(self) -> tuple[Target, ...]:
        """The targets that may be asked about."""
        return tuple(target for target in self.targets if target.eligible)

    @cached_property
    def edges(self) -> tuple[list[int], list[int]]:
        """Where the targets begin, and where they end: what is looked up for every question."""
        return [target.start for target in self.targets], [target.end for target in self.targets]


class Draw(Frozen):
    """One planned question: a target, the style to ask in, and how often this pair was drawn before."""

    target: Target
    style: str = "factual"
    number: int = 0


class Finding(Frozen):
    """One instruction-like span of a document.

    Attributes:
        start, end: code points of the raw text.
        quote: the raw text of the span, exactly.
        intent: what the passage wants ("override", "task", "format", "refusal", "meta-training" ...).
        channel: surface form it stands in ("prose", "html-comment", "invisible", "base64" ...).
        score: 0 to 1, the detector's belief that the span addresses the model.
        detector: name of what found it ("sentence-model", "rules", "encoding", "judge" ...).
        action: what was done with it.
        decoded: what the span says after decoding, where that differs from the quote.
    """

    start: int
    end: int
    quote: str
    intent: str
    channel: str
    score: float
    detector: str
    action: Literal["removed", "masked", "quoted", "flagged"] = "flagged"
    decoded: str | None = None

    @property
    def span(self) -> Span:
        """The finding's span."""
        return Span(start=self.start, end=self.end)


class Belief(Frozen):
    """What the filter believes of one unit (a sentence, line, cell or field) of a text.

    Attributes:
        start, end: code points of the raw text.
        score: 0 to 1, how much it addresses a model. Units beside a finding are judged with the finding gone.
        block: span of the paragraph, item, comment or field that it belongs to, with its signs and its wrapper.
    """

    start: int
    end: int
    score: float
    block: tuple[int, int]


class Withheld(Frozen):
    """A span that an evidence left out on suspicion, because neither target nor question needs it.

    Attributes:
        start, end: code points of the raw text.
        quote: the raw text of the span, exactly.
        score: 0 to 1, the highest belief of its units.
        reason: "suspect" for its own belief, "beside" for its place beside a finding, "introduced" for a list or block
            whose lead-in goes, and for what stands behind a header of an order; "tight" for text under no suspicion
            that was left out when a question was asked once more.
    """

    start: int
    end: int
    quote: str
    score: float
    reason: Literal["suspect", "beside", "introduced", "tight"] = "suspect"

    @property
    def span(self) -> Span:
        """The span that was left out."""
        return Span(start=self.start, end=self.end)


class FilterResult(Frozen):
    """What the instruction filter made of a text, and everything it took out.

    Attributes:
        text: the text after the filter.
        findings: sorted, disjoint, in raw offsets of the text that went in.
        mode: how findings were treated.
        retention: share of the characters that stand outside findings (0 to 1; 1.0 for an empty text).
        capped: whether so much looked like instructions that the cap stopped the filter from emptying the text.
        beliefs: of the units outside findings, in order and disjoint; units of one or two words that no order is made
            of are left out.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    mode: FilterMode = "remove"
    retention: float = 1.0
    capped: bool = False
    beliefs: tuple[Belief, ...] = ()

    def suspects(self, withhold: float = 0.05) -> tuple[Belief, ...]:
        """The units whose belief lies from `withhold` up to the threshold."""
        return tuple(belief for belief in self.beliefs if belief.score >= withhold)


JudgeVerdict = Literal["order", "information", "none"]


class Judgement(Frozen):
    """What a judge said about one span that the filter was not sure of.

    Attributes:
        start, end: code points of the raw text.
        quote: the raw text of the span, exactly.
        channel: surface form it stands in.
        score: 0 to 1, what the filter's own detector believed.
        verdict: "order" (taken out), "information" (kept) or "none" (the reply was no verdict, and the filter's own
            decision stands).
        reply: the head of a reply that was no verdict.
    """

    start: int
    end: int
    quote: str
    channel: str
    score: float
    verdict: JudgeVerdict
    reply: str = ""


class Context(Frozen):
    """The window of a document round a target; `text` is the raw slice `[start, end)`."""

    document_id: str
    start: int
    end: int
    text: str


class Evidence(Frozen):
    """A context after the filter: what the answering model is shown.

    Attributes:
        start, end: the context's span in the raw document.
        text: the text after the filter.
        findings: what was taken out, in raw offsets of the document.
        retention: share of the clean characters of the target (those outside findings) that was kept; of the context's
            where no target is known.
        judged: what a judge was asked about, with its verdicts; empty, and not written down, without a judge.
        withheld: what was left out on suspicion, because neither target nor question needs it.
        context_retention: share of the context's characters that was kept.
    """

    document_id: str
    start: int
    end: int
    text: str
    findings: tuple[Finding, ...] = ()
    retention: float = 1.0
    judged: tuple[Judgement, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    context_retention: float = 1.0

    @model_validator(mode="before")
    @classmethod
    def _as_once_written(cls, fields: Any) -> Any:
        """Records of before evidence was chosen for a target know one retention: that of the context."""
        if isinstance(fields, dict) and "context_retention" not in fields and "retention" in fields:
            return {**fields, "context_retention": fields["retention"]}
        return fields

    @model_serializer(mode="wrap")
    def _without_nothing(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Records of runs without a judge, or without suspects, look as they did before there were any."""
        fields: dict[str, Any] = whole(self)
        for name in ("judged", "withheld"):
            if not fields.get(name):
                fields.pop(name, None)
        return fields


class Message(Frozen):
    """One chat message of our own requests."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(Frozen):
    """Tokens and price of one or more calls.

    Attributes:
        prompt_tokens: tokens sent, cached ones included.
        cached_tokens: those of them that the provider served from its prefix cache.
        completion_tokens: tokens received.
        cost: US dollars; None where the price is not known.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        if self.cost is None and not (self.tokens or self.cached_tokens):
            return other
        cost = None if self.cost is None and other.cost is None else (self.cost or 0.0) + (other.cost or 0.0)
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=cost,
        )


class Request(Frozen):
    """What a flow asks of a model.

    Attributes:
        purpose: what the reply will be used for.
        messages: chat messages, what requests share first and the target last.
        key: idempotency key: the same key always means the same request of the same run.
        response_schema: JSON schema that the reply should follow, where the model has such a mode.
        max_tokens: most tokens of the reply.
        temperature: sampling temperature; None leaves the provider's default.
        seed: sampling seed, where the provider takes one.
        stop: strings that end the reply.
    """

    purpose: Purpose
    messages: tuple[Message, ...]
    key: str = ""
    response_schema: Mapping[str, Any] | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


class Oversize(Frozen):
    """What is known of a text of which only the head was kept.

    Attributes:
        characters: length of the whole text, code points.
        sha256: hex digest of the whole text in UTF-8.
    """

    characters: int
    sha256: str


class Reply(Frozen):
    """What a model answered.

    Attributes:
        text: the visible answer; may be empty.
        finish_reason: why the model stopped.
        model: the name that the provider reports.
        usage: tokens and price of this call.
        reasoning: hidden reasoning that the provider returned apart, if any.
        oversize: of a text of more than 200,000 characters: its length and digest; `text` is then its head.
    """

    text: str
    finish_reason: FinishReason = "stop"
    model: str = ""
    usage: Usage = Usage()
    reasoning: str | None = None
    oversize: Oversize | None = None

    def bounded(self, whole: Oversize | None = None) -> Reply:
        """This reply, or the head of one that is far longer than any question or answer.

        A broken provider may send megabytes, and dozens of such replies may be on their way at a time.

        Args:
            whole: length and digest of the whole text, where `text` is already only the beginning of it.
        """
        if len(self.text) <= LONGEST_REPLY and len(self.reasoning or "") <= LONGEST_REPLY:
            return self
        changes: dict[str, Any] = {"reasoning": self.reasoning and self.reasoning[:LONGEST_REPLY]}
        if len(self.text) > LONGEST_REPLY:
            changes["oversize"] = whole or Oversize(characters=len(self.text), sha256=text_digest(self.text))
            changes["text"] = self.text[:HEAD_OF_REPLY]
        return self.model_copy(update=changes)


class Footprint(Frozen):
    """The targets that a question (and its answer) really draws on.

    Attributes:
        targets: best first; empty when the question is not about the document.
        scores: as long as `targets`, 0 to 1, descending.
        artefact: whether the best match is not content.
        margin: score of the best minus that of the second best distinct target.
    """

    targets: tuple[Target, ...] = ()
    scores: tuple[float, ...] = ()
    artefact: bool = False
    margin: float = 0.0

    @property
    def spans(self) -> tuple[Span, ...]:
        """Spans of the targets, best first."""
        return tuple(target.span for target in self.targets)


class Question(Frozen):
    """An accepted question.

    Attributes:
        text: the question.
        attempts: how many requests it took.
        opening: first words that the model was given to go on with; empty where it wrote the question whole.
        origin: "model", or "gap" where no model wrote a good one and a word of the target was left out instead.
    """

    text: str
    attempts: int = 1
    opening: str = ""
    origin: Literal["model", "gap"] = "model"


class Answer(Frozen):
    """An accepted answer.

    Attributes:
        text: the answer.
        attempts: how many requests it took.
        origin: "model", or "sentence" where no model wrote a good one and a sentence of the evidence was taken instead.
    """

    text: str
    attempts: int = 1
    origin: Literal["model", "sentence"] = "model"


class Rating(Frozen):
    """What a model thinks of a pair, each from 0 (no) to 1 (yes).

    Attributes:
        rater: name of the model.
        faithfulness: whether the evidence says what the answer says.
        answerability: whether the question is understood alone and has one answer.
        usefulness: whether it is worth knowing.
    """

    rater: str
    faithfulness: float
    answerability: float
    usefulness: float

    @property
    def score(self) -> float:
        """The lowest of the three: a pair is as good as its worst side."""
        return min(self.faithfulness, self.answerability, self.usefulness)


class Record(Frozen):
    """One finished question-answer pair with its whole provenance."""

    key: str
    document_id: str
    document_digest: str
    target: Target
    style: str
    draw: int
    question: Question
    answer: Answer
    evidence: Evidence
    footprint: Footprint = Footprint()
    model: str = ""
    usage: Usage = Usage()
    created: str = ""
    """UTC, ISO 8601."""
    rating: Rating | None = None
    """What a rater thinks of it, where one was asked."""

    def as_draw(self) -> Draw:
        """The planned question that it came from."""
        return Draw(target=self.target, style=self.style, number=self.draw)


class Rejection(Frozen):
    """A planned question that ended without a record, and why.

    Attributes:
        stage: where it ended.
        reason: short code that is counted ("off-target", "refused", "leak", "truncated" ...).
        detail: one sentence for the reader.
        question: the question that was kept, when its answer failed; else the last one tried, or None.
    """

    key: str
    target: Target
    style: str
    draw: int
    stage: Literal["question", "answer"]
    reason: str
    detail: str = ""
    question: str | None = None
    attempts: int = 0
    usage: Usage = Usage()


class Verdict(Frozen):
    """The result of a check: accepted, or a counted reason and what to tell the model for its next try."""

    accepted: bool
    reason: str = ""
    feedback: str = ""
    footprint: Footprint | None = None


class Balance(Frozen):
    """The ledger's balance: `planned == answered + rejected + failed + pending` at every moment."""

    planned: int = 0
    answered: int = 0
    rejected: int = 0
    failed: int = 0
    pending: int = 0
    usage: Usage = Usage()
    reasons: Mapping[str, int] = Field(default_factory=dict)
    """Rejections and failures by reason."""
    coverage: float | None = None
    """Share of eligible targets in at least one footprint so far, where it is tracked (0 to 1)."""

    @property
    def closes(self) -> bool:
        """Whether the sum is right."""
        return self.planned == self.answered + self.rejected + self.failed + self.pending
