"""Exports of Slack, Discord, Telegram and Teams (.json): a line a message, time and speaker in front.

Left out: joins and leaves, pictures, files and reactions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode

_TEXT, _WHO, _WHEN = (
    ("text", "content", "body", "message"),
    ("user_profile", "user", "username", "author", "from", "sender", "sender_name", "name"),
    ("ts", "timestamp", "date", "date_unixtime", "timestamp_ms", "time", "created_at", "createdDateTime"),
)
_KEYS = re.compile(rb'"(?:ts|timestamp|timestamp_ms|date_unixtime|date|createdDateTime|created_at)"\s*:')
_SPEAKERS = re.compile(rb'"(?:user|author|from|sender|sender_name|username)"\s*:')
_SAMPLE = 200_000


def is_chat_export(path: Path) -> bool:
    """Whether a JSON file is a list of messages with speakers and times."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if not (_KEYS.search(sample) and _SPEAKERS.search(sample)) or path.stat().st_size > MAX_DOCUMENT_BYTES:
        return False
    try:
        return _messages(json.loads(decode(path.read_bytes())[0])) is not None
    except (UnreadableError, ValueError, RecursionError):
        return False


def read_chat_export(path: Path) -> FileText:
    """One export as a plain text, a line a message.

    Raises:
        UnreadableError: no message with words in it.
    """
    found = _messages(json.loads(decode(path.read_bytes())[0]))
    lines: list[str] = []
    silent = 0
    for message in found or []:
        text = _text(_first(message, _TEXT))
        if (
            not text.strip()
            or message.get("subtype") in ("channel_join", "channel_leave")
            or message.get("type") == "service"
        ):
            silent += 1
            continue
        said = "\n".join(line for line in text.split("\n") if line.strip())
        lines.append(f"[{_when(_first(message, _WHEN))}] {_who(_first(message, _WHO))}: {said}")
    if not lines:
        raise UnreadableError("no message with words in it")
    notes = (f"{silent} messages without words left out",) if silent else ()
    return FileText("\n".join(lines) + "\n", "text/plain", {"messages": len(lines)}, notes)


def _messages(value: Any) -> list[Mapping[str, Any]] | None:
    if isinstance(value, Mapping):
        value = value.get("messages")
    if not isinstance(value, list) or len(value) < 2:
        return None
    found = [one for one in value if isinstance(one, Mapping)]
    whole = [one for one in found if all(_first(one, names) is not None for names in (_TEXT, _WHO, _WHEN))]
    return found if len(whole) >= max(2, 0.5 * len(value)) else None


def _first(message: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((message[name] for name in names if message.get(name) not in (None, "")), None)


def _text(value: Any) -> str:
    if isinstance(value, list):  # Telegram: pieces with and without a format
        return "".join(_text(one) for one in value)
    if isinstance(value, Mapping):
        return _text(_first(value, ("text", "content")))
    return re.sub(r"<@(\w{1,20})(?:\|([^<>]{1,60}))?>", lambda m: m[2] or m[1], value) if isinstance(value, str) else ""


def _who(value: Any) -> str:
    if isinstance(value, Mapping):
        value = _first(
            value, ("real_name", "display_name", "displayName", "nickname", "name", "username", "user", "id")
        )
        if isinstance(value, Mapping):
            return _who(value)
    return " ".join(str(value).replace(":", " ").split())[:40] or "someone"


def _when(value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError):
        text = str(value)
        try:
            return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")
        except ValueError:
            return " ".join(text.split())[:40]
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(min(max(seconds, 0), 4e9), UTC).strftime("%Y-%m-%d %H:%M")
