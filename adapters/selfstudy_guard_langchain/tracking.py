"""Anchoring and coverage as steps of a chain of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from pydantic import ConfigDict, Field

from selfstudy_guard.errors import InputError
from selfstudy_guard.guard import Guard


class AnchorQuestions(RunnableSerializable[Any, Any]):
    """Stands between prompt and model: masks artefacts and instructions, ties the question to a target.

    Takes a str, a PromptValue, messages or a dict of them, and returns the same type with the least covered eligible
    target of the document part anchored behind the user's own words. It only prepares the request: replies are checked
    and asked again by `guard_chain`, which this is not needed beside.

    Attributes:
        guard: knows the documents.
        document_key: in a dict, the key of the prompt or text; the other values pass through.
        style: question style; None takes the guard's.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    guard: Guard = Field(exclude=True)
    document_key: str | None = None
    style: str | None = None

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The input, anchored.

        Raises:
            UnguardedCallError: no registered document was found in the input.
            InputError: a dict without `document_key`.
        """
        return self._call_with_config(self._anchored, input, config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The same, awaited."""

        async def anchored(value: Any) -> Any:
            return self._anchored(value)

        return await self._acall_with_config(anchored, input, config, **kwargs)

    def _anchored(self, value: Any) -> Any:
        if isinstance(value, Mapping) and "role" not in value:
            if self.document_key is None or self.document_key not in value:
                raise InputError(
                    f"AnchorQuestions got a dict with the keys {sorted(map(str, value))}: name the one that holds the "
                    'prompt, AnchorQuestions(guard=guard, document_key="prompt")'
                )
            return {**value, self.document_key: self.guard.anchored(value[self.document_key], style=self.style)}
        return self.guard.anchored(value, style=self.style)


class TrackCoverage(RunnableSerializable[Any, Any]):
    """Stands at the end of a chain: counts each question (and answer) that passes, and hands it on unchanged.

    Takes a str or a message (a question), a dict with `question_key` and perhaps `answer_key`, or a list of these.

    Attributes:
        guard: whose tracker counts; its `coverage()` and `report()` show the result.
        question_key, answer_key: keys in a dict.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    guard: Guard = Field(exclude=True)
    question_key: str = "question"
    answer_key: str = "answer"

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Count the input and return it.

        Raises:
            InputError: no question in the input.
        """
        return self._call_with_config(self._counted, input, config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """The same, awaited."""

        async def counted(value: Any) -> Any:
            return self._counted(value)

        return await self._acall_with_config(counted, input, config, **kwargs)

    def _counted(self, value: Any) -> Any:
        for item in value if isinstance(value, list | tuple) else [value]:
            question, answer = self._pair(item)
            self.guard.observe(question, answer)
        return value

    def _pair(self, item: Any) -> tuple[str, str | None]:
        if isinstance(item, str):
            return item, None
        if isinstance(item, BaseMessage):
            return item.text if isinstance(item.text, str) else item.text(), None
        if isinstance(item, Mapping) and isinstance(item.get(self.question_key), str):
            answer = item.get(self.answer_key)
            return item[self.question_key], answer if isinstance(answer, str) else None
        raise InputError(
            f"TrackCoverage found no question in {type(item).__name__}: it takes str, messages, or dicts with the key "
            f"{self.question_key!r} (see question_key)"
        )
