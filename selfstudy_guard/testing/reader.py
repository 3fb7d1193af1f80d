"""A reader that asks and answers in the words of what it is shown: a well-behaved model for tests, without a model.

It finds the quoted target (or the question) in the messages of a request, as a model would, and knows nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from selfstudy_guard.records import Reply, Request
from selfstudy_guard.testing.scripted import estimated_usage

_QUOTED = re.compile(r'"""(.+?)"""|<quoted_part>(.+?)</quoted_part>', re.DOTALL)
_PASSAGE = re.compile(
    r"""
      <(passage|document|context|text|evidence)>(.*)</\1>
    | ^[ \t]*(?:passage|context|text|evidence)[ \t]*:(.*?)(?=^[ \t]*question)
    """,
    re.DOTALL | re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_QUESTION_LINE = re.compile(r"(?im)^[ \t>*#]*(?:the )?(?:question|task|request|q)[ \t*]*[:：][ \t*]*(\S.*)$")
_TARGET_LINE = re.compile(
    r"""
    ^[ \t>*#]*(?:target|passage|part|sentence|fact|quote|quoted\ part)\b[^\n:]{0,40}:[ \t]*\n?(.+?)
        (?=\n[ \t]*\n|\n[ \t]*questions?:|\Z)
    """,
    re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?。！？\n]*(?:[.!?。！？]+(?=[\s\"')\]]|$)|\n|$|.)", re.DOTALL)
_OPENINGS = (
    "What is known about",
    "Which facts connect",
    "Which role is played by",
    "What holds for",
    "Can you explain the relation of",
    "What should a newcomer learn about",
    "Which details are known of",
)
_COMMON_WORDS = """
a an and are as at be been but by can do does for from had has have how if in into is it its may more most must no not
of on or our over own shall should so such than that the their them then there these they this those to under up was
we were what when where which while who whose why will with would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True)
class Shown:
    """What a request shows and wants.

    Attributes:
        kind: what is wanted.
        target: the quoted text to ask about ("" for answers).
        question: the question to answer ("" for questions).
        text: the text that the answer may come from.
    """

    kind: Literal["question", "answer"]
    target: str = ""
    question: str = ""
    text: str = ""


class ExtractiveReader:
    """Asks a plain question in the target's own words; answers with the sentence that shares most with the question."""

    def __init__(self, *, model: str = "extractive-reader") -> None:
        self._model = model

    def complete(self, request: Request) -> Reply:
        """The reply; never fails."""
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        kind: Literal["question", "answer"] | None = None
        if request.purpose in ("question", "answer"):
            kind = "answer" if request.purpose == "answer" else "question"
        text = respond(messages, kind=kind, schema=request.response_schema, variant=request.seed or 0)
        return Reply(text=text, model=self._model, usage=estimated_usage(request, text))

    async def acomplete(self, request: Request) -> Reply:
        """The same, awaited."""
        return self.complete(request)


def respond(
    messages: Sequence[Mapping[str, Any]],
    *,
    kind: Literal["question", "answer"] | None = None,
    schema: Mapping[str, Any] | None = None,
    variant: int = 0,
) -> str:
    """A well-behaved answer to chat messages in the OpenAI form.

    Args:
        messages: dicts with role and content (text or a list of text parts).
        kind: what is wanted, where the caller knows it; else it is told from the last message.
        schema: JSON schema of the answer; its first property is filled.
        variant: another number gives another wording of a question, as another sampling seed would.
    """
    shown = look(messages, kind=kind)
    text = question_about(shown.target, variant) if shown.kind == "question" else answer_to(shown.question, shown.text)
    return in_schema(text, shown.kind, schema)


def in_schema(text: str, name: str, schema: Mapping[str, Any] | None) -> str:
    """`text` as the first property of a JSON schema, or called `name` where the schema names none; as it is without."""
    if schema is None:
        return text
    properties = schema.get("properties") or {name: {"type": "string"}}
    name = next(iter(properties))
    value: Any = [text] if properties[name].get("type") == "array" else text
    return json.dumps({name: value}, ensure_ascii=False)


def look(messages: Sequence[Mapping[str, Any]], *, kind: Literal["question", "answer"] | None = None) -> Shown:
    """What the messages want, and the part of them that it is about."""
    users = [plain_content(message.get("content")) for message in messages if message.get("role") == "user"]
    last = users[-1] if users else ""
    passage = None if "<quoted_part>" in last else _PASSAGE.search(last)
    rest = last[passage.end() :] if passage else last
    quoted = [first or second for first, second in _QUOTED.findall(rest)]
    questions = _QUESTION_LINE.findall(rest)
    paragraphs = [part.strip() for part in re.split(r"\n[ \t]*\n", rest) if part.strip()]
    if kind is None:
        asked = bool(questions) or (bool(paragraphs) and (passage is not None or _asks(paragraphs[-1])))
        kind = "answer" if asked and not quoted else "question"
    if kind == "answer":
        question = (questions or paragraphs[:1] or [""])[0] if passage else (questions or paragraphs or [""])[-1]
        text = (passage.group(2) or passage.group(3) or "") if passage else last.replace(question, "")
        return Shown("answer", question=question, text=text)
    labelled = _TARGET_LINE.findall(last)
    target = (quoted or labelled or paragraphs or [last])[-1].strip()
    return Shown("question", target=target, text=last)


def _asks(paragraph: str) -> bool:
    return paragraph.rstrip().endswith(("?", "？"))


def question_about(target: str, variant: int = 0) -> str:
    """A question made of the target's own content words, in their order.

    Args:
        target: what to ask about.
        variant: another number gives another wording, and other words where there are enough.
    """
    words = list(dict.fromkeys(content_words(target)))
    if not words:
        return "What is known here?"
    opening = _OPENINGS[variant % len(_OPENINGS)]
    by_weight = sorted(words, key=lambda word: (-len(word), word))
    spare = max(0, len(words) - 5)
    dropped = by_weight[2 + variant // len(_OPENINGS) % (spare or 1)] if variant and spare else None
    chosen = {word for word in by_weight if word != dropped}
    kept = [word for word in words if word in chosen and word in by_weight[: max(2, min(8, 2 * len(words) // 3))]]
    listed = kept[0] if len(kept) == 1 else f"{', '.join(kept[:-1])} and {kept[-1]}"
    return f"{opening} {listed}?"


def answer_to(question: str, text: str) -> str:
    """The sentence of `text` that shares most content words with `question`."""
    wanted = {word.lower() for word in content_words(question)}
    best, best_score = "", -1.0
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        words = {word.lower() for word in content_words(sentence)}
        if not words:
            continue
        score = len(words & wanted) / (1 + 0.05 * len(words))
        if score > best_score:
            best, best_score = sentence, score
    return best or "The text does not say."


def content_words(text: str) -> list[str]:
    """Words of `text` in order, without the commonest English ones and single letters."""
    return [word for word in _WORD.findall(text) if len(word) > 1 and word.lower() not in _COMMON]


def plain_content(content: Any) -> str:
    """Message content as text: a string, or the text parts of a list."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        parts = [part.get("text", "") if isinstance(part, Mapping) else str(part) for part in content]
        return "\n".join(part for part in parts if isinstance(part, str))
    return ""
