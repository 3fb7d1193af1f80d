"""Conversations as rows: chats of every tool, and whole conversations as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from selfstudy_guard.imported.pairs import Pair
from selfstudy_guard.imported.values import QUESTION_FIELDS, Row, RowError, as_json, first, passages, text_of
from selfstudy_guard.questions.layouts import text_pairs
from selfstudy_guard.questions.reasoning import visible_text
from selfstudy_guard.questions.turns import read_turns

CONTEXT_CHARACTERS = 200
"""A system message or an Alpaca input at least this long is taken for a passage, not for an instruction."""
_ASKING = {"user", "human", "prompter", "question", "instruction", "customer", "student"}
_ANSWERING = set("assistant gpt chatgpt bot model bing bard chatbot answer output ai agent teacher".split())
_FRAMING = {"system", "developer", "context", "document", "tool", "function", "observation", "ipython", "environment"}
_CALLING = {"function_call", "tool_call", "tool_calls", "function-call", "tool-call"}
_TOOLS = {"function_response", "tool_response", "tool_result", "function_result", "tool_results"}
_CHATS = ("messages", "conversations", "conversation", "contents", "turns", "items", "dialog", "dialogue")
_TEXTS = ("text", "conversation", "dialogue", "dialog", "chat")


def messages_of(row: Row, *names: str) -> list[Row]:
    """The messages that one of these fields holds, as a list or as JSON."""
    value = first(row, *names)
    if isinstance(value, str):
        value = as_json(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [item for item in value if isinstance(item, Mapping)]
    return []


def chat_pairs(messages: Sequence[Row], **more: Any) -> Iterator[Pair]:
    """A pair for every question of a conversation that an answer follows; turns that only call a tool are no answer."""
    contexts: list[str] = list(more.pop("contexts", ()))
    asked: list[str] = []
    found = silent = False
    for message in messages:
        role = text_of(first(message, "role", "from", "author")).lower()
        text = text_of(first(message, "content", "value", "text", "parts"))
        if role in _FRAMING:
            if len(text) >= CONTEXT_CHARACTERS and role not in ("tool", "function", "observation"):
                contexts.append(text)
        elif role in _CALLING | _TOOLS or (role in _ANSWERING and _calls(message, text)):
            continue
        elif role in _ASKING:
            if silent and any(asked) and text:
                yield Pair("\n".join(asked), "", tuple(contexts), **more)
                found, asked = True, []
            silent = False
            if text:
                asked.append(text)
        elif role in _ANSWERING:
            text = visible_text(text)
            if not text:
                silent = True
                continue
            if any(asked):
                found = True
                yield Pair("\n".join(asked), text, tuple(contexts), **more)
            asked, silent = [], False
        else:
            raise RowError(f"unknown role {role!r} in a message")
    if silent and any(asked):
        found = True
        yield Pair("\n".join(asked), "", tuple(contexts), **more)
    if not found:
        raise RowError("no question followed by an answer among the messages")


def _calls(message: Row, text: str) -> bool:
    """Whether an assistant's turn only calls a tool; what it says beside the call is no answer yet."""
    if message.get("tool_calls") or message.get("function_call") or text.startswith(("<tool_call>", "<function_call>")):
        return True
    parts = first(message, "content", "value", "parts")
    return isinstance(parts, list) and any(
        isinstance(part, Mapping) and (part.get("type") in ("tool_use", "tool_call") or "functionCall" in part)
        for part in parts
    )


def _turns_of(row: Row) -> list[Row]:
    """The messages of a row, whichever fields hold them; of a preference, those that were chosen."""
    messages = messages_of(row, *_CHATS)
    if not messages:
        messages = messages_of(row, "prompt") if isinstance(row.get("prompt"), list) else []
        messages += messages_of(row, "completion") if isinstance(row.get("completion"), list) else []
        if not messages and isinstance(row.get("input"), list):
            told = text_of(first(row, "ideal", "output", "expected_output", "expected", "answer", "response"))
            messages = [*messages_of(row, "input"), {"role": "assistant", "content": told}]
    chosen = row.get("chosen")
    if isinstance(chosen, Mapping):
        messages = [*messages, chosen]
    elif isinstance(chosen, list):
        more = [item for item in chosen if isinstance(item, Mapping)]
        messages = more if len(more) > 1 and more[0].get("role") in _ASKING else [*messages, *more]
    return messages


def chat(row: Row) -> Iterator[Pair]:
    """Messages in any of the fields that tools put them in."""
    contexts = passages(first(row, "system_prompt", "system", "context", "system_instruction"))
    return chat_pairs(
        _turns_of(row),
        contexts=[text for text in contexts if len(text) >= CONTEXT_CHARACTERS],
        model=text_of(first(row, "model", "model_name", "generation_model")),
        style=text_of(row.get("type")) if isinstance(row.get("type"), str) else "",
        document=source_of(row),
    )


def alternating(row: Row) -> Iterator[Pair]:
    """UltraChat: a list of texts, of which every second one answers."""
    turns = [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(row["data"])]
    return chat_pairs(turns, document=source_of(row))


def chat_text(row: Row) -> Iterator[Pair]:
    """A whole conversation as one text, in a chat template or with labels."""
    text = text_of(next(row[name] for name in _TEXTS if isinstance(row.get(name), str)))
    turns = [{"role": role, "content": said} for role, said in read_turns(text)]
    if turns:
        yield from chat_pairs(turns, document=source_of(row))
        return
    for question, answer in text_pairs(text, labelled=True):
        yield Pair(question, answer, document=source_of(row))


def is_chat_text(row: Row) -> bool:
    """Whether a row is one text that a conversation can be read from."""
    text = next((row[name] for name in _TEXTS if isinstance(row.get(name), str)), None)
    if text is None or has_any(row, *QUESTION_FIELDS):
        return False
    return bool(read_turns(text)) or any(answer for _, answer in text_pairs(text[:20_000], labelled=True))


def segments(row: Row) -> Iterator[Pair]:
    """axolotl's segments: those that are learnt are the answer."""
    said = {
        learnt: "".join(str(one.get("text", "")) for one in row["segments"] if bool(one.get("label")) == learnt)
        for learnt in (False, True)
    }
    return one_pair(said[False], said[True], document=source_of(row))


def source_of(row: Row) -> str:
    """The source that a row names itself, or in its metadata."""
    nested = row.get("metadata")
    nested = as_json(nested) if isinstance(nested, str) else nested
    if isinstance(nested, list) and nested:
        nested = nested[0]
    names = (
        "document_id",
        "doc_id",
        "source_file",
        "sourceFile",
        "source",
        "file",
        "filename",
        "file_name",
        "chunkName",
        "source_document",
        "document_name",
    )
    for holder in (row, nested):
        if isinstance(holder, Mapping):
            value = first(holder, *names)
            if isinstance(value, str):
                return value.strip()
    return ""


def one_pair(question: Any, answer: Any, **more: Any) -> Iterator[Pair]:
    """One pair; a row without a question is in error."""
    asked = text_of(question)
    if not asked:
        raise RowError("the question is empty")
    yield Pair(asked, text_of(answer), **more)


def has_any(row: Row, *names: str) -> bool:
    """Whether a row has one of these fields."""
    return any(name in row for name in names)
