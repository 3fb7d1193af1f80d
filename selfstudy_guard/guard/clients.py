"""A whole client of the OpenAI or Anthropic kind behind a guard: whatever it sends goes through one method.

The clients of OpenAI, Anthropic, Groq, Together and others are made by one generator. All that their resources send
passes through `client.request(cast_to, options)`, and `copy()` and `with_options()` make a new client of the same
class. So a subclass with another `request` guards create, parse, stream, raw responses and every copy.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from selfstudy_guard.errors import InputError, UnguardedCallError

_GUARDED = ("/chat/completions", "/completions", "/responses", "/messages")
_HARMLESS = ("/embeddings", "/moderations", "/count_tokens", "/input_tokens")
"""Paths whose text no model answers."""
_ABSENT = ("Omit", "NotGiven")
"""Types of values by which such clients say that a field was not given."""
_SOCKETS = ("realtime", "responses", "beta")
"""Resources that could send over a socket, past `request`."""

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


def guarded_client(client: Any, wrap: Wrap) -> Any:
    """A copy of `client` in which every request that a model answers is wrapped; it shares the connections.

    Args:
        client: an `OpenAI`, `AsyncOpenAI`, `Anthropic` ... object, or another client of that make.
        wrap: wraps one callable that takes the fields of a request body by name.

    Raises:
        InputError: a client of another kind.
    """
    base = type(client)
    if not (callable(getattr(client, "request", None)) and callable(getattr(client, "with_options", None))):
        raise InputError(
            f"{base.__name__} is no client of the OpenAI or Anthropic kind: wrap the call itself, guard.asking(call), "
            "or give your tool the address of `selfstudy-guard serve`"
        )
    inner: Callable[..., Any] = base.request
    inherited: Callable[..., Any] = base.__getattribute__
    awaits = inspect.iscoroutinefunction(inner)

    def request(self: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_guarded(options):
            return inner(self, cast_to, options, *args, **kwargs)

        def send(**body: Any) -> Any:
            return inner(self, cast_to, _with_body(options, body), *args, **kwargs)

        async def asend(**body: Any) -> Any:
            return await inner(self, cast_to, _with_body(options, body), *args, **kwargs)

        return wrap(asend if awaits else send)(**_body(options))

    async def arequest(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await request(self, *args, **kwargs)

    def attribute(self: Any, name: str) -> Any:
        value = inherited(self, name)
        return _without_sockets(value) if name in _SOCKETS else value

    fields = {
        "request": arequest if awaits else request,
        "__getattribute__": attribute,
        "__selfstudy_guard__": True,
        "__module__": base.__module__,
        "__doc__": base.__doc__,
    }
    guarded = copy.copy(client)
    object.__setattr__(guarded, "__class__", type(base.__name__, (base,), fields))
    for name, value in list(vars(guarded).items()):
        if getattr(value, "_client", None) is client:  # a resource that was reached before: it sends past the guard
            del guarded.__dict__[name]
    return guarded


def refuse_copies(call: Callable[..., Any]) -> None:
    """Keep a client from being copied while a guarded method stands on it: the copy would send past the guard.

    Args:
        call: what is wrapped; only methods of such clients (`client.chat.completions.create`) are looked at.
    """
    client = getattr(getattr(call, "__self__", None), "_client", None)
    if client is None or getattr(client, "__selfstudy_guard__", False) or not hasattr(client, "with_options"):
        return
    for name in ("copy", "with_options"):
        original = getattr(client, name, None)
        if callable(original) and name not in vars(client):
            setattr(client, name, _refusing(client, original))


def _refusing(client: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    def copied(*args: Any, **kwargs: Any) -> Any:
        if _has_guarded_method(client, client, 0):
            raise UnguardedCallError(
                "a copy of this client would not be guarded, since only a method of it was replaced: guard the whole "
                "client, client = guard.client(client), and copy that"
            )
        return original(*args, **kwargs)

    return copied


def _has_guarded_method(holder: Any, client: Any, depth: int) -> bool:
    if depth > 4:
        return False
    for name, value in vars(holder).items():
        if name.startswith("_"):
            continue
        if getattr(value, "__selfstudy_guard__", False) is True:
            return True
        if getattr(value, "_client", None) is client and _has_guarded_method(value, client, depth + 1):
            return True
    return False


def _is_guarded(options: Any) -> bool:
    """Whether a model answers this request.

    Raises:
        UnguardedCallError: it carries something to another place than those that are known.
    """
    path = str(options.url).partition("?")[0].rstrip("/")
    if path.endswith(_GUARDED) and options.method.lower() == "post":
        if not isinstance(options.json_data, Mapping):
            raise UnguardedCallError(f"the body of a request to {path} is no JSON object, so it cannot be guarded")
        return True
    carries = (
        options.json_data,
        getattr(options, "extra_json", None),
        getattr(options, "content", None),
        options.files,
    )
    if path.endswith(_HARMLESS) or options.method.lower() in ("get", "delete", "head") or not any(carries):
        return False
    raise UnguardedCallError(
        f"a request to {path} cannot be guarded, so nothing was sent; guarded are {', '.join(_GUARDED)}. Make it with "
        "the bare client if it carries no document"
    )


def _body(options: Any) -> dict[str, Any]:
    extra = getattr(options, "extra_json", None)
    given = {name: value for name, value in options.json_data.items() if type(value).__name__ not in _ABSENT}
    return {**given, **({"extra_body": dict(extra)} if extra else {})}


def _with_body(options: Any, body: dict[str, Any]) -> Any:
    changed = copy.copy(options)
    if getattr(options, "extra_json", None):
        changed.extra_json = body.pop("extra_body")
    changed.json_data = body
    return changed


def _without_sockets(resource: Any) -> Any:
    if hasattr(type(resource), "connect"):
        resource.connect = _no_socket
    for name in _SOCKETS[:2]:
        if hasattr(type(resource), name):
            _without_sockets(getattr(resource, name))
    return resource


def _no_socket(*args: Any, **kwargs: Any) -> Any:
    raise UnguardedCallError("what goes over a socket cannot be guarded: use chat.completions, responses or messages")
