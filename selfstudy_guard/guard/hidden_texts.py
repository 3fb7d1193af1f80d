"""Texts in a call's arguments that stand where nobody looks for documents, and so could not be filtered.

A script's own function may send whatever it is given: a field of an object, a set, a stream, a text far down. What is
looked through and can be changed is decided in `arguments`; here is the rest, and what cannot be looked through at all.
"""

from __future__ import annotations

import array
import functools
import io
import sys
from collections import deque
from collections.abc import Iterator, Mapping, Set, ValuesView
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from selfstudy_guard.guard.arguments import DEEPEST, TEXT_FIELDS, Arguments, may_hold, own_fields

NOT_READ = frozenset(
    """client http_client async_client aclient clients callback callbacks callback_manager run_manager logger log
    session cache timeout transport executor pool loop lock tracer""".split()
)
"""Names of arguments that work for the call and are no part of what is said."""
_DEEP = 60
_MOST = 20_000
"""Values that are looked at; what holds more (a model, a data frame) is a tool and no text."""
_LIST_LIKE = (list, tuple, Set, deque, ValuesView)
_NO_TEXT = (bool, int, float, complex, type(None), type)
_PACKED = (
    b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0",
)  # fmt: skip
"""How files begin that pack texts: PDF, zip and Office, gzip, bzip2, xz, zstd, 7z, old Office."""
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_STANDARD = ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__")


@dataclass(frozen=True)
class Sealed:
    """Something that cannot be looked through; `reason` names it in a few words."""

    reason: str


def hidden_texts(arguments: Arguments) -> Iterator[str | Sealed]:
    """Every text of a call that `text_slots` does not see, and what may hold texts that nobody can see.

    Objects given by position whose class has methods of its own are no texts (`self`, a client): they are left out, as
    are arguments that work for the call (`NOT_READ`), and what a function holds in itself.
    """
    walk = _Walk()
    for value in arguments.args:
        if not _serves(value):
            yield from walk.found(value, 2)
    for name, value in (arguments.kwargs or {}).items():
        if name not in NOT_READ:
            yield from walk.found(value, 2)


@dataclass
class _Walk:
    """One look through the arguments; objects that hold each other are looked at once, in view and out of it."""

    _seen: set[tuple[int, bool]] = field(default_factory=set)

    def found(self, value: Any, depth: int, *, in_view: bool = True, given: bool = True) -> Iterator[str | Sealed]:
        """The hidden texts under `value`, and what is sealed there.

        Args:
            value: what stands in the arguments.
            depth: how far down, as `arguments` counts.
            in_view: whether `arguments` looks at this place.
            given: whether the call was given it as it is, in plain containers: files and iterators inside an object are
                that object's own.
        """
        if isinstance(value, str):
            if not in_view and may_hold(value):
                yield value
        elif isinstance(value, bytes | bytearray | memoryview | array.array):
            yield from _in_bytes(bytes(value))
        elif isinstance(value, io.StringIO | io.BytesIO):
            yield from self.found("" if value.closed else value.getvalue(), depth, in_view=False)
        elif given and _can_be_read(value):
            yield Sealed("an open file")
        elif given and isinstance(value, Iterator) and not isinstance(value, io.IOBase):
            yield Sealed("an iterator, which gives its values once only")
        elif not isinstance(value, _NO_TEXT) and depth < _DEEP and self._is_new(value, in_view):
            in_view = in_view and depth <= DEEPEST
            given = given and isinstance(value, (Mapping, functools.partial, *_LIST_LIKE))
            for part, seen in _parts(value):
                yield from self.found(part, depth + 1, in_view=in_view and seen, given=given)

    def _is_new(self, value: Any, in_view: bool) -> bool:
        if (id(value), in_view) in self._seen or len(self._seen) >= _MOST:
            return False
        self._seen.add((id(value), in_view))
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
        yield from ((item, False) for item in (*value.args, value.__cause__, value.__context__))
    elif isinstance(value, functools.partial):
        yield from ((item, False) for item in (*value.args, value.keywords))
    elif not callable(value) or isinstance(value, BaseModel):
        own = own_fields(value)
        whole = isinstance(value, BaseModel) or "content" in own
        yield from ((item, whole or name in TEXT_FIELDS) for name, item in own.items())
        for kind in type(value).__mro__:
            slots = vars(kind).get("__slots__", ())
            names = (slots,) if isinstance(slots, str) else tuple(slots)
            yield from ((getattr(value, name, None), False) for name in names if not name.startswith("__"))


def _in_bytes(data: bytes) -> Iterator[str | Sealed]:
    if data.startswith(_PACKED):
        yield Sealed("a packed file")
    elif not data.startswith(_PICTURES):
        # What is no UTF-8 is read with gaps: a document is found by the words between them.
        wide = b"\0" in data[:400]
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32") if wide else ("utf-8-sig",):
            text = data.decode(encoding, "replace")
            if may_hold(text):
                yield text


def _can_be_read(value: Any) -> bool:
    """Whether a value is an open file; wrappers, as of temporary files, are of no common class."""
    if isinstance(value, type) or not (hasattr(value, "read") and hasattr(value, "readable")):
        return False
    if any(value is getattr(sys, name) for name in _STANDARD):
        return False
    return not getattr(value, "closed", False) and value.readable() is True


def _serves(value: Any) -> bool:
    """Whether an object does something for the call, rather than being something that is said."""
    kind = type(value)
    said = (str, bytes, bytearray, Mapping, BaseModel, functools.partial, io.IOBase, Iterator, *_LIST_LIKE)
    if isinstance(value, said) or kind.__module__ == "builtins":
        return False
    return any(callable(item) and not name.startswith("_") for name, item in vars(kind).items())
