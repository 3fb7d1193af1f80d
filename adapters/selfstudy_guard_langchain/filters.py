"""The instruction filter for LangChain: in chains, behind loaders and splitters, and behind retrievers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from langchain_core.documents import BaseDocumentCompressor, BaseDocumentTransformer, Document
from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from pydantic import ConfigDict, Field, PrivateAttr

from selfstudy_guard.errors import InputError, UnguardedCallError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.guard import Guard
from selfstudy_guard.records import FilterMode, FilterResult

METADATA_KEY = "selfstudy_guard"
"""Key of a document's metadata under which the findings stand."""


def filtered_document(document: Document, result: FilterResult) -> Document:
    """A copy of `document` with the filtered text; what was taken out stands in its metadata.

    Args:
        document: a LangChain document.
        result: what the filter made of its `page_content`.
    """
    findings = [
        finding.model_dump(include={"start", "end", "quote", "intent", "channel", "score", "detector", "action"})
        for finding in result.findings
    ]
    note = {"retention": result.retention, "findings": findings}
    return document.model_copy(
        update={"page_content": result.text, "metadata": {**document.metadata, METADATA_KEY: note}}
    )


class FilterInstructions(RunnableSerializable[Any, Any]):
    """Takes instruction-like spans out of documents on their way to a prompt; returns the type that came in.

    Takes a str, a `Document`, a list of them, or a dict, of which only the values at `document_key` are touched; all of
    that is document. A PromptValue, a message or a list of messages also holds the user's own words, and only a guard
    knows which part is document: give `guard` to filter those.

    Attributes:
        mode: how findings are treated ("remove", "mask", "quote" or "flag").
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.
        document_key: key of the document, or a list of keys, in a dict.
        guard: knows which part of a prompt is document; its own filter is used then.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    mode: FilterMode = "remove"
    threshold: float | None = None
    document_key: str | list[str] | None = None
    guard: Guard | None = Field(default=None, exclude=True)
    _filter: InstructionFilter | None = PrivateAttr(default=None)

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The input, filtered.

        Raises:
            UnguardedCallError: it cannot be told which part of the input is document.
            InputError: a dict without `document_key`, or a type that holds no text.
        """
        return self._call_with_config(self._filtered, input, config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The same; the filter is quick enough to run in the event loop."""

        async def filtered(value: Any) -> Any:
            return self._filtered(value)

        return await self._acall_with_config(filtered, input, config, **kwargs)

    def _filtered(self, value: Any) -> Any:
        if isinstance(value, PromptValue | BaseMessage) or _is_messages(value):
            return self._protected(value)
        if isinstance(value, Mapping):
            return self._filtered_dict(value)
        return self._document(value)

    def _protected(self, value: Any) -> Any:
        if self.guard is None:
            raise UnguardedCallError(
                "a prompt holds the user's own words beside the document, and FilterInstructions cannot tell them "
                "apart alone: put it before the prompt, or give FilterInstructions(guard=Guard(documents))"
            )
        return self.guard.protect(value)

    def _filtered_dict(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if self.document_key is None:
            raise InputError(
                f"FilterInstructions got a dict with the keys {sorted(map(str, value))}: name the one that holds the "
                'document, FilterInstructions(document_key="context")'
            )
        keys = [self.document_key] if isinstance(self.document_key, str) else self.document_key
        missing = [key for key in keys if key not in value]
        if missing:
            raise InputError(f"no key {missing[0]!r} in the input; it has {sorted(map(str, value))}")
        return {key: self._document(item) if key in keys else item for key, item in value.items()}

    def _document(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._clean(value).text
        if isinstance(value, Document):
            return filtered_document(value, self._clean(value.page_content))
        if isinstance(value, Sequence):
            return [self._filtered(item) for item in value]
        raise InputError(
            f"FilterInstructions got {type(value).__name__}: it takes str, Document, lists of them, or a dict with "
            "document_key"
        )

    def _clean(self, text: str) -> FilterResult:
        if self._filter is None:
            self._filter = InstructionFilter(mode=self.mode, threshold=self.threshold, cap=1.0)
        return self._filter.clean(text)

    def __getstate__(self) -> dict[Any, Any]:
        self._filter = None  # built again where it is used; its weights need not travel
        return super().__getstate__()


class InstructionFilterTransformer(BaseDocumentTransformer):
    """Filters documents behind a loader or a splitter; findings go into each document's metadata.

    Args:
        mode: how findings are treated.
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.
    """

    def __init__(self, mode: FilterMode = "remove", threshold: float | None = None) -> None:
        self._settings = (mode, threshold)
        self._filter: InstructionFilter | None = None

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> Sequence[Document]:
        """The documents, filtered, in order."""
        if self._filter is None:
            mode, threshold = self._settings
            self._filter = InstructionFilter(mode=mode, threshold=threshold, cap=1.0)
        cleaned = self._filter.clean_many(document.page_content for document in documents)
        return [filtered_document(document, result) for document, result in zip(documents, cleaned, strict=True)]

    def __getstate__(self) -> dict[str, Any]:
        return {"_settings": self._settings, "_filter": None}


class InstructionFilterCompressor(BaseDocumentCompressor):
    """Filters what a retriever found, with the question in view; documents that nothing is left of are dropped.

    Attributes:
        mode: how findings are treated.
        threshold: score from which a span is taken out (0 to 1); None for the filter's own.
    """

    mode: FilterMode = "remove"
    threshold: float | None = None
    _filter: InstructionFilter | None = PrivateAttr(default=None)

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Any = None
    ) -> Sequence[Document]:
        """The documents, filtered, best first as they came."""
        if self._filter is None:
            self._filter = InstructionFilter(mode=self.mode, threshold=self.threshold, cap=1.0)
        cleaned = self._filter.clean_many((document.page_content for document in documents), query)
        filtered = (filtered_document(document, result) for document, result in zip(documents, cleaned, strict=True))
        return [document for document in filtered if document.page_content.strip()]

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Any = None
    ) -> Sequence[Document]:
        """The same; the filter is quick enough to run in the event loop."""
        return self.compress_documents(documents, query, callbacks)


def _is_messages(value: Any) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return False
    first = value[0]
    return isinstance(first, BaseMessage) or (isinstance(first, Mapping) and {"role", "content"} <= first.keys())
