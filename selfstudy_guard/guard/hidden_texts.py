"""Texts in a call's arguments that stand where nobody looks for documents, and so could not be filtered.

A script's own function may send whatever it is given: a field of an object, a set, a stream, a text far down. What is
looked through and can be changed is decided in `arguments`; here is the rest.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from selfstudy_guard.guard.arguments import DEEPEST, TEXT_FIELDS, Arguments, own_fields

NOT_READ = frozenset(
    """client http_client async_client aclient clients callback callbacks callback_manager run_manager logger log
    session cache timeout transport executor pool loop lock tracer""".split()
)
"""Names of arguments that work for the call and are no part of what is said."""
_DEEP = 60
_MOST = 20_000
"""Values that are looked at; what holds more (a model, a data frame) is a tool and no text."""
_LIST_LIKE = (list, tuple, set, frozenset, deque)
_NO_TEXT = (bool, int, float, complex, type(None), type)


def hidden_texts(arguments: Arguments) -> Iterator[str]:
    """Every text of a call that `text_slots` does not see.

    Objects given by position whose class has methods of its own are no texts (`self`, a client): they are left out, as
    are arguments that work for the call (`NOT_READ`). What an iterator will give cannot be known: see `has_iterator`.
    """
    walk = _Walk()
    for value in arguments.args:
        if not _serves(value):
            yield from walk.texts(value, True, 2)
    for name, value in (arguments.kwargs or {}).items():
        if name not in NOT_READ:
            yield from walk.texts(value, True, 2)


def has_iterator(arguments: Arguments) -> bool:
    """Whether an argument gives its values once only, so that looking would use them up (no file: that has a name)."""
    given = [*arguments.args, *(value for name, value in (arguments.kwargs or {}).items() if name not in NOT_READ)]
    return any(isinstance(value, Iterator) and not isinstance(value, io.IOBase) for value in given)


@dataclass
class _Walk:
    """One look through the arguments; objects that hold each other are looked at once."""

    _seen: set[int] = field(default_factory=set)

    def texts(self, value: Any, in_view: bool, depth: int) -> Iterator[str]:
        """The texts under `value` that are not in view; `in_view` says whether `arguments` looks at this place."""
        if isinstance(value, str):
            if not in_view:
                yield value
        elif isinstance(value, bytes | bytearray | memoryview):
            yield from _decoded(bytes(value))
        elif isinstance(value, io.StringIO | io.BytesIO):
            yield from self.texts(value.getvalue(), False, depth)
        elif not isinstance(value, _NO_TEXT) and depth < _DEEP and self._is_new(value):
            in_view = in_view and depth <= DEEPEST
            for part, seen in _parts(value):
                yield from self.texts(part, in_view and seen, depth + 1)

    def _is_new(self, value: Any) -> bool:
        if id(value) in self._seen or len(self._seen) >= _MOST:
            return False
        self._seen.add(id(value))
        return True


def _parts(value: Any) -> Iterator[tuple[Any, bool]]:
    """What a value holds, each with whether `arguments` looks at it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield key, False
            yield item, isinstance(key, str | int)
    elif isinstance(value, _LIST_LIKE):
        seen = isinstance(value, list | tuple)
        yield from ((item, seen) for item in value)
    elif isinstance(value, BaseException):
        yield from ((item, False) for item in value.args)
    elif not callable(value) or isinstance(value, BaseModel):
        own = own_fields(value)
        whole = isinstance(value, BaseModel) or "content" in own
        yield from ((item, whole or name in TEXT_FIELDS) for name, item in own.items())
        for kind in type(value).__mro__:
            slots = vars(kind).get("__slots__", ())
            names = (slots,) if isinstance(slots, str) else tuple(slots)
            yield from ((getattr(value, name, None), False) for name in names if not name.startswith("__"))


def _decoded(data: bytes) -> Iterator[str]:
    for encoding in ("utf-8", "utf-16"):
        if encoding == "utf-8" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            try:
                yield data.decode(encoding)
            except UnicodeDecodeError:
                continue


def _serves(value: Any) -> bool:
    """Whether an object does something for the call, rather than being something that is said."""
    kind = type(value)
    if isinstance(value, (str, bytes, Mapping, BaseModel, *_LIST_LIKE)) or kind.__module__ == "builtins":
        return False
    return any(callable(item) and not name.startswith("_") for name, item in vars(kind).items())
