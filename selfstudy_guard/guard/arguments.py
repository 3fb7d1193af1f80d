"""The texts in a call's arguments: where they stand, and copies of the arguments with some of them changed.

Arguments are never changed in place: what the caller passed stays as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from selfstudy_guard.errors import InputError

Path = tuple[str | int, ...]
"""Keys, indexes and field names from the arguments down to one text; the first item is "args" or "kwargs"."""

DEEPEST = 12
_SHORTEST = 3  # words in a row that can be document; shorter texts are not looked at
TEXT_FIELDS = ("messages", "content", "text", "page_content", "prompt", "input")
"""Fields of plain objects that hold text for the model."""
_TEXT_PARTS = ("text", "input_text")
_FOR_THE_ANSWER = frozenset(
    "response_format tools tool_choice functions function_call parallel_tool_calls stream stream_options n stop "
    "stop_sequences logprobs top_logprobs prediction system instructions previous_response_id text text_format".split()
)
"""Arguments that shape the answer of the user's own call; another request through the same call goes without them."""

T = TypeVar("T")


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", tuple(self.args))
        object.__setattr__(self, "kwargs", dict(self.kwargs or {}))

    @property
    def root(self) -> dict[str | int, Any]:
        """Both kinds under their names, for paths."""
        return {"args": self.args, "kwargs": self.kwargs}


@dataclass(frozen=True, slots=True)
class Slot:
    """One text in the arguments."""

    path: Path
    text: str


def text_slots(arguments: Arguments) -> list[Slot]:
    """Every text in the arguments that could hold a piece of document, in order."""
    return [Slot(path, text) for path, text in _walk(arguments.root, (), 0) if may_hold(text)]


def may_hold(text: str) -> bool:
    """Whether a text is long enough to hold a piece of document, also in scripts without spaces."""
    return text.count(" ") + len(text) // 8 >= _SHORTEST


def with_texts(arguments: Arguments, texts: Mapping[Path, str]) -> Arguments:
    """A copy of the arguments in which the texts at the given paths are replaced."""
    root: Any = arguments.root
    for path, text in texts.items():
        root = _put(root, path, text)
    return Arguments(root["args"], root["kwargs"])


def with_addition(arguments: Arguments, addition: str, near: Path) -> Arguments:
    """A copy of the arguments in which `addition` stands behind the user's own words.

    It goes to the end of the last user message of the conversation, or to the end of the prompt string at `near` where
    there is no conversation. A last line such as `Question:`, which a model is to continue, stays last.

    Args:
        arguments: the call's arguments.
        addition: text that begins with its own line breaks.
        near: path of the text that the document was found in.

    Raises:
        InputError: there is a conversation, but no message of it is the user's.
    """
    found = _conversation(arguments, near)
    if found is None:
        text = _get(arguments.root, near)
        return with_texts(arguments, {near: _behind(text, addition)})
    path, messages = found
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        if role_of(message) in ("user", "human"):
            return _extended(arguments, (*path, number), message, addition)
        if isinstance(message, str) and near[: len(path) + 1] == (*path, number):
            return with_texts(arguments, {near: _behind(message, addition)})
    if near[: len(path)] == path and len(near) > len(path):  # no word of a user: what holds the chunk is the prompt
        return _extended(arguments, near[: len(path) + 1], messages[int(near[len(path)])], addition)
    raise InputError("the messages of this call hold no user message that the question's anchor could be added to")


def with_only(arguments: Arguments, text: str, near: Path, *, is_prompt: bool) -> Arguments:
    """A copy of the arguments that says `text` and nothing else: the call's own client, model and limits remain.

    Args:
        arguments: the call's arguments.
        text: the one thing to say.
        near: path of the text that the document was found in.
        is_prompt: whether that text is a whole prompt, where there is no conversation.

    Raises:
        InputError: the call takes something else than messages or a prompt.
    """
    given = arguments.kwargs or {}
    kwargs = {name: value for name, value in given.items() if name not in _FOR_THE_ANSWER or name in near[1:2]}
    bare = Arguments(arguments.args, kwargs)
    found = _conversation(bare, near)
    if found is not None:
        path, messages = found
        last = next((m for m in reversed(messages) if role_of(m) in ("user", "human")), None)
        if last is not None:
            said = [_saying(last, text)]
            root = _put(bare.root, path, tuple(said) if isinstance(messages, tuple) else said)
            root["kwargs"].pop("system", None)
            return Arguments(root["args"], root["kwargs"])
    elif is_prompt:
        return with_texts(bare, {near: text})
    raise InputError(
        "a judge cannot be asked through this call, which takes neither messages of a user nor a prompt with words of "
        "its own: name a judge of its own, Guard(..., judge=MODEL)"
    )


def _saying(message: Any, text: str) -> Any:
    """A message of the same kind that says `text` and nothing else."""
    if isinstance(message, tuple):
        return (message[0], text)
    if isinstance(message, Mapping):
        return {"role": message["role"], "content": text}
    return _put(message, ("content",), text)


def role_of(message: Any) -> str | None:
    """Role of a message: a dict with "role", an object with `role`, a LangChain message with `type`, or a pair."""
    if isinstance(message, Mapping):
        role = message.get("role")
    elif isinstance(message, tuple) and len(message) == 2 and all(isinstance(part, str) for part in message):
        role = message[0]
    else:
        role = getattr(message, "role", None) or (
            getattr(message, "type", None) if hasattr(message, "content") else None
        )
    return role if isinstance(role, str) else None


def _walk(value: Any, path: Path, depth: int) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
        return
    if depth >= DEEPEST or value is None or isinstance(value, (bool, int, float, bytes, type)):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, (str, int)):
                yield from _walk(item, (*path, key), depth + 1)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _walk(item, (*path, number), depth + 1)
    else:
        # Only real fields: a property that is computed from them could not be changed. Messages and other records are
        # looked at whole, other objects (clients, configurations) only where they hold text for the model.
        own = own_fields(value)
        whole = isinstance(value, BaseModel) or "content" in own
        for name in own if whole else TEXT_FIELDS:
            if name in own:
                yield from _walk(own[name], (*path, name), depth + 1)


def own_fields(value: Any) -> Mapping[str, Any]:
    """The real fields of an object; empty where it has none."""
    own = getattr(value, "__dict__", None)
    if isinstance(value, BaseModel):
        return {**value.__dict__, **(value.model_extra or {})}
    return own if isinstance(own, Mapping) else {}


def _get(value: Any, path: Path) -> Any:
    for key in path:
        value = own_fields(value)[str(key)] if not isinstance(value, (Mapping, list, tuple)) else value[key]  # type: ignore[index]
    return value


def _put(value: T, path: Path, text: Any) -> T:
    """A copy of `value` along `path` only; everything beside the path is shared."""
    if not path:
        return text  # type: ignore[no-any-return]
    key, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        changed: Any = copy.copy(value)
        changed[key] = _put(value[key], rest, text)
        return changed  # type: ignore[no-any-return]
    if isinstance(value, list):
        changed = copy.copy(value)
        changed[key] = _put(value[key], rest, text)  # type: ignore[index]
        return changed  # type: ignore[no-any-return]
    if isinstance(value, tuple):
        items = [_put(item, rest, text) if number == key else item for number, item in enumerate(value)]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    name = str(key)
    inner = _put(own_fields(value)[name], rest, text)
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: inner})
    changed = copy.copy(value)
    object.__setattr__(changed, name, inner)
    return changed  # type: ignore[no-any-return]


def _conversation(arguments: Arguments, near: Path) -> tuple[Path, Sequence[Any]] | None:
    """The list of messages that the text at `near` belongs to, or the only one of the call."""
    lists = list(_message_lists(arguments.root, (), 0))
    for path, messages in reversed(lists):
        if near[: len(path)] == path:
            return path, messages
    # A system prompt of its own, beside the messages.
    return lists[-1] if lists and not _is_prompt(near) else None


def _is_prompt(near: Path) -> bool:
    return len(near) == 2 and near[1] in ("prompt", "input")


def _message_lists(value: Any, path: Path, depth: int) -> Iterator[tuple[Path, Sequence[Any]]]:
    if depth > 4:
        return
    if isinstance(value, (list, tuple)) and value and all(role_of(item) is not None for item in value):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, (str, int)) and not isinstance(item, str):
                yield from _message_lists(item, (*path, key), depth + 1)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _message_lists(item, (*path, number), depth + 1)
    elif "messages" in own_fields(value):
        yield from _message_lists(own_fields(value)["messages"], (*path, "messages"), depth + 1)


def _extended(arguments: Arguments, path: Path, message: Any, addition: str) -> Arguments:
    if isinstance(message, tuple):
        return with_texts(arguments, {(*path, 1): _behind(message[1], addition)})
    content = message.get("content") if isinstance(message, Mapping) else message.content
    where = (*path, "content")
    if isinstance(content, str):
        return with_texts(arguments, {where: _behind(content, addition)})
    if isinstance(content, (list, tuple)):
        kind: Literal["text", "input_text"] | str = "text"
        for part in content:
            found = part.get("type") if isinstance(part, Mapping) else None
            if found in _TEXT_PARTS:
                kind = str(found)
        # A part of its own leaves cache marks on the parts before it as they were.
        parts = [*content, {"type": kind, "text": addition.lstrip("\n")}]
        root = _put(arguments.root, where, parts)
        return Arguments(root["args"], root["kwargs"])
    raise InputError(
        f"the content of the user message is a {type(content).__name__}: a string or a list of parts is needed"
    )


def _behind(text: str, addition: str) -> str:
    body = text.rstrip()
    line = body.rfind("\n") + 1
    cue = body[line:].strip()
    if line and cue.endswith((":", "：")) and len(cue) <= 40:
        return body[:line].rstrip() + addition + "\n\n" + text[line:]
    return body + addition
