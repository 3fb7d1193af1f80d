"""A registered document in an argument that no provider knows: found wherever it stands, and ordinary calls pass."""

from __future__ import annotations

import enum
import io
import logging
import re
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from selfstudy_guard import Guard
from selfstudy_guard.errors import UnguardedCallError
from tests.test_guard import HARBOUR, PLANTED, TEXT, Model, question_messages

Row = namedtuple("Row", "number body")


@dataclass
class Page:
    body: str = TEXT


@dataclass(slots=True)
class Slotted:
    body: str = TEXT


@dataclass
class Book:
    pages: list[Page] = field(default_factory=lambda: [Page()])


class Level(enum.Enum):
    PLAIN = "plain"


class Chat:
    """A client of a script's own, which keeps what it has sent."""

    def __init__(self) -> None:
        self.history = [TEXT]

    def send(self, text: str) -> str:
        return text


def deep(value: Any, levels: int, kind: str = "list") -> Any:
    for _ in range(levels):
        value = [value] if kind == "list" else {"inner": value}
    return value


HIDDEN: dict[str, Any] = {
    "a field of an object": Page(),
    "a field with slots": Slotted(),
    "an object in an object": Book(),
    "objects in a list": [Page("short"), Page()],
    "objects in a dict": {"pages": {"first": Page()}},
    "a namespace": SimpleNamespace(value=SimpleNamespace(raw=TEXT)),
    "a set": {TEXT},
    "a frozen set in a field": SimpleNamespace(all=frozenset([TEXT])),
    "keys of a dict": {TEXT: 1},
    "keys that are tuples": {("page", 1): TEXT},
    "a deque": deque([TEXT]),
    "bytes": TEXT.encode(),
    "bytes in a list": [b"", bytearray(TEXT.encode())],
    "utf-16 bytes": TEXT.encode("utf-16"),
    "a list 14 deep": deep(TEXT, 14),
    "a dict 14 deep": deep(TEXT, 14, "dict"),
    "an object 14 deep": deep(Page(), 14),
    "a stream of text": io.StringIO(TEXT),
    "a stream of bytes": io.BytesIO(TEXT.encode()),
    "an iterator": iter([TEXT]),
    "a generator": (line for line in TEXT.splitlines()),
    "a read-only dict in a field": SimpleNamespace(fields=MappingProxyType({"text": TEXT})),
    "a private field": type("Closed", (), {"__init__": lambda self: setattr(self, "_body", TEXT)})(),
    "an exception": ValueError(TEXT),
}
PLAIN: dict[str, Any] = {
    "a number": 7,
    "a word": "harbour",
    "a path": Path("runs/one"),
    "a level": Level.PLAIN,
    "a class": Page,
    "a function": len,
    "a logger": logging.getLogger("script"),
    "a pattern": re.compile(r"\d+"),
    "a short page": Page("The tide turns at six."),
    "a long template": SimpleNamespace(template="Write one question that a pupil could answer from the text. " * 4),
    "settings": {"retries": 3, "tags": ["a", "b"], "nested": {"temperature": 0.2}},
    "an ordered dict": OrderedDict(first=1),
    "empty bytes": b"",
    "an image": bytes(range(256)) * 8,
    "a deep list of numbers": deep(3, 20),
    "an object that holds itself": None,
    "a row": Row(3, "The tide turns at six."),
    "a set of words": {"one", "two"},
}
itself = SimpleNamespace(name="round")
itself.me = itself
PLAIN["an object that holds itself"] = itself
NOT_READ = ["client", "http_client", "callbacks", "logger", "session", "cache", "timeout"]


@pytest.mark.parametrize("name", ["doc", "x", "extra", "page"])
@pytest.mark.parametrize("value", HIDDEN, ids=str)
def test_a_document_in_an_argument_of_any_name_is_refused(name: str, value: str) -> None:
    model = Model()
    held = HIDDEN[value]
    if value in ("an iterator", "a generator"):
        held = iter([TEXT])
    with Guard([HARBOUR]) as guard, pytest.raises(UnguardedCallError, match="could stand unseen"):
        guard.filtering(model)("m", question_messages(TEXT), **{name: held})
    assert not model.sent


@pytest.mark.parametrize("value", PLAIN, ids=str)
def test_ordinary_arguments_of_any_name_pass(value: str) -> None:
    model = Model()
    with Guard([HARBOUR]) as guard:
        guard.filtering(model)("m", question_messages(TEXT), x=PLAIN[value])
    assert len(model.sent) == 1
    assert PLANTED not in str(model.sent[0]["messages"])


@pytest.mark.parametrize("name", NOT_READ)
def test_what_no_model_reads_may_hold_what_was_sent_before(name: str) -> None:
    model = Model()
    with Guard([HARBOUR]) as guard:
        guard.filtering(model)("m", question_messages(TEXT), **{name: Chat()})
        guard.filtering(model)("m", question_messages(TEXT), **{name: [Chat()]})
    assert len(model.sent) == 2


def test_a_text_in_view_is_filtered_under_any_name() -> None:
    model = Model()
    with Guard([HARBOUR]) as guard:
        guard.filtering(model)("m", question_messages(TEXT), x={"body": [TEXT]}, row=Row(1, TEXT))
    assert PLANTED not in str(model.sent)
