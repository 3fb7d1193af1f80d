"""What a call holds beside its texts that nobody here can read.

Files, images, ids of things stored elsewhere, copies of a registered document in an encoding: a document may stand in
there unseen, so such a call is refused, or let through with a warning where the user says so.
"""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import unquote

import regex
from pydantic import BaseModel

from selfstudy_guard.guard.arguments import DEEPEST, TEXT_FIELDS, Arguments, own_fields
from selfstudy_guard.guard.hidden_texts import Sealed, hidden_texts
from selfstudy_guard.guard.locate.shingle_index import DocumentIndex
from selfstudy_guard.guard.sighting import SightedCall
from selfstudy_guard.guard.sources import sources_in

Opaque = Literal["raise", "warn"]

_TYPES = frozenset(
    "file input_file document file_search_call container_upload image image_url input_image audio input_audio video "
    "input_video media blob".split()
)
_DATA = ("file_data", "fileData", "inline_data", "inlineData", "file_id", "file_ids", "image_url", "image_file")
_STORED = ("previous_response_id", "conversation", "thread_id", "cached_content", "cachedContent")
_CARRIES = frozenset("messages input contents content prompt system instructions documents parts context text".split())
"""Names of arguments and fields that a model reads."""
_OUT_OF_REACH = "where it cannot be filtered (a field of an object, a set, bytes, a stream)"
_SCALARS = (str, int, float, bool, type(None))


def opaque_parts(call: SightedCall, index: DocumentIndex) -> Iterator[str]:
    """What of a call cannot be read, each in a few words for a message."""
    yield from unread_parts(call.arguments)
    for text in hidden_texts(call.arguments):
        if isinstance(text, Sealed):
            yield text.reason
        elif index.locate(text) or any(index.locate(copy) for _, copy in _decoded(text)):
            yield f"a registered document {_OUT_OF_REACH}"
        elif any(source.findings for source in sources_in(text, (), call.look)):  # in view these would be taken out
            yield f"a text with instructions for a model {_OUT_OF_REACH}"
    seen = {sighting.slot.path for sighting in call.sightings}
    for slot in call.slots:
        for part in call.beside(slot) if slot.path in seen else (slot.text,):
            for encoding, text in _decoded(part):
                if index.locate(text):
                    yield f"a copy of a registered document in {encoding}"
        lines = (line for text in call.beside(slot) for line in text.splitlines())
        if any(sum(one.words for one in index.thin.locate(line)) >= _WORDS for line in lines if _is_cut_down(line)):
            yield "a copy of a registered document whose small words were left out"


def unread_parts(arguments: Arguments) -> Iterator[str]:
    """The same of arguments alone, without a look for encoded copies of documents."""
    yield from _stored(arguments)
    yield from _unread(arguments.root, False, 0)


def _stored(arguments: Arguments) -> Iterator[str]:
    given = dict(arguments.kwargs or {})
    extra = given.get("extra_body")
    for fields in (given, extra if isinstance(extra, Mapping) else {}):
        for name in _STORED:
            if fields.get(name):
                yield f"{name}, which stands for texts that are stored elsewhere"
        prompt = fields.get("prompt")
        if isinstance(prompt, Mapping) and prompt.get("id"):
            yield "a stored prompt"


def _unread(value: Any, carries: bool, depth: int) -> Iterator[str]:
    """Walks as the look for documents does; `carries` says whether a model reads what stands here."""
    if isinstance(value, bytes | bytearray | memoryview):
        if carries:
            yield "bytes"
        return
    if isinstance(value, (*_SCALARS, type)) or callable(value):
        return
    if depth >= DEEPEST:
        if carries:
            yield f"texts that are nested more than {DEEPEST} deep"
        return
    if isinstance(value, Mapping):
        yield from _in_part(value, carries, depth)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _unread(item, carries, depth + 1)
    else:
        fields = own_fields(value)
        if isinstance(value, BaseModel) or "content" in fields:
            yield from _in_part(fields, True, depth)
        elif carries and not any(name in fields for name in TEXT_FIELDS):
            yield f"an object of type {type(value).__name__}, whose fields are not known to hold text"
        else:
            for name in TEXT_FIELDS:
                if name in fields:
                    yield from _unread(fields[name], True, depth + 1)


def _in_part(part: Mapping[Any, Any], carries: bool, depth: int) -> Iterator[str]:
    kind = part.get("type")
    if carries and isinstance(kind, str) and kind in _TYPES and not _open(part):
        yield f"a part of type {kind!r}"
        return
    for name in _DATA:
        if carries and part.get(name):
            yield f"a part with {name}"
            return
    for name, item in part.items():
        yield from _unread(item, carries or name in _CARRIES or name == "args", depth + 1)


def _open(part: Mapping[Any, Any]) -> bool:
    """Whether a document part holds its text as text (Anthropic's `source` of type text or content)."""
    source = part.get("source")
    return isinstance(source, Mapping) and source.get("type") in ("text", "content")


_WORDS = 12
"""Words longer than small ones that make a copy."""
_SMALL_WORDS = 0.2
"""Share of words of up to three letters; running text has a third of them."""


def _is_cut_down(text: str) -> bool:
    """Whether a text has hardly any small words, as after a compression of prompts."""
    words = _WORD.findall(text)
    if text.rstrip().endswith(("?", "？", "؟")):  # a question may name many things of the document
        return False
    return len(words) >= _WORDS and sum(len(word) <= 3 for word in words) < _SMALL_WORDS * len(words)


_WORD = regex.compile(r"\p{L}++")
_BASE64 = regex.compile(r"[A-Za-z0-9+/_-]{160,}+={0,2}|(?:[A-Za-z0-9+/]{40,100}+\r?\n){3,}+[A-Za-z0-9+/]*+={0,2}")
_HEX = regex.compile(r"(?:[0-9A-Fa-f]{2}){120,}+")
_PERCENT = regex.compile(r"%[0-9A-Fa-f]{2}")
_LONG = 120
"""Code points from which a text is taken for a possible copy of a document."""


def _decoded(text: str) -> Iterator[tuple[str, str]]:
    for found in _BASE64.finditer(text):
        run = "".join(found.group().split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
        try:
            yield "base64", base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    for found in _HEX.finditer(text):
        yield "hexadecimal digits", bytes.fromhex(found.group()).decode(errors="replace")
    if len(text) < _LONG:
        return
    if len(_PERCENT.findall(text)) * 12 >= len(text.split()) + 12 and "%" in text:
        yield "percent signs", unquote(text.replace("+", " "))
    yield "rot13", codecs.decode(text, "rot13")
